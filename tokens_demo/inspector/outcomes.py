"""Everything a verifier can say of a token: in one word, in a sentence, at which step, and as PyJWT's exception."""

import re
from dataclasses import dataclass

import jwt
from django.utils.translation import gettext_lazy as _

from tokens_demo.inspector.key_input import UnknownKeyId

STAGES = (  # in the order in which PyJWT goes about it: what comes after a failure was never looked at
    ("form", _("three parts")),
    ("header", _("header")),
    ("algorithm", _("algorithm")),
    ("key", _("key")),
    ("signature", _("signature")),
    ("payload", _("payload")),
    ("required", _("required claims")),
    ("times", _("times")),
    ("issuer", _("issuer")),
    ("audience", _("audience")),
    ("types", _("subject and id")),
)


@dataclass(frozen=True)
class Outcome:
    """One thing a verifier can say. `raised` and `message` tell it from the others, first match wins."""

    code: str
    stage: str
    raised: type | None
    message: str  # a pattern, found in the exception's own words
    title: str
    why: str  # with %(alg)s, %(allowed)s, %(claim)s and %(kid)s


VALID = Outcome(
    "valid",
    "",
    None,
    "",
    _("Valid"),
    _("The signature is the key's, and every claim that was to be checked holds. Whoever made it had the key."),
)
NO_KEY = Outcome(
    "no_key",
    "key",
    None,
    "",
    _("Not verified"),
    _("There is no key to verify with. Everything below can be read by anybody; nobody knows whether it is true."),
)
ENCRYPTED = Outcome(
    "encrypted",
    "form",
    None,
    "",
    _("Encrypted, not signed"),
    _("It has five parts: an encrypted token (JWE, RFC 7516). A verifier of signatures has no use for it."),
)
OUTCOMES = (
    VALID,
    NO_KEY,
    ENCRYPTED,
    # How it is written
    Outcome(
        "bad_base64",
        "form",
        jwt.DecodeError,
        "^Invalid (header|payload|crypto) padding",
        _("A part is not base64url"),
        _("A part has characters, spaces or spare bits that base64url does not have (RFC 7515 section 2)."),
    ),
    Outcome(
        "bad_header",
        "form",
        jwt.DecodeError,
        "^Invalid header string",
        _("The header is not a JSON object"),
        _("Without a header nobody knows how it was signed (RFC 7519 section 7.2)."),
    ),
    Outcome(
        "bad_payload",
        "payload",
        jwt.DecodeError,
        "^Invalid payload string",
        _("The payload is not a JSON object"),
        _("The signature is right, but what it signs says nothing (RFC 7519 section 7.2)."),
    ),
    Outcome(
        "detached",
        "header",
        jwt.DecodeError,
        "b64|detached",
        _("The payload is elsewhere"),
        _("Its header says that the payload travels apart from it (RFC 7797), and nobody brought it."),
    ),
    # How it was signed
    Outcome(
        "no_algorithm",
        "algorithm",
        jwt.InvalidAlgorithmError,
        "not specified",
        _("It names no algorithm"),
        _("The header must say how it was signed (RFC 7515 section 4.1.1)."),
    ),
    Outcome(
        "wrong_algorithm",
        "algorithm",
        jwt.InvalidAlgorithmError,
        "",
        _("Algorithm not allowed"),
        _(
            "The token says %(alg)s, the verifier takes %(allowed)s only. It must never let the token choose "
            "(RFC 8725 section 3.1)."
        ),
    ),
    Outcome(
        "key_confusion",
        "key",
        jwt.InvalidKeyError,
        "should not be used|Not an HMAC key",
        _("A public key is no secret"),
        _(
            "The token wants the public key taken as an HMAC secret: everybody has it, so everybody could sign. "
            "PyJWT refuses such keys (RFC 8725 section 2.1)."
        ),
    ),
    Outcome(
        "unknown_kid",
        "key",
        UnknownKeyId,
        "",
        _("Unknown key"),
        _("The set has no one key for this token, whose kid is: %(kid)s (RFC 7515 section 4.1.4)."),
    ),
    Outcome(
        "empty_key_set",
        "key",
        jwt.PyJWKSetError,
        "",
        _("No usable key in the set"),
        _("A set of keys lists them under keys, each with its type kty (RFC 7517 section 5)."),
    ),
    Outcome(
        "unusable_jwk",
        "key",
        jwt.exceptions.PyJWKError,
        "",
        _("A key for nothing known"),
        _("The JSON Web Key is for an algorithm that this verifier does not know (RFC 7517 section 4.4)."),
    ),
    Outcome(
        "unusable_key",
        "key",
        jwt.InvalidKeyError,
        "",
        _("The key does not fit"),
        _("This key can not be used with %(alg)s, or can not be read at all."),
    ),
    Outcome(
        "wrong_signature",
        "signature",
        jwt.InvalidSignatureError,
        "",
        _("Signature wrong"),
        _("Another key signed it, or somebody changed it afterwards: a signature can not tell which."),
    ),
    # What it says
    Outcome(
        "missing_audience",
        "audience",
        jwt.MissingRequiredClaimError,
        '"aud"',
        _("For nobody in particular"),
        _("The verifier has a name, and the token does not say for whom it is (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "missing_issuer",
        "issuer",
        jwt.MissingRequiredClaimError,
        '"iss"',
        _("From nobody in particular"),
        _("The verifier trusts one issuer, and the token does not say who issued it (RFC 7519 section 4.1.1)."),
    ),
    Outcome(
        "missing_claim",
        "required",
        jwt.MissingRequiredClaimError,
        "",
        _("A claim is missing"),
        _("The verifier requires the claim %(claim)s. A claim that is not there is otherwise not checked."),
    ),
    Outcome(
        "bad_issued_at",
        "times",
        jwt.InvalidIssuedAtError,
        "",
        _("Issued at no time"),
        _("The claim iat is not a number of seconds since 1970 (RFC 7519 section 2)."),
    ),
    Outcome(
        "issued_in_future",
        "times",
        jwt.ImmatureSignatureError,
        "iat",
        _("Issued in the future"),
        _("By the verifier's clock it has not been issued yet. Clocks differ: leeway forgives a few seconds."),
    ),
    Outcome(
        "not_yet_valid",
        "times",
        jwt.ImmatureSignatureError,
        "",
        _("Not yet valid"),
        _("Its time begins later (nbf, RFC 7519 section 4.1.5)."),
    ),
    Outcome(
        "bad_time",
        "times",
        jwt.DecodeError,
        "must be an integer",
        _("No time at all"),
        _("The claim exp or nbf is not a number of seconds since 1970 (RFC 7519 section 2)."),
    ),
    Outcome(
        "expired",
        "times",
        jwt.ExpiredSignatureError,
        "",
        _("Expired"),
        _("Its time is up (exp, RFC 7519 section 4.1.4). The signature is right for ever: only the clock ends it."),
    ),
    Outcome(
        "wrong_issuer",
        "issuer",
        jwt.InvalidIssuerError,
        "",
        _("Wrong issuer"),
        _("Somebody else issued it than the verifier trusts (RFC 7519 section 4.1.1)."),
    ),
    Outcome(
        "unexpected_audience",
        "audience",
        jwt.InvalidAudienceError,
        "^Invalid audience$",
        _("For somebody else"),
        _("It is for an audience, and the verifier was not told to be one: it must refuse (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "bad_audience",
        "audience",
        jwt.InvalidAudienceError,
        "format",
        _("An audience that is none"),
        _("The claim aud is neither a text nor a list of texts (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "wrong_audience",
        "audience",
        jwt.InvalidAudienceError,
        "",
        _("Wrong audience"),
        _("It is for another service (RFC 7519 section 4.1.3). If taken, that service could act as its users here."),
    ),
    Outcome(
        "bad_subject",
        "types",
        jwt.exceptions.InvalidSubjectError,
        "",
        _("A subject that is none"),
        _("The claim sub must be a text (RFC 7519 section 4.1.2): the number 7 and the text 7 could be two users."),
    ),
    Outcome(
        "bad_id",
        "types",
        jwt.exceptions.InvalidJTIError,
        "",
        _("An id that is none"),
        _("The claim jti must be a text (RFC 7519 section 4.1.7)."),
    ),
    # What is left of the base classes: few or no parts, and an odd header
    Outcome(
        "malformed",
        "form",
        jwt.DecodeError,
        "",
        _("Not a token"),
        _("A signed token has three parts with dots between them (RFC 7515 section 7.1)."),
    ),
    Outcome(
        "bad_parameter",
        "header",
        jwt.InvalidTokenError,
        "",
        _("The header asks too much"),
        _("Its kid is no text, or it calls critical what this verifier does not know (RFC 7515 section 4.1.11)."),
    ),
)


def outcome_of(error, required=()):
    """What PyJWT's exception means. `required`: the claims that were asked for by name."""
    if isinstance(error, jwt.MissingRequiredClaimError) and error.claim in required:
        return next(outcome for outcome in OUTCOMES if outcome.code == "missing_claim")
    for outcome in OUTCOMES:
        if outcome.raised and isinstance(error, outcome.raised) and re.search(outcome.message, str(error)):
            return outcome
    raise error
