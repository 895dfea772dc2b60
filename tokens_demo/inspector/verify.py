"""Verification of any token with any key by a real call of PyJWT, and signing.

This module stores nothing, fetches no URL from a token and does not use the project's own keys.
"""

import binascii
import json
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import jwt
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_decode, base64url_encode
from jwt.warnings import InsecureKeyLengthWarning

from tokens_demo.inspector import claim_reference, outcomes
from tokens_demo.inspector.key_input import ALGORITHMS, HMAC, UNREADABLE, KeyInput

MAX_VALUE_LENGTH = 300  # characters
MAX_EXPLAINED_NAMES = 60
MAX_TIME_SECONDS = 8_640_000_000_000  # JavaScript's largest date
# The two secrets of the article, and those of common examples: every word list starts with them.
WELL_KNOWN = {"my_secret_key", "mysecretkey", "your-256-bit-secret", "a-string-secret-at-least-256-bits-long"}
WELL_KNOWN |= {"your_jwt_secret", "secret", "secretkey", "supersecret", "shhhhh", "changeme", "password", "jwt", "key"}
IGNORED_KEY_SOURCES = {"jku", "jwk", "x5u", "x5c"}  # RFC 8725 section 3.10
_warnings_lock = threading.Lock()  # catch_warnings changes the whole process


@dataclass(frozen=True)
class Options:
    """The verifier's options besides the key. An empty option is not passed to PyJWT."""

    algorithms: tuple = ()
    audience: str = ""
    issuer: str = ""
    leeway: int = 0
    require: tuple = ()


@sensitive_variables()
def inspect(token: str, key: str = "", options: Options | None = None) -> dict:
    """Return the result of verifying a token, and the meaning of its contents, as data for JSON. Never raises."""
    options, key = options or Options(), KeyInput(key)
    allowed = options.algorithms or key.algorithms
    header, payload = decode_object(token, 0), decode_object(token, 1)
    outcome, error, weak = verify(token, key, allowed, options)
    facts = {
        "alg": to_text(header.get("alg")),
        "allowed": ", ".join(allowed),
        "claim": to_text(getattr(error, "claim", "")),
        "kid": to_text(header.get("kid", "–")),
    }
    return {
        "outcome": outcome.code,
        "accepted": outcome is outcomes.VALID,
        "title": str(outcome.title),
        "why": str(outcome.why) % facts,
        "error": type(error).__name__ if error else None,
        "message": error_message(error) if error else None,
        "call": python_call(allowed, options),
        "checks": list_checks(outcome, payload, options),
        "warnings": [*find_warnings(key, allowed, options, token, header, payload), *weak],
        "key": printable(key.describe()),
        "header": explain(header, claim_reference.describe_parameter),
        "payload": explain(payload, claim_reference.describe_claim),
        "now": time.time(),
    }


def verify(
    token: str, key: KeyInput, allowed: Sequence[str], options: Options
) -> tuple[outcomes.Outcome, Exception | None, list[str]]:
    """Call PyJWT; return the outcome, the exception, if any, and warnings about a weak key."""
    if token.count(".") == 4:
        return outcomes.ENCRYPTED, jwt.DecodeError("Five segments"), []
    with _warnings_lock, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InsecureKeyLengthWarning)
        try:
            header = jwt.get_unverified_header(token)
            jwt.decode(
                token,
                key.verifying_key(header) if header.get("alg") in allowed else "",
                algorithms=list(allowed),
                audience=options.audience or None,
                issuer=options.issuer or None,
                leeway=options.leeway,
                options={"require": list(options.require)},
            )
            outcome, error = outcomes.VALID, None
        except jwt.PyJWTError as raised:
            outcome, error = outcomes.find_outcome(raised, options.require), raised
        except UNREADABLE as raised:  # PyJWT does not wrap the errors of all keys
            outcome, error = outcomes.find_outcome(jwt.InvalidKeyError(str(raised))), raised
    if outcome.stage == "key" and key.kind == "none":
        outcome = outcomes.NO_KEY
    weak = [short_key_warning() for warning in caught if warning.category is InsecureKeyLengthWarning]
    return outcome, error, weak


def short_key_warning() -> str:
    return _(
        "The key is too short for its algorithm: a secret needs as many bytes as the hash (RFC 7518 section 3.2), "
        "an RSA key needs 2,048 bits."
    )


def error_message(error: Exception) -> str:
    """Return the exception's message without parts of the key or addresses of Python objects."""
    return printable(re.sub(r"<generator.* at 0x\w+>", "…", str(error).split(": {")[0]))[:MAX_VALUE_LENGTH]


def python_call(allowed: Sequence[str], options: Options) -> str:
    """Return the call of PyJWT as Python code."""
    arguments = [f"algorithms={list(allowed)!r}"]
    arguments += [f"audience={options.audience!r}"] if options.audience else []
    arguments += [f"issuer={options.issuer!r}"] if options.issuer else []
    arguments += [f"leeway={options.leeway}"] if options.leeway else []
    arguments += [f'options={{"require": {list(options.require)!r}}}'] if options.require else []
    return f"jwt.decode(token, key, {', '.join(arguments)})"


def list_checks(outcome: outcomes.Outcome, payload: dict, options: Options) -> list[dict]:
    """Return the verifier's checks in order, each passed, failed, skipped (not requested) or unreached."""
    requested = {
        "required": options.require,
        "times": {"exp", "nbf", "iat"} & payload.keys(),
        "issuer": options.issuer,
        "audience": options.audience,
        "types": {"sub", "jti"} & payload.keys(),
    }
    state, checks = "passed", []
    for name, title in outcomes.STAGES:
        if name == outcome.stage:
            checks.append({"name": name, "title": str(title), "state": "failed"})
            state = "unreached"
        else:
            skipped = state == "passed" and not requested.get(name, True)
            checks.append({"name": name, "title": str(title), "state": "skipped" if skipped else state})
    return checks


def find_warnings(
    key: KeyInput, allowed: Sequence[str], options: Options, token: str, header: dict, payload: dict
) -> Iterator[str]:
    """Yield warnings about weaknesses that a verifier accepts."""
    if key.kind == "secret" and key.text.lower() in WELL_KNOWN:
        yield _("Every word list contains this secret: an attacker who tries it can sign tokens.")
    if options.algorithms and set(allowed) & set(HMAC) and set(allowed) - set(HMAC):
        yield _(
            "The verifier allows secrets and public keys at once. This makes algorithm confusion possible "
            "(RFC 8725 section 2.1)."
        )
    if key.kind != "none" and key.private:
        yield _("This is a private key. A verifier needs only its public key, and this page used nothing else.")
    for name in sorted(IGNORED_KEY_SOURCES & header.keys()):
        yield _("The verifier ignored %(name)s in the header: a token must not choose its own key.") % {"name": name}
    if payload and "exp" not in payload:
        yield _("The token has no exp, so it never expires.")
    for part in (0, 1):
        for name in find_duplicates(token, part):
            message = _("%(name)s occurs more than once. Verifiers differ in which one they use (RFC 7519 section 4).")
            yield message % {"name": to_text(name)}


def decode_part(token: str, part: int) -> str:
    """Return the text of a part, or "" if it is not base64url."""
    parts = token.split(".")
    try:
        return base64url_decode(parts[part]).decode("utf-8", "replace")
    except (IndexError, ValueError, binascii.Error):
        return ""


def decode_object(token: str, part: int) -> dict:
    """Return the JSON object in a part, unverified, or {} if it contains none."""
    try:
        value = json.loads(decode_part(token, part))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def find_duplicates(token: str, part: int) -> list[str]:
    """Return the names that occur more than once in the outermost object of a part."""
    duplicates = []

    def keep_duplicates(pairs: list) -> dict:
        # The outermost object comes last. The limit bounds the quadratic count.
        names = [name for name, value in pairs]
        duplicates[:] = dict.fromkeys(name for name in names if names.count(name) > 1) if len(names) < 500 else []
        return dict(pairs)

    try:
        json.loads(decode_part(token, part), object_pairs_hook=keep_duplicates)
    except (ValueError, RecursionError):
        return []
    return duplicates


def explain(part: dict, describe: Callable[[str, object], claim_reference.Name]) -> list[dict]:
    """Return the names of a part with their meanings: [{"name", "value", "says", "reference", "href", "time"}]."""
    explained = []
    for name, value in list(part.items())[:MAX_EXPLAINED_NAMES]:
        known = describe(name, value)
        explained.append(
            {
                "name": printable(name)[:MAX_VALUE_LENGTH],
                "value": to_text(value),
                "says": str(known.says),
                "reference": known.reference,
                "href": known.href,
                "time": to_seconds(value) if known.time else None,
            }
        )
    return explained


def to_seconds(value: object) -> int | None:
    """Return a NumericDate as whole seconds since 1970, or None if the value is not one."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if number and -MAX_TIME_SECONDS < value < MAX_TIME_SECONDS else None


def to_text(value: object) -> str:
    """Return a string as it is, and any other value as JSON, shortened."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        text = "…"
    return printable(text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…")


def printable(text: str) -> str:
    """Escape lone surrogates: JSON can contain them, UTF-8 cannot."""
    return text.encode("utf-8", "backslashreplace").decode()


class SigningError(ValueError):
    """A refusal to sign. `args`: the field ("header" or "key") and the reason."""


@sensitive_variables()
def sign(header: str, payload: str, key: str) -> str:
    """Return a token with exactly these texts as header and payload. Raises SigningError."""
    try:
        parameters = json.loads(header)
    except (ValueError, RecursionError):
        parameters = None
    if not isinstance(parameters, dict):
        raise SigningError("header", _("The header must be a JSON object."))
    alg = parameters.get("alg")
    signed = b".".join(base64url_encode(part.encode()) for part in (header, payload))
    if alg == "none":
        return f"{signed.decode()}."
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise SigningError(
            "header", _("alg in the header must be one of: %(names)s") % {"names": ", ".join(ALGORITHMS)}
        )
    if not key.strip("\r\n"):
        raise SigningError("key", _("Enter a key to sign with."))
    algorithm = get_default_algorithms()[alg]
    try:
        signature = algorithm.sign(signed, algorithm.prepare_key(KeyInput(key).signing_key(parameters)))
    except jwt.PyJWTError as error:
        raise SigningError("key", error_message(error)) from None
    except UNREADABLE:
        raise SigningError("key", _("This key does not work with %(alg)s.") % {"alg": alg}) from None
    return f"{signed.decode()}.{base64url_encode(signature).decode()}"
