"""What only cookies have: the list of them, asking for any, and what comes back."""

import pytest
from django.conf import settings

from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.experiments.api import ReportSerializer
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import find_variant, mechanisms, variants
from authcompare.mechanisms.urls import mechanism_urls
from authcompare.walkthrough.serializers import PredictSerializer
from cookies_demo.api import ECHOES
from cookies_demo.cookie_catalog import inventory

LAB = "/cookies/api/lab"


@pytest.fixture
def visitor(db):
    """A browser that has opened a page, so that it has a CSRF token."""
    return Visitor()


class Visitor:
    def __init__(self, host="localhost"):
        self.client = Client(host=host)
        self.client.get("/cookies/")

    def post(self, endpoint, **body):
        token = self.client.cookies.get("ac_csrf", "")
        return self.client.post(f"{LAB}/{endpoint}/", json=body, headers={"X-CSRFToken": token})

    def ask(self, **body):
        response = self.post("try", **{"name": "a", **body})
        assert response.status_code == 200, response.text
        return response

    def echo(self, where="here", **headers):
        return self.client.get(ECHOES[where], headers=headers).json()["cookies"]


def attributes(line):
    """The attributes of a Set-Cookie line, {name: value}, without the expires that only repeats Max-Age."""
    parts = [part.partition("=") for part in line.split("; ")[1:]]
    return {name: value for name, _equals, value in parts if name != "expires"}


def line_of(response):
    """Its one Set-Cookie line, without the space that Django puts in front."""
    return response.headers["Set-Cookie"].strip()


def reasons(response):
    return {reason["code"] for reason in response.json()["reasons"]}


# The list


def test_the_list_holds_every_cookie_that_any_door_or_page_sets_with_its_attributes(sandbox):
    listed = {cookie.name: cookie for cookie in inventory()}
    client = Client()
    answers = [client.get("/"), client.get("/cookies/")]
    for variant in (
        each for each in variants() if not each.promises.sent_cross_site
    ):  # that one leaves SameSite out on purpose
        actor = Actor(variant, client)
        answers.append(actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"]))
    prediction = {"json": PredictSerializer.example(None), "headers": {CSRF_HEADER: client.cookies["ac_csrf"]}}
    answers.append(client.post("/walkthrough/api/predict/", **prediction))
    answers.append(client.post("/lab/api/observed/", **prediction | {"json": ReportSerializer.example(None)}))
    lines = [line.strip() for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert {line.partition("=")[0] for line in lines} == set(listed)
    for line in lines:
        asked = {each["name"]: each["value"] for each in listed[line.partition("=")[0]].attributes}
        assert attributes(line) | {"Max-Age": ""} == asked | {"Max-Age": ""}


def test_the_page_tells_which_cookies_came_and_how_large_and_no_value_of_a_hidden_one(enter):
    actor = enter("cookie", "signed")
    shown = actor.client.get("/cookies/").text
    assert f"{len('prefs_signed=') - 1 + len(actor.credential)} bytes" in shown
    assert actor.credential not in shown


def test_the_page_names_the_cookies_of_other_programs_on_this_host(visitor):
    visitor.client.cookies.set("grafana_session", "<b>x", domain="localhost.local")
    shown = visitor.client.get("/cookies/").text
    assert "grafana_session" in shown
    assert "<b>x" not in shown


def test_the_page_takes_the_signed_cookie_apart_and_shows_its_signature_in_part(enter, alice):
    actor = enter("cookie", "signed", lifetime=60)
    shown = actor.client.get("/cookies/").text
    assert f"id={alice.pk}&amp;name={alice.username}&amp;lifetime=60" in shown
    assert actor.credential.rpartition(":")[2] not in shown


@pytest.mark.parametrize("cookie", ["", "x", "id=1:1uKx2Q:forged", "%ff", "a:b:c:d"])
def test_a_signed_cookie_that_is_not_believed_is_not_taken_apart(visitor, cookie):
    visitor.client.cookies.set("prefs_signed", cookie, domain="localhost.local")
    response = visitor.client.get("/cookies/")
    assert response.status_code == 200
    assert "signed-pieces" not in response.text


# Asking for one


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, {"Path": "/"}),
        ({"max_age": 60}, {"Max-Age": "60", "Path": "/"}),
        ({"max_age": 0}, {"Max-Age": "0", "Path": "/"}),
        ({"path": "/cookies/"}, {"Path": "/cookies/"}),
        ({"samesite": "Strict", "httponly": True}, {"Path": "/", "SameSite": "Strict", "HttpOnly": ""}),
        ({"samesite": "None", "secure": True}, {"Path": "/", "SameSite": "None", "Secure": ""}),
    ],
)
def test_exactly_what_is_asked_for_is_sent(visitor, wanted, expected):
    response = visitor.ask(**wanted)
    line = line_of(response)
    assert line == response.json()["set_cookie"]
    assert line.startswith("try_a=hello; ")
    assert attributes(line) == expected


def test_the_prefix_goes_in_front_of_the_name(visitor):
    response = visitor.ask(host=True, secure=True)
    assert line_of(response).startswith("__Host-try_a=hello; ")


@pytest.mark.parametrize("size", [4096, 4097])
def test_the_value_is_filled_up_to_the_byte(visitor, size):
    response = visitor.ask(size=size)
    assert len(line_of(response).partition(";")[0]) - len("=") == size
    assert response.json()["bytes"] == size
    assert ("too_large" in reasons(response)) == (size > 4096)


@pytest.mark.parametrize(
    "value", ["a;b", "a; Domain=evil", "a\r\nSet-Cookie: b=c", 'a"b', "a,b", "a\\b", "ä", "a b", "\x7f"]
)
def test_no_value_becomes_an_attribute_or_a_header(visitor, value):
    response = visitor.post("try", name="a", value=value)
    assert response.status_code == 400
    assert "value" in response.json()["errors"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("name", ["", "A", "a b", "a;b", "a=b", "é", "-", "a" * 21])
def test_a_name_is_a_few_plain_letters(visitor, name):
    assert "name" in visitor.post("try", name=name).json()["errors"]


def test_no_cookie_of_this_site_can_be_set_or_deleted_here(visitor):
    for name in (cookie.name for cookie in inventory()):
        assert line_of(visitor.ask(name=name)).startswith(f"try_{name}=")
        assert visitor.post("clean-up", names=name).status_code == 400


def test_a_form_without_scripts_asks_as_well(visitor):
    token = visitor.client.cookies["ac_csrf"]
    form = {"csrfmiddlewaretoken": token, "name": "a", "value": "b", "size": "", "max_age": "60", "path": "/"}
    response = visitor.client.post(f"{LAB}/try/", data={**form, "samesite": "", "httponly": "true"})
    assert attributes(line_of(response)) == {"Max-Age": "60", "Path": "/", "HttpOnly": ""}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, set()),
        ({"host": True}, {"host_prefix"}),
        ({"host": True, "secure": True, "path": "/cookies/"}, {"host_prefix", "secure_on_localhost"}),
        ({"samesite": "None"}, {"none_without_secure"}),
        ({"max_age": 0}, {"ends_at_once"}),
        ({"max_age": 401 * 86400}, {"capped"}),
        ({"max_age": 400 * 86400}, set()),
        ({"path": ECHOES["there"]}, {"path"}),
        ({"httponly": True}, {"httponly"}),
    ],
)
def test_what_a_browser_will_make_of_it_is_said_before(visitor, wanted, expected):
    assert reasons(visitor.ask(**wanted)) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8000", "secure_on_localhost"),
        ("127.0.0.1", "secure_on_localhost"),
        ("[::1]:8000", "secure_on_localhost"),
        ("a.localhost", "secure_on_localhost"),
        ("192.168.1.5:8000", "secure_over_http"),
        ("school.example", "secure_over_http"),
    ],
)
def test_secure_over_plain_http_is_another_thing_on_this_machine(db, settings, host, expected):
    settings.ALLOWED_HOSTS = ["*"]
    assert reasons(Visitor(host).ask(secure=True)) == {expected}


# What comes back


def test_the_echo_tells_names_and_bytes_and_only_the_values_asked_for_here(visitor):
    visitor.ask()
    crumbs = {crumb["name"]: crumb for crumb in visitor.echo()}
    assert crumbs["try_a"] == {"name": "try_a", "bytes": 10, "value": "hello"}
    assert crumbs["ac_csrf"]["value"] is None


def test_the_echo_does_not_tell_a_script_a_hidden_credential(enter):
    actor = enter("session", "db")
    response = actor.client.get(ECHOES["here"])
    assert "ac_session" in response.text
    assert actor.credential not in response.text


def test_the_echo_shows_a_name_that_came_twice_twice(visitor):
    crumbs = visitor.echo(Cookie="try_a=1; try_a=2; broken; =x")
    assert [(crumb["name"], crumb["value"]) for crumb in crumbs] == [("try_a", "1"), ("try_a", "2"), ("broken", None)]


def test_a_path_decides_where_a_cookie_goes(visitor):
    visitor.ask(path=ECHOES["there"])
    assert "try_a" not in {crumb["name"] for crumb in visitor.echo("here")}
    assert "try_a" in {crumb["name"] for crumb in visitor.echo("there")}


def jar(visitor):
    return {cookie.name for cookie in visitor.client.cookies.jar} - {"ac_csrf"}


def test_cleaning_up_deletes_what_came_along_and_nothing_of_ours(visitor):
    visitor.ask()
    visitor.ask(name="b")
    assert visitor.post("clean-up").json() == {"names": ["try_a", "try_b"]}
    assert not jar(visitor)
    assert "ac_csrf" in visitor.client.cookies


def test_cleaning_up_deletes_what_is_named_at_its_own_path_and_nothing_else(visitor):
    visitor.ask()
    visitor.ask(name="b", path=ECHOES["there"])
    visitor.post("clean-up", names="try_b")
    assert jar(visitor) == {"try_a", "try_b"}, "at another path there is no such cookie"
    visitor.post("clean-up", names="try_b", path=ECHOES["there"])
    assert jar(visitor) == {"try_a"}


@pytest.mark.parametrize("endpoint", ["try", "clean-up"])
def test_another_site_can_neither_ask_nor_clean_up(visitor, endpoint):
    response = visitor.client.post(f"{LAB}/{endpoint}/", json={"name": "a"})
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert "Set-Cookie" not in response.headers


def test_none_of_it_exists_outside_the_lab(visitor, outside_the_lab):
    assert visitor.post("try", name="a").status_code == 404
    assert visitor.post("clean-up").status_code == 404
    assert all(visitor.client.get(address).status_code == 404 for address in ECHOES.values())


def test_outside_the_lab_the_page_lists_the_cookies_and_offers_nothing_weak(visitor, outside_the_lab):
    shown = visitor.client.get("/cookies/").text
    assert settings.PREFS_COOKIE_NAME in shown
    assert "/lab/" not in shown


def test_the_addresses_that_echo_are_where_the_list_says():
    urls = {f"/{pattern.pattern}" for mechanism in mechanisms() for pattern in mechanism_urls(mechanism)}
    assert set(ECHOES.values()) <= urls
    assert find_variant("cookie", "plain").path == "/cookies/api/"
