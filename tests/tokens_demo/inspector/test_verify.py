"""Verification: outcome, checks, warnings and the meaning of claims."""

import json
import time
import warnings

import jwt
import pytest
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

from tests.tokens_demo.inspector.requests import PRIVATE_KEYS, SECRET, inspect, private_pem, public_pem, signed
from tokens_demo.inspector import samples, verify


def test_a_valid_token_passes_every_check(db):
    now = int(time.time())
    claims = {"iss": "me", "aud": "you", "sub": "7", "exp": now + 60, "nbf": now - 1, "iat": now - 1}
    result = inspect(signed(claims), issuer="me", audience="you", require="exp sub")
    assert result["accepted"]
    assert result["error"] is None
    assert {check["state"] for check in result["checks"]} == {"passed"}
    assert result["warnings"] == []


def test_each_check_is_passed_failed_skipped_or_unreached(db):
    token = signed({"exp": int(time.time()) - 60, "aud": "you"})
    states = {check["name"]: check["state"] for check in inspect(token, audience="another service")["checks"]}
    assert states == {
        **dict.fromkeys(["form", "header", "algorithm", "key", "signature", "payload"], "passed"),
        "required": "skipped",
        "times": "failed",
        **dict.fromkeys(["issuer", "audience", "types"], "unreached"),
    }


def test_the_shown_call_has_the_options_of_the_request(db):
    token = signed({"aud": "you", "iss": "me", "exp": int(time.time()) - 5})
    result = inspect(token, audience="you", issuer="me", leeway=30, require="exp", algorithms="HS256")
    assert result["accepted"]
    assert eval(result["call"], {"jwt": jwt, "token": token, "key": SECRET})["iss"] == "me"


def test_leeway_extends_the_expiry_time_by_its_seconds(db, clock):
    token = signed({"exp": int(time.time())})
    clock.shift(30)
    assert inspect(token, leeway=31)["accepted"]
    assert inspect(token, leeway=30)["outcome"] == "expired"


def test_the_error_names_a_missing_required_claim(db):
    result = inspect(signed({"sub": "7"}), require="sub exp")
    assert result["outcome"] == "missing_claim"
    assert "exp" in result["why"]


def test_a_missing_required_audience_fails_the_check_of_required_claims(db):
    result = inspect(signed({"sub": "7"}), require="aud", audience="you")
    assert next(check["name"] for check in result["checks"] if check["state"] == "failed") == "required"


def test_claims_have_a_meaning_a_reference_and_a_time(db):
    token = signed({"exp": 2000000000, "token_type": "access", "colour": "red", "iat": True})
    result = {each["name"]: each for each in inspect(token)["payload"]}
    assert result["exp"]["reference"] == "RFC 7519 §4.1.4"
    assert result["exp"]["href"] == "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
    assert result["exp"]["time"] == 2000000000
    assert result["token_type"]["reference"] == ""
    assert result["colour"]["reference"] == "RFC 7519 §4.3"
    assert result["iat"]["time"] is None
    header = {each["name"]: each for each in inspect(token)["header"]}
    assert header["alg"]["reference"] == "RFC 7518 §3.2"


def test_claims_are_readable_without_a_key(db):
    result = inspect(signed({"sub": "7"}), "")
    assert (result["outcome"], result["accepted"]) == ("no_key", False)
    assert result["payload"][0]["value"] == "7"


@pytest.mark.parametrize("algorithm", PRIVATE_KEYS)
def test_a_public_key_in_pem_verifies_the_private_keys_signature(db, rsa_key, algorithm):
    key = PRIVATE_KEYS[algorithm](rsa_key)
    token = signed({"sub": "7"}, private_pem(key), {"alg": algorithm})
    assert inspect(token, public_pem(key))["accepted"]


@pytest.mark.parametrize("algorithm", PRIVATE_KEYS)
def test_a_jwk_and_a_jwk_set_verify_a_signature(db, rsa_key, algorithm):
    key = PRIVATE_KEYS[algorithm](rsa_key)
    token = signed({"sub": "7"}, private_pem(key), {"alg": algorithm, "kid": "mine"})
    jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
    assert inspect(token, json.dumps(jwk))["accepted"]
    other = {"kty": "oct", "k": "c2VjcmV0", "kid": "other"}
    assert inspect(token, json.dumps({"keys": [other, jwk | {"kid": "mine"}]}))["accepted"]
    assert inspect(token, json.dumps({"keys": [other, jwk | {"kid": "yours"}]}))["outcome"] == "unknown_kid"


@pytest.mark.parametrize("algorithm", PRIVATE_KEYS)
def test_a_private_key_verifies_with_a_warning(db, rsa_key, algorithm):
    key = PRIVATE_KEYS[algorithm](rsa_key)
    token = signed({"sub": "7", "exp": int(time.time()) + 60}, private_pem(key), {"alg": algorithm})
    jwk = get_default_algorithms()[algorithm].to_jwk(key, as_dict=True)
    for text in (private_pem(key), json.dumps(jwk)):
        result = inspect(token, text)
        assert result["accepted"]
        assert len(result["warnings"]) == 1
        assert jwk["d"] not in json.dumps(result)


def test_a_token_without_kid_uses_the_only_fitting_key_of_a_set(db, rsa_key):
    token = signed({"sub": "7"}, private_pem(rsa_key), {"alg": "RS256"})
    jwk = get_default_algorithms()["RS256"].to_jwk(rsa_key.public_key(), as_dict=True)
    secret = {"kty": "oct", "k": "c2VjcmV0"}
    assert inspect(token, json.dumps({"keys": [secret, jwk]}))["accepted"]
    assert inspect(token, json.dumps({"keys": [jwk, jwk]}))["outcome"] == "unknown_kid"


def test_alg_none_is_refused_even_if_the_options_allow_it(db):
    token = verify.sign('{"alg":"none"}', '{"sub":"7"}', "")
    assert inspect(token)["outcome"] == "wrong_algorithm"
    assert not inspect(token, "", algorithms="none")["accepted"]
    assert not inspect(token, SECRET, algorithms="none HS256")["accepted"]


def test_a_public_key_is_never_used_as_a_secret(db, rsa_key):
    public = public_pem(rsa_key)
    signature = get_default_algorithms()["HS256"].sign(b"x", b"x")
    token = f"{samples.encoded({'alg': 'HS256'})}.{samples.encoded({'sub': '7'})}.{samples.encoded(signature)}"
    assert inspect(token, public)["outcome"] == "wrong_algorithm"
    assert inspect(token, public, algorithms="HS256")["outcome"] == "key_confusion"
    jwk = json.dumps(get_default_algorithms()["RS256"].to_jwk(rsa_key.public_key(), as_dict=True))
    assert inspect(token, jwk, algorithms="HS256")["outcome"] == "key_confusion"


def test_short_and_well_known_secrets_cause_warnings(db):
    assert len(inspect(signed({"exp": 2**31}, "secret"), "secret")["warnings"]) == 2
    assert len(inspect(signed({"exp": 2**31}, "short but own"), "short but own")["warnings"]) == 1
    assert inspect(signed({"exp": 2**31}), SECRET)["warnings"] == []


def test_a_warning_about_a_short_key_stays_in_its_request(db):
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        inspect(signed({"sub": "7"}, "secret"), "secret")
    assert not [warning for warning in leaked if "HMAC" in str(warning.message)]


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_keys_named_by_the_token_are_neither_fetched_nor_used(db, monkeypatch, name):
    monkeypatch.setattr("socket.socket.connect", lambda *args: pytest.fail("a request was sent"))
    value = (
        {"kty": "oct", "k": base64url_encode(SECRET.encode()).decode()} if name == "jwk" else "https://evil.example/"
    )
    token = signed({"exp": 2**31}, SECRET, {"alg": "HS256", name: value})
    result = inspect(token, "another secret, which is long enough too")
    assert result["outcome"] == "wrong_signature"
    assert any(name in warning for warning in result["warnings"])
