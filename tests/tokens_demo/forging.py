"""Tokens as only the holder of the key could make them, with anything in them."""

import json

import jwt
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode
from rest_framework_simplejwt.settings import api_settings

from tokens_demo.tokens import backend


def claims(token):
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def forge(payload, header=None):
    """A token with the right signature over this payload and header, each a dict, or the very bytes."""
    usual = {"typ": "JWT", "alg": api_settings.ALGORITHM}
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header or usual, payload)]
    signed = b".".join(base64url_encode(part) for part in parts)
    algorithm = get_default_algorithms()[api_settings.ALGORITHM]
    signature = algorithm.sign(signed, backend().prepared_signing_key)
    return (signed + b"." + base64url_encode(signature)).decode()
