"""Every result of a verifier: its code, its check, PyJWT's exception and an explanation."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import jwt
from django.utils.translation import gettext_lazy as _

from tokens_demo.inspector.key_input import UnknownKeyId

STAGES = (  # in PyJWT's order: after a failed check it makes no other
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
    """One result of a verifier. The first outcome with a matching `raised` and `message` applies."""

    code: str
    stage: str
    raised: type | None
    message: str  # regular expression, searched in the exception's message
    title: str
    why: str  # may contain %(alg)s, %(allowed)s, %(claim)s and %(kid)s


VALID = Outcome(
    "valid",
    "",
    None,
    "",
    _("Valid"),
    _("The key verifies the signature, and the token passes every check. Its issuer had the signing key."),
)
NO_KEY = Outcome(
    "no_key",
    "key",
    None,
    "",
    _("Not verified"),
    _("There is no key to verify the signature. Anyone can read the claims below, but they may be forged."),
)
ENCRYPTED = Outcome(
    "encrypted",
    "form",
    None,
    "",
    _("Encrypted, not signed"),
    _("The token has five parts, so it is encrypted (JWE, RFC 7516). This verifier checks signed tokens only."),
)
OUTCOMES = (
    VALID,
    NO_KEY,
    ENCRYPTED,
    # Encoding
    Outcome(
        "bad_base64",
        "form",
        jwt.DecodeError,
        "^Invalid (header|payload|crypto) padding",
        _("A part is not base64url"),
        _("A part contains characters or bits that base64url does not allow (RFC 7515 section 2)."),
    ),
    Outcome(
        "bad_header",
        "form",
        jwt.DecodeError,
        "^Invalid header string",
        _("The header is not a JSON object"),
        _("The verifier cannot read the algorithm without a header (RFC 7519 section 7.2)."),
    ),
    Outcome(
        "bad_payload",
        "payload",
        jwt.DecodeError,
        "^Invalid payload string",
        _("The payload is not a JSON object"),
        _("The signature is right, but the payload contains no claims (RFC 7519 section 7.2)."),
    ),
    Outcome(
        "detached",
        "header",
        jwt.DecodeError,
        "b64|detached",
        _("The payload is detached"),
        _("The header says that the payload is sent separately (RFC 7797), but the verifier has not received it."),
    ),
    # Algorithm, key and signature
    Outcome(
        "no_algorithm",
        "algorithm",
        jwt.InvalidAlgorithmError,
        "not specified",
        _("No algorithm"),
        _("The header must name the signing algorithm in alg (RFC 7515 section 4.1.1)."),
    ),
    Outcome(
        "wrong_algorithm",
        "algorithm",
        jwt.InvalidAlgorithmError,
        "",
        _("Algorithm not allowed"),
        _(
            "The token names %(alg)s, but the verifier allows only %(allowed)s. A token must never choose the "
            "algorithm (RFC 8725 section 3.1)."
        ),
    ),
    Outcome(
        "key_confusion",
        "key",
        jwt.InvalidKeyError,
        "should not be used|Not an HMAC key",
        _("Public key used as a secret"),
        _(
            "The token names HMAC, but the key is a public key. Everyone has the public key, so everyone could sign "
            "such a token. PyJWT refuses it (RFC 8725 section 2.1)."
        ),
    ),
    Outcome(
        "unknown_kid",
        "key",
        UnknownKeyId,
        "",
        _("Unknown key"),
        _("The JWK Set contains no single key for this token. Its kid is: %(kid)s (RFC 7515 section 4.1.4)."),
    ),
    Outcome(
        "empty_key_set",
        "key",
        jwt.PyJWKSetError,
        "",
        _("No usable key in the JWK Set"),
        _("A JWK Set lists its keys in the member keys, each with its type in kty (RFC 7517 section 5)."),
    ),
    Outcome(
        "unusable_jwk",
        "key",
        jwt.exceptions.PyJWKError,
        "",
        _("Key for an unknown algorithm"),
        _("The JWK is for an algorithm that this verifier does not support (RFC 7517 section 4.4)."),
    ),
    Outcome(
        "unusable_key",
        "key",
        jwt.InvalidKeyError,
        "",
        _("The key does not fit"),
        _("The key does not work with %(alg)s, or its format is unknown."),
    ),
    Outcome(
        "wrong_signature",
        "signature",
        jwt.InvalidSignatureError,
        "",
        _("Wrong signature"),
        _("Either another key signed the token, or the token was changed later. The verifier cannot tell which."),
    ),
    # Claims
    Outcome(
        "missing_audience",
        "audience",
        jwt.MissingRequiredClaimError,
        '"aud"',
        _("No audience"),
        _("The verifier expects an audience, but the token has no claim aud (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "missing_issuer",
        "issuer",
        jwt.MissingRequiredClaimError,
        '"iss"',
        _("No issuer"),
        _("The verifier expects an issuer, but the token has no claim iss (RFC 7519 section 4.1.1)."),
    ),
    Outcome(
        "missing_claim",
        "required",
        jwt.MissingRequiredClaimError,
        "",
        _("Missing claim"),
        _("The verifier requires the claim %(claim)s. Without this option, it would not check a missing claim."),
    ),
    Outcome(
        "bad_issued_at",
        "times",
        jwt.InvalidIssuedAtError,
        "",
        _("Invalid issue time"),
        _("The claim iat is not a number of seconds since 1970 (RFC 7519 section 2)."),
    ),
    Outcome(
        "issued_in_future",
        "times",
        jwt.ImmatureSignatureError,
        "iat",
        _("Issued in the future"),
        _("The issue time iat is in the future. If two clocks differ by a few seconds, set a leeway."),
    ),
    Outcome(
        "not_yet_valid",
        "times",
        jwt.ImmatureSignatureError,
        "",
        _("Not yet valid"),
        _("The token becomes valid later (nbf, RFC 7519 section 4.1.5)."),
    ),
    Outcome(
        "bad_time",
        "times",
        jwt.DecodeError,
        "must be an integer",
        _("Invalid time"),
        _("The claim exp or nbf is not a number of seconds since 1970 (RFC 7519 section 2)."),
    ),
    Outcome(
        "expired",
        "times",
        jwt.ExpiredSignatureError,
        "",
        _("Expired"),
        _("The expiry time has passed (exp, RFC 7519 section 4.1.4). The signature itself never expires."),
    ),
    Outcome(
        "wrong_issuer",
        "issuer",
        jwt.InvalidIssuerError,
        "",
        _("Wrong issuer"),
        _("The verifier does not trust the issuer in iss (RFC 7519 section 4.1.1)."),
    ),
    Outcome(
        "unexpected_audience",
        "audience",
        jwt.InvalidAudienceError,
        "^Invalid audience$",
        _("Unexpected audience"),
        _("The token is for an audience, but the verifier has none, so it must refuse (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "bad_audience",
        "audience",
        jwt.InvalidAudienceError,
        "format",
        _("Invalid audience"),
        _("The claim aud is neither a string nor a list of strings (RFC 7519 section 4.1.3)."),
    ),
    Outcome(
        "wrong_audience",
        "audience",
        jwt.InvalidAudienceError,
        "",
        _("Wrong audience"),
        _("The token is for another service (RFC 7519 section 4.1.3). That service must not act as its users here."),
    ),
    Outcome(
        "bad_subject",
        "types",
        jwt.exceptions.InvalidSubjectError,
        "",
        _("Invalid subject"),
        _("The claim sub must be a string (RFC 7519 section 4.1.2): the number 7 and the string 7 may be two users."),
    ),
    Outcome(
        "bad_id",
        "types",
        jwt.exceptions.InvalidJTIError,
        "",
        _("Invalid token id"),
        _("The claim jti must be a string (RFC 7519 section 4.1.7)."),
    ),
    # PyJWT's base classes: they match last, whatever the cases above left over
    Outcome(
        "malformed",
        "form",
        jwt.DecodeError,
        "",
        _("Not a token"),
        _("A signed token has three parts separated by dots (RFC 7515 section 7.1)."),
    ),
    Outcome(
        "bad_parameter",
        "header",
        jwt.InvalidTokenError,
        "",
        _("Unsupported header"),
        _("Its kid is not a string, or crit requires an extension that is unknown here (RFC 7515 section 4.1.11)."),
    ),
)


def find_outcome(error: Exception, required: Collection[str] = ()) -> Outcome:
    """Return the outcome for PyJWT's exception. `required`: the claims that the verifier requires by name."""
    if isinstance(error, jwt.MissingRequiredClaimError) and error.claim in required:
        return next(outcome for outcome in OUTCOMES if outcome.code == "missing_claim")
    for outcome in OUTCOMES:
        if outcome.raised and isinstance(error, outcome.raised) and re.search(outcome.message, str(error)):
            return outcome
    raise error
