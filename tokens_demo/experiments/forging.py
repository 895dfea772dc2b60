"""What an attacker can do who has a token, PyJWT, and no key of the server's."""

import secrets
from functools import cache

import jwt
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

from authcompare.server.keys import KEY_TYPES, public_pem
from tokens_demo.inspector.samples import encoded


def claims(token):
    """What a token says: anybody can read it."""
    return jwt.decode(token, options={"verify_signature": False})


def algorithm(token):
    return jwt.get_unverified_header(token)["alg"]


def naming(token, user):
    """The claims of this token, with another user's name wherever it has one."""
    said = claims(token)
    names = {"sub": str(user["id"]), "username": user["username"]}
    return said | {claim: name for claim, name in names.items() if claim in said}


def signed(said, alg, key, **header):
    """A token over these claims. By hand, since `jwt.encode` refuses what only an attacker does: to take a short word,
    or somebody's public key, for a secret."""
    message = f"{encoded({'alg': alg, 'typ': 'JWT', **header})}.{encoded(said)}"
    signature = get_default_algorithms()[alg].sign(message.encode(), key)
    return f"{message}.{base64url_encode(signature).decode()}"


def unsigned(said, alg):
    return f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(said)}."


def resaid(token, **changes):
    """A real token that says something else, under the signature it had."""
    header, _payload, signature = token.split(".")
    return f"{header}.{encoded(claims(token) | changes)}.{signature}"


@cache
def own_key(alg):
    """A key of the attacker's own, of the kind that this algorithm takes."""
    return KEY_TYPES[alg].generate() if alg in KEY_TYPES else secrets.token_bytes(32)


def published_keys(actors):
    """The server's public keys as PEM, from the address where everybody finds them."""
    with actors.client() as client:
        found = client.get("/.well-known/jwks.json").raise_for_status().json()["keys"]
    return [public_pem(jwt.PyJWK(key).key).encode() for key in found]
