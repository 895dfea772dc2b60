"""The browsable API: pages for browsers, JSON for other clients, and the strict Content-Security-Policy."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.note.models import Note

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = [address for address, _ in ENDPOINTS.values() if "<" not in address]


@pytest.fixture(params=[mechanism.default for mechanism in mechanisms()], ids=lambda variant: variant.mechanism.name)
def variant(request):
    """Return each mechanism's default variant: the same code serves the others."""
    return request.param


class Page(HTMLParser):
    """A page as its elements, each (tag, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def all(self, *tags, **wanted):
        """Return the attributes of all such elements: page.all("input", name="title")."""
        return [
            attributes
            for tag, attributes in self.elements
            if tag in tags and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def elements_with(self, attribute):
        return [attributes for _, attributes in self.elements if attribute in attributes]

    def one(self, *tags, **wanted):
        (found,) = self.all(*tags, **wanted)
        return found


def browse(client, address, **headers):
    return client.get(address, headers={"Accept": BROWSER} | headers)


def open_page(actor, endpoint):
    """Return the page of an endpoint, opened with the actor's credential."""
    headers = {} if actor.variant.transport.sent_automatically else actor.variant.transport.present(actor.credential)
    return Page(browse(actor.client, actor.variant.path + endpoint, **headers).text)


def every_page():
    """Return the URL of the root's page, and of every page that it links."""
    links = [link["href"] for link in Page(browse(Client(), "/api/").text).all("a")]
    api = [link for link in links if re.match(r"/(\w+/)?api/|/\.well-known/", link)]
    return sorted({"/api/", *api} - {reverse("docs"), f"{reverse('schema')}?format=json"})


# A page or JSON


@pytest.mark.parametrize("accept", ["*/*", "application/json", None, "application/json, text/html;q=0.5"])
def test_clients_other_than_browsers_get_json(accept, variant, db):
    for address in ("/api/", f"{variant.path}protected/"):
        client = Client()
        client.headers.pop("Accept")
        response = client.get(address, headers={"Accept": accept} if accept else {})
        assert response.headers["Content-Type"] == "application/json"


def test_a_browser_gets_a_page_and_json_on_request(variant, db):
    for address in ("/api/", f"{variant.path}protected/"):
        page = browse(Client(), address)
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Accept" in page.headers["Vary"]
        assert browse(Client(), f"{address}?format=json").headers["Content-Type"] == "application/json"


def test_a_page_has_the_status_and_headers_of_the_response_that_it_shows(variant, db):
    address = f"{variant.path}protected/"
    page, answer = browse(Client(), address), Client().get(address)
    assert page.status_code == answer.status_code == 401
    assert page.headers["WWW-Authenticate"] == answer.headers["WWW-Authenticate"]
    assert answer.headers["WWW-Authenticate"] in page.text.replace("&quot;", '"')
    assert "not_authenticated" in page.text


def test_an_unknown_url_gets_json(db):
    response = browse(Client(), "/api/none/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/json")


# Safe


def test_no_page_has_inline_scripts_or_styles(db):
    pages = every_page()
    assert len(pages) > len(list(variants())) * len(PAGES)
    for address in [*pages, reverse("docs")]:
        response = browse(Client(), address)
        page = Page(response.text)
        policy = response.headers["Content-Security-Policy"]
        assert {"script-src 'self'", "style-src 'self'", "default-src 'none'"} <= set(policy.split("; ")), address
        assert page.all("main"), address
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], (address, tag)
        assert not page.all("style"), address
        sources = [script.get("src") or "" for script in page.all("script")]
        sources += [link["href"] for link in page.all("link")]
        assert all(source.startswith(("/static/", "/jsi18n/")) for source in sources), (address, sources)


def test_the_note_is_escaped_and_only_urls_of_this_site_are_links(actor, alice):
    evil = '<script>alert(1)</script> "http://evil.example/x"'
    Note.objects.filter(owner=alice).update(title=evil, body="http://localhost/api/ x")
    shown = open_page(actor, "protected/")
    assert not [script for script in shown.all("script") if "src" not in script]
    assert shown.one("input", name="title")["value"] == evil
    assert not [link for link in shown.all("a") if "evil" in link["href"]]
    root = Page(browse(Client(), "/api/").text)
    assert root.all("a", href="http://localhost/api/protected/")


# Every variant


def test_the_root_links_every_endpoint_and_no_link_is_dead(db):
    pages = every_page()
    assert {variant.path + endpoint for endpoint in PAGES for variant in variants()} <= set(pages)
    for address in pages:
        assert browse(Client(), address).status_code in {200, 401, 405}, address


def test_the_root_marks_weak_variants_and_groups_by_mechanism(db):
    page = Page(browse(Client(), "/api/").text)
    marks = page.all("span", **{"class": "chip warn"})
    assert len(marks) == len([variant for variant in variants() if variant.lab])
    shapes = [section["data-shape"] for section in page.all("section") if "data-shape" in section]
    assert [shape for shape in shapes if shape] == [*dict.fromkeys(v.mechanism.shape for v in variants())]


def test_outside_the_lab_the_root_links_none_of_its_pages(outside_the_lab, db):
    assert not [address for address in every_page() if "/lab/" in address]
    for address in every_page():
        assert browse(Client(), address).status_code in {200, 401, 405}, address


def test_each_page_of_a_variant_links_the_others_and_marks_itself(variant, db):
    for endpoint in PAGES:
        page = Page(browse(Client(), variant.path + endpoint).text)
        here = page.one("a", href=variant.path + endpoint, **{"aria-current": "page"})
        assert here
        assert all(page.all("a", href=variant.path + other) for other in PAGES)
        (docs,) = [link["href"] for link in page.all("a") if link["href"].startswith(f"{reverse('docs')}#/")]
        assert docs


def test_the_documentation_link_leads_to_the_operation(db):
    document = Client().get("/api/schema/").json()
    for variant in variants():
        page = Page(browse(Client(), f"{variant.path}login/").text)
        (link,) = [link["href"] for link in page.all("a") if link["href"].startswith(f"{reverse('docs')}#/")]
        said = document["paths"][f"{variant.path}login/"]["post"]
        assert link == f"{reverse('docs')}#/{said['tags'][0]}/{said['operationId']}"


# Forms


def test_a_page_has_a_form_for_each_method(actor):
    expected = {"login/": ["post"], "logout/": ["post"], "protected/": ["get", "patch"], "credential/": ["get"],
                "devices/": ["get", "delete", "delete-one"]}  # fmt: skip
    for endpoint, ids in expected.items():
        forms = [form["id"] for form in open_page(actor, endpoint).all("form") if form.get("data-method")]
        assert forms == [f"form-{id}" for id in ids], endpoint


def test_a_form_has_the_fields_of_the_serializer_with_their_limits(variant, db):
    page = Page(browse(Client(), f"{variant.path}login/").text)
    username, password, lifetime = (
        page.one("input", id=f"post-{name}") for name in ("username", "password", "lifetime")
    )
    assert (username["type"], username["maxlength"]) == ("text", "150")
    assert (password["type"], password["maxlength"]) == ("password", "128")
    assert (lifetime["type"], lifetime["min"], lifetime["max"]) == ("number", "1", "3600")
    assert "required" in username
    assert "required" not in lifetime
    assert page.one("small", id=lifetime["aria-describedby"])
    for field in (username, password, lifetime):
        assert page.one("label", **{"for": field["id"]})


def test_the_edit_form_starts_with_the_note_and_its_etag(actor, alice):
    page = open_page(actor, "protected/")
    assert page.one("input", id="patch-title")["value"] == Note.objects.get(owner=alice).title
    assert page.one("textarea", id="patch-body")["maxlength"] == "4000"
    etags = [field["value"] for field in page.elements_with("data-etag")]
    assert etags == [Note.objects.get(owner=alice).etag] * 2
    assert "checked" in page.one("input", **{"data-condition": "If-Match"})
    assert "checked" not in page.one("input", **{"data-condition": "If-None-Match"})


def test_only_a_variant_that_reads_a_header_has_a_token_field(variant, db):
    page = Page(browse(Client(), f"{variant.path}protected/").text)
    assert len(page.all("input", id="access")) == (0 if variant.transport.sent_automatically else 1)
    csrf = page.elements_with("data-csrf")
    assert len([field for field in csrf if "checked" in field]) == (1 if variant.transport.sent_automatically else 0)


def test_the_page_for_all_doors_has_a_token_field_that_is_not_ticked(db):
    page = Page(browse(Client(), "/api/protected/").text)
    assert page.one("input", id="access")
    assert "checked" not in page.one("input", id="authorize")


def test_an_optional_choice_can_be_left_out(db):
    page = Page(browse(Client(), "/lab/api/account/").text)
    assert page.one("select", id="patch-role")
    assert page.one("select", id="patch-is_active")
    values = [option["value"] for option in page.all("option")]
    assert values == ["", "true", "false", "", "editor", "reader"]


# Without scripts


def test_plain_forms_sign_in_read_and_sign_out_where_the_browser_sends_the_credential(variant, sandbox):
    client, who = Client(), sandbox["alice"]
    page = Page(browse(client, f"{variant.path}login/").text)
    form = page.one("form", id="form-post")
    assert (form["method"], form["action"]) == ("post", f"{variant.path}login/")
    fields = {field["name"]: field.get("value", "") for field in page.all("input") if "data-field" in field}
    fields |= {"username": who["username"], "password": who["password"]}
    tokens = {token["value"] for token in page.all("input", name="csrfmiddlewaretoken")}
    answer = client.post(
        form["action"], data=fields | {"csrfmiddlewaretoken": tokens.pop()}, headers={"Accept": BROWSER}
    )
    assert answer.status_code == 200
    assert "expires_at" in answer.text
    if not variant.transport.sent_automatically:
        assert "access" in answer.text  # the next request needs a script, as the page explains
        assert page.all("noscript")
        return
    note = browse(client, f"{variant.path}protected/")
    assert note.status_code == 200
    assert who["username"] in note.text
    token = Page(browse(client, f"{variant.path}logout/").text).all("input", name="csrfmiddlewaretoken")[0]["value"]
    out = client.post(f"{variant.path}logout/", data={"csrfmiddlewaretoken": token}, headers={"Accept": BROWSER})
    assert "204" in out.text
    assert browse(client, f"{variant.path}protected/").status_code == 401


def test_a_plain_form_without_the_csrf_token_is_refused_where_it_is_checked(variant, sandbox):
    who = {key: sandbox["alice"][key] for key in ("username", "password")}
    response = Client().post(f"{variant.path}login/", data=who, headers={"Accept": BROWSER, CSRF_HEADER: ""})
    matters = variant.transport.sent_automatically and variant.authentication.csrf
    assert response.status_code == (403 if matters else 200)


def test_a_plain_form_sends_no_fields_of_the_script(variant, db):
    page = Page(browse(Client(), f"{variant.path}login/").text)
    named = {field["name"] for field in page.all("input", "textarea", "select") if field.get("name")}
    assert named <= {"username", "password", "lifetime", "csrfmiddlewaretoken", "next"}


def test_opening_pages_changes_nothing(actor, alice):
    before = Note.objects.get(owner=alice)
    for endpoint in PAGES:
        open_page(actor, endpoint)
    assert Note.objects.get(owner=alice).revision == before.revision
    assert Actor.read(actor).status_code == 200
