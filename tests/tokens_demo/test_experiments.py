"""The experiments with tokens: each one detects a server that behaves differently."""

import base64
import hmac
from datetime import timedelta

import pytest
from rest_framework_simplejwt.settings import api_settings

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.registry import find_variant
from authcompare.server import second_servers
from tests.tokens_demo.forging import claims
from tokens_demo import rotation
from tokens_demo.experiments import guess_the_secret, verify_call
from tokens_demo.experiments.forge import confused_token
from tokens_demo.experiments.forging import signed, with_claims
from tokens_demo.experiments.guess_the_secret import crack, words
from tokens_demo.inspector.samples import DEFAULT_SECRET
from tokens_demo.inspector.verify import WELL_KNOWN
from tokens_demo.models import Family
from tokens_demo.tokens import COMMON_WORD, DecodingBackend, SigningBackend


def run(slug, door="default"):
    with Actors() as actors:
        return find_experiment(slug).run(actors, find_variant("token", door))


def facts(observation):
    return dict(observation.plain_facts)


@pytest.fixture(scope="module", autouse=True)
def _no_second_server_is_left():
    yield
    second_servers.stop_all()


@pytest.mark.parametrize("secret", ["123456", COMMON_WORD, "my_secret_key", DEFAULT_SECRET, "changeme"])
def test_a_common_secret_is_found_with_its_place_in_the_list(secret):
    found, tried = crack(signed({"sub": "7"}, "HS256", secret.encode()), words())
    assert (found, words()[tried - 1]) == (secret, secret)


def test_a_secret_that_is_in_no_list_is_not_found():
    assert crack(signed({"sub": "7"}, "HS256", b"kT4-eiB2vV0mZ9qLxJ7rYc3w"), words()) == (None, len(words()))


def test_the_word_list_contains_djangos_list_and_the_secrets_of_examples():
    assert words()[0] == "123456"
    assert len(words()) > 19_000
    assert set(words()) >= WELL_KNOWN


def test_a_guess_is_checked_with_the_standards_hmac():
    token = signed({"sub": "7"}, "HS256", b"word")
    message, _dot, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(b"word", message.encode(), "sha256").digest())
    assert signature.encode() == expected.rstrip(b"=")


def test_the_guessable_secret_is_found_and_the_search_is_reported(db):
    seen = run("guess-the-secret", "guessable")
    found = facts(seen)
    assert seen.outcome == "let in"
    assert found["words tried"] == found["the secret is word number"] == words().index(COMMON_WORD) + 1
    assert found["guesses per second"] > 1000


def test_a_random_key_would_take_far_too_long(db, use_key):
    use_key("HS256")
    found = facts(run("guess-the-secret"))
    assert found["words tried"] == len(words())
    assert int(found["years until a 256-bit key is found"].removeprefix("10^")) > 50


@pytest.mark.parametrize("other", ["RS256", "ES256", "EdDSA"])
def test_with_a_private_key_there_is_no_secret_to_guess(db, use_key, other):
    use_key(other)
    seen = run("guess-the-secret")
    assert seen.outcome == "refused"
    assert facts(seen)["shared secrets to guess"] == 0
    assert facts(seen)["algorithm"] == other


def test_no_fact_reveals_the_secret_or_a_token(transactional_db):
    for slug in ("guess-the-secret", "forge", "verify-call"):
        seen = run(slug, "guessable" if slug != "verify-call" else "default")
        assert not any(COMMON_WORD in str(value) or "eyJ" in str(value) for _what, value in seen.plain_facts)


CONFUSED = "at a server that signs with ES256: its public key as the secret"


def test_every_forgery_is_refused(transactional_db, algorithm):
    found = facts(run("forge"))
    assert CONFUSED in found
    assert len(found) == 9
    assert set(found.values()) == {401}


def test_every_successful_forgery_is_detected(transactional_db, algorithm, monkeypatch):
    monkeypatch.setattr(SigningBackend, "decode", DecodingBackend.decode)
    seen = run("forge", "unverified")
    assert seen.outcome == "let in"
    assert set(facts(seen).values()) == {200}
    assert run("forge").outcome == "let in"


def test_the_confused_token_is_signed_with_the_public_key_as_secret(use_key):
    use_key("ES256")
    public = api_settings.VERIFYING_KEY.encode()
    victim = {"id": 7, "username": "bob"}
    token = confused_token(signed({"sub": "8", "username": "mallory"}, "HS256", b"word"), victim, [public])
    message, _dot, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(public, message.encode(), "sha256").digest())
    assert signature.encode() == expected.rstrip(b"=")
    assert claims(token) == {"sub": "7", "username": "bob"}


def test_a_foreign_issuer_or_audience_is_refused_even_with_the_right_key(transactional_db):
    found = facts(run("forge", "guessable"))
    assert found["a foreign issuer, the right key"] == found["a foreign audience, the right key"] == 401


def test_without_a_second_server_the_other_forgeries_still_run(transactional_db, settings):
    settings.HTTPS = True
    found = facts(run("forge"))
    assert found.pop(CONFUSED) == ("A second server speaks plain HTTP, and this one accepts HTTPS only.")
    assert set(found.values()) == {401}


def test_changed_claims_keep_the_old_signature():
    token = signed({"sub": "7", "exp": 1}, "HS256", b"word")
    changed = with_claims(token, exp=2)
    assert claims(changed) == {"sub": "7", "exp": 2}
    assert changed.split(".")[2] == token.split(".")[2]


@pytest.mark.django_db(transaction=True)
def test_one_of_many_concurrent_rotations_succeeds_and_the_family_ends():
    seen = run("refresh-rotation", "revocable")
    assert seen.outcome == find_experiment("refresh-rotation").expected(find_variant("token", "revocable"))
    assert facts(seen) == {
        "the old refresh token again": "token_reused",
        "the new refresh token after that": "token_invalid",
        "the access token issued before": 401,
        "rotations of one token at the same time": 8,
        "successful rotations": 1,
    }


@pytest.mark.django_db(transaction=True)
def test_a_server_without_a_denylist_is_detected(monkeypatch):
    monkeypatch.setattr(rotation, "deny", lambda token, why: True)
    assert run("refresh-rotation").outcome == "8 rotations of 8 win"


@pytest.mark.django_db(transaction=True)
def test_a_server_that_keeps_the_family_after_reuse_is_detected(monkeypatch):
    monkeypatch.setattr(Family, "end", lambda family, reason: None)
    assert run("refresh-rotation").outcome == "only the old one is refused"


def test_refreshing_returns_new_access_tokens_and_keeps_the_expiry_time(db):
    assert facts(run("refresh-again")) == {
        "number of refreshes": 3,
        "different access tokens": 4,
        "different expiry times of the sign-in": 1,
        "different expiry times in the refresh tokens": 1,
    }


def test_a_moving_expiry_time_is_detected(db, monkeypatch):
    issue = rotation.issue

    def longer(family, *rest):
        family.expires_at += timedelta(hours=1)
        family.save()
        return issue(family, *rest)

    monkeypatch.setattr(rotation, "issue", longer)
    assert run("refresh-again").outcome == "the end moves"


def test_the_verify_call_shows_every_outcome(db):
    found = facts(run("verify-call"))
    assert found["the article's token and secret"] == "wrong_signature"
    assert found["the article's token, the secret of jwt.io"] == "valid"
    assert set(found.values()) >= {"valid", "expired", "malformed", "wrong_algorithm", "access", "token_invalid"}


def test_an_article_whose_token_verifies_is_detected(db, monkeypatch):
    monkeypatch.setattr(verify_call, "ARTICLE_SECRET", DEFAULT_SECRET)
    assert run("verify-call").outcome == "verifies with the secret beside it"


def test_another_library_needs_the_published_key_of_a_second_server(server):
    with Actors(server) as actors:
        seen = find_experiment("another-library").run(actors, find_variant("token", "default"))
    assert seen.outcome == "each verifies the other's"
    assert facts(seen)["public keys of this server"] == 0
    assert facts(seen)["our token with another user's id, verified by joserfc"] == "bad_signature"
    assert facts(seen)["that token with another user's id, verified by us"] == "wrong_signature"


def test_without_a_match_the_most_common_word_is_tried(db, monkeypatch, use_key):
    use_key("HS256")
    monkeypatch.setattr(guess_the_secret, "words", lambda: ["nothing", "fits"])
    seen = run("guess-the-secret", "unverified")
    assert facts(seen)["a token signed with the most common word"] == 200
    assert seen.outcome == "let in"
