"""The key that others need to verify our tokens, as a JWK (RFC 7517). An HMAC secret is nobody else's business."""

import hashlib
import json
from functools import cache

from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode
from rest_framework_simplejwt.settings import api_settings


def published():
    """Is there a public half to publish?"""
    return bool(api_settings.VERIFYING_KEY)


@cache
def public_jwk():
    """The verifying key as a JWK dict, without its id."""
    algorithm = get_default_algorithms()[api_settings.ALGORITHM]
    return algorithm.to_jwk(algorithm.prepare_key(api_settings.VERIFYING_KEY), as_dict=True)


@cache
def key_id():
    """The key's thumbprint (RFC 7638): the hash of its required members, in order, without whitespace."""
    required = {name: public_jwk()[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in public_jwk()}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":"))
    return base64url_encode(hashlib.sha256(canonical.encode()).digest()).decode()


def jwks():
    """The JWK set: one key, or none."""
    if not published():
        return {"keys": []}
    members = {name: value for name, value in public_jwk().items() if name != "key_ops"}
    return {"keys": [{**members, "use": "sig", "alg": api_settings.ALGORITHM, "kid": key_id()}]}
