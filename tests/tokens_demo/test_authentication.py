"""Authentication by a token: the Bearer scheme (RFC 6750), and the statements that each variant runs."""

import pytest
from django.db import connection
from rest_framework.request import Request

from authcompare.api.http_client import Client
from authcompare.experiments.cast import replay
from authcompare.mechanisms.registry import find_variant
from authcompare.note.models import Note
from tests.tokens_demo.forging import claims, forge
from tokens_demo.authentication import StatelessTokenAuthentication

HERE = "/tokens/api/protected/"
DOORS = ("default", "stateless", "revocable", "cookie", "unverified", "guessable")


def present(authorization):
    return Client().get(HERE, headers={"Authorization": authorization})


def challenge(response):
    return response.headers["WWW-Authenticate"]


@pytest.fixture
def queries(monkeypatch):
    """Return a list of the statements that run from now on, without those of the recorder."""
    seen = []

    def record(execute, sql, *args):
        seen.append(sql)
        return execute(sql, *args)

    monkeypatch.setattr("authcompare.api.recording.trace.Trace.server_state", lambda trace, credentials: {})
    with connection.execute_wrapper(record):
        yield seen


def test_a_request_without_a_token_gets_a_challenge_without_an_error_code(db):
    response = Client().get(HERE)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert challenge(response) == 'Bearer realm="authcompare"'


@pytest.mark.parametrize("other", ["Basic YWxpY2U6cGFzc3dvcmQ=", "Token abc", "JWT abc", "bear abc", "", "abc"])
def test_another_scheme_counts_as_no_token(db, other):
    response = present(other)
    assert response.status_code == 401
    assert challenge(response) == 'Bearer realm="authcompare"'


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_case_insensitive(actor, scheme):
    assert present(f"{scheme} {actor.credential}").status_code == 200


def test_a_foreign_token_is_an_invalid_token(db):
    response = present("Bearer abc")
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")
    assert challenge(response) == 'Bearer realm="authcompare", error="invalid_token", error_description="token_invalid"'


def test_an_expired_token_is_refused_with_its_own_code(actor):
    response = present(f"Bearer {forge(claims(actor.credential) | {'exp': 1})}")
    assert response.json()["code"] == "token_expired"
    assert 'error="invalid_token"' in challenge(response)


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Bearer  ", "Bearer a b", "Bearer a,b", "Bearer a, Bearer b", "Bearer a\tb"]
)
def test_a_malformed_header_is_an_invalid_request(db, value):
    response = present(value)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert challenge(response) == 'Bearer realm="authcompare", error="invalid_request"'


@pytest.mark.parametrize("elsewhere", ["access", "access_token", "token"])
def test_a_token_in_the_url_or_the_body_is_ignored(actor, elsewhere):
    assert Client().get(HERE, params={elsewhere: actor.credential}).status_code == 401
    assert Client().patch(HERE, json={elsewhere: actor.credential}).status_code == 401


def test_a_cross_site_request_carries_no_token_and_needs_no_csrf_check(actor, alice):
    response = Client().patch(
        HERE,
        json={"body": "mine"},
        headers={"Authorization": f"Bearer {actor.credential}", "Origin": "http://evil.example"},
    )
    assert response.status_code == 200
    assert Client().patch(HERE, json={"body": "forged"}).status_code == 401
    assert Note.objects.get(owner=alice).body == "mine"


def test_all_variants_but_the_stateless_one_read_the_role_from_the_database(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.role = alice.Role.READER
    alice.save()
    found = {variant: actor.edit(body=variant).status_code for variant, actor in doors.items()}
    assert found == {door: 200 if door == "stateless" else 403 for door in DOORS}


def test_all_variants_but_the_stateless_one_refuse_a_deactivated_user(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.is_active = False
    alice.save()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 200 if door == "stateless" else 401 for door in DOORS}


def test_a_changed_password_ends_revocable_tokens_only(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.set_password("another password")
    alice.save()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 401 if door == "revocable" else 200 for door in DOORS}
    assert doors["revocable"].read().json()["code"] == "password_changed"


def test_no_variant_shows_the_note_of_a_deleted_user(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.delete()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 404 if door == "stateless" else 401 for door in DOORS}


def test_the_tests_above_cover_every_variant():
    assert {variant.slug for variant in find_variant("token", "default").mechanism.variants} == set(DOORS)


def test_the_stateless_variant_authenticates_without_a_query(enter, alice, rf, django_assert_num_queries):
    token = enter("token", "stateless").credential
    request = Request(rf.get(HERE, headers={"Authorization": f"Bearer {token}"}))
    with django_assert_num_queries(0):
        user, _ = StatelessTokenAuthentication().authenticate(request)
        assert (user.pk, user.username, user.role, user.is_authenticated) == (alice.pk, alice.username, "editor", True)


@pytest.mark.parametrize(
    ("door", "expected"),
    [("stateless", 1), ("default", 2), ("revocable", 3), ("cookie", 2), ("unverified", 2), ("guessable", 2)],
)
def test_each_variant_runs_as_many_statements_as_it_promises(enter, queries, door, expected):
    actor = enter("token", door)
    queries.clear()
    assert actor.read().status_code == 200
    assert len(queries) == expected, queries


def test_the_variants_that_need_more_claims_refuse_a_default_token(enter):
    token = enter("token", "default").credential
    assert replay(find_variant("token", "stateless"), token).json()["code"] == "token_invalid"
    assert replay(find_variant("token", "revocable"), token).json()["code"] == "password_changed"


def test_the_cookie_variant_ignores_the_header_and_the_header_variant_ignores_the_cookie(enter):
    header, cookie = enter("token", "default"), enter("token", "cookie")
    in_header = {"Authorization": f"Bearer {header.credential}"}
    assert Client().get("/tokens/api/cookie/protected/", headers=in_header).status_code == 401
    assert Client().get(HERE, headers={"Cookie": f"ac_access={cookie.credential}"}).status_code == 401
