"""Meaning and defining standard of common header parameters and claims."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

RFC = "https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
OPENID = "https://openid.net/specs/openid-connect-core-1_0.html#{section}"


@dataclass(frozen=True)
class Name:
    """A claim or header parameter. `where` is an RFC and its section, "7519 4.1.4", or "" if no standard defines it."""

    says: str
    where: str = ""
    time: bool = False  # its value is a NumericDate: seconds since 1970 (RFC 7519 section 2)

    @property
    def reference(self) -> str:
        """Return the standard and section to show."""
        number, _space, section = self.where.partition(" ")
        if number == "OpenID":
            return f"OpenID Connect Core §{section}"
        return f"RFC {number} §{section}" if self.where else ""

    @property
    def href(self) -> str:
        """Return the URL of the section."""
        number, _space, section = self.where.partition(" ")
        if number == "OpenID":
            return OPENID.format(section={"2": "IDToken", "5.1": "StandardClaims"}[section])
        return RFC.format(number=number, section=section) if self.where else ""


HEADER = {
    "alg": Name(_("The signing algorithm. A verifier accepts only algorithms that it allows itself."), "7515 4.1.1"),
    "typ": Name(_("The type of the token. It keeps different kinds of tokens apart."), "7515 4.1.9"),
    "cty": Name(_("The type of the content: JWT if it is another token."), "7515 4.1.10"),
    "kid": Name(_("The id of the signing key. Do not trust it before the signature is verified."), "7515 4.1.4"),
    "jku": Name(_("The URL of a JWK Set. Never fetched here: an attacker could name their own."), "7515 4.1.2"),
    "jwk": Name(_("A public key in the token. Never used here: an attacker could add their own."), "7515 4.1.3"),
    "x5u": Name(_("The URL of a certificate. Never fetched here: an attacker could name their own."), "7515 4.1.5"),
    "x5c": Name(_("A certificate in the token. Never used here."), "7515 4.1.6"),
    "x5t": Name(_("The SHA-1 fingerprint of a certificate."), "7515 4.1.7"),
    "x5t#S256": Name(_("The SHA-256 fingerprint of a certificate."), "7515 4.1.8"),
    "crit": Name(_("The extensions that a verifier must support, or else refuse the token."), "7515 4.1.11"),
    "b64": Name(_("Whether the payload is base64url-encoded."), "7797 3"),
    "enc": Name(_("The encryption algorithm of the content. The token is not a signed one."), "7516 4.1.2"),
    "zip": Name(_("The compression algorithm of the content."), "7516 4.1.3"),
}
ALGORITHMS = {
    "HS": Name(_("HMAC: the same secret signs and verifies, so every verifier can also sign."), "7518 3.2"),
    "RS": Name(_("RSA: the private key signs, the public key verifies."), "7518 3.3"),
    "PS": Name(_("RSA-PSS: the private key signs, the public key verifies."), "7518 3.5"),
    "ES": Name(_("ECDSA: the private key signs, the public key verifies."), "7518 3.4"),
    "Ed": Name(_("EdDSA: the private key signs, the public key verifies."), "8037 3.1"),
    "no": Name(_("No signature. Anyone can write such a token."), "7518 3.6"),
}
PAYLOAD = {
    "iss": Name(_("The issuer of the token."), "7519 4.1.1"),
    "sub": Name(_("The subject: the user's id."), "7519 4.1.2"),
    "aud": Name(
        _("The audience: the service that the token is for. Every other service must refuse it."), "7519 4.1.3"
    ),
    "exp": Name(_("The expiry time. The token is invalid from then on."), "7519 4.1.4", time=True),
    "nbf": Name(_("The token is invalid before this time."), "7519 4.1.5", time=True),
    "iat": Name(_("The issue time."), "7519 4.1.6", time=True),
    "jti": Name(_("The id of the token. A denylist uses it, and so does the check for reused tokens."), "7519 4.1.7"),
    "token_type": Name(_("From SimpleJWT: access or refresh. A server must not accept one instead of the other.")),
    "family": Name(
        _("From this product: the sign-in of the token. Rotation keeps it, so the server can end a whole family.")
    ),
    "role": Name(_("The user's role when the token was issued. Later changes do not appear in the token.")),
    "username": Name(_("The user name when the token was issued.")),
    "password": Name(
        _("From this product: a password fingerprint. It changes with the password and does not reveal it.")
    ),
    "scope": Name(_("The permissions of the client, separated by spaces."), "8693 4.2"),
    "client_id": Name(_("The client that requested the token."), "8693 4.3"),
    "act": Name(_("The party that acts for the subject."), "8693 4.1"),
    "roles": Name(_("The user's roles when the token was issued."), "9068 2.2.3.1"),
    "groups": Name(_("The user's groups when the token was issued."), "9068 2.2.3.1"),
    "cnf": Name(_("A key that the client must prove to have. A stolen copy alone does not work."), "7800 3.1"),
    "name": Name(_("The user's full name."), "OpenID 5.1"),
    "email": Name(_("The user's email address. Anyone who sees the token can read it."), "OpenID 5.1"),
    "nonce": Name(_("Binds the token to one sign-in request."), "OpenID 2"),
    "auth_time": Name(_("The time of the user's last sign-in."), "OpenID 2", time=True),
    "azp": Name(_("The client that the token was issued to."), "OpenID 2"),
}
UNKNOWN = Name(_("A private name: issuer and verifier agree on its meaning."), "7519 4.3")
UNKNOWN_PARAMETER = Name(_("A private name: issuer and verifier agree on its meaning."), "7515 4.3")


def describe_parameter(name: str, value: object) -> Name:
    """Return the meaning of a header parameter; "alg" depends on its value."""
    if name == "alg" and isinstance(value, str):
        return ALGORITHMS.get(value[:2], HEADER["alg"])
    return HEADER.get(name, UNKNOWN_PARAMETER)


def describe_claim(name: str, value: object) -> Name:
    """Return the meaning of a claim."""
    return PAYLOAD.get(name, UNKNOWN)
