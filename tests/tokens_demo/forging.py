"""Tokens with arbitrary contents, signed with the server's key."""

import json

import jwt
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode
from rest_framework_simplejwt.settings import api_settings

from tokens_demo.tokens import backend


def claims(token):
    """Return a token's claims, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def forge(payload, header=None):
    """Return a token with a valid signature over this payload and header, each a dict or bytes."""
    usual = {"typ": "JWT", "alg": api_settings.ALGORITHM}
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header or usual, payload)]
    signed = b".".join(base64url_encode(part) for part in parts)
    algorithm = get_default_algorithms()[api_settings.ALGORITHM]
    signature = algorithm.sign(signed, backend().prepared_signing_key)
    return (signed + b"." + base64url_encode(signature)).decode()
