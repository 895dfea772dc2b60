"""The OpenAPI document against the server that it describes."""

import re
from copy import deepcopy
from functools import cache
from itertools import chain

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from jsonschema import Draft202012Validator, ValidationError
from rest_framework.views import APIView

from authcompare.accounts.models import User
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.api.throttling import SandboxThrottle
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.openapi import template
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note

JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
WITH_CREDENTIAL = [("GET", "protected/"), ("PATCH", "protected/"), ("GET", "credential/"), ("GET", "devices/"),
                   ("DELETE", "devices/"), ("DELETE", "devices/{device}/")]  # fmt: skip


@cache
def described():
    """Return the document, built once, as `describe` returns it."""
    return describe()


def describe():
    """Return the document with each shared response in its place. Properties that it does not describe are errors."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for operation in chain.from_iterable(item.values() for item in document["paths"].values()):
        for status, response in operation["responses"].items():
            if "$ref" in response:
                operation["responses"][status] = document["components"]["responses"][response["$ref"].split("/")[-1]]
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


@pytest.fixture(scope="module")
def document():
    return described()


@pytest.fixture
def operations(document):
    return {(method.upper(), path): each for path, item in document["paths"].items() for method, each in item.items()}


def validate(document, schema, value):
    """Raise ValidationError unless `value` fits the schema, with references and formats."""
    whole = {**deepcopy(schema), "components": document["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def conforms(document, method, path, response):
    """Assert that the document describes this response in status, headers, and body."""
    responses = document["paths"][path][method.lower()]["responses"]
    where = f"{method} {path}: {response.status_code} {response.text[:200]}"
    assert str(response.status_code) in responses, where
    documented = responses[str(response.status_code)]
    for name, header in documented.get("headers", {}).items():
        assert name in response.headers or not header.get("required"), f"{where} lacks {name}"
        if name in response.headers and "enum" in header["schema"]:
            assert response.headers[name] in header["schema"]["enum"], where
    if "content" not in documented:
        assert not response.content, where
        return
    assert response.headers["Content-Type"] == JSON, where
    try:
        validate(document, documented["content"][JSON]["schema"], response.json())
    except ValidationError as error:
        pytest.fail(f"{where}: {error.message}")


def views(patterns=None, prefix=""):
    """Yield every URL of the API with its view class."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif issubclass(getattr(pattern.callback, "cls", object), APIView):
            yield template(prefix + str(pattern.pattern)), pattern.callback.cls


# The document


def test_the_document_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    assert (tmp_path / "schema.yml").read_text().startswith("openapi: 3.1")


@pytest.mark.parametrize(("query", "start"), [("?format=yaml", "openapi: 3.1"), ("?format=json", "{")])
def test_the_document_is_served_as_yaml_and_as_json(query, start, db):
    response = Client().get(f"/api/schema/{query}", headers={"Accept": "*/*"})
    assert (response.status_code, response.text[: len(start)]) == (200, start)


def test_every_url_and_method_is_documented_and_no_other(operations):
    documentation = SpectacularAPIView | SpectacularSwaggerView
    found = {
        (method.upper(), path)
        for path, view in views()
        for method in METHODS
        if hasattr(view, method) and not issubclass(view, documentation)
    }
    assert found == set(operations)


def test_every_operation_has_a_unique_id_a_summary_a_group_and_responses(document, operations):
    groups = {tag["name"] for tag in document["tags"] if tag["description"]}
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in ids)
    for where, operation in operations.items():
        assert operation["summary"], where
        assert operation["description"], where
        assert set(operation["tags"]) <= groups, where
        assert [status for status in operation["responses"] if status.startswith("2")], where
        assert operation["responses"]["default"], where


def test_equal_responses_are_described_once():
    document = SchemaGenerator().get_schema(request=None, public=True)
    operations = chain.from_iterable(item.values() for item in document["paths"].values())
    inline = [repr(each) for one in operations for each in one["responses"].values() if "$ref" not in each]
    assert len(set(inline)) == len(inline)


def test_every_body_has_an_example_and_every_example_fits_its_schema(document, operations):
    for where, operation in operations.items():
        body = operation.get("requestBody")
        assert not body or body["content"][JSON]["examples"], where
        for part in [body or {}, *operation["responses"].values()]:
            content = part.get("content", {}).get(JSON, {})
            for example in content.get("examples", {}).values():
                try:
                    validate(document, content["schema"], example["value"])
                except ValidationError as error:
                    pytest.fail(f"{where}: {error.message}")


def test_every_security_scheme_is_defined_and_used(document, operations):
    used = {name for each in operations.values() for need in each["security"] for name in need}
    assert used == set(document["components"]["securitySchemes"])


def test_a_variant_requires_its_own_credential_and_the_csrf_token_where_it_checks_it(variant, document):
    protected = document["paths"][f"{variant.path}protected/"]
    (reading,), (changing,) = protected["get"]["security"], protected["patch"]["security"]
    (name,) = reading
    scheme = document["components"]["securitySchemes"][name]
    assert {key: scheme[key] for key in variant.transport.openapi} == variant.transport.openapi
    checked = variant.transport.sent_automatically and variant.authentication.csrf
    assert set(changing) == {name, *(["csrf"] if checked else [])}


def test_outside_the_lab_only_default_variants_can_be_weak_and_no_lab_url_is_documented(outside_the_lab):
    assert all(variant is variant.mechanism.default for variant in variants() if variant.lab)
    assert not [path for path in describe()["paths"] if "/lab/" in path]


def test_a_fourth_mechanism_is_documented_once_it_is_registered(project, settings, db):
    project(MECHANISMS=[*settings.MECHANISMS, "tests.mechanisms.fourth.TicketMechanism"])
    document = describe()
    assert document["paths"]["/tickets/api/protected/"]["patch"]["security"] == [{"ticket": [], "csrf": []}]
    assert document["components"]["securitySchemes"]["ticket"]["name"] == "ticket"
    assert "Ticket" in {tag["name"] for tag in document["tags"]}
    assert {"ticket": []} in document["paths"]["/api/protected/"]["get"]["security"]
    conforms(document, "GET", "/tickets/api/protected/", Client().get("/tickets/api/protected/"))


# The document against real responses


def test_successful_responses_of_every_variant_are_as_documented(actor, variant, sandbox, document):
    def check(method, endpoint, response, status):
        assert response.status_code == status, response.text
        conforms(document, method, variant.path + endpoint, response)
        return response

    login = document["paths"][f"{variant.path}login/"]["post"]["responses"]["200"]["content"][JSON]
    validate(document, login["schema"], actor.answer)
    etag = check("GET", "protected/", actor.read(), 200).headers["ETag"]
    check("GET", "protected/", actor.read(**{"If-None-Match": etag}), 304)
    check("PATCH", "protected/", actor.edit({"If-Match": etag}, body="changed"), 200)
    credential = check("GET", "credential/", actor.request("GET", "credential/"), 200).json()
    operation = document["paths"][f"{variant.path}credential/"]["get"]
    (example,) = operation["responses"]["200"]["content"][JSON]["examples"].values()
    assert set(example["value"]) == set(credential)
    assert set(example["value"]["server_state"] or ()) == set(credential["server_state"] or ())
    check("GET", "devices/", actor.request("GET", "devices/"), 200)
    headers = variant.transport.present(actor.credential) | {CSRF_HEADER: actor.csrf_token()}
    conforms(document, "GET", "/api/protected/", actor.client.get("/api/protected/", headers=headers))
    check("DELETE", "devices/", actor.request("DELETE", "devices/"), 200)
    check("POST", "logout/", actor.sign_out(), 204)
    fresh = Actor(variant)
    fresh.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    for device in fresh.request("GET", "devices/").json():
        check("DELETE", "devices/{device}/", fresh.request("DELETE", f"devices/{device['id']}/"), 200)


def test_the_root_and_the_public_key_are_as_documented(document, db):
    for path in ("/api/", "/api/protected/", "/.well-known/jwks.json"):
        conforms(document, "GET", path, Client().get(path))


def refusals(actor, sandbox, carol, clock):
    """Yield everything that this variant refuses, as (method, endpoint, response)."""
    variant = actor.variant
    names = {key: sandbox["alice"][key] for key in ("username", "password")}

    def everywhere(actor, headers=()):
        for method, endpoint in WITH_CREDENTIAL:
            body = {"json": {"body": "x"}} if method == "PATCH" else {}
            address = endpoint.replace("{device}", "none")
            yield method, endpoint, actor.request(method, address, headers=dict(headers), **body)

    def sign_in_again(**kwargs):
        fresh = Actor(variant)
        assert fresh.sign_in(**names, **kwargs).status_code == 200
        return fresh

    # No credential, or an invalid body or header
    yield from everywhere(Actor(variant))
    yield "POST", "logout/", Actor(variant).sign_out()
    for method, endpoint in (("POST", "login/"), ("PATCH", "protected/"), ("POST", "logout/")):
        for content, kind in (("{", JSON), ("hello", "text/plain"), ("x" * 300_000, JSON), ('{"title": ""}', JSON),
                              ('{"refresh": ""}', JSON)):  # fmt: skip
            yield method, endpoint, actor.request(method, endpoint, content=content, headers={"Content-Type": kind})
    for refresh in ("no token", actor.credential):
        yield "POST", "logout/", sign_in_again().request("POST", "logout/", json={"refresh": refresh})
    yield "POST", "login/", actor.request("POST", "login/", json=names | {"password": "wrong"})
    yield "POST", "login/", Actor(variant).sign_in("carol", "carols password")
    yield "GET", "protected/", actor.read(**{"If-None-Match": "broken"})
    yield "PATCH", "protected/", actor.edit({"If-Match": "broken"}, body="x")
    yield "PATCH", "protected/", actor.edit({"If-Match": '"0-0"'}, body="x")
    yield "DELETE", "devices/{device}/", actor.request("DELETE", "devices/none/")

    # No CSRF token
    without = {CSRF_HEADER: "x"}
    yield from everywhere(actor, without)
    yield "POST", "login/", actor.request("POST", "login/", json=names, headers=without)
    yield "POST", "logout/", actor.request("POST", "logout/", headers=without)

    # A credential that is malformed, doubled, changed, revoked, or expired
    ((header, text),) = variant.transport.present(actor.credential).items()
    ((_, nonsense),) = variant.transport.present("nonsense").items()
    clean = Actor(variant)
    csrf, jar = {CSRF_HEADER: clean.csrf_token()}, f"ac_csrf={clean.csrf_token()}; "
    changed = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    for wrong in (f"{text}; {text}", f"{text} {text}", nonsense, changed):
        headers = csrf | {"Cookie": jar, header: jar + wrong if header == "Cookie" else wrong}
        yield from everywhere(Actor(variant), headers)
        if header != "Cookie":
            yield "POST", "logout/", clean.request("POST", "logout/", headers={header: wrong})
    signed_out = sign_in_again()
    refresh = signed_out.answer.get("refresh")
    signed_out.sign_out()
    yield from everywhere(signed_out, presenting(signed_out))
    short = sign_in_again(lifetime=15)
    clock.shift(16)
    yield from everywhere(short, presenting(short))
    clock.shift(25 * 60 * 60)
    yield "POST", "logout/", Actor(variant).request("POST", "logout/", json={"refresh": refresh} if refresh else {})

    # An account that has changed
    alice = User.objects.get(username=names["username"])
    User.objects.filter(pk=alice.pk).update(role=User.Role.READER)
    yield "PATCH", "protected/", sign_in_again().edit(body="x")
    User.objects.filter(pk=alice.pk).update(role=User.Role.EDITOR)
    fresh = sign_in_again()
    Note.objects.filter(owner=alice).delete()
    yield "GET", "protected/", fresh.read()
    yield "PATCH", "protected/", fresh.edit(body="x")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    yield from everywhere(fresh, presenting(fresh))
    User.objects.filter(pk=alice.pk).update(is_active=True)
    alice.set_password("another password")
    alice.save()
    yield from everywhere(fresh, presenting(fresh))
    for _ in range(11):
        response = actor.request("POST", "login/", json=names | {"password": "wrong"})
    yield "POST", "login/", response


def presenting(actor):
    """Return headers that present the actor's credential, even if the cookie jar has deleted it."""
    headers = actor.variant.transport.present(actor.credential)
    if "Cookie" in headers:
        return {"Cookie": f"{headers['Cookie']}; ac_csrf={actor.csrf_token()}", CSRF_HEADER: actor.csrf_token()}
    return headers


def documented_codes(operation, statuses="45"):
    return {
        (int(status), code)
        for status, response in operation["responses"].items()
        if status[0] in statuses
        for code in response["content"][JSON]["schema"]["properties"]["code"]["enum"]
    }


def test_a_variant_documents_every_refusal_and_every_documented_refusal_happens(
    actor, variant, sandbox, carol, clock, document
):
    seen = {}
    for method, endpoint, response in refusals(actor, sandbox, carol, clock):
        if response.status_code >= 400:
            conforms(document, method, variant.path + endpoint, response)
            seen.setdefault((method, endpoint), set()).add((response.status_code, response.json()["code"]))
    for address, _view in ENDPOINTS.values():
        endpoint = template(address)[1:]
        for method, operation in document["paths"][variant.path + endpoint].items():
            assert documented_codes(operation) == seen.get((method.upper(), endpoint), set()), f"{method} {endpoint}"


@pytest.fixture
def send(document, enter):
    """Send a request with a valid credential and CSRF token, and check that its response is as documented."""
    cookies, tokens = {}, {}
    for variant in variants():
        actor = enter(variant.mechanism.name, variant.slug)
        cookies |= dict(actor.client.cookies.items())
        if not variant.transport.sent_automatically:
            tokens[variant.path] = variant.transport.present(actor.credential)
    csrf = actor.csrf_token()
    jar = "; ".join(f"{name}={value}" for name, value in (cookies | {"ac_csrf": csrf}).items())

    def send(method, path, *, anonymous=False, headers=(), **kwargs):
        nearest = max((known for known in tokens if path.startswith(known)), key=len, default=None)
        usual = {"Cookie": f"ac_csrf={csrf}"} if anonymous else {"Cookie": jar} | tokens.get(nearest, {})
        usual |= {CSRF_HEADER: csrf} | dict(headers)
        response = Client().request(method, path.replace("{device}", "none"), headers=usual, **kwargs)
        conforms(document, method, path, response)
        return response.status_code

    return send


def body_of(operation):
    """Return the example of an operation's body as arguments of a request."""
    if "requestBody" not in operation:
        return {}
    (example,) = operation["requestBody"]["content"][JSON]["examples"].values()
    return {"json": example["value"]}


def test_every_operation_refuses_an_invalid_body_as_documented(operations, send):
    for (method, path), operation in operations.items():
        if "requestBody" in operation and not path.endswith(("/login/", "/logout/")):  # those are tested above
            for content, kind, status in (("{", JSON, 400), ("hello", "text/plain", 415), ("x" * 300_000, JSON, 413)):
                assert send(method, path, content=content, headers={"Content-Type": kind}) == status, (method, path)


def test_every_operation_refuses_a_missing_credential_as_documented(operations, send):
    for (method, path), operation in operations.items():
        if {} not in operation["security"] and set().union(*operation["security"]) != {"csrf"}:
            assert send(method, path, anonymous=True, **body_of(operation)) == 401, (method, path)


def test_every_operation_refuses_a_missing_csrf_token_as_documented(operations, send):
    for (method, path), operation in operations.items():
        if any("csrf" in need for need in operation["security"]):
            assert send(method, path, headers={CSRF_HEADER: ""}, **body_of(operation)) == 403, (method, path)


def test_refreshing_and_verifying_tokens_is_as_documented(enter, document, clock):
    refresh, verify = "/tokens/api/refresh/", "/tokens/api/verify/"
    alice, codes = enter("token", "default"), {refresh: set(), verify: set()}

    def post(path, **body):
        response = Client().post(path, json=body)
        conforms(document, "POST", path, response)
        if response.status_code == 401:
            codes[path].add((401, response.json()["code"]))
        return response

    assert post(verify, token=alice.answer["access"]).json()["token_type"] == "access"
    assert post(verify, token=alice.answer["refresh"]).json()["token_type"] == "refresh"
    newer = post(refresh, refresh=alice.answer["refresh"]).json()
    post(verify, token=alice.answer["refresh"])  # rotated
    post(refresh, refresh=alice.answer["refresh"])  # used again
    for token in ("no token", newer["access"][:-6] + "AAAAAA"):
        assert post(refresh, refresh=token).status_code == post(verify, token=token).status_code == 401
    clock.shift(25 * 60 * 60)
    post(refresh, refresh=newer["refresh"])
    post(verify, token=newer["access"])
    assert post(refresh).status_code == post(verify).status_code == 400
    for path, seen in codes.items():
        assert seen == {each for each in documented_codes(document["paths"][path]["post"]) if each[0] == 401}


def test_the_lab_is_as_documented(enter, document, sandbox, monkeypatch):
    client = enter("session", "db").client
    names, unknown = {"mechanism": "session", "variant": "db"}, {"mechanism": "session", "variant": "none"}
    account = {"sandbox": sandbox["id"], "username": sandbox["bob"]["username"]}
    copy = client.post("/lab/api/copy/", json=names).json()["copy"]
    for status, method, path, body in [
        (201, "POST", "copy", names),
        (404, "POST", "copy", unknown),
        (400, "POST", "copy", {}),
        (200, "POST", "replay", {"copy": copy}),
        (404, "POST", "replay", {"copy": "none"}),
        (400, "POST", "replay", {}),
        (200, "POST", "present", names | {"credential": "k3v9x2hd"}),
        (404, "POST", "present", unknown | {"credential": "k3v9x2hd"}),
        (400, "POST", "present", names),
        (204, "POST", "forget", names),
        (404, "POST", "forget", unknown),
        (400, "POST", "forget", {}),
        (200, "PATCH", "account", account | {"role": "reader"}),
        (404, "PATCH", "account", account | {"sandbox": "none"}),
        (400, "PATCH", "account", account | {"role": "king"}),
        (201, "POST", "sandbox", None),
        (400, "DELETE", "sandbox", {}),
        (404, "DELETE", "sandbox", {"id": "none"}),
        (204, "DELETE", "sandbox", {"id": sandbox["id"]}),
    ]:
        response = client.request(method, f"/lab/api/{path}/", json=body)
        assert response.status_code == status, f"{method} {path} {body} {response.text}"
        conforms(document, method, f"/lab/api/{path}/", response)
    monkeypatch.setattr(SandboxThrottle, "rate", "1/min", raising=False)
    response = client.post("/lab/api/sandbox/")
    assert response.status_code == 429
    conforms(document, "POST", "/lab/api/sandbox/", response)
