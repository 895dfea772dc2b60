"""Example tokens and keys, one for every result of a verifier.

Each request creates new ones, so that their times are right. The keys exist in this process only, and no private key is
shown.
"""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from django.utils.translation import gettext_lazy as _
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

ISSUER, AUDIENCE = "https://id.example", "notes"
# The article's token and secret, and the secret that verifies this token: the default of many JWT pages.
ARTICLE = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
    ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
ARTICLE_SECRET, DEFAULT_SECRET = "my_secret_key", "your-256-bit-secret"


@dataclass(frozen=True)
class Example:
    """The values of the form's fields, and the outcome of verifying them."""

    slug: str
    group: str
    title: str
    outcome: str
    make: Callable[[], tuple[str, str]]  # returns the token and the key
    options: dict = field(default_factory=lambda: {"issuer": ISSUER, "audience": AUDIENCE})

    def fields(self) -> dict:
        """Return the request body that inspects it: token, key, algorithms, audience, issuer, leeway and require."""
        token, key = self.make()
        empty = {"algorithms": "", "audience": "", "issuer": "", "leeway": 0, "require": ""}
        return {"token": token, "key": key, **empty, **self.options}


@cache
def secret() -> str:
    """Return the secret of this process."""
    return secrets.token_urlsafe(32)


@cache
def private_key(kind: str) -> PrivateKeyTypes:
    """Return the private key of this kind: "RS", "ES" or "Ed"."""
    if kind == "RS":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ES" else ed25519.Ed25519PrivateKey.generate()


def pem(kind: str) -> str:
    """Return a public key as PEM."""
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private_key(kind).public_key().public_bytes(*form).decode()


def jwk(kind: str, **members: str) -> dict:
    """Return a public key as a JWK with additional members."""
    algorithm = get_default_algorithms()[{"RS": "RS256", "ES": "ES256", "Ed": "EdDSA"}[kind]]
    public_jwk = algorithm.to_jwk(private_key(kind).public_key(), as_dict=True)
    return {name: value for name, value in public_jwk.items() if name != "key_ops"} | members


def claims(**changes: object) -> dict:
    """Return common claims with changes. Times are in seconds from now; None removes a claim."""
    now = int(time.time())
    payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": "7", "iat": -240, "exp": 300, "jti": secrets.token_hex(8)}
    payload["role"] = "reader"
    payload |= changes
    for name in ("iat", "nbf", "exp"):
        if type(payload.get(name)) is int:
            payload[name] += now
    return {name: value for name, value in payload.items() if value is not None}


def encoded(part: bytes | dict) -> str:
    """Return bytes, or an object as JSON, in base64url."""
    data = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return base64url_encode(data).decode()


def signed(payload: bytes | dict, alg: str | None = "HS256", key: object = None, **header: object) -> str:
    """Return a signed token. Payload and header may be invalid, which libraries refuse to sign."""
    header = {name: value for name, value in {"alg": alg, "typ": "JWT", **header}.items() if value is not None}
    algorithm = get_default_algorithms()[alg or "HS256"]
    message = f"{encoded(header)}.{encoded(payload)}"
    return f"{message}.{encoded(algorithm.sign(message.encode(), algorithm.prepare_key(key or secret())))}"


def with_secret(token: str) -> tuple[str, str]:
    """Return the token and the secret of this process."""
    return token, secret()


def with_key(kind: str, alg: str, key: str) -> tuple[str, str]:
    """Return a token signed with the private key of this kind, and a key to verify it with."""
    return signed(claims(), alg, private_key(kind)), key


def tampered() -> tuple[str, str]:
    header, _payload, signature = signed(claims()).split(".")
    return f"{header}.{encoded(claims(role='admin'))}.{signature}", secret()


def without_signature() -> tuple[str, str]:
    return f"{signed(claims()).rpartition('.')[0]}.", secret()


def unsigned() -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims(role='admin'))}."


def confused() -> tuple[str, str]:
    """Return an attacker's token: its HMAC uses the public key, which everyone has, as the secret."""
    message = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims(role='admin'))}"
    hmac = get_default_algorithms()["HS256"]
    return f"{message}.{encoded(hmac.sign(message.encode(), pem('RS').encode()))}", pem("RS")


def with_key_set(kid: str, *keys: dict) -> tuple[str, str]:
    """Return a token that names a key, and a JWK Set."""
    token = signed(claims(), "ES256", private_key("ES"), kid=kid)
    return token, json.dumps({"keys": list(keys)}, indent=1)


def encrypted() -> tuple[str, str]:
    header = {"alg": "RSA-OAEP", "enc": "A256GCM"}
    return ".".join([encoded(header), *(encoded(secrets.token_bytes(n)) for n in (32, 12, 48, 16))]), ""


def duplicated() -> tuple[str, str]:
    text = json.dumps(claims())
    return with_secret(signed(f'{text[:-1]}, "role": "admin"}}'.encode()))


NO_OPTIONS = {}
FROM_ARTICLE, GOOD, SIGNATURE = _("From the article"), _("Valid"), _("Signature and key")
TIMES, CLAIMS, FORM = _("Times"), _("Claims"), _("Encoding")
USUAL = {"issuer": ISSUER, "audience": AUDIENCE}

EXAMPLES = (
    Example(
        "article",
        FROM_ARTICLE,
        _("token and secret as printed"),
        "wrong_signature",
        lambda: (ARTICLE, ARTICLE_SECRET),
        NO_OPTIONS,
    ),
    Example(
        "default-secret",
        FROM_ARTICLE,
        _("same token, default secret"),
        "valid",
        lambda: (ARTICLE, DEFAULT_SECRET),
        NO_OPTIONS,
    ),
    Example("hs256", GOOD, _("shared secret"), "valid", lambda: with_secret(signed(claims()))),
    Example("rs256", GOOD, _("RSA, public key"), "valid", lambda: with_key("RS", "RS256", pem("RS"))),
    Example("eddsa", GOOD, _("EdDSA, JWK"), "valid", lambda: with_key("Ed", "EdDSA", json.dumps(jwk("Ed"), indent=1))),
    Example(
        "key-set", GOOD, _("ES256, JWK Set"), "valid", lambda: with_key_set("b", jwk("RS", kid="a"), jwk("ES", kid="b"))
    ),
    Example("expiring", GOOD, _("expires in 10 seconds"), "valid", lambda: with_secret(signed(claims(exp=10)))),
    Example("no-key", SIGNATURE, _("no key"), "no_key", lambda: (signed(claims()), "")),
    Example(
        "wrong-secret",
        SIGNATURE,
        _("wrong secret"),
        "wrong_signature",
        lambda: (signed(claims()), secrets.token_urlsafe(32)),
    ),
    Example("tampered", SIGNATURE, _("payload changed"), "wrong_signature", tampered),
    Example("stripped", SIGNATURE, _("signature removed"), "wrong_signature", without_signature),
    Example("none", SIGNATURE, _("alg none"), "wrong_algorithm", lambda: (unsigned(), secret())),
    Example(
        "wrong-algorithm",
        SIGNATURE,
        _("another algorithm"),
        "wrong_algorithm",
        lambda: with_secret(signed(claims(), "HS512", secret() * 2)),
        USUAL | {"algorithms": "HS256"},
    ),
    Example("no-algorithm", SIGNATURE, _("no algorithm"), "no_algorithm", lambda: with_secret(signed(claims(), None))),
    Example(
        "confusion",
        SIGNATURE,
        _("algorithm confusion"),
        "key_confusion",
        confused,
        USUAL | {"algorithms": "RS256 HS256"},
    ),
    Example("weak-key", SIGNATURE, _("weak secret"), "valid", lambda: (signed(claims(), key="secret"), "secret")),
    Example(
        "unknown-key",
        SIGNATURE,
        _("unknown kid"),
        "unknown_kid",
        lambda: with_key_set("c", jwk("RS", kid="a"), jwk("ES", kid="b")),
    ),
    Example("empty-set", SIGNATURE, _("empty JWK Set"), "empty_key_set", lambda: with_key_set("b")),
    Example(
        "odd-jwk",
        SIGNATURE,
        _("JWK for another purpose"),
        "unusable_jwk",
        lambda: with_key("RS", "RS256", json.dumps(jwk("RS", alg="RSA-OAEP"), indent=1)),
        USUAL | {"algorithms": "RS256"},
    ),
    Example(
        "bad-key",
        SIGNATURE,
        _("key of another type"),
        "unusable_key",
        lambda: with_key("RS", "RS256", pem("ES")),
        USUAL | {"algorithms": "RS256"},
    ),
    Example(
        "key-address",
        SIGNATURE,
        _("URL of its own key"),
        "wrong_signature",
        lambda: (signed(claims(), key=secrets.token_urlsafe(32), jku="https://attacker.example/keys"), secret()),
    ),
    Example("expired", TIMES, _("expired"), "expired", lambda: with_secret(signed(claims(iat=-540, exp=-240)))),
    Example(
        "leeway",
        TIMES,
        _("just expired, with leeway"),
        "valid",
        lambda: with_secret(signed(claims(exp=-5))),
        USUAL | {"leeway": 30},
    ),
    Example("not-yet", TIMES, _("not yet valid"), "not_yet_valid", lambda: with_secret(signed(claims(nbf=20)))),
    Example(
        "future", TIMES, _("issued in the future"), "issued_in_future", lambda: with_secret(signed(claims(iat=120)))
    ),
    Example("endless", TIMES, _("no expiry time"), "valid", lambda: with_secret(signed(claims(exp=None)))),
    Example(
        "bad-time", TIMES, _("invalid expiry time"), "bad_time", lambda: with_secret(signed(claims(exp="tomorrow")))
    ),
    Example(
        "bad-issued-at",
        TIMES,
        _("invalid issue time"),
        "bad_issued_at",
        lambda: with_secret(signed(claims(iat="yesterday"))),
    ),
    Example(
        "wrong-audience",
        CLAIMS,
        _("wrong audience"),
        "wrong_audience",
        lambda: with_secret(signed(claims(aud="payroll"))),
    ),
    Example(
        "missing-audience",
        CLAIMS,
        _("missing audience"),
        "missing_audience",
        lambda: with_secret(signed(claims(aud=None))),
    ),
    Example(
        "unexpected-audience",
        CLAIMS,
        _("unexpected audience"),
        "unexpected_audience",
        lambda: with_secret(signed(claims())),
        {"issuer": ISSUER},
    ),
    Example(
        "bad-audience",
        CLAIMS,
        _("audience of the wrong type"),
        "bad_audience",
        lambda: with_secret(signed(claims(aud={"a": 1}))),
    ),
    Example(
        "wrong-issuer",
        CLAIMS,
        _("wrong issuer"),
        "wrong_issuer",
        lambda: with_secret(signed(claims(iss="https://evil.example"))),
    ),
    Example(
        "missing-issuer", CLAIMS, _("missing issuer"), "missing_issuer", lambda: with_secret(signed(claims(iss=None)))
    ),
    Example(
        "missing-claim",
        CLAIMS,
        _("missing required claim"),
        "missing_claim",
        lambda: with_secret(signed(claims(exp=None))),
        USUAL | {"require": "exp jti"},
    ),
    Example(
        "bad-subject", CLAIMS, _("subject of the wrong type"), "bad_subject", lambda: with_secret(signed(claims(sub=7)))
    ),
    Example("bad-id", CLAIMS, _("id of the wrong type"), "bad_id", lambda: with_secret(signed(claims(jti=42)))),
    Example("repeated", CLAIMS, _("a claim twice"), "valid", duplicated),
    Example(
        "two-parts",
        FORM,
        _("two parts"),
        "malformed",
        lambda: with_secret(signed(claims()).rpartition(".")[0].replace(".", "", 1)),
    ),
    Example(
        "bad-base64",
        FORM,
        _("invalid base64url"),
        "bad_base64",
        lambda: with_secret(signed(claims()).replace(".", ".%", 1)),
    ),
    Example(
        "bad-header",
        FORM,
        _("header is not JSON"),
        "bad_header",
        lambda: with_secret(f"{encoded(b'{alg: HS256}')}.{encoded(claims())}.{encoded(b'x')}"),
    ),
    Example("bad-payload", FORM, _("payload is not JSON"), "bad_payload", lambda: with_secret(signed(b"{sub: 7}"))),
    Example("bad-kid", FORM, _("kid is not a string"), "bad_parameter", lambda: with_secret(signed(claims(), kid=7))),
    Example(
        "critical",
        FORM,
        _("unknown critical extension"),
        "bad_parameter",
        lambda: with_secret(signed(claims(), crit=["exp"])),
    ),
    Example("detached", FORM, _("detached payload"), "detached", lambda: with_secret(detached())),
    Example("encrypted", FORM, _("encrypted"), "encrypted", encrypted),
)


def detached() -> str:
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    return f"{encoded(header)}..{encoded(secrets.token_bytes(32))}"


def groups() -> list[tuple[str, list[Example]]]:
    """Return the groups in order, each with its title and examples."""
    groups = {}
    for example in EXAMPLES:
        groups.setdefault(example.group, []).append(example)
    return list(groups.items())


def named(slug: str | None) -> Example:
    """Return the example with this slug, or else the article's."""
    return next((example for example in EXAMPLES if example.slug == slug), EXAMPLES[0])
