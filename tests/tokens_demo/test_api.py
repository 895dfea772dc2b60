"""The endpoints that only tokens have: refresh and verify."""

import pytest

from authcompare.api.http_client import Client
from tests.tokens_demo.forging import claims, forge


def verify(token):
    return Client().post("/tokens/api/verify/", json={"token": token})


def test_a_valid_token_of_either_type_is_verified(actor):
    for kind in ("access", "refresh"):
        answer = verify(actor.answer[kind])
        assert answer.status_code == 200
        assert answer.json()["token_type"] == kind
        assert set(answer.json()) == {"token_type", "expires_at"}


def test_a_foreign_token_is_not_verified(actor):
    assert verify("abc").json()["code"] == "token_invalid"
    assert verify(actor.credential + "=").json()["code"] == "token_invalid"
    assert verify(forge(claims(actor.credential) | {"exp": 1})).json()["code"] == "token_expired"


@pytest.mark.parametrize("kind", [None, "", "session", 1, ["access"], {"access": 1}])
def test_a_token_without_a_type_is_not_verified(actor, kind):
    said = claims(actor.credential)
    del said["token_type"]
    assert verify(forge(said)).json()["code"] == "token_invalid"
    assert verify(forge(said | {"token_type": kind})).json()["code"] == "token_invalid"


def test_a_revoked_token_is_not_verified(enter):
    actor = enter("token", "revocable")
    actor.sign_out()
    for kind in ("access", "refresh"):
        answer = verify(actor.answer[kind])
        assert (answer.status_code, answer.json()["code"]) == (401, "token_denied")


def test_no_cache_may_store_a_response_with_or_about_a_token(actor):
    answers = [
        actor.sign_in("nobody", "wrong"),
        verify(actor.credential),
        verify("abc"),
        Client().post("/tokens/api/refresh/", json={"refresh": "abc"}),
        Client().post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]}),
    ]
    assert [answer.status_code for answer in answers] == [401, 200, 401, 401, 200]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_no_cache_may_store_the_response_of_a_sign_in(sandbox):
    alice = {name: sandbox["alice"][name] for name in ("username", "password")}
    answer = Client().post("/tokens/api/login/", json=alice)
    assert answer.json()["access"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body", [{}, {"refresh": None}, {"refresh": ""}, {"refresh": 1}, {"refresh": []}, {"refresh": "x" * 20_000}]
)
def test_a_refresh_without_a_token_is_a_bad_request(db, body):
    answer = Client().post("/tokens/api/refresh/", json=body)
    assert answer.status_code == 400
    assert "refresh" in answer.json()["errors"]
