"""What only tokens have, tried: each experiment would notice if it were otherwise."""

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
from tokens_demo.experiments.forge import confused
from tokens_demo.experiments.forging import signed, with_changed_claims
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
def test_a_common_secret_is_found_and_its_place_in_the_list_told(secret):
    found, tried = crack(signed({"sub": "7"}, "HS256", secret.encode()), words())
    assert (found, words()[tried - 1]) == (secret, secret)


def test_what_is_in_no_list_is_not_found():
    assert crack(signed({"sub": "7"}, "HS256", b"kT4-eiB2vV0mZ9qLxJ7rYc3w"), words()) == (None, len(words()))


def test_the_list_is_djangos_own_and_the_secrets_of_examples():
    assert words()[0] == "123456"
    assert len(words()) > 19_000
    assert set(words()) >= WELL_KNOWN


def test_a_guess_is_checked_by_the_very_hmac_of_the_standard():
    token = signed({"sub": "7"}, "HS256", b"word")
    message, _dot, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(b"word", message.encode(), "sha256").digest())
    assert signature.encode() == expected.rstrip(b"=")


def test_the_guessable_door_falls_and_the_search_says_how(db):
    seen = run("guess-the-secret", "guessable")
    found = facts(seen)
    assert seen.outcome == "let in"
    assert found["words tried"] == found["found as word number"] == words().index(COMMON_WORD) + 1
    assert found["guesses per second"] > 1000


def test_a_key_that_is_in_no_list_takes_longer_than_there_is_time(db, use_key):
    use_key("HS256")
    found = facts(run("guess-the-secret"))
    assert found["words tried"] == len(words())
    assert int(found["years to find a 256-bit key"].removeprefix("10^")) > 50


@pytest.mark.parametrize("other", ["RS256", "ES256", "EdDSA"])
def test_where_a_private_key_signs_there_is_no_secret_to_be_guessed(db, use_key, other):
    use_key(other)
    seen = run("guess-the-secret")
    assert seen.outcome == "refused"
    assert facts(seen)["shared secrets to guess"] == 0
    assert facts(seen)["signing algorithm"] == other


def test_no_fact_tells_the_secret_or_a_token(transactional_db):
    for slug in ("guess-the-secret", "forge", "verify-call"):
        seen = run(slug, "guessable" if slug != "verify-call" else "default")
        assert not any(COMMON_WORD in str(value) or "eyJ" in str(value) for _what, value in seen.plain_facts)


CONFUSED = "at a server that signs with ES256: its public key as the secret"


def test_each_forgery_is_refused_for_itself(transactional_db, algorithm):
    found = facts(run("forge"))
    assert CONFUSED in found
    assert len(found) == 9
    assert set(found.values()) == {401}


def test_each_forgery_would_be_noticed_if_it_opened_the_door(transactional_db, monkeypatch):
    monkeypatch.setattr(SigningBackend, "decode", DecodingBackend.decode)
    seen = run("forge", "unverified")
    assert seen.outcome == "let in"
    assert set(facts(seen).values()) == {200}
    assert run("forge").outcome == "let in"


def test_who_took_the_public_key_for_the_secret_would_believe_the_token(use_key):
    use_key("ES256")
    public = api_settings.VERIFYING_KEY.encode()
    victim = {"id": 7, "username": "bob"}
    token = confused(signed({"sub": "8", "username": "mallory"}, "HS256", b"word"), victim, [public])
    message, _dot, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(public, message.encode(), "sha256").digest())
    assert signature.encode() == expected.rstrip(b"=")
    assert claims(token) == {"sub": "7", "username": "bob"}


def test_with_the_right_key_a_foreign_issuer_or_audience_is_refused_all_the_same(transactional_db):
    found = facts(run("forge", "guessable"))
    assert found["a foreign issuer, the right key"] == found["a foreign audience, the right key"] == 401


def test_a_server_that_can_start_no_other_forges_what_it_can_and_says_what_it_could_not(transactional_db, settings):
    settings.HTTPS = True
    found = facts(run("forge"))
    assert found.pop(CONFUSED) == "A second server speaks plain HTTP, but this server accepts HTTPS only."
    assert set(found.values()) == {401}


def test_a_token_that_says_something_else_keeps_its_signature():
    token = signed({"sub": "7", "exp": 1}, "HS256", b"word")
    changed = with_changed_claims(token, exp=2)
    assert claims(changed) == {"sub": "7", "exp": 2}
    assert changed.split(".")[2] == token.split(".")[2]


@pytest.mark.django_db(transaction=True)
def test_of_rotations_at_once_one_wins_and_the_family_ends():
    seen = run("refresh-rotation", "revocable")
    assert seen.outcome == find_experiment("refresh-rotation").expected(find_variant("token", "revocable"))
    assert facts(seen) == {
        "the old one again": "token_reused",
        "the new one after that": "token_invalid",
        "the access token issued before": 401,
        "rotations of one token at once": 8,
        "of which succeed": 1,
    }


@pytest.mark.django_db(transaction=True)
def test_a_server_that_forgets_what_it_rotated_is_found_out(monkeypatch):
    monkeypatch.setattr(rotation, "deny", lambda token, why: True)
    assert run("refresh-rotation").outcome == "8 rotations of 8 win"


@pytest.mark.django_db(transaction=True)
def test_a_server_that_refuses_the_old_one_and_keeps_the_family_is_found_out(monkeypatch):
    monkeypatch.setattr(Family, "end", lambda family, reason: None)
    assert run("refresh-rotation").outcome == "only the old one is refused"


def test_refreshing_brings_new_access_tokens_and_no_new_end(db):
    assert facts(run("refresh-again")) == {
        "refreshed": 3,
        "different access tokens": 4,
        "different expiry times of the sign-in": 1,
        "different expiry times of the refresh tokens": 1,
    }


def test_an_end_that_moves_is_found_out(db, monkeypatch):
    issue = rotation.issue

    def longer(family, *rest):
        family.expires_at += timedelta(hours=1)
        family.save()
        return issue(family, *rest)

    monkeypatch.setattr(rotation, "issue", longer)
    assert run("refresh-again").outcome == "the end moves"


def test_every_outcome_of_a_verify_call_is_seen(db):
    found = facts(run("verify-call"))
    assert found["token and secret as the article prints them"] == "wrong_signature"
    assert found["its token with jwt.io's secret"] == "valid"
    assert set(found.values()) >= {"valid", "expired", "malformed", "wrong_algorithm", "access", "token_invalid"}


def test_an_article_whose_token_fits_would_be_noticed(db, monkeypatch):
    monkeypatch.setattr(verify_call, "ARTICLE_SECRET", DEFAULT_SECRET)
    assert run("verify-call").outcome == "verifies with the secret beside it"


def test_another_library_needs_the_published_key_of_a_second_server(server):
    with Actors(server) as actors:
        seen = find_experiment("another-library").run(actors, find_variant("token", "default"))
    assert seen.outcome == "each verifies the other's"
    assert facts(seen)["public keys that this server publishes"] == 0
    assert facts(seen)["our token with another id, verified by joserfc"] == "bad_signature"
    assert facts(seen)["joserfc's token with another id, verified by us"] == "wrong_signature"


def test_the_commonest_word_is_what_is_presented_when_nothing_was_found(db, monkeypatch, use_key):
    use_key("HS256")
    monkeypatch.setattr(guess_the_secret, "words", lambda: ["nothing", "fits"])
    seen = run("guess-the-secret", "unverified")
    assert facts(seen)["a token signed with the most common word"] == 200
    assert seen.outcome == "let in"
