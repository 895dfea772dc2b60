"""How a token is presented and challenged (RFC 6750), and what each door asks the database before it believes one."""

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
    """Every statement that is run from now on, without those that the wire asks on its own account."""
    seen = []

    def note(execute, sql, *args):
        seen.append(sql)
        return execute(sql, *args)

    monkeypatch.setattr("authcompare.api.recording.trace.Trace.server_state", lambda trace, credentials: {})
    with connection.execute_wrapper(note):
        yield seen


def test_who_presents_no_token_is_challenged_without_an_error(db):
    response = Client().get(HERE)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert challenge(response) == 'Bearer realm="authcompare"'


@pytest.mark.parametrize("other", ["Basic YWxpY2U6cGFzc3dvcmQ=", "Token abc", "JWT abc", "bear abc", "", "abc"])
def test_another_scheme_is_no_token_at_all(db, other):
    response = present(other)
    assert response.status_code == 401
    assert challenge(response) == 'Bearer realm="authcompare"'


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_large_or_small(actor, scheme):
    assert present(f"{scheme} {actor.credential}").status_code == 200


def test_a_token_that_is_not_ours_is_an_invalid_token(db):
    response = present("Bearer abc")
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")
    assert challenge(response) == 'Bearer realm="authcompare", error="invalid_token", error_description="token_invalid"'


def test_an_expired_token_is_an_invalid_token_and_the_code_says_why(actor):
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
def test_a_token_in_the_address_or_the_body_is_not_looked_at(actor, elsewhere):
    assert Client().get(HERE, params={elsewhere: actor.credential}).status_code == 401
    assert Client().patch(HERE, json={elsewhere: actor.credential}).status_code == 401


def test_a_forged_request_of_another_site_has_no_token_and_needs_no_csrf_check(actor, alice):
    response = Client().patch(
        HERE,
        json={"body": "mine"},
        headers={"Authorization": f"Bearer {actor.credential}", "Origin": "http://evil.example"},
    )
    assert response.status_code == 200
    assert Client().patch(HERE, json={"body": "forged"}).status_code == 401
    assert Note.objects.get(owner=alice).body == "mine"


def test_a_role_is_asked_of_the_database_by_all_but_the_stateless_door(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.role = alice.Role.READER
    alice.save()
    found = {variant: actor.edit(body=variant).status_code for variant, actor in doors.items()}
    assert found == {door: 200 if door == "stateless" else 403 for door in DOORS}


def test_a_deactivated_user_is_refused_by_all_but_the_stateless_door(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.is_active = False
    alice.save()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 200 if door == "stateless" else 401 for door in DOORS}


def test_a_changed_password_ends_revocable_tokens_and_no_others(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.set_password("another password")
    alice.save()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 401 if door == "revocable" else 200 for door in DOORS}
    assert doors["revocable"].read().json()["code"] == "password_changed"


def test_a_deleted_user_has_no_note_to_show_at_any_door(enter, alice):
    doors = {variant: enter("token", variant) for variant in DOORS}
    alice.delete()
    found = {variant: actor.read().status_code for variant, actor in doors.items()}
    assert found == {door: 404 if door == "stateless" else 401 for door in DOORS}


def test_no_door_is_left_out_above():
    assert {variant.slug for variant in find_variant("token", "default").mechanism.variants} == set(DOORS)


def test_the_stateless_door_decides_without_a_single_query(enter, alice, rf, django_assert_num_queries):
    token = enter("token", "stateless").credential
    request = Request(rf.get(HERE, headers={"Authorization": f"Bearer {token}"}))
    with django_assert_num_queries(0):
        user, _ = StatelessTokenAuthentication().authenticate(request)
        assert (user.pk, user.username, user.role, user.is_authenticated) == (alice.pk, alice.username, "editor", True)


@pytest.mark.parametrize(
    ("door", "expected"),
    [("stateless", 1), ("default", 2), ("revocable", 3), ("cookie", 2), ("unverified", 2), ("guessable", 2)],
)
def test_each_door_asks_the_database_as_often_as_it_says(enter, queries, door, expected):
    actor = enter("token", door)
    queries.clear()
    assert actor.read().status_code == 200
    assert len(queries) == expected, queries


def test_a_default_token_is_not_enough_for_the_doors_that_want_more(enter):
    token = enter("token", "default").credential
    assert replay(find_variant("token", "stateless"), token).json()["code"] == "token_invalid"
    assert replay(find_variant("token", "revocable"), token).json()["code"] == "password_changed"


def test_the_token_of_the_cookie_door_is_not_read_from_the_header_nor_the_other_way_round(enter):
    header, cookie = enter("token", "default"), enter("token", "cookie")
    in_header = {"Authorization": f"Bearer {header.credential}"}
    assert Client().get("/tokens/api/cookie/protected/", headers=in_header).status_code == 401
    assert Client().get(HERE, headers={"Cookie": f"ac_access={cookie.credential}"}).status_code == 401
