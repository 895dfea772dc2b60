"""The published key set: it verifies our tokens and contains no private key."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import jwt
import pytest
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.http_client import Client


def published():
    response = Client().get("/.well-known/jwks.json")
    assert response.status_code == 200
    return response


def test_the_published_key_verifies_our_tokens(algorithm, enter):
    token = enter("token", "default").credential
    if algorithm == "HS256":
        assert published().json() == {"keys": []}
        return
    key = jwt.PyJWKSet.from_dict(published().json())[jwt.get_unverified_header(token)["kid"]]
    assert key.algorithm_name == algorithm
    said = jwt.decode(token, key, algorithms=[algorithm], audience="authcompare", issuer="authcompare")
    assert said["token_type"] == "access"
    forged = token[:-10] + ("A" * 10 if token[-10:] != "A" * 10 else "B" * 10)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, key, algorithms=[algorithm], audience="authcompare")


def test_nothing_secret_is_published(algorithm, db):
    answer = published()
    for key in answer.json()["keys"]:
        assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
        assert (key["use"], key["alg"]) == ("sig", algorithm)
    assert api_settings.SIGNING_KEY not in answer.text
    assert "PRIVATE" not in answer.text


def test_the_key_id_is_the_thumbprint_of_the_key(algorithm, db):
    for key in published().json()["keys"]:
        needed = {"RSA": "e kty n", "EC": "crv kty x y", "OKP": "crv kty x"}[key["kty"]].split()  # RFC 7638, in order
        canonical = "{" + ",".join(f'"{name}":"{key[name]}"' for name in needed) + "}"
        assert key["kid"] == urlsafe_b64encode(sha256(canonical.encode()).digest()).decode().rstrip("=")


def test_a_new_key_invalidates_the_tokens_of_the_old_key(algorithm, enter, use_key):
    actor = enter("token", "default")
    assert actor.read().status_code == 200
    use_key(algorithm)
    assert actor.read().json()["code"] == "token_invalid"


def test_shared_caches_may_store_the_key_set(db):
    assert published().headers["Cache-Control"] == "public, max-age=300"
