"""A token and a key for everything a verifier can say, made as they are asked for, so that their times are right.

The keys are throwaways of this process, and no private one of them is ever shown.
"""

import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.utils.translation import gettext_lazy as _
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode

ISSUER, AUDIENCE = "https://id.example", "notes"
# The token and the secret that stand in the article, and what every page about JWT has shown it with.
ARTICLE = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
    ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
ARTICLE_SECRET, DEFAULT_SECRET = "my_secret_key", "your-256-bit-secret"


@dataclass(frozen=True)
class Example:
    """What goes into the fields, and what must come out."""

    slug: str
    group: str
    title: str
    outcome: str
    make: callable
    told: dict = field(default_factory=lambda: {"issuer": ISSUER, "audience": AUDIENCE})

    def fields(self):
        """{"token", "key", "algorithms", "audience", "issuer", "leeway", "require"}: a request to inspect it."""
        token, key = self.make()
        empty = {"algorithms": "", "audience": "", "issuer": "", "leeway": 0, "require": ""}
        return {"token": token, "key": key, **empty, **self.told}


@cache
def secret():
    return secrets.token_urlsafe(32)


@cache
def private(kind):
    """A throwaway private key: "RS", "ES" or "Ed"."""
    if kind == "RS":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ES" else ed25519.Ed25519PrivateKey.generate()


def pem(kind):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private(kind).public_key().public_bytes(*form).decode()


def jwk(kind, **more):
    algorithm = get_default_algorithms()[{"RS": "RS256", "ES": "ES256", "Ed": "EdDSA"}[kind]]
    found = algorithm.to_jwk(private(kind).public_key(), as_dict=True)
    return {name: value for name, value in found.items() if name != "key_ops"} | more


def claims(**changes):
    """The usual claims, changed: a number is seconds from now where the name says a time, None leaves a claim out."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "7", "iat": -240, "exp": 300, "jti": secrets.token_hex(8)}
    said["role"] = "reader"
    said |= changes
    for name in ("iat", "nbf", "exp"):
        if type(said.get(name)) is int:
            said[name] += now
    return {name: value for name, value in said.items() if value is not None}


def encoded(part):
    data = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return base64url_encode(data).decode()


def signed(payload, alg="HS256", key=None, **header):
    """A token over anything: `payload` and the header may be what no library would sign."""
    header = {name: value for name, value in {"alg": alg, "typ": "JWT", **header}.items() if value is not None}
    algorithm = get_default_algorithms()[alg or "HS256"]
    message = f"{encoded(header)}.{encoded(payload)}"
    return f"{message}.{encoded(algorithm.sign(message.encode(), algorithm.prepare_key(key or secret())))}"


def shared(token):
    """With the secret that signed it."""
    return token, secret()


def by_kind(kind, alg, key):
    return signed(claims(), alg, private(kind)), key


def tampered():
    header, _payload, signature = signed(claims()).split(".")
    return f"{header}.{encoded(claims(role='admin'))}.{signature}", secret()


def stripped():
    return f"{signed(claims()).rpartition('.')[0]}.", secret()


def none():
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims(role='admin'))}."


def confused():
    """What an attacker makes: everybody has the public key, and an HMAC takes any bytes for its secret."""
    message = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims(role='admin'))}"
    hmac = get_default_algorithms()["HS256"]
    return f"{message}.{encoded(hmac.sign(message.encode(), pem('RS').encode()))}", pem("RS")


def with_set(kid, *keys):
    token = signed(claims(), "ES256", private("ES"), kid=kid)
    return token, json.dumps({"keys": list(keys)}, indent=1)


def encrypted():
    header = {"alg": "RSA-OAEP", "enc": "A256GCM"}
    return ".".join([encoded(header), *(encoded(secrets.token_bytes(n)) for n in (32, 12, 48, 16))]), ""


def duplicated():
    text = json.dumps(claims())
    return shared(signed(f'{text[:-1]}, "role": "admin"}}'.encode()))


NOBODY = {}  # the verifier is told nothing
ARTICLES, GOOD, SIGNATURE = _("The article's"), _("Good ones"), _("Signature and key")
TIMES, CLAIMS, FORM = _("Times"), _("Claims"), _("How it is written")
USUAL = {"issuer": ISSUER, "audience": AUDIENCE}

EXAMPLES = (
    Example(
        "article",
        ARTICLES,
        _("token and secret as printed"),
        "wrong_signature",
        lambda: (ARTICLE, ARTICLE_SECRET),
        NOBODY,
    ),
    Example(
        "default-secret",
        ARTICLES,
        _("its token, the default secret"),
        "valid",
        lambda: (ARTICLE, DEFAULT_SECRET),
        NOBODY,
    ),
    Example("hs256", GOOD, _("shared secret"), "valid", lambda: shared(signed(claims()))),
    Example("rs256", GOOD, _("RSA, public key"), "valid", lambda: by_kind("RS", "RS256", pem("RS"))),
    Example("eddsa", GOOD, _("EdDSA, JWK"), "valid", lambda: by_kind("Ed", "EdDSA", json.dumps(jwk("Ed"), indent=1))),
    Example(
        "key-set", GOOD, _("ES256, set of keys"), "valid", lambda: with_set("b", jwk("RS", kid="a"), jwk("ES", kid="b"))
    ),
    Example("expiring", GOOD, _("expires while you watch"), "valid", lambda: shared(signed(claims(exp=10)))),
    Example("no-key", SIGNATURE, _("no key"), "no_key", lambda: (signed(claims()), "")),
    Example(
        "wrong-secret",
        SIGNATURE,
        _("wrong secret"),
        "wrong_signature",
        lambda: (signed(claims()), secrets.token_urlsafe(32)),
    ),
    Example("tampered", SIGNATURE, _("payload changed"), "wrong_signature", tampered),
    Example("stripped", SIGNATURE, _("signature cut off"), "wrong_signature", stripped),
    Example("none", SIGNATURE, _("alg none"), "wrong_algorithm", lambda: (none(), secret())),
    Example(
        "wrong-algorithm",
        SIGNATURE,
        _("another algorithm"),
        "wrong_algorithm",
        lambda: shared(signed(claims(), "HS512", secret() * 2)),
        USUAL | {"algorithms": "HS256"},
    ),
    Example("no-algorithm", SIGNATURE, _("no algorithm"), "no_algorithm", lambda: shared(signed(claims(), None))),
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
        lambda: with_set("c", jwk("RS", kid="a"), jwk("ES", kid="b")),
    ),
    Example("empty-set", SIGNATURE, _("empty set of keys"), "empty_key_set", lambda: with_set("b")),
    Example(
        "odd-jwk",
        SIGNATURE,
        _("JWK for another purpose"),
        "unusable_jwk",
        lambda: by_kind("RS", "RS256", json.dumps(jwk("RS", alg="RSA-OAEP"), indent=1)),
        USUAL | {"algorithms": "RS256"},
    ),
    Example(
        "bad-key",
        SIGNATURE,
        _("key of another kind"),
        "unusable_key",
        lambda: by_kind("RS", "RS256", pem("ES")),
        USUAL | {"algorithms": "RS256"},
    ),
    Example(
        "key-address",
        SIGNATURE,
        _("brings its own key address"),
        "wrong_signature",
        lambda: (signed(claims(), key=secrets.token_urlsafe(32), jku="https://attacker.example/keys"), secret()),
    ),
    Example("expired", TIMES, _("expired"), "expired", lambda: shared(signed(claims(iat=-540, exp=-240)))),
    Example(
        "leeway",
        TIMES,
        _("just expired, with leeway"),
        "valid",
        lambda: shared(signed(claims(exp=-5))),
        USUAL | {"leeway": 30},
    ),
    Example("not-yet", TIMES, _("not yet valid"), "not_yet_valid", lambda: shared(signed(claims(nbf=20)))),
    Example("future", TIMES, _("issued in the future"), "issued_in_future", lambda: shared(signed(claims(iat=120)))),
    Example("endless", TIMES, _("no end"), "valid", lambda: shared(signed(claims(exp=None)))),
    Example("bad-time", TIMES, _("an end that is no time"), "bad_time", lambda: shared(signed(claims(exp="tomorrow")))),
    Example(
        "bad-issued-at", TIMES, _("issued at no time"), "bad_issued_at", lambda: shared(signed(claims(iat="yesterday")))
    ),
    Example(
        "wrong-audience", CLAIMS, _("wrong audience"), "wrong_audience", lambda: shared(signed(claims(aud="payroll")))
    ),
    Example(
        "missing-audience", CLAIMS, _("missing audience"), "missing_audience", lambda: shared(signed(claims(aud=None)))
    ),
    Example(
        "unexpected-audience",
        CLAIMS,
        _("audience not asked for"),
        "unexpected_audience",
        lambda: shared(signed(claims())),
        {"issuer": ISSUER},
    ),
    Example(
        "bad-audience",
        CLAIMS,
        _("audience of the wrong kind"),
        "bad_audience",
        lambda: shared(signed(claims(aud={"a": 1}))),
    ),
    Example(
        "wrong-issuer",
        CLAIMS,
        _("wrong issuer"),
        "wrong_issuer",
        lambda: shared(signed(claims(iss="https://evil.example"))),
    ),
    Example("missing-issuer", CLAIMS, _("missing issuer"), "missing_issuer", lambda: shared(signed(claims(iss=None)))),
    Example(
        "missing-claim",
        CLAIMS,
        _("missing required claim"),
        "missing_claim",
        lambda: shared(signed(claims(exp=None))),
        USUAL | {"require": "exp jti"},
    ),
    Example(
        "bad-subject", CLAIMS, _("subject of the wrong kind"), "bad_subject", lambda: shared(signed(claims(sub=7)))
    ),
    Example("bad-id", CLAIMS, _("id of the wrong kind"), "bad_id", lambda: shared(signed(claims(jti=42)))),
    Example("repeated", CLAIMS, _("a claim twice"), "valid", duplicated),
    Example(
        "two-parts",
        FORM,
        _("two parts"),
        "malformed",
        lambda: shared(signed(claims()).rpartition(".")[0].replace(".", "", 1)),
    ),
    Example("bad-base64", FORM, _("bad base64"), "bad_base64", lambda: shared(signed(claims()).replace(".", ".%", 1))),
    Example(
        "bad-header",
        FORM,
        _("header is no JSON"),
        "bad_header",
        lambda: shared(f"{encoded(b'{alg: HS256}')}.{encoded(claims())}.{encoded(b'x')}"),
    ),
    Example("bad-payload", FORM, _("payload is no JSON"), "bad_payload", lambda: shared(signed(b"{sub: 7}"))),
    Example("bad-kid", FORM, _("kid is no text"), "bad_parameter", lambda: shared(signed(claims(), kid=7))),
    Example(
        "critical", FORM, _("critical and unknown"), "bad_parameter", lambda: shared(signed(claims(), crit=["exp"]))
    ),
    Example("detached", FORM, _("payload elsewhere"), "detached", lambda: shared(elsewhere())),
    Example("encrypted", FORM, _("encrypted"), "encrypted", encrypted),
)


def elsewhere():
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    return f"{encoded(header)}..{encoded(secrets.token_bytes(32))}"


def groups():
    """[(title, [example, ...]), ...] in order."""
    found = {}
    for example in EXAMPLES:
        found.setdefault(example.group, []).append(example)
    return list(found.items())


def named(slug):
    """The example of this name; the article's where there is none."""
    return next((example for example in EXAMPLES if example.slug == slug), EXAMPLES[0])
