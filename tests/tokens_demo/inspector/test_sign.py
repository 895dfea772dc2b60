"""Signing a header and a payload."""

import json

import jwt
import pytest
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

from tests.tokens_demo.inspector.requests import PRIVATE_KEYS, SECRET, post, private_pem, public_pem


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_signs_a_token(db, algorithm):
    key = SECRET * 2
    token = post("sign", header=json.dumps({"alg": algorithm}), payload='{"sub":"7"}', key=key).json()["token"]
    assert jwt.decode(token, key, algorithms=[algorithm]) == {"sub": "7"}


@pytest.mark.parametrize("algorithm", PRIVATE_KEYS)
def test_a_private_key_signs_as_pem_and_as_jwk(db, rsa_key, algorithm):
    key = PRIVATE_KEYS[algorithm](rsa_key)
    jwk = json.dumps(get_default_algorithms()[algorithm].to_jwk(key, as_dict=True))
    for text in (private_pem(key), jwk):
        response = post("sign", header=json.dumps({"alg": algorithm}), payload='{"sub":"7"}', key=text).json()
        assert jwt.decode(response["token"], public_pem(key), algorithms=[algorithm]) == {"sub": "7"}
        assert text not in json.dumps(response)


@pytest.mark.parametrize(
    ("header", "key", "field"),
    [
        ("{", SECRET, "header"),
        ("[]", SECRET, "header"),
        ("{}", SECRET, "header"),
        ('{"alg": "HS257"}', SECRET, "header"),
        ('{"alg": ["HS256"]}', SECRET, "header"),
        ('{"alg": "HS256"}', "", "key"),
        ('{"alg": "RS256"}', SECRET, "key"),
        ('{"alg": "ES256"}', "rsa", "key"),
        ('{"alg": "RS256"}', "public", "key"),
        ('{"alg": "HS256"}', "public", "key"),
    ],
)
def test_the_error_names_the_field_that_prevents_signing(db, rsa_key, header, key, field):
    key = {"rsa": private_pem(rsa_key), "public": public_pem(rsa_key)}.get(key, key)
    response = post("sign", header=header, payload="{}", key=key)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert response.json()["errors"][field][0]


def test_the_signed_texts_stay_unchanged(db):
    header, payload = '{ "typ":"x","alg":"HS256" }', '{"n": 9007199254740993, "n": 1.0}'
    token = post("sign", header=header, payload=payload, key=SECRET).json()["token"]
    assert token.split(".")[:2] == [base64url_encode(text.encode()).decode() for text in (header, payload)]
