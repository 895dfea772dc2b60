"""Token rules that depend on the signature, with each of the four JWT algorithms."""

import json

import pytest
from jwt.utils import base64url_decode, base64url_encode

from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant, variants
from tests.tokens_demo.forging import claims, forge

# The weak variants check no signature, or one of an algorithm of their own.
SIGNED = [each for each in variants() if each.mechanism.name == "token" and not each.lab]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def alice_at(algorithm, sandbox):
    """Sign Alice in at a variant whose server uses this algorithm."""

    def sign_in(variant):
        actor = Actor(variant)
        response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
        assert response.status_code == 200, response.text
        return actor

    return sign_in


@pytest.fixture
def token(alice_at):
    """Alice's access token."""
    return alice_at(find_variant("token", "default")).credential


def refuses(*tokens):
    """Return True if the server refuses each of these tokens as invalid."""
    for each in tokens:
        response = replay(find_variant("token", "default"), each)
        assert (response.status_code, response.json()["code"]) == (401, "token_invalid"), each
    return True


def test_there_are_variants_whose_signature_is_checked():
    assert len(SIGNED) >= 4


def test_every_variant_signs_in_reads_edits_and_signs_out(alice_at):
    for variant in SIGNED:
        actor = alice_at(variant)
        assert actor.read().json() == replay(variant, actor.credential).json(), variant
        assert actor.read().headers["Authenticated-By"] == "token"
        assert actor.edit(title="Changed").status_code == 200
        assert actor.request("GET", "credential/").json()["length"] == len(actor.credential)
        assert actor.sign_out().status_code == 204
        still = replay(variant, actor.credential).status_code
        assert still == (401 if variant.promises.ends_at_sign_out else 200), variant


def test_every_variant_refuses_a_token_of_another_key(alice_at, algorithm, use_key):
    actors = [alice_at(variant) for variant in SIGNED]
    use_key(algorithm)
    for actor in actors:
        assert replay(actor.variant, actor.credential).status_code == 401, actor.variant
        assert alice_at(actor.variant).read().status_code == 200


def test_the_right_key_makes_a_token_that_is_accepted(token):
    assert replay(find_variant("token", "default"), forge(claims(token))).status_code == 200


def test_no_letter_can_be_changed(token):
    assert refuses(*(
        token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        for place, letter in list(enumerate(token))[::17]
    ))  # fmt: skip


def test_a_token_has_one_spelling(token):
    signature = token.rpartition(".")[2]
    same_bytes = [
        token[:-1] + letter
        for letter in LETTERS
        if letter != token[-1] and base64url_decode(signature[:-1] + letter) == base64url_decode(signature)
    ]
    assert same_bytes, "this signature's length leaves no spare bits"
    assert refuses(*same_bytes, *(change.format(token) for change in ("{}=", "{}==", "{}.", ".{}", "{}A")))


def test_a_token_needs_its_signature(token):
    header, payload, signature = token.split(".")
    unsigned = base64url_encode(json.dumps({"typ": "JWT", "alg": "none"}).encode()).decode()
    assert refuses(f"{unsigned}.{payload}.", f"{header}.{payload}.", f"{header}.{payload}.{signature[::-1]}")


def test_a_signed_claim_that_is_wrong_or_missing_is_refused(token):
    payload = claims(token)
    for claim in ("iss", "aud", "sub", "exp", "jti", "token_type"):
        assert refuses(forge({name: value for name, value in payload.items() if name != claim}))
    assert refuses(forge(payload | {"aud": "another service"}), forge(payload | {"token_type": "refresh"}))


def test_a_token_expires_to_the_second(token, clock):
    clock.move_to(claims(token)["exp"] - 1)
    assert replay(find_variant("token", "default"), token).status_code == 200
    clock.move_to(claims(token)["exp"])
    assert replay(find_variant("token", "default"), token).json()["code"] == "token_expired"


def test_a_refresh_token_works_once_and_reuse_ends_the_family(alice_at):
    actor = alice_at(find_variant("token", "default"))
    refresh = lambda token: actor.client.post("/tokens/api/refresh/", json={"refresh": token})  # noqa: E731
    first = actor.answer["refresh"]
    second = refresh(first).json()["refresh"]
    assert refresh(first).json()["code"] == "token_reused"
    assert refresh(second).status_code == 401
