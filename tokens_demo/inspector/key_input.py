"""A key as somebody pastes it: a secret, a PEM, a JWK or a set of them. It is used and never given back.

Sizes are bounded, since checking a private key of 16,384 bits takes a processor for seconds.
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

LONGEST_PEM = 4_000  # characters: a private RSA key of 4,096 bits has 3,300
LONGEST_MEMBER = 700  # characters of one number in a JWK: 4,096 bits have 683
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}  # RFC 7518 sections 6.2.2 and 6.3.2
HMAC = ("HS256", "HS384", "HS512")
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512", "secp256k1": "ES256K"}
JWK_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}
ALGORITHMS = (*HMAC, *RSA, *CURVES.values(), "EdDSA")  # all that sign: "none" does not
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, UnsupportedAlgorithm)


class UnknownKeyId(jwt.PyJWKSetError):
    """The token's "kid" names no key of the set, or names none where there are several."""


class Pasted:
    """What is in the key field. `kind` is "none", "secret", "pem", "jwk" or "set"."""

    def __init__(self, text):
        self.text = text.strip("\r\n")  # what a text field adds; spaces may belong to a secret
        self.jwks = ()
        self.kind = self.find_kind()

    def find_kind(self):
        if not self.text:
            return "none"
        if "-----BEGIN" in self.text or self.text.startswith(("ssh-", "ecdsa-sha2-")):
            return "pem"
        try:
            found = json.loads(self.text) if self.text.lstrip().startswith("{") else None
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and "keys" in found:
            self.jwks = found["keys"]
            return "set"
        if isinstance(found, dict) and "kty" in found:
            self.jwks = [found]
            return "jwk"
        return "secret"

    @cached_property
    def loaded(self):
        """The PEM as an object of the cryptography package, or None when it can not be read."""
        if len(self.text) > LONGEST_PEM:
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
    def private(self):
        """Does it contain a private half, which a verifier has no business with?"""
        if self.kind == "pem":
            return hasattr(self.loaded, "private_bytes")
        return any("d" in jwk for jwk in self.usable)

    @property
    def usable(self):
        """Those members of the set that are JSON objects."""
        return [jwk for jwk in self.jwks if isinstance(jwk, dict)] if isinstance(self.jwks, list) else []

    @property
    def fits(self):
        """The algorithms that this key is made for: what a verifier allows when nobody says otherwise."""
        if self.kind == "secret":
            return HMAC
        if self.kind == "pem" and self.loaded is not None:
            return fitting(self.loaded) or ALGORITHMS
        return tuple(dict.fromkeys(alg for jwk in self.usable for alg in jwk_fits(jwk))) or ALGORITHMS

    def verifying(self, header):
        """What `jwt.decode` takes to verify a token with this header: a text, or a PyJWK.

        Raises jwt.PyJWTError. Of a private key it is the public half, which is all that a verifier needs.
        """
        if self.kind == "pem" and len(self.text) > LONGEST_PEM:
            raise jwt.InvalidKeyError("Longer than any key that is read here")
        if self.kind == "pem" and self.loaded is not None:
            public = self.loaded.public_key() if self.private else self.loaded
            form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return public.public_bytes(*form).decode()
        if self.kind in {"jwk", "set"}:
            jwk = self.chosen(header)
            hidden = PRIVATE_MEMBERS if jwk.get("kty") != "oct" else set()
            return as_jwk({name: value for name, value in jwk.items() if name not in hidden}, header)
        return self.text

    def signing(self, header):
        """What an algorithm of PyJWT takes to sign with. Raises jwt.PyJWTError or one of UNREADABLE."""
        if self.kind == "pem":
            if self.loaded is None:
                raise jwt.InvalidKeyError(_("This key can not be read."))
            found = self.loaded
        elif self.kind in {"jwk", "set"}:
            jwk = self.chosen(header)
            if jwk.get("kty") == "RSA" and "d" in jwk and "p" not in jwk:
                raise jwt.InvalidKeyError(_("A private RSA key must bring its primes (RFC 7518 section 6.3.2)."))
            found = as_jwk(jwk, header).key
        else:
            return self.text
        if not isinstance(found, bytes) and not hasattr(found, "private_bytes"):
            raise jwt.InvalidKeyError(_("This is a public key: it verifies, and can not sign."))
        return found

    def chosen(self, header):
        """The JWK that the header's "kid" names (RFC 7515 section 4.1.4). Raises jwt.PyJWTError."""
        if self.kind == "set":
            jwt.PyJWKSet([public(jwk) for jwk in self.usable])  # is there any usable key in it?
            kid, alg = header.get("kid"), header.get("alg")
            if kid is not None:
                found = [jwk for jwk in self.usable if jwk.get("kid") == kid]
            else:
                found = [jwk for jwk in self.usable if alg in jwk_fits(jwk)]
            if not found or (kid is None and len(found) > 1):
                raise UnknownKeyId("The set has no key for this token's kid")
            jwk = found[0]
        else:
            jwk = self.usable[0]
        if any(len(str(jwk.get(name, ""))) > LONGEST_MEMBER for name in PRIVATE_MEMBERS | {"n", "e"}):
            raise jwt.InvalidKeyError("Longer than any key that is read here")
        return jwk

    def describe(self):
        """One sentence about it, or "" when there is none. Nothing of the key itself."""
        if self.kind == "secret":
            return _("A shared secret of %(n)s bytes: whoever can verify with it can also sign.") % {
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
            return _("A set of keys (RFC 7517 section 5), with these ids: %(ids)s") % {"ids": ids or "–"}
        return ""


def describe_loaded(key):
    if key is None:
        return _("This key can not be read.")
    what = type(key).__name__.removesuffix("Key").removesuffix("Private").removesuffix("Public")
    what = f"{what} {key.key_size}" if hasattr(key, "key_size") else what
    if hasattr(key, "private_bytes"):
        return _("A private key (%(what)s): it signs, and its public half verifies.") % {"what": what}
    return _("A public key (%(what)s): it verifies, and can not sign.") % {"what": what}


def fitting(key):
    """The algorithms for a key object."""
    if isinstance(key, (rsa.RSAPublicKey, rsa.RSAPrivateKey)):
        return RSA
    if isinstance(key, (ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey)):
        return (CURVES[key.curve.name],) if key.curve.name in CURVES else ()
    return ("EdDSA",) if type(key).__name__.startswith("Ed") else ()


def jwk_fits(jwk):
    """The algorithms for a JWK: the one it names, else those of its type."""
    named, kind, curve = jwk.get("alg"), jwk.get("kty"), jwk.get("crv")
    if isinstance(named, str):
        return (named,) if named in ALGORITHMS else ()
    if kind == "EC":
        return (JWK_CURVES[curve],) if isinstance(curve, str) and curve in JWK_CURVES else ()
    return {"oct": HMAC, "RSA": RSA, "OKP": ("EdDSA",)}.get(kind, ()) if isinstance(kind, str) else ()


def public(jwk):
    return {name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS}


def as_jwk(jwk, header):
    """A PyJWK, for the header's algorithm where the key itself names none. Raises jwt.PyJWTError."""
    wanted = header.get("alg")
    algorithm = wanted if "alg" not in jwk and wanted in get_default_algorithms() else None
    try:
        return jwt.PyJWK(jwk, algorithm)
    except UNREADABLE as error:
        raise jwt.InvalidKeyError(f"{type(error).__name__}: {error}") from error
