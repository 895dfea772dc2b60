"""The OpenAPI document against the server it describes: nothing left out, nothing made up, no example that lies."""

import re
from copy import deepcopy

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from jsonschema import Draft202012Validator, ValidationError
from rest_framework.authentication import BaseAuthentication
from rest_framework.views import APIView

from authcompare.accounts.models import User
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.api.openapi.operations import template
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.authentication import CredentialAuthentication
from authcompare.mechanisms.base import Mechanism, Variant
from authcompare.mechanisms.registry import variants
from authcompare.mechanisms.transports import Transport
from authcompare.note.models import Note

JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
AT_THE_DOOR = [("GET", "protected/"), ("PATCH", "protected/"), ("GET", "credential/"), ("GET", "devices/"),
               ("DELETE", "devices/"), ("DELETE", "devices/{device}/")]  # fmt: skip


def described():
    """The document, with each answer in its place that it describes once and refers to."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for said in (said for item in document["paths"].values() for said in item.values()):
        for status, answer in said["responses"].items():
            if "$ref" in answer:
                said["responses"][status] = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    for schema in document["components"]["schemas"].values():  # strict: what is not described may not be there
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


@pytest.fixture(scope="module")
def document():
    return described()


@pytest.fixture
def operations(document):
    return {(method.upper(), path): said for path, item in document["paths"].items() for method, said in item.items()}


def valid(document, schema, value):
    """Does `value` fit a schema of the document, references and formats included? Raises ValidationError."""
    whole = {**deepcopy(schema), "components": document["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def conforms(document, method, path, response):
    """Is this real answer, in status, headers and body, one that the document foresees at `path`?"""
    said = document["paths"][path][method.lower()]["responses"]
    where = f"{method} {path}: {response.status_code} {response.text[:200]}"
    assert str(response.status_code) in said, where
    answer = said[str(response.status_code)]
    for name, header in answer.get("headers", {}).items():
        assert name in response.headers or not header.get("required"), f"{where} lacks {name}"
        if name in response.headers and "enum" in header["schema"]:
            assert response.headers[name] in header["schema"]["enum"], where
    if "content" in answer:
        assert response.headers["Content-Type"] == JSON, where
        try:
            valid(document, answer["content"][JSON]["schema"], response.json())
        except ValidationError as error:
            pytest.fail(f"{where}: {error.message}")
    else:
        assert not response.content, where


def views():
    """Every address of the API with its view class, as the URLconf has them."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif issubclass(getattr(pattern.callback, "cls", object), APIView):
                yield template(prefix + str(pattern.pattern)), pattern.callback.cls

    return dict(walk(get_resolver().url_patterns))


# The document by itself


def test_it_is_valid_openapi_and_is_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    assert (tmp_path / "schema.yml").read_text().startswith("openapi: 3.1")


def test_a_document_that_is_not_valid_would_be_noticed(document):
    broken = deepcopy(document)
    broken["paths"]["/api/protected/"]["get"]["responses"] = {"200": {"content": {}}}
    with pytest.raises(ValidationError):
        validate_schema(broken)


def test_what_several_operations_answer_is_described_once():
    document = SchemaGenerator().get_schema(request=None, public=True)
    answers = [
        repr(answer)
        for item in document["paths"].values()
        for said in item.values()
        for answer in said["responses"].values()
        if "$ref" not in answer
    ]
    assert len(set(answers)) == len(answers)
    named = document["components"]["responses"]
    assert all(re.fullmatch(r"[a-z_]+_\d+", name) for name in named)
    assert len({repr(answer) for answer in named.values()}) == len(named)


@pytest.mark.parametrize(("query", "starts"), [("?format=yaml", "openapi: 3.1"), ("?format=json", "{")])
def test_it_is_served_as_yaml_and_as_json(query, starts, db):
    response = Client().get(f"/api/schema/{query}", headers={"Accept": "*/*"})
    assert response.status_code == 200
    assert response.text.startswith(starts)


def test_every_address_of_the_api_is_described_and_nothing_else(operations):
    found = {
        (method.upper(), path)
        for path, view in views().items()
        if not issubclass(view, SpectacularAPIView | SpectacularSwaggerView)  # they are the description
        for method in METHODS
        if hasattr(view, method)
    }
    assert found == set(operations)


def test_every_operation_says_what_it_is_in_which_group_and_what_else_can_come_back(document, operations):
    groups = {tag["name"] for tag in document["tags"]}
    for where, said in operations.items():
        assert said["summary"], where
        assert said["description"], where
        assert set(said["tags"]) <= groups, where
        assert [status for status in said["responses"] if status.startswith("2")], where
        assert said["responses"]["default"], where
    assert all(tag["description"] for tag in document["tags"])


def test_every_operation_has_a_name_of_its_own_that_any_language_takes(operations):
    names = [said["operationId"] for said in operations.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in names)


def test_every_example_fits_its_own_schema(document, operations):
    seen = 0
    for where, said in operations.items():
        for described in [said.get("requestBody", {}), *said["responses"].values()]:
            content = described.get("content", {}).get(JSON, {})
            for example in content.get("examples", {}).values():
                seen += 1
                try:
                    valid(document, content["schema"], example["value"])
                except ValidationError as error:
                    pytest.fail(f"{where}: {error.message}")
    assert seen > len(operations)


def test_every_body_and_every_answer_with_fields_has_an_example(operations):
    for where, said in operations.items():
        for status, described in [("body", said.get("requestBody", {})), *said["responses"].items()]:
            content = described.get("content", {}).get(JSON, {})
            schema = content.get("schema", {})
            small = where == ("GET", "/api/") or status == "default" or not schema
            assert small or content.get("examples"), f"{where} {status}"


def test_every_security_requirement_is_defined_and_every_scheme_is_used(document, operations):
    schemes = document["components"]["securitySchemes"]
    used = {name for said in operations.values() for need in said["security"] for name in need}
    assert used == set(schemes)
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in schemes)


def test_a_door_asks_for_its_own_credential_and_for_the_csrf_token_where_it_really_does(variant, document):
    protected = document["paths"][f"{variant.path}protected/"]
    (reading,), (changing,) = protected["get"]["security"], protected["patch"]["security"]
    (name,) = reading
    scheme = document["components"]["securitySchemes"][name]
    assert {key: scheme[key] for key in variant.transport.openapi} == variant.transport.openapi
    checked = variant.transport.sent_automatically and variant.authentication.csrf
    assert set(changing) == {name, *(["csrf"] if checked else [])}


def test_without_the_lab_no_weak_door_is_described_but_a_default_one(outside_the_lab):
    paths = described()["paths"]
    weak = [variant for variant in variants() if variant.lab]
    assert all(variant is variant.mechanism.default for variant in weak)
    assert not [path for path in paths if "/lab/" in path]


# The document against real answers


def test_real_answers_at_every_door_are_as_described(actor, variant, document):
    sign_in = Actor(variant).sign_in(actor.answer["user"]["username"], "wrong")
    conforms(document, "POST", f"{variant.path}login/", sign_in)
    etag = actor.read().headers["ETag"]
    answers = [
        ("GET", "protected/", actor.read()),
        ("GET", "protected/", actor.read(**{"If-None-Match": etag})),
        ("PATCH", "protected/", actor.edit({"If-Match": etag}, body="changed")),
        ("PATCH", "protected/", actor.edit({"If-Match": etag}, body="changed again")),
        ("GET", "credential/", actor.request("GET", "credential/")),
        ("GET", "devices/", actor.request("GET", "devices/")),
        ("DELETE", "devices/", actor.request("DELETE", "devices/")),
        ("DELETE", "devices/{device}/", actor.request("DELETE", "devices/none/")),
        ("POST", "logout/", actor.sign_out()),
    ]
    statuses = [response.status_code for _, _, response in answers]
    assert statuses == [200, 304, 200, 412, 200, 200, 200, 404, 204]
    for method, endpoint, response in answers:
        conforms(document, method, variant.path + endpoint, response)


def test_a_login_brings_what_the_example_of_its_door_shows(actor, variant, document):
    answer = document["paths"][f"{variant.path}login/"]["post"]["responses"]["200"]["content"][JSON]
    valid(document, answer["schema"], actor.answer)
    (example,) = answer["examples"].values()
    assert set(example["value"]) == set(actor.answer)


def test_the_example_of_a_credential_has_the_very_parts_of_a_real_one(actor, variant, document):
    path = f"{variant.path}credential/"
    (example,) = document["paths"][path]["get"]["responses"]["200"]["content"][JSON]["examples"].values()
    known = actor.request("GET", "credential/").json()
    said = example["value"]
    assert set(said) == set(known)
    assert set(said["parts"]) >= {name for name in known["parts"] if known["parts"][name]}
    assert set(said["server_state"] or ()) == set(known["server_state"] or ())


def test_ending_one_sign_in_is_as_described(actor, variant, document):
    for device in actor.request("GET", "devices/").json():
        response = actor.request("DELETE", f"devices/{device['id']}/")
        assert response.status_code == 200
        conforms(document, "DELETE", f"{variant.path}devices/{{device}}/", response)


def test_the_answers_of_the_root_and_of_any_door_are_as_described(actor, document):
    conforms(document, "GET", "/api/", actor.client.get("/api/"))
    anybody = actor.client.get("/api/protected/")
    conforms(document, "GET", "/api/protected/", anybody)
    headers = actor.variant.transport.present(actor.credential) | {CSRF_HEADER: actor.csrf_token()}
    conforms(document, "GET", "/api/protected/", actor.client.get("/api/protected/", headers=headers))


def refusals(actor, sandbox, carol, clock):
    """Everything that this door refuses, in turn, each as (method, endpoint, answer)."""
    variant, who = actor.variant, sandbox["alice"]
    names = {key: who[key] for key in ("username", "password")}

    def everywhere(actor=actor, headers=()):
        for method, endpoint in AT_THE_DOOR:
            body = {"json": {"body": "x"}} if method == "PATCH" else {}
            address = endpoint.replace("{device}", "none")
            yield method, endpoint, actor.request(method, address, headers=dict(headers), **body)

    def again():
        fresh = Actor(variant)
        assert fresh.sign_in(**names).status_code == 200
        return fresh

    # Nothing, or nothing that is acceptable
    yield from everywhere(Actor(variant))
    yield "POST", "logout/", Actor(variant).sign_out()
    for method, endpoint in (("POST", "login/"), ("PATCH", "protected/"), ("POST", "logout/")):
        for content, kind in (("{", JSON), ("hello", "text/plain"), ("x" * 300_000, JSON), ('{"title": ""}', JSON),
                              ('{"refresh": ""}', JSON)):  # fmt: skip
            answer = actor.request(method, endpoint, content=content, headers={"Content-Type": kind})
            if answer.status_code >= 400:
                yield method, endpoint, answer
    for refresh in ("no token", actor.credential):
        answer = again().request("POST", "logout/", json={"refresh": refresh})
        if answer.status_code >= 400:
            yield "POST", "logout/", answer
    yield "POST", "login/", actor.request("POST", "login/", json=names | {"password": "wrong"})
    yield "POST", "login/", Actor(variant).sign_in("carol", "carols password")
    yield "GET", "protected/", actor.read(**{"If-None-Match": "broken"})
    yield "PATCH", "protected/", actor.edit({"If-Match": "broken"}, body="x")
    yield "PATCH", "protected/", actor.edit({"If-Match": '"0-0"'}, body="x")
    yield "DELETE", "devices/{device}/", actor.request("DELETE", "devices/none/")

    # No CSRF token
    yield from everywhere(headers={CSRF_HEADER: "x"})
    yield "POST", "login/", actor.request("POST", "login/", json=names, headers={CSRF_HEADER: "x"})
    yield "POST", "logout/", actor.request("POST", "logout/", headers={CSRF_HEADER: "x"})

    # A credential that is malformed, doubled, changed, taken back, too old
    shown = variant.transport.present(actor.credential)
    ((header, text),) = shown.items()
    clean = Actor(variant)
    csrf = {CSRF_HEADER: clean.csrf_token()}
    jar = f"ac_csrf={clean.csrf_token()}; "
    ((_, nonsense),) = variant.transport.present("nonsense").items()
    changed = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    for wrong in (f"{text}; {text}", f"{text} {text}", nonsense, changed):
        for method, endpoint in AT_THE_DOOR:
            body = {"json": {"body": "x"}} if method == "PATCH" else {}
            headers = csrf | {"Cookie": jar, header: jar + wrong if header == "Cookie" else wrong}
            address = variant.path + endpoint.replace("{device}", "none")
            yield method, endpoint, Client().request(method, address, headers=headers, **body)
        if header != "Cookie":
            yield "POST", "logout/", clean.request("POST", "logout/", headers={header: wrong})
    signed_out = again()
    refresh = signed_out.answer.get("refresh")
    signed_out.sign_out()
    yield from everywhere(signed_out, shown_by(signed_out))
    short = Actor(variant)
    short.sign_in(**names, lifetime=15)
    clock.shift(16)
    yield from everywhere(short, shown_by(short))
    clock.shift(25 * 60 * 60)
    yield "POST", "logout/", Actor(variant).request("POST", "logout/", json={"refresh": refresh} if refresh else {})

    # An account that is not what it was
    alice = User.objects.get(username=names["username"])
    User.objects.filter(pk=alice.pk).update(role=User.Role.READER)
    yield "PATCH", "protected/", again().edit(body="x")
    User.objects.filter(pk=alice.pk).update(role=User.Role.EDITOR)
    fresh = again()
    Note.objects.filter(owner=alice).delete()
    yield "GET", "protected/", fresh.read()
    yield "PATCH", "protected/", fresh.edit(body="x")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    yield from everywhere(fresh, shown_by(fresh))
    User.objects.filter(pk=alice.pk).update(is_active=True)
    alice.set_password("another password")
    alice.save()
    yield from everywhere(fresh, shown_by(fresh))
    for _ in range(11):
        answer = actor.request("POST", "login/", json=names | {"password": "wrong"})
    yield "POST", "login/", answer


def shown_by(actor):
    """What presents an actor's credential although its jar may have forgotten it."""
    headers = actor.variant.transport.present(actor.credential)
    if "Cookie" in headers:
        return {"Cookie": f"{headers['Cookie']}; ac_csrf={actor.csrf_token()}", CSRF_HEADER: actor.csrf_token()}
    return headers


def test_every_refusal_of_a_door_is_described_and_every_one_described_happens(
    actor, variant, sandbox, carol, clock, document
):
    seen = {}
    for method, endpoint, response in refusals(actor, sandbox, carol, clock):
        if response.status_code < 400:
            continue  # this door does not mind
        conforms(document, method, variant.path + endpoint, response)
        seen.setdefault((method, endpoint), set()).add((response.status_code, response.json()["code"]))
    for address, _ in ENDPOINTS.values():
        endpoint = template(address)[1:]
        for method, said in document["paths"][variant.path + endpoint].items():
            promised = {
                (int(status), code)
                for status, answer in said["responses"].items()
                if status[0] in "45"
                for code in answer["content"][JSON]["schema"]["properties"]["code"]["enum"]
            }
            assert promised == seen.get((method.upper(), endpoint), set()), f"{method} {endpoint}"


def body_of(document, said):
    """The example of an operation's body."""
    examples = said["requestBody"]["content"][JSON].get("examples", {})
    return next(iter(examples.values()))["value"] if examples else {}


def test_every_operation_that_takes_a_body_refuses_a_bad_one_as_described(operations, document, enter):
    tried = 0
    headers_at = everybody(enter)
    for (method, path), said in operations.items():
        if "requestBody" not in said or path.endswith(("/login/", "/logout/")):
            continue  # those are tried at the doors, above
        for content, kind, status in (("{", JSON, 400), ("hello", "text/plain", 415), ("x" * 300_000, JSON, 413)):
            headers = headers_at(path) | {"Content-Type": kind}
            response = Client().request(method, path, content=content, headers=headers)
            assert response.status_code == status, f"{method} {path} {response.text}"
            conforms(document, method, path, response)
            tried += 1
    assert tried


def everybody(enter):
    """A function from a path to headers that open the door there: every cookie at once, the token of its own door, and
    the CSRF token."""
    cookies, tokens = {}, {}
    for variant in variants():
        actor = enter(variant.mechanism.name, variant.slug)
        cookies |= dict(actor.client.cookies.items())
        if not variant.transport.sent_automatically:
            tokens[variant.path] = variant.transport.present(actor.credential)
    cookies["ac_csrf"] = csrf = actor.csrf_token()
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def headers_at(path):
        nearest = max((known for known in tokens if path.startswith(known)), key=len, default=None)
        return {"Cookie": jar, CSRF_HEADER: csrf} | tokens.get(nearest, {})

    return headers_at


def test_every_operation_that_needs_a_credential_refuses_nobody_as_described(operations, document, db):
    tried = 0
    for (method, path), said in operations.items():
        if {} in said["security"] or set().union(*said["security"]) == {"csrf"}:
            continue
        client = Client()
        client.get("/api/")
        body = {"json": body_of(document, said)} if "requestBody" in said else {}
        headers = {CSRF_HEADER: client.cookies["ac_csrf"]}
        address = path.replace("{device}", "none")
        response = client.request(method, address, headers=headers, **body)
        assert response.status_code == 401, f"{method} {path} {response.text}"
        conforms(document, method, path, response)
        tried += 1
    assert tried > len(list(variants())) * len(AT_THE_DOOR)


def test_every_operation_that_asks_for_the_csrf_token_refuses_without_as_described(operations, document, enter):
    tried = 0
    headers_at = everybody(enter)
    for (method, path), said in operations.items():
        if not any("csrf" in need for need in said["security"]):
            continue
        body = {"json": body_of(document, said)} if "requestBody" in said else {}
        address = path.replace("{device}", "none")
        headers = headers_at(path) | {CSRF_HEADER: ""}
        response = Client().request(method, address, headers=headers, **body)
        assert response.status_code == 403, f"{method} {path} {response.text}"
        conforms(document, method, path, response)
        tried += 1
    assert tried


def test_refreshing_and_verifying_tokens_is_as_described(enter, document, clock):
    refresh, verify = "/tokens/api/refresh/", "/tokens/api/verify/"
    alice, codes = enter("token", "default"), {refresh: set(), verify: set()}

    def post(path, **body):
        response = Client().post(path, json=body)
        conforms(document, "POST", path, response)
        if response.status_code == 401:
            codes[path].add(response.json()["code"])
        return response

    assert post(verify, token=alice.answer["access"]).json()["token_type"] == "access"
    assert post(verify, token=alice.answer["refresh"]).json()["token_type"] == "refresh"
    newer = post(refresh, refresh=alice.answer["refresh"]).json()
    post(verify, token=alice.answer["refresh"])  # rotated
    post(refresh, refresh=alice.answer["refresh"])  # and used again
    for token in ("no token", newer["access"][:-6] + "AAAAAA"):
        assert post(refresh, refresh=token).status_code == post(verify, token=token).status_code == 401
    clock.shift(25 * 60 * 60)
    post(refresh, refresh=newer["refresh"])
    post(verify, token=newer["access"])
    assert post(refresh).status_code == post(verify).status_code == 400
    for path, seen in codes.items():
        refused = document["paths"][path]["post"]["responses"]["401"]["content"][JSON]["schema"]
        assert seen == set(refused["properties"]["code"]["enum"])
    conforms(document, "GET", "/.well-known/jwks.json", Client().get("/.well-known/jwks.json"))


def test_the_lab_is_as_described(enter, document, sandbox):
    client = enter("session", "db").client
    door = {"mechanism": "session", "variant": "db"}
    account = {"sandbox": sandbox["id"], "username": sandbox["bob"]["username"]}
    copy = client.post("/lab/api/copy/", json=door).json()["copy"]
    for status, method, path, body in [
        (201, "POST", "copy", door),
        (404, "POST", "copy", {"mechanism": "session", "variant": "none"}),
        (400, "POST", "copy", {}),
        (200, "POST", "replay", {"copy": copy}),
        (404, "POST", "replay", {"copy": "none"}),
        (400, "POST", "replay", {}),
        (200, "POST", "present", door | {"credential": "k3v9x2hd"}),
        (404, "POST", "present", {"mechanism": "none", "variant": "none", "credential": "k3v9x2hd"}),
        (400, "POST", "present", door),
        (204, "POST", "forget", door),
        (404, "POST", "forget", {"mechanism": "none", "variant": "none"}),
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


def test_too_many_sandboxes_are_refused_as_described(document, db, settings):
    from authcompare.api.throttling import SandboxThrottle

    for _ in range(SandboxThrottle().num_requests + 1):
        response = Client().post("/lab/api/sandbox/")
        if response.status_code != 201:
            break
    assert response.status_code == 429
    conforms(document, "POST", "/lab/api/sandbox/", response)


# A fourth mechanism


class KeyCarrier(Transport):
    header = name = "X-Key"
    sent_automatically = readable = False
    openapi = {"type": "apiKey", "in": "header", "name": "X-Key"}

    def extract(self, request):
        return [request.headers["X-Key"]] if "X-Key" in request.headers else []

    def collect(self, answer, cookies):
        return answer.get("key")


class KeyAuthentication(CredentialAuthentication, BaseAuthentication):
    mechanism = "key"
    transport = KeyCarrier()

    def identify(self, request, credential):
        return None

    def authenticate_header(self, request):
        return "Key"


class Compared(Variant):
    slug, title, summary = "plain", "API key", "You hold a word; the server compares it."
    authentication = KeyAuthentication


class Key(Mechanism):
    name, slug, title, summary, shape = "key", "keys", "Key", "You hold a word; the server compares it.", "triangle"
    variant_classes = [Compared]


def test_a_fourth_mechanism_is_described_by_being_registered(project, settings, db):
    project(MECHANISMS=[*settings.MECHANISMS, f"{__name__}.Key"])
    document = described()
    protected = document["paths"]["/keys/api/protected/"]
    assert protected["patch"]["security"] == [{"key": []}]
    assert document["components"]["securitySchemes"]["key"]["name"] == "X-Key"
    assert {"name": "Key", "description": Key.summary} in document["tags"]
    assert {"key": []} in document["paths"]["/api/protected/"]["get"]["security"]
    conforms(document, "GET", "/keys/api/protected/", Client().get("/keys/api/protected/"))
