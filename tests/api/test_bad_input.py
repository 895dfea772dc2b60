"""The API refuses bad input with the right 4xx in its one shape, and writes nothing.

One parser, two middlewares and one exception handler read the input of every endpoint. So three endpoints get all bad
inputs, and each endpoint of the URLconf gets one of each kind.
"""

import json
from functools import partial

import pytest
from django.apps import apps
from django.test import Client as RawClient
from django.urls import URLPattern, get_resolver
from drf_spectacular.plumbing import force_instance
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ListField
from rest_framework.views import APIView

from authcompare.accounts.models import User
from authcompare.api.exceptions import exception_handler
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.api.parsers import StrictJSONParser
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.openapi import schema_of
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.note.models import Note

TOO_LARGE = 256 * 1024 + 1  # bytes
CHARSETS = [
    "latin-1",
    "utf-16",
    "utf-7",
    "hex",
    "base64",
    "rot13",
    "zlib",
    "idna",
    "undefined",
    "unicode_escape",
    "x",
    "",
]
NO_JSON = [
    b"{",
    b'{"username":}',
    b"{'username': 1}",
    b"{} {}",
    b"\x00",
    b'{"username": "\x00"}',
    b"\xff\xfe{\x00}\x00",
    b'{"username": "\xff"}',
    b'{"username": "\xed\xa0\x80"}',
    b"\xef\xbb\xbf{}",
    b'{"lifetime": NaN}',
    b'{"lifetime": -Infinity}',
    b"[" * 100_000,
    b'{"a":' * 40_000,
    b'{"lifetime": ' + b"9" * 5000 + b"}",
    b'{"username": "\\ud800"}',
    b'{"\\udfff": "x"}',
]

WRONG_KINDS = ([], {}, [1], {"a": 1}, "\x00", None, 1e300, float("inf"), "x" * 17_000, -1)

# What another door than a mechanism's default does in a way of its own; the rest is the very code of that one.
ITS_OWN = ("/login/", "/protected/")


class Endpoint:
    """One method of one address of the API."""

    def __init__(self, address, method, view, variant):
        self.address, self.method, self.view, self.variant = address, method.upper(), view, variant

    def __str__(self):
        return f"{self.method} {self.address}"

    @property
    def takes(self):
        """The serializer of its body, if it takes one."""
        view = self.view(variant=self.variant) if self.variant else self.view()
        return force_instance(schema_of(view, self.method).get_request_serializer())

    @property
    def has_body(self):
        return self.method in {"POST", "PUT", "PATCH"} or bool(self.takes)

    @property
    def fields(self):
        return [name for name, field in self.takes.fields.items() if not field.read_only] if self.takes else []


def endpoints(patterns=None, prefix="/"):
    """Every method of every address whose view is one of the API's own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern).replace("<str:device>", "0")
        if not isinstance(pattern, URLPattern):
            yield from endpoints(pattern.url_patterns, address)
        elif (
            issubclass(view := getattr(pattern.callback, "cls", object), APIView)
            and JSONRenderer in view.renderer_classes
        ):
            variant = pattern.callback.initkwargs.get("variant")
            if variant and variant is not variant.mechanism.default and not address.endswith(ITS_OWN):
                continue
            for method in ("get", "post", "put", "patch", "delete"):
                if hasattr(view, method):
                    yield Endpoint(address, method, view, variant)


ALL = list(endpoints())
# The very same code reads a body behind every variant of a mechanism: its default variant stands for all.
BODIES = [each for each in ALL if each.has_body and each.variant in {None, *(m.default for m in mechanisms())}]
# One that signs in, one that needs a credential and a CSRF token, and one that belongs to no mechanism.
THREE = [each for each in BODIES if each.address.startswith(("/sessions/api/protected/", "/tokens/api/login/"))]
THREE += [next(each for each in BODIES if each.variant is None and len(each.fields) > 4)]
each_of_three = pytest.mark.parametrize("endpoint", THREE, ids=str)


def test_the_urlconf_has_endpoints_to_test():
    addresses, with_bodies = {str(endpoint) for endpoint in ALL}, {str(endpoint) for endpoint in BODIES}
    for variant in variants():
        assert {f"POST {variant.path}login/", f"PATCH {variant.path}protected/"} <= addresses
        assert (f"POST {variant.path}logout/" in with_bodies) == (variant is variant.mechanism.default)
    assert len(with_bodies) > 3 * len(variants())
    assert len(THREE) == 3


def test_every_view_uses_the_one_parser_and_the_one_exception_handler():
    for endpoint in ALL:
        view = endpoint.view
        assert view.parser_classes == APIView.parser_classes, endpoint
        assert view.get_exception_handler is APIView.get_exception_handler, endpoint
        assert view.get_parsers is APIView.get_parsers, endpoint
        assert view.initialize_request is APIView.initialize_request, endpoint
        assert view.dispatch is APIView.dispatch, endpoint
        assert view().get_exception_handler() is exception_handler, endpoint
    assert APIView.parser_classes[0] is StrictJSONParser


def test_every_serializer_of_a_body_refuses_what_it_does_not_know():
    for serializer in {type(endpoint.takes) for endpoint in BODIES if endpoint.takes}:
        for name in ("admin", "is_superuser", "owner", "revision", "", "__class__", "a" * 1000, "é"):
            checked = serializer(data={name: 1}, partial=True)
            assert not checked.is_valid(), (serializer, name)
            assert name in checked.errors, (serializer, name)


def test_every_field_of_a_body_refuses_the_wrong_kind_by_name(db):
    for endpoint in BODIES:
        for name in endpoint.fields:
            is_list = isinstance(endpoint.takes.fields[name], ListField)
            for value in WRONG_KINDS[is_list:]:  # an empty list is a list
                checked = type(endpoint.takes)(data={name: value})
                assert not checked.is_valid(), (endpoint, name, value)
                assert name in checked.errors, (endpoint, name, value)


class Sender:
    """Alice, signed in at an endpoint's variant and with a CSRF token, so that only the input is bad."""

    def __init__(self, variant, account):
        actor = Actor(variant)
        actor.sign_in(account["username"], account["password"])
        self.client = actor.client
        self.usual = {CSRF_HEADER: actor.csrf_token()}
        if not variant.transport.sent_automatically:
            self.usual |= variant.transport.present(actor.credential)

    def send(self, endpoint, content=None, method=None, **headers):
        typed = {"Content-Type": "application/json"} if content is not None else {}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(
            method or endpoint.method, endpoint.address, content=content, headers=self.usual | typed | given
        )


def variant_of(endpoint):
    return endpoint.variant or mechanisms()[0].default


@pytest.fixture
def send(endpoint, sandbox):
    """Send to the endpoint as Alice; fail at the end if the database changed."""
    sender = Sender(variant_of(endpoint), sandbox["alice"])
    before = everything()
    yield partial(sender.send, endpoint)
    assert everything() == before, "something was written"


@pytest.fixture
def send_to(sandbox):
    """Send to any endpoint as Alice; fail at the end if the database changed."""
    senders = {variant: Sender(variant, sandbox["alice"]) for variant in {variant_of(each) for each in ALL}}
    before = everything()
    yield lambda endpoint, *args, **kwargs: senders[variant_of(endpoint)].send(endpoint, *args, **kwargs)
    assert everything() == before, "something was written"


def test_every_body_goes_through_the_parser_and_the_limits(send_to):
    for endpoint in BODIES:
        assert refusal(send_to(endpoint, b"{"), 400) == "parse_error", endpoint
        assert refusal(send_to(endpoint, b"[" * 100_000), 400) == "parse_error", endpoint
        assert refusal(send_to(endpoint, b'{"x": "\\ud800"}'), 400) == "parse_error", endpoint
        assert refusal(send_to(endpoint, b"[]"), 400) == "invalid", endpoint
        assert refusal(send_to(endpoint, b'{"admin": 1}'), 400) == "invalid", endpoint
        assert refusal(send_to(endpoint, b"x" * TOO_LARGE), 413) == "too_large", endpoint
        assert refusal(send_to(endpoint, b"<x/>", Content_Type="text/xml"), 415) == "unsupported_media_type", endpoint


def test_every_endpoint_refuses_an_odd_request(send_to):
    for endpoint in ALL:
        assert refusal(send_to(endpoint, Accept="image/png"), 406) == "not_acceptable", endpoint
        assert refusal(send_to(endpoint, Content_Type="text/plain; charset=hex"), 415) == "unsupported_media_type"
        assert refusal(Client().request(endpoint.method, f"{endpoint.address}?format=xml"), 404) == "not_found"
        response = send_to(endpoint, method="FOO")
        assert refusal(response, 405) == "method_not_allowed", endpoint
        assert endpoint.method in response.headers["Allow"], endpoint


def test_every_field_is_refused_by_name_over_http(send_to):
    for endpoint in BODIES:
        for name in endpoint.fields:
            response = send_to(endpoint, json.dumps({name: "\x00"}).encode())
            assert refusal(response, 400) == "invalid", (endpoint, name)
            assert name in response.json()["errors"], (endpoint, name)


RAW = RawClient(raise_request_exception=False)  # one for all: each new one loads every middleware anew


def raw(method, address, **environ):
    """A request as a server could hand it over, and as no HTTP library would send it."""
    RAW.cookies.clear()
    return RAW.generic(method, address, **environ)


def everything():
    """What must not change: how many rows of each kind there are, and what is in those that matter."""
    return (
        {model._meta.label: model.objects.count() for model in apps.get_models()},
        list(Note.objects.order_by("pk").values_list("title", "body", "revision", "updated_at")),
        list(User.objects.order_by("pk").values_list("username", "password", "is_active", "role")),
    )


def refusal(response, *statuses):
    """The code of an error in the one shape, with one of these statuses."""
    assert response.status_code in statuses, (response.status_code, response.content)
    assert response.headers["Content-Type"].startswith("application/json")
    answer = json.loads(response.content)
    assert set(answer) - {"errors"} == {"code", "detail"}
    assert isinstance(answer["code"], str)
    assert isinstance(answer["detail"], str)
    assert answer["detail"]
    assert ("errors" in answer) == (answer["code"] == "invalid")
    for messages in answer.get("errors", {}).values():
        assert messages
        assert all(isinstance(message, str) for message in messages)
    return answer["code"]


@each_of_three
def test_what_is_no_json_is_refused(send, endpoint):
    for content in NO_JSON:
        assert refusal(send(content), 400) == "parse_error", content[:40]


@each_of_three
def test_nesting_breaks_nothing(send, endpoint):
    for depth in (50, 500, 900, 950, 980, 1000, 5000):
        for name in endpoint.fields or ["x"]:
            nested = b'{"%s": %s}' % (name.encode(), b"[" * depth + b"]" * depth)
            assert refusal(send(nested), 400) in {"invalid", "parse_error"}, depth


@each_of_three
def test_what_is_json_but_no_object_is_refused(send, endpoint):
    for content in (b"[]", b"null", b'"username"', b'"refresh"', b"1", b"true", b'[{"username": "x"}]'):
        assert refusal(send(content), 400) == "invalid", content


@each_of_three
def test_a_field_that_is_not_known_is_refused(send, endpoint):
    for name in ("admin", "is_superuser", "owner", "revision", "", "__class__", "\x00", "a" * 1000, "é"):
        assert refusal(send(json.dumps({name: 1}).encode()), 400) == "invalid", name


@each_of_three
def test_a_field_of_the_wrong_kind_is_refused_by_name(send, endpoint):
    for name in endpoint.fields:
        for value in WRONG_KINDS:
            response = send(json.dumps({name: value}).replace("Infinity", "1e999").encode())
            assert refusal(response, 400) == "invalid", (name, value)
            assert name in response.json()["errors"], (name, value)


@each_of_three
def test_a_body_that_is_too_large_is_refused_unread(send, endpoint):
    for content in (b"x" * TOO_LARGE, b'{"username": "' + b"x" * TOO_LARGE + b'"}', b"[" * TOO_LARGE * 4):
        assert refusal(send(content), 413) == "too_large"
        assert refusal(send(content, Content_Type="multipart/form-data; boundary=x"), 413) == "too_large"


@each_of_three
def test_a_body_of_another_type_is_refused(send, endpoint):
    for kind in ("text/plain", "application/xml", "", "json", "application/jsonp", "x" * 500, ";", "text/html"):
        assert refusal(send(b'{"username": "x"}', Content_Type=kind), 415) == "unsupported_media_type", kind


@each_of_three
def test_only_utf_8_is_understood(send, endpoint):
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for charset in CHARSETS:
            response = send(b"{}", Content_Type=f"{kind}; charset={charset}")
            assert refusal(response, 415) == "unsupported_media_type", charset


@each_of_three
def test_an_odd_charset_without_a_body_is_refused_too(endpoint, db):
    for charset in (*CHARSETS, "é", "\xff"):
        response = raw(endpoint.method, endpoint.address, CONTENT_TYPE=f"text/plain; charset={charset}")
        assert refusal(response, 415) == "unsupported_media_type", charset


@each_of_three
def test_a_bad_form_is_refused(send, endpoint):
    part = b'--b\r\nContent-Disposition: form-data; name="admin"%s\r\n\r\n1\r\n--b--\r\n'
    names = [name.encode() for name in endpoint.fields] or [b"x"]
    for kind, content in (
        ("application/x-www-form-urlencoded", b"admin=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"%s=%%00" % name for name in names)),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=\x7f", b"x"),
        ("multipart/form-data; boundary=b", part % b""),
        ("multipart/form-data; boundary=b", part % b'; filename="x"'),
    ):
        assert refusal(send(content, Content_Type=kind), 400) in {"invalid", "parse_error", "bad_request"}, content[:60]


@each_of_three
def test_who_takes_no_json_is_told_in_json(send, endpoint):
    for kind in ("image/png", "application/xml", "text/csv"):
        assert refusal(send(Accept=kind), 406) == "not_acceptable"


@each_of_three
def test_an_odd_accept_header_breaks_nothing(db, endpoint):
    for kind in ("*", "application/json;q=0", "*/*;q=nan", ",;,", "a" * 4000, "*/json", "application/json;" + ";" * 99):
        response = Client().request(endpoint.method, endpoint.address, headers={"Accept": kind})
        if response.status_code >= 400:
            refusal(response, 400, 401, 403, 404, 406)


@each_of_three
def test_a_method_that_is_not_there_is_refused(send, endpoint):
    for method in ("PUT", "TRACE", "FOO", "PROPFIND", "G" * 300, "get-it", "POST1"):
        response = send(method=method)
        assert refusal(response, 405) == "method_not_allowed"
        assert endpoint.method in response.headers["Allow"]


@each_of_three
def test_an_odd_query_breaks_nothing(db, endpoint):
    for query in ("format=", "format=%00", "%ff=%fe", "x[]=1&x[]=2", "=&=", "page=" + "9" * 3000):
        assert Client().request(endpoint.method, f"{endpoint.address}?{query}").status_code < 500, query
    assert refusal(Client().request(endpoint.method, f"{endpoint.address}?format=xml"), 404) == "not_found"


def test_a_credential_cookie_that_is_there_twice_is_not_believed(actor, variant):
    before = everything()
    for pair in ("{0}=x; {0}=y", "{0}=x; other=1; {0}=x", "{0} =x; {0}=y", "{0}=; {0}=x", "\t{0}\t=x;{0}=y"):
        cookies = pair.replace("x", actor.credential).format(variant.transport.name)
        addresses = [variant.path + endpoint for endpoint in ("protected/", "credential/", "devices/")]
        if variant is variant.mechanism.default:
            addresses.append("/api/protected/")
        for address in addresses if variant.transport.header == "Cookie" else ():
            assert refusal(Client().get(address, headers={"Cookie": cookies}), 400) == "ambiguous_credential", pair
    assert everything() == before


FORGED = ["x", "null", "a" * 32, "a" * 8000, "%00", "%ff", "{}", "..", "a.b.c", "a:b:c", "' OR 1=1", '"', "\\"]


def test_a_forged_credential_is_refused_at_every_endpoint(db, variant):
    before = everything()
    for endpoint in (endpoint for endpoint in ALL if endpoint.variant is variant and endpoint.method != "POST"):
        for forged in FORGED:
            headers = variant.transport.present(forged)
            response = Client().request(endpoint.method, endpoint.address, headers=headers)
            assert refusal(response, 401, 400) not in {"error", "invalid"}, forged
    assert everything() == before


def test_a_page_opens_whatever_credential_comes_along(db, variant):
    for forged in FORGED:
        for address in ("/", f"/{variant.mechanism.slug}/"):
            assert Client().get(address, headers=variant.transport.present(forged)).status_code == 200, forged


def test_a_precondition_that_can_not_be_read_is_refused(actor, alice):
    for tag in ("x", '"', "W/", "1-1", "'1-1'", ",", "W/1", "<1>", "\x7f", "a" * 4000):
        assert refusal(actor.edit({"If-Match": tag}, body="late"), 400) == "parse_error", tag
        assert refusal(actor.read(**{"If-None-Match": tag}), 400) == "parse_error", tag
    assert Note.objects.get(owner=alice).revision == 1


def test_a_precondition_that_is_not_met_is_refused(actor, alice):
    for tag in ('"0-0"', f"W/{alice.note.etag}", '""', '"x", "y"'):
        assert refusal(actor.edit({"If-Match": tag}, body="late"), 412) == "precondition_failed", tag
    assert Note.objects.get(owner=alice).revision == 1


def test_an_edit_that_is_not_acceptable_changes_nothing(actor, alice):
    for changes in (
        {"title": ""},
        {"title": " "},
        {"title": "x" * 121},
        {"body": "x" * 4001},
        {"revision": 9},
        {"owner": "bob"},
        {"updated_at": 0},
    ):
        response = actor.edit(**({"title": "fine", "body": "fine"} | changes))
        assert refusal(response, 400) == "invalid"
        assert set(response.json()["errors"]) == set(changes)
    assert Note.objects.get(owner=alice).revision == 1


def test_an_id_of_no_sign_in_is_not_found(actor):
    before = everything()
    for id in ("0", "x", "%00", "a" * 2000, "..%2f..", "-1", "%C3%A9", "'%20OR%201=1"):
        assert refusal(actor.request("DELETE", f"devices/{id}/"), 404) == "not_found", id
    assert everything() == before


def test_an_odd_user_name_is_nobodys(variant, sandbox):
    before = everything()
    for name in ("nobody", " ", "x" * 151, "x" * 5000, "\u202ealice", "\U0001f600", "alice\n", "*", "%"):
        refusal(Actor(variant).sign_in(name, "wrong"), 400, 401)
    assert everything() == before


def test_an_address_of_the_api_that_is_not_there_is_told_in_json(db):
    for address in ("/api/nothing/", "/lab/api/nothing/", "/api/%00", "/api/%ff", "/api/" + "a/" * 500, "/wire/x/"):
        assert refusal(raw("GET", address), 404) == "not_found", address


def test_a_host_that_is_not_ours_is_refused(db):
    for host in ("evil.example", "", "localhost:x", "local host", "a" * 300, "[::1"):
        refusal(raw("GET", "/api/", HTTP_HOST=host), 400)


def survives(method, address, **environ):
    """Is this request, raw as a server could hand it over, answered without a crash and in the one shape?"""
    response = raw(method, address, **environ)
    assert response.status_code < 500
    if response.status_code >= 400:
        refusal(response, response.status_code)
    return response


latin = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=60)
fuzzed = bounded(derandomize=True, max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@fuzzed
@given(latin)
def test_no_credential_at_all_is_too_much(db, variant, value):
    for name, presented in variant.transport.present(value).items():
        response = survives("GET", f"{variant.path}protected/", **{f"HTTP_{name.upper()}": presented})
        assert response.status_code in {400, 401}


@bounded(fuzzed, max_examples=10)
@given(latin, latin, latin)
def test_no_headers_at_all_are_too_much(db, variant, one, two, three):
    survives("GET", variant.path + "protected/", HTTP_COOKIE=one, HTTP_ACCEPT_LANGUAGE=two, HTTP_AUTHORIZATION=three)
    survives("POST", variant.path + "login/", HTTP_X_CSRFTOKEN=one, HTTP_COOKIE=f"ac_csrf={two}", HTTP_ORIGIN=three)
    survives("PATCH", variant.path + "protected/", HTTP_IF_MATCH=one, CONTENT_TYPE=two, HTTP_USER_AGENT=three)


some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
some_fields = st.sampled_from(sorted({name for endpoint in BODIES for name in endpoint.fields}))
some_body = (st.dictionaries(some_fields, some_json, max_size=5) | some_json).map(json.dumps) | st.binary(max_size=80)


@fuzzed
@given(some_body)
def test_no_body_at_all_is_too_much(db, content):
    for endpoint in THREE:
        survives(endpoint.method, endpoint.address, data=content, content_type="application/json")


def page_error(response, status):
    """Is this a page that tells a human what is wrong?"""
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert "<html" in response.text
    assert str(status) in response.text
    assert "Traceback" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    return True


def test_a_page_that_is_not_there_says_so_to_humans(db, mechanism):
    for address in ("/nothing/", "/nothing/at/all", "/%00", f"/{mechanism.slug}/nothing/"):
        assert page_error(Client().get(address), 404)


def test_a_page_that_can_not_do_that_says_so_to_humans(mechanism, db):
    client = Client()
    client.get("/")
    token = {CSRF_HEADER: client.cookies["ac_csrf"]}
    for address in ("/", f"/{mechanism.slug}/"):
        for method in ("POST", "PUT", "DELETE", "FOO"):
            response = client.request(method, address, headers=token)
            assert page_error(response, 405)
            assert response.headers["Allow"] == "GET, HEAD"


def test_a_machines_address_that_can_not_do_that_says_so_in_json(db):
    client = Client()
    client.get("/")
    response = client.delete("/healthz", headers={CSRF_HEADER: client.cookies["ac_csrf"]})
    assert refusal(response, 405) == "method_not_allowed"
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_form_without_its_token_says_so_to_humans(db):
    assert page_error(Client().post("/"), 403)


def test_a_request_for_another_host_says_so_to_humans(db):
    response = raw("GET", "/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert b"<html" in response.content


def test_a_static_file_that_is_not_there_says_so_to_humans(db):
    assert page_error(Client().get("/static/nothing.css"), 404)
