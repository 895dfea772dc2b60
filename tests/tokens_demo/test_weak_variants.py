"""The two variants that are weak on purpose: the attacks succeed, and only on sandbox accounts."""

import hashlib
import hmac
import json

import pytest
from django.urls import reverse
from jwt.utils import base64url_decode
from rest_framework.request import Request
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.http_client import Client
from authcompare.experiments.cast import replay
from authcompare.mechanisms.registry import find_variant, variants
from tests.tokens_demo.forging import claims, forge
from tokens_demo.authentication import TokenInvalid
from tokens_demo.experiments.forging import claims_naming, signed, unsigned
from tokens_demo.models import Family
from tokens_demo.tokens import COMMON_WORD

WEAK = ("unverified", "guessable")


def made_up(door, said):
    """Return a token with these claims that this variant accepts, made without the server's key."""
    return unsigned(said, "none") if door == "unverified" else signed(said, "HS256", COMMON_WORD.encode())


def read(door, token, endpoint="protected/"):
    variant = find_variant("token", door)
    return Client().get(f"{variant.path}{endpoint}", headers=variant.transport.present(token))


@pytest.mark.parametrize("door", WEAK)
def test_a_token_with_another_users_id_opens_that_users_note(enter, sandbox, door):
    alice, bob = enter("token", door), enter("token", door, "bob")
    answer = read(door, made_up(door, claims_naming(alice.credential, bob.answer["user"])))
    assert answer.status_code == 200
    assert answer.json()["owner"] == sandbox["bob"]["username"]


@pytest.mark.parametrize("door", WEAK)
def test_no_token_works_for_an_account_outside_a_sandbox(enter, carol, door):
    someone = {"id": carol.pk, "username": carol.username}
    answer = read(door, made_up(door, claims_naming(enter("token", door).credential, someone)))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("door", WEAK)
def test_outside_the_lab_they_have_no_url_and_accept_no_token(enter, rf, project, door):
    actor = enter("token", door)
    headers = actor.variant.transport.present(actor.credential)
    believes = actor.variant.authentication().authenticate
    assert believes(Request(rf.get("/", headers=headers)))
    project(LAB=False)
    assert Client().get(f"{actor.variant.path}protected/", headers=headers).status_code == 404
    with pytest.raises(TokenInvalid):
        believes(Request(rf.get("/", headers=headers)))


def test_the_guessable_token_is_signed_with_the_articles_own_secret(enter):
    message, _dot, signature = enter("token", "guessable").credential.rpartition(".")
    assert json.loads(base64url_decode(message.split(".")[0])) == {"alg": "HS256", "typ": "JWT"}
    expected = hmac.new(COMMON_WORD.encode(), message.encode(), hashlib.sha256).digest()
    assert base64url_decode(signature) == expected


def test_a_guessable_token_works_with_no_other_verifying_variant_and_the_reverse(enter):
    guessable = enter("token", "guessable")
    others = [v for v in variants() if v.mechanism is guessable.variant.mechanism and v is not guessable.variant]
    assert len(others) > 4
    for other in others:
        expected = 401 if other.promises.detects_tampering else 200
        assert replay(other, guessable.credential).status_code == expected, other.slug
        theirs = enter("token", other.slug).credential
        assert replay(guessable.variant, theirs).status_code == 401, other.slug


@pytest.mark.parametrize("changes", [{"iss": "https://mallory.example"}, {"aud": "payroll"}, {"token_type": "refresh"}])
def test_the_guessable_variant_verifies_every_claim(enter, changes):
    said = claims(enter("token", "guessable").credential)
    assert read("guessable", made_up("guessable", said)).status_code == 200
    assert read("guessable", made_up("guessable", said | changes)).status_code == 401
    assert read("guessable", made_up("guessable", said | {"exp": 1})).json()["code"] == "token_expired"


def test_the_unverified_variant_accepts_expired_and_foreign_tokens(enter):
    said = claims(enter("token", "unverified").credential)
    for changes in ({"exp": 1}, {"iss": "https://mallory.example"}, {"aud": "payroll"}, {"token_type": "refresh"}):
        assert read("unverified", made_up("unverified", said | changes)).status_code == 200, changes


ODD = [
    {"sub": None},
    {"sub": True},
    {"sub": "x"},
    {"sub": ["1"]},
    {"sub": "9" * 400},
    {"iat": None},
    {"exp": 1e300},
    {"exp": "soon"},
    {"exp": 10**40},
    {"nbf": {}},
    {"jti": ["x"]},
    {"jti": "\x00"},
    {"token_type": 7},
    {"family": "x"},
    {"family": 7},
    {"username": "\ud800"},
]


@pytest.mark.parametrize("door", WEAK)
@pytest.mark.parametrize("endpoint", ["protected/", "credential/", "devices/"])
def test_a_claim_of_the_wrong_format_is_refused(enter, door, endpoint):
    said = claims(enter("token", door).credential)
    for changes in ODD:
        answer = read(door, made_up(door, said | changes), endpoint)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), changes


@pytest.mark.parametrize("door", WEAK)
@pytest.mark.parametrize("more", [{"x": "\ud800"}, {"x": float("nan")}, {"\ud800": 1}, {"x": [[[[]]] * 50]}], ids=ascii)
def test_unchecked_claims_are_not_repeated_in_the_description(enter, door, more):
    said = claims(enter("token", door).credential)
    answer = read(door, made_up(door, said | more), "credential/")
    assert answer.status_code == 200
    assert answer.json()["parts"]["payload"] == {name: said[name] for name in said if name not in {"iss", "aud"}}


@pytest.mark.parametrize("door", WEAK)
def test_a_forged_token_with_another_users_family_ends_nothing_and_reveals_nothing(enter, door):
    actor, victim = enter("token", door), enter("token", "default", "bob")
    family = claims(victim.credential)["family"]
    token = made_up(door, claims(actor.credential) | {"family": family})
    assert read(door, token, "credential/").json()["server_state"] is None
    token = made_up(door, claims_naming(token, victim.answer["user"]))
    headers = actor.variant.transport.present(token)
    assert Client().post(f"{actor.variant.path}logout/", headers=headers).status_code == 204
    assert Family.objects.get(pk=family).ended_at is None


@pytest.mark.parametrize("door", WEAK)
def test_the_weak_variants_issue_no_refresh_token(enter, door):
    actor = enter("token", door)
    assert "refresh" not in actor.answer
    said = claims(actor.credential) | {"token_type": "refresh"}
    for token in (actor.credential, made_up(door, said), forge(said)):  # the last with the server's own key
        answer = Client().post(reverse("tokens-refresh"), json={"refresh": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_the_guessable_secret_is_not_used_by_verify_and_not_published(enter):
    token = enter("token", "guessable").credential
    assert Client().post(reverse("tokens-verify"), json={"token": token}).status_code == 401
    published = Client().get(reverse("jwks")).json()["keys"]
    assert len(published) == (0 if api_settings.ALGORITHM == "HS256" else 1)
