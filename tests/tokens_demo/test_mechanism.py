"""Signing in and out with a token, and the list of active sign-ins."""

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from tests.headers import cookie_set
from tests.tokens_demo.forging import claims
from tokens_demo.models import DeniedToken, Family


def refresh(token):
    return Client().post("/tokens/api/refresh/", json={"refresh": token})


def test_after_signing_out_an_access_token_still_works_until_it_expires(actor, clock):
    assert actor.sign_out().status_code == 204
    assert replay(actor.variant, actor.credential).status_code == 200
    clock.move_to(claims(actor.credential)["exp"])
    assert replay(actor.variant, actor.credential).json()["code"] == "token_expired"


@pytest.mark.parametrize("door", ["default", "stateless", "revocable"])
def test_signing_out_with_either_token_denies_the_refresh_token(enter, door):
    for body in (lambda actor: {}, lambda actor: {"refresh": actor.answer["refresh"]}):
        actor = enter("token", door)
        assert actor.request("POST", "logout/", json=body(actor)).status_code == 204
        assert refresh(actor.answer["refresh"]).status_code == 401


def test_signing_out_with_the_refresh_token_alone_is_enough(actor):
    answer = Client().post("/tokens/api/logout/", json={"refresh": actor.answer["refresh"]})
    assert answer.status_code == 204
    assert refresh(actor.answer["refresh"]).status_code == 401


def test_signing_out_twice_is_harmless(actor):
    assert [actor.sign_out().status_code for _ in range(2)] == [204, 204]
    assert set(DeniedToken.objects.values_list("reason", flat=True)) == {DeniedToken.Reason.SIGNED_OUT}


def test_signing_out_denies_the_access_token_of_the_revocable_variant(enter):
    actor = enter("token", "revocable")
    actor.sign_out()
    assert replay(actor.variant, actor.credential).json()["code"] == "token_denied"


def test_signing_out_ends_this_sign_in_only(enter):
    actor, elsewhere = enter("token", "revocable"), enter("token", "revocable")
    actor.sign_out()
    assert elsewhere.read().status_code == 200
    assert refresh(elsewhere.answer["refresh"]).status_code == 200


def test_signing_out_with_a_foreign_token_is_refused(db):
    for headers in ({}, {"Authorization": "Bearer abc"}):
        answer = Client().post("/tokens/api/logout/", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert Client().post("/tokens/api/logout/", json={"refresh": "abc"}).json()["code"] == "token_invalid"


def test_the_cookie_variant_never_puts_its_token_into_a_body(sandbox):
    actor = Actor(find_variant("token", "cookie"))
    answer = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    token = actor.credential
    assert len(token.split(".")) == 3
    assert {"access", "refresh"}.isdisjoint(answer.json())
    bodies = [answer.text] + [
        actor.request("GET", address).text for address in ("credential/", "devices/", "protected/")
    ]
    for part in token.split("."):
        assert not any(part in body for body in bodies)


def test_scripts_cannot_read_the_cookie_and_it_expires_with_its_token(sandbox, clock):
    actor = Actor(find_variant("token", "cookie"))
    answer = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"], lifetime=15)
    cookie = cookie_set(answer, "ac_access")
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"], cookie["max-age"]) == ("Lax", "/", "", "15")


def test_a_copy_of_the_cookie_works_after_signing_out(enter):
    actor = enter("token", "cookie")
    assert actor.sign_out().status_code == 204
    assert "ac_access" not in actor.client.cookies
    assert replay(actor.variant, actor.credential).status_code == 200


def test_every_sign_in_is_listed_until_it_ends(enter, clock):
    short = enter("token", "cookie", lifetime=15)
    actor = enter("token", "default")
    assert len(actor.request("GET", "devices/").json()) == 2
    clock.shift(15)
    assert [device["current"] for device in actor.request("GET", "devices/").json()] == [True]
    assert short.read().status_code == 401


def test_ending_a_sign_in_denies_its_refresh_token(enter):
    actor, lost = enter("token", "default"), enter("token", "revocable")
    assert actor.request("DELETE", "devices/").json() == {"ended": 1}
    assert refresh(lost.answer["refresh"]).status_code == 401
    assert lost.read().json()["code"] == "token_denied"
    assert Family.objects.filter(ended_at=None).count() == 1


def test_the_credential_endpoint_shows_what_the_server_stores_about_a_token(enter):
    actor = enter("token", "revocable")
    refresh(actor.answer["refresh"])
    known = actor.request("GET", "credential/").json()
    assert known["parts"]["payload"] == claims(actor.credential)
    assert known["server_state"]["outstanding"] == 4
    assert known["server_state"]["denied"] == 1
    assert known["server_state"]["ended_at"] is None


def test_the_lifetime_applies_to_the_access_token(enter):
    for variant in find_variant("token", "default").mechanism.variants:
        said = claims(enter("token", variant.slug, lifetime=15).credential)
        assert said["exp"] - said["iat"] == 15
