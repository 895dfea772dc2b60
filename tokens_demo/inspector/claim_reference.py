"""What the usual names in a token mean, and where that is written down."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

RFC = "https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
OPENID = "https://openid.net/specs/openid-connect-core-1_0.html#{section}"


@dataclass(frozen=True)
class Name:
    """A claim or a header parameter. `where` is "7519 4.1.4" for an RFC and its section, or "" where nothing says."""

    says: str
    where: str = ""
    time: bool = False  # seconds since 1970 (RFC 7519 section 2, NumericDate)

    @property
    def reference(self):
        number, _space, section = self.where.partition(" ")
        if number == "OpenID":
            return f"OpenID Connect Core §{section}"
        return f"RFC {number} §{section}" if self.where else ""

    @property
    def href(self):
        number, _space, section = self.where.partition(" ")
        if number == "OpenID":
            return OPENID.format(section={"2": "IDToken", "5.1": "StandardClaims"}[section])
        return RFC.format(number=number, section=section) if self.where else ""


HEADER = {
    "alg": Name(_("How it was signed. A verifier compares it with what it allows, and never obeys it."), "7515 4.1.1"),
    "typ": Name(_("What kind of thing this is. Kinds that must not be mixed up need their own."), "7515 4.1.9"),
    "cty": Name(_("What is inside: JWT, when a token is packed into this one."), "7515 4.1.10"),
    "kid": Name(_("Which of several keys signed it. A stranger's hint until the signature is checked."), "7515 4.1.4"),
    "jku": Name(_("An address of keys. Never fetched here: an attacker would name one."), "7515 4.1.2"),
    "jwk": Name(_("A key that the token brings along. Never used here: an attacker would bring one."), "7515 4.1.3"),
    "x5u": Name(_("An address of a certificate. Never fetched here: an attacker would name one."), "7515 4.1.5"),
    "x5c": Name(_("A certificate that the token brings along. Never used here."), "7515 4.1.6"),
    "x5t": Name(_("The fingerprint of a certificate."), "7515 4.1.7"),
    "x5t#S256": Name(_("The fingerprint of a certificate."), "7515 4.1.8"),
    "crit": Name(_("What a verifier must understand, or else refuse the token."), "7515 4.1.11"),
    "b64": Name(_("Is the payload encoded?"), "7797 3"),
    "enc": Name(_("How its content is encrypted: this is no signed token."), "7516 4.1.2"),
    "zip": Name(_("How its content is compressed."), "7516 4.1.3"),
}
ALGORITHMS = {
    "HS": Name(_("HMAC: one secret signs and verifies, so every verifier could also sign."), "7518 3.2"),
    "RS": Name(_("RSA: a private key signs, its public half verifies."), "7518 3.3"),
    "PS": Name(_("RSA with a random part (PSS): a private key signs, its public half verifies."), "7518 3.5"),
    "ES": Name(_("Elliptic curves: a private key signs, its public half verifies."), "7518 3.4"),
    "Ed": Name(_("Edwards curves: a private key signs, its public half verifies."), "8037 3.1"),
    "no": Name(_("Nobody signed it. Anybody could have written it."), "7518 3.6"),
}
PAYLOAD = {
    "iss": Name(_("Who issued it."), "7519 4.1.1"),
    "sub": Name(_("Whom it is about: the user's id."), "7519 4.1.2"),
    "aud": Name(_("For which service it is. Every other one must refuse it."), "7519 4.1.3"),
    "exp": Name(_("From this moment on it is worth nothing."), "7519 4.1.4", time=True),
    "nbf": Name(_("Before this moment it is worth nothing."), "7519 4.1.5", time=True),
    "iat": Name(_("When it was issued."), "7519 4.1.6", time=True),
    "jti": Name(_("Its own id: by this it can be denied, or known when it comes again."), "7519 4.1.7"),
    "token_type": Name(_("SimpleJWT's own: access, or refresh. One must not pass for the other.")),
    "family": Name(_("Ours: the sign-in it came from. Rotation keeps it, so a whole family can be ended.")),
    "role": Name(_("What the user may do, as the issuer knew it then. It does not follow later changes.")),
    "username": Name(_("The user's name, as the issuer knew it then.")),
    "password": Name(_("Ours: a mark that changes with the password, and tells nothing of it.")),
    "scope": Name(_("What its holder may do, as words with spaces between them."), "8693 4.2"),
    "client_id": Name(_("The program that asked for it."), "8693 4.3"),
    "act": Name(_("Who acts in the name of the subject."), "8693 4.1"),
    "roles": Name(_("What the user may do, as the issuer knew it then."), "9068 2.2.3.1"),
    "groups": Name(_("The user's groups, as the issuer knew them then."), "9068 2.2.3.1"),
    "cnf": Name(_("A key that its holder must prove to have: then a copy alone is worth nothing."), "7800 3.1"),
    "name": Name(_("The user's full name."), "OpenID 5.1"),
    "email": Name(_("The user's address, readable by whoever sees the token."), "OpenID 5.1"),
    "nonce": Name(_("Ties it to one request to sign in."), "OpenID 2"),
    "auth_time": Name(_("When the user last signed in."), "OpenID 2", time=True),
    "azp": Name(_("The program that it was issued to."), "OpenID 2"),
}
UNKNOWN = Name(_("A private name: it means what both sides have agreed on."), "7519 4.3")
UNKNOWN_PARAMETER = Name(_("A private name: it means what both sides have agreed on."), "7515 4.3")


def parameter(name, value):
    """What a header parameter means; for "alg", by its value."""
    if name == "alg" and isinstance(value, str):
        return ALGORITHMS.get(value[:2], HEADER["alg"])
    return HEADER.get(name, UNKNOWN_PARAMETER)
