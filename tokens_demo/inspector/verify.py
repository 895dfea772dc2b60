"""A token and a key from anybody, looked at: a real verify call, explained; and a real signature.

Nothing here is kept, and no address that a token names is fetched. The project's own keys have no part in it.
"""

import binascii
import json
import re
import threading
import time
import warnings
from dataclasses import dataclass

import jwt
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_decode, base64url_encode
from jwt.warnings import InsecureKeyLengthWarning

from tokens_demo.inspector import claim_reference, outcomes
from tokens_demo.inspector.key_input import ALGORITHMS, HMAC, UNREADABLE, Pasted

SHOWN = 300  # characters of one value
MOST = 60  # names explained
FARTHEST = 8_640_000_000_000  # seconds: JavaScript's last moment
# In every list of words to try first: the two of the article, and what examples on the web are signed with.
WELL_KNOWN = {"my_secret_key", "mysecretkey", "your-256-bit-secret", "a-string-secret-at-least-256-bits-long"}
WELL_KNOWN |= {"your_jwt_secret", "secret", "secretkey", "supersecret", "shhhhh", "changeme", "password", "jwt", "key"}
IGNORED = {"jku", "jwk", "x5u", "x5c"}  # RFC 8725 section 3.10: where keys must not come from
_catching = threading.Lock()  # warnings are caught for the whole process


@dataclass(frozen=True)
class Options:
    """What the verifier is told beside the key. Empty: not told."""

    algorithms: tuple = ()
    audience: str = ""
    issuer: str = ""
    leeway: int = 0
    require: tuple = ()


@sensitive_variables()
def inspect(token, key="", options=None):
    """All there is to say of a token, as plain data for JSON (see panel.Inspection). Raises nothing."""
    options, key = options or Options(), Pasted(key)
    allowed = options.algorithms or key.fits or ALGORITHMS
    header, payload = read(token, 0), read(token, 1)
    outcome, error, weak = verify(token, key, allowed, options)
    facts = {
        "alg": shown(header.get("alg")),
        "allowed": ", ".join(allowed),
        "claim": shown(getattr(error, "claim", "")),
        "kid": shown(header.get("kid", "–")),
    }
    return {
        "outcome": outcome.code,
        "accepted": outcome is outcomes.VALID,
        "title": str(outcome.title),
        "why": str(outcome.why) % facts,
        "error": type(error).__name__ if error else None,
        "message": words(error) if error else None,
        "call": call(allowed, options),
        "checks": checks(outcome, payload, options),
        "warnings": [*cautions(key, allowed, options, token, header, payload), *weak],
        "key": printable(key.describe()),
        "header": explained(header, claim_reference.parameter),
        "payload": explained(payload, lambda name, value: claim_reference.PAYLOAD.get(name, claim_reference.UNKNOWN)),
        "now": time.time(),
    }


def verify(token, key, allowed, options):
    """The real call: (its outcome, the exception or None, what it says about a weak key)."""
    if token.count(".") == 4:
        return outcomes.ENCRYPTED, jwt.DecodeError("Five segments"), []
    with _catching, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InsecureKeyLengthWarning)
        try:
            header = jwt.get_unverified_header(token)
            jwt.decode(
                token,
                key.verifying(header) if header.get("alg") in allowed else "",
                algorithms=list(allowed),
                audience=options.audience or None,
                issuer=options.issuer or None,
                leeway=options.leeway,
                options={"require": list(options.require)},
            )
            outcome, error = outcomes.VALID, None
        except jwt.PyJWTError as raised:
            outcome, error = outcomes.outcome_of(raised, options.require), raised
        except UNREADABLE as raised:  # PyJWT lets some keys' errors through as they are
            outcome, error = outcomes.outcome_of(jwt.InvalidKeyError(str(raised))), raised
    if outcome.stage == "key" and key.kind == "none":
        outcome = outcomes.NO_KEY
    weak = [too_short() for warning in caught if warning.category is InsecureKeyLengthWarning]
    return outcome, error, weak


def too_short():
    return _(
        "The key is too short for its algorithm: a secret needs as many bytes as its hash has (RFC 7518 section 3.2), "
        "an RSA key 2,048 bits."
    )


def words(error):
    """What the exception says, without what it may quote of the key, or of the interpreter."""
    return printable(re.sub(r"<generator.* at 0x\w+>", "…", str(error).split(": {")[0]))[:SHOWN]


def call(allowed, options):
    """The same call as Python, to copy."""
    told = [f"algorithms={list(allowed)!r}"]
    told += [f"audience={options.audience!r}"] if options.audience else []
    told += [f"issuer={options.issuer!r}"] if options.issuer else []
    told += [f"leeway={options.leeway}"] if options.leeway else []
    told += [f'options={{"require": {list(options.require)!r}}}'] if options.require else []
    return f"jwt.decode(token, key, {', '.join(told)})"


def checks(outcome, payload, options):
    """Each step of the verifier, in order: passed, failed, skipped (nobody asked for it), or not reached."""
    asked = {
        "required": options.require,
        "times": {"exp", "nbf", "iat"} & payload.keys(),
        "issuer": options.issuer,
        "audience": options.audience,
        "types": {"sub", "jti"} & payload.keys(),
    }
    state, found = "passed", []
    for name, title in outcomes.STAGES:
        if name == outcome.stage:
            found.append({"name": name, "title": str(title), "state": "failed"})
            state = "unreached"
        else:
            skipped = state == "passed" and not asked.get(name, True)
            found.append({"name": name, "title": str(title), "state": "skipped" if skipped else state})
    return found


def cautions(key, allowed, options, token, header, payload):
    """What a verifier lets pass and a person should not."""
    if key.kind == "secret" and key.text.lower() in WELL_KNOWN:
        yield _("This secret is in every list of words to try: whoever tries it can sign as you.")
    if options.algorithms and set(allowed) & set(HMAC) and set(allowed) - set(HMAC):
        yield _(
            "Secrets and public keys are allowed side by side: an invitation to confuse them (RFC 8725 section 2.1)."
        )
    if key.kind != "none" and key.private:
        yield _("You pasted a private key. A verifier needs its public half only; this page used no more.")
    for name in sorted(IGNORED & header.keys()):
        yield _("The header brings %(name)s. It was ignored: a token must not choose its own key.") % {"name": name}
    if payload and "exp" not in payload:
        yield _("It has no exp: it never expires by itself.")
    for part in (0, 1):
        for name in repeated(token, part):
            said = _(
                "It says %(name)s more than once, and verifiers differ in which they believe (RFC 7519 section 4)."
            )
            yield said % {"name": shown(name)}


def text_of(token, part):
    """One part of a token, decoded; "" when it can not be."""
    parts = token.split(".")
    try:
        return base64url_decode(parts[part]).decode("utf-8", "replace")
    except (IndexError, ValueError, binascii.Error):
        return ""


def read(token, part):
    """One part of a token as a dict, unverified; {} when it is none."""
    try:
        found = json.loads(text_of(token, part))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def repeated(token, part):
    """The names that the outermost object of this part has more than once."""
    twice = []

    def pairs(found):
        names = [name for name, value in found]
        twice[:] = dict.fromkeys(name for name in names if names.count(name) > 1) if len(names) < 500 else []
        return dict(found)

    try:
        json.loads(text_of(token, part), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return []
    return twice


def explained(part, meaning):
    """Each name of a part, with what it means: [{"name", "value", "says", "reference", "href", "time"}]."""
    found = []
    for name, value in list(part.items())[:MOST]:
        known = meaning(name, value)
        found.append(
            {
                "name": printable(name)[:SHOWN],
                "value": shown(value),
                "says": str(known.says),
                "reference": known.reference,
                "href": known.href,
                "time": moment(value) if known.time else None,
            }
        )
    return found


def moment(value):
    """Seconds since 1970 where the value is some, else None."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if number and -FARTHEST < value < FARTHEST else None


def shown(value):
    """A value as short text: a text as it is, anything else as JSON."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        text = "…"
    return printable(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def printable(text):
    """Without lone surrogates, which JSON can say and UTF-8 can not."""
    return text.encode("utf-8", "backslashreplace").decode()


class SigningError(ValueError):
    """`args`: ("header" or "key", why)."""


@sensitive_variables()
def sign(header, payload, key):
    """A token with these very texts as header and payload. Raises SigningError."""
    try:
        found = json.loads(header)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SigningError("header", _("The header must be a JSON object."))
    alg = found.get("alg")
    signed = b".".join(base64url_encode(part.encode()) for part in (header, payload))
    if alg == "none":
        return f"{signed.decode()}."
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise SigningError("header", _("The header's alg must be one of: %(names)s") % {"names": ", ".join(ALGORITHMS)})
    if not key.strip("\r\n"):
        raise SigningError("key", _("There is no key to sign with."))
    algorithm = get_default_algorithms()[alg]
    try:
        signature = algorithm.sign(signed, algorithm.prepare_key(Pasted(key).signing(found)))
    except jwt.PyJWTError as error:
        raise SigningError("key", words(error)) from None
    except UNREADABLE:
        raise SigningError("key", _("This key does not fit %(alg)s.") % {"alg": alg}) from None
    return f"{signed.decode()}.{base64url_encode(signature).decode()}"
