"""Invalid tokens, keys and options: each gets a verdict or a clear error, never a server error."""

import json
import logging
import time

import pytest
from django.core.cache import cache

from authcompare.api.http_client import Client
from tests.tokens_demo.inspector.requests import SECRET, inspect, post, signed
from tokens_demo.inspector import samples

INVALID_PAYLOADS = [
    '{"exp": NaN}',
    '{"exp": Infinity}',
    '{"exp": 1e400}',
    '{"exp": -1e300, "iat": 1e300}',
    '{"exp": ' + "9" * 4000 + "}",
    '{"exp": ' + "9" * 5000 + "}",
    '{"exp": true}',
    '{"exp": null, "iat": [], "nbf": {}}',
    '{"aud": [1], "iss": 2, "sub": null, "jti": []}',
    '{"sub": "\\ud800", "\\udfff": "\\ud800"}',
    '{"sub": "\\u0000"}',
    "[" * 4000,
    '{"a":' * 990 + "1" + "}" * 990,
    '{"a":' * 1900 + "1" + "}" * 1900,
    '{"%s": "%(alg)s"}',
    "[]",
    "null",
    "7",
    '"text"',
    "",
    "\ufeff{}",
    "{" + ", ".join(f'"{n}": 1' for n in range(900)) + "}",
    '{"a": 1, "a": 2}',
]


def test_an_invalid_payload_gets_a_verdict(db):
    for text in INVALID_PAYLOADS:
        result = inspect(signed(text))
        assert result["outcome"], text[:40]
        assert result["title"], text[:40]
        assert len(result["payload"]) <= 60, text[:40]


HEADERS = [*INVALID_PAYLOADS, '{"alg": []}', '{"alg": {"a": 1}}', '{"alg": "%(kid)s"}', '{"alg": null, "kid": []}']
HEADERS += ['{"alg": "HS256", "kid": "\\ud800"}', '{"alg": "HS256", "crit": {}}', '{"alg": "HS256", "b64": false}']


@pytest.mark.parametrize("key", [SECRET, "", '{"keys": [{"kty": "oct", "k": "YQ"}]}'], ids=["secret", "none", "set"])
def test_an_invalid_header_gets_a_verdict(db, key):
    for text in HEADERS:
        token = ".".join(samples.encoded(part.encode()) for part in (text, '{"sub": "7"}', "x"))
        assert not inspect(token, key)["accepted"], text[:40]


KEY_TEXTS = [
    "x",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n" + "A" * 15_000 + "\n-----END PUBLIC KEY-----",
    "ssh-rsa AAAA",
    "ssh-ed25519 x",
    "ecdsa-sha2-nistp256 x",
    "{",
    "{}",
    '{"keys": null}',
    '{"keys": "x"}',
    '{"keys": [1, null, "x", []]}',
    '{"keys": [{"kty": "oct"}]}',
    '{"kty": "oct"}',
    '{"kty": "oct", "k": 7}',
    '{"kty": "oct", "k": ""}',
    '{"kty": "oct", "k": "\\ud800"}',
    '{"kty": "\\ud800"}',
    '{"kty": []}',
    '{"kty": "RSA"}',
    '{"kty": "RSA", "n": "", "e": ""}',
    '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}',
    '{"kty": "RSA", "n": 7, "e": []}',
    '{"kty": "RSA", "alg": ["RS256"], "n": "AQAB", "e": "AQAB"}',
    '{"kty": "RSA", "n": "' + "A" * 9000 + '", "e": "AQAB"}',
    '{"kty": "RSA", "n": "' + "_" * 600 + '", "e": "AQAB", "d": "' + "_" * 600 + '"}',
    '{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}',
    '{"kty": "EC", "crv": [], "x": 1, "y": 2}',
    '{"kty": "OKP", "crv": "Ed25519", "x": "AA"}',
    '{"kty": "OKP", "crv": "X25519", "x": 7}',
    '{"kty": {"a": 1}}',
    '{"a":' * 2000,
    "é\ud7ff 密钥",
]


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_an_invalid_key_gets_a_verdict_and_signs_nothing(db, algorithm):
    token = ".".join(samples.encoded(part) for part in ({"alg": algorithm}, {"sub": "7"}, b"x" * 64))
    for key in KEY_TEXTS:
        for allowed in ("", algorithm):
            assert not inspect(token, key, algorithms=allowed)["accepted"], key[:40]
        response = post("sign", header=json.dumps({"alg": algorithm}), payload="{}", key=key)
        expected = {200, 400} if algorithm == "HS256" else {400}  # any text is a secret
        assert response.status_code in expected, key[:40]


def test_invalid_keys_take_little_time(db):
    began = time.process_time()
    for key in KEY_TEXTS:
        token = ".".join(samples.encoded(part) for part in ({"alg": "RS256"}, {"sub": "7"}, b"x" * 64))
        inspect(token, key, algorithms="RS256")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", "x" * 16_385),
        ("key", "x" * 16_385),
        ("algorithms", "HS257"),
        ("algorithms", "HS256 rs256"),
        ("leeway", -1),
        ("leeway", 86_401),
        ("leeway", 1.5),
        ("audience", "x" * 301),
        ("require", ["exp"]),
        ("now", 7),
    ],
)
def test_the_error_names_an_invalid_field(db, field, value):
    response = post("inspect", **({"token": "x"} | {field: value}))
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert list(response.json()["errors"]) == [field]


def test_tokens_and_keys_are_neither_stored_nor_logged(db, caplog, django_assert_num_queries, monkeypatch):
    stored = []
    monkeypatch.setattr(cache, "set", lambda *args, **kwargs: stored.append(args))
    log = logging.getLogger("authcompare")
    monkeypatch.setattr(log, "propagate", True)
    caplog.set_level(logging.DEBUG)
    token = signed({"sub": "very-private"}, "my very own secret")
    with django_assert_num_queries(0):
        response = post("inspect", token=token, key="my very own secret")
        post("sign", header='{"alg":"HS256"}', payload='{"sub":"very-private"}', key="my very own secret")
    assert response.json()["payload"][0]["value"] == "very-private"
    assert "Exchange-Id" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert stored == []
    assert "request" in caplog.text
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "very-private" not in logged
    assert "my very own secret" not in logged
    assert token not in logged


def test_a_form_without_scripts_gets_the_verdict_as_a_page(db):
    fields = {"token": samples.ARTICLE, "key": "my_secret_key", "algorithms": "", "audience": "", "issuer": ""}
    fields |= {"leeway": "0", "require": ""}
    response = Client().post("/tokens/api/inspect/", data=fields, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert "wrong_signature" in response.text
