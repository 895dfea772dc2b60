"""A key from the form: a secret, PEM, JWK or JWK Set. No response contains it.

The sizes are limited because checking a private key of 16,384 bits takes seconds of CPU time.
"""

import json
from functools import cached_property

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import load_pem_x509_certificate
from django.utils.translation import gettext as _
from jwt.algorithms import get_default_algorithms

MAX_PEM_LENGTH = 4_000  # characters: a private RSA key of 4,096 bits has 3,300
MAX_MEMBER_LENGTH = 700  # characters of one number in a JWK: 4,096 bits have 683
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}  # RFC 7518 sections 6.2.2 and 6.3.2
HMAC = ("HS256", "HS384", "HS512")
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512", "secp256k1": "ES256K"}
JWK_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}
ALGORITHMS = (*HMAC, *RSA, *CURVES.values(), "EdDSA")  # all that sign: "none" does not
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, UnsupportedAlgorithm)


class UnknownKeyId(jwt.PyJWKSetError):
    """The token's "kid" matches no key of the set, or is missing while several keys fit."""


class KeyInput:
    """The text of the key field. `kind` is "none", "secret", "pem", "jwk" or "set"."""

    def __init__(self, text: str) -> None:
        self.text = text.strip("\r\n")  # text fields add line ends; a secret may begin or end with spaces
        self.jwks: object = ()  # from JSON, so it may be anything
        self.kind = self.find_kind()

    def find_kind(self) -> str:
        if not self.text:
            return "none"
        if "-----BEGIN" in self.text or self.text.startswith(("ssh-", "ecdsa-sha2-")):
            return "pem"
        try:
            value = json.loads(self.text) if self.text.lstrip().startswith("{") else None
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and "keys" in value:
            self.jwks = value["keys"]
            return "set"
        if isinstance(value, dict) and "kty" in value:
            self.jwks = [value]
            return "jwk"
        return "secret"

    @cached_property
    def loaded(self):
        """The key object of the cryptography package, or None if the PEM is invalid."""
        if len(self.text) > MAX_PEM_LENGTH:
            return None
        data = self.text.encode()
        if not self.text.lstrip().startswith("-----BEGIN"):
            readers = [serialization.load_ssh_public_key]
        else:
            readers = [
                serialization.load_pem_public_key,
                lambda data: serialization.load_pem_private_key(data, password=None),
                lambda data: load_pem_x509_certificate(data).public_key(),
            ]
        for read in readers:
            try:
                return read(data)
            except UNREADABLE:
                continue
        return None

    @property
    def private(self) -> bool:
        """True if it contains a private key, which a verifier does not need."""
        if self.kind == "pem":
            return hasattr(self.loaded, "private_bytes")
        return any("d" in jwk for jwk in self.usable)

    @property
    def usable(self) -> list[dict]:
        """The keys of the set that are JSON objects."""
        return [jwk for jwk in self.jwks if isinstance(jwk, dict)] if isinstance(self.jwks, list) else []

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that this key is made for: a verifier's default."""
        if self.kind == "secret":
            return HMAC
        if self.kind == "pem" and self.loaded is not None:
            return key_algorithms(self.loaded) or ALGORITHMS
        return tuple(dict.fromkeys(alg for jwk in self.usable for alg in jwk_algorithms(jwk))) or ALGORITHMS

    def verifying_key(self, header: dict) -> str | jwt.PyJWK:
        """Return the key for `jwt.decode`: a string or a PyJWK. From a private key, return the public key.

        Raises jwt.PyJWTError.
        """
        if self.kind == "pem" and len(self.text) > MAX_PEM_LENGTH:
            raise jwt.InvalidKeyError("The key is too long for this page")
        if self.kind == "pem" and self.loaded is not None:
            public = self.loaded.public_key() if self.private else self.loaded
            form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return public.public_bytes(*form).decode()
        if self.kind in {"jwk", "set"}:
            jwk = self.find_jwk(header)
            hidden = PRIVATE_MEMBERS if jwk.get("kty") != "oct" else set()
            return as_jwk({name: value for name, value in jwk.items() if name not in hidden}, header)
        return self.text

    def signing_key(self, header: dict) -> object:
        """Return the key for an algorithm of PyJWT. Raises jwt.PyJWTError or one of UNREADABLE."""
        if self.kind == "pem":
            if self.loaded is None:
                raise jwt.InvalidKeyError(_("The key has an unknown format."))
            key = self.loaded
        elif self.kind in {"jwk", "set"}:
            jwk = self.find_jwk(header)
            if jwk.get("kty") == "RSA" and "d" in jwk and "p" not in jwk:
                raise jwt.InvalidKeyError(
                    _("A private RSA key must contain its primes p and q (RFC 7518 section 6.3.2).")
                )
            key = as_jwk(jwk, header).key
        else:
            return self.text
        if not isinstance(key, bytes) and not hasattr(key, "private_bytes"):
            raise jwt.InvalidKeyError(_("This is a public key. It can verify, but not sign."))
        return key

    def find_jwk(self, header: dict) -> dict:
        """Return the JWK that the header's "kid" names (RFC 7515 section 4.1.4). Raises jwt.PyJWTError."""
        if self.kind == "set":
            jwt.PyJWKSet([public(jwk) for jwk in self.usable])  # raises if the set has no usable key
            kid, alg = header.get("kid"), header.get("alg")
            if kid is not None:
                matching = [jwk for jwk in self.usable if jwk.get("kid") == kid]
            else:
                matching = [jwk for jwk in self.usable if alg in jwk_algorithms(jwk)]
            if not matching or (kid is None and len(matching) > 1):
                raise UnknownKeyId("The set has no key for this token's kid")
            jwk = matching[0]
        else:
            jwk = self.usable[0]
        if any(len(str(jwk.get(name, ""))) > MAX_MEMBER_LENGTH for name in PRIVATE_MEMBERS | {"n", "e"}):
            raise jwt.InvalidKeyError("The key is too long for this page")
        return jwk

    def describe(self) -> str:
        """Return one sentence about the key, without the key itself, or "" if there is none."""
        if self.kind == "secret":
            return _("A shared secret of %(n)s bytes. Everyone who can verify with it can also sign.") % {
                "n": len(self.text.encode())
            }
        if self.kind == "pem":
            return describe_loaded(self.loaded)
        if self.kind == "jwk":
            jwk = self.usable[0]
            what = " ".join(str(jwk[name])[:20] for name in ("kty", "crv", "alg") if isinstance(jwk.get(name), str))
            return _("A JSON Web Key (RFC 7517): %(what)s") % {"what": what}
        if self.kind == "set":
            ids = ", ".join(str(jwk.get("kid", "–"))[:20] for jwk in self.usable[:8])
            return _("A JWK Set (RFC 7517 section 5) with these key ids: %(ids)s") % {"ids": ids or "–"}
        return ""


def describe_loaded(key: object) -> str:
    """Return one sentence about a key object."""
    if key is None:
        return _("The key has an unknown format.")
    what = type(key).__name__.removesuffix("Key").removesuffix("Private").removesuffix("Public")
    what = f"{what} {key.key_size}" if hasattr(key, "key_size") else what
    if hasattr(key, "private_bytes"):
        return _("A private key (%(what)s). It signs, and its public key verifies.") % {"what": what}
    return _("A public key (%(what)s). It can verify, but not sign.") % {"what": what}


def key_algorithms(key: object) -> tuple[str, ...]:
    """Return the algorithms for a key object."""
    if isinstance(key, (rsa.RSAPublicKey, rsa.RSAPrivateKey)):
        return RSA
    if isinstance(key, (ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey)):
        return (CURVES[key.curve.name],) if key.curve.name in CURVES else ()
    return ("EdDSA",) if type(key).__name__.startswith("Ed") else ()


def jwk_algorithms(jwk: dict) -> tuple[str, ...]:
    """Return the algorithm that a JWK names, or else those of its type."""
    named, kind, curve = jwk.get("alg"), jwk.get("kty"), jwk.get("crv")
    if isinstance(named, str):
        return (named,) if named in ALGORITHMS else ()
    if kind == "EC":
        return (JWK_CURVES[curve],) if isinstance(curve, str) and curve in JWK_CURVES else ()
    return {"oct": HMAC, "RSA": RSA, "OKP": ("EdDSA",)}.get(kind, ()) if isinstance(kind, str) else ()


def public(jwk: dict) -> dict:
    """Return the JWK without its private members."""
    return {name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS}


def as_jwk(jwk: dict, header: dict) -> jwt.PyJWK:
    """Return a PyJWK, for the header's algorithm if the JWK names none. Raises jwt.PyJWTError."""
    alg = header.get("alg")
    algorithm = alg if "alg" not in jwk and alg in get_default_algorithms() else None
    try:
        return jwt.PyJWK(jwk, algorithm)
    except UNREADABLE as error:
        raise jwt.InvalidKeyError(f"{type(error).__name__}: {error}") from error
