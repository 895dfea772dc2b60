"""The public key that verifies our tokens, as a JWK set (RFC 7517). An HMAC secret is never published."""

import hashlib
import json
from functools import cache
from typing import Any

from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode
from rest_framework_simplejwt.settings import api_settings


def has_public_key() -> bool:
    """Return whether the algorithm has a public key."""
    return bool(api_settings.VERIFYING_KEY)


@cache
def public_jwk() -> dict[str, Any]:
    """Return the public key as a JWK, without its id."""
    algorithm = get_default_algorithms()[api_settings.ALGORITHM]
    return algorithm.to_jwk(algorithm.prepare_key(api_settings.VERIFYING_KEY), as_dict=True)


@cache
def key_id() -> str:
    """Return the key's thumbprint (RFC 7638): the hash of its required members, in order, without whitespace."""
    required = {name: public_jwk()[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in public_jwk()}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":"))
    return base64url_encode(hashlib.sha256(canonical.encode()).digest()).decode()


def jwks() -> dict[str, list[dict[str, Any]]]:
    """Return the JWK set, which contains one key or none."""
    if not has_public_key():
        return {"keys": []}
    members = {name: value for name, value in public_jwk().items() if name != "key_ops"}
    return {"keys": [{**members, "use": "sig", "alg": api_settings.ALGORITHM, "kid": key_id()}]}
