import json
import time

from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from authcompare.experiments.base import Choice
from tokens_demo.experiments.forging import resaid
from tokens_demo.experiments.of_tokens import OfTokens

BOTH_WAYS, ONE_WAY, NEITHER = "each verifies the other's", "one verifies the other's", "neither verifies the other's"
ALGORITHM, CURVE = "ES256", "P-256"
VALID = "valid"


class AnotherLibrary(OfTokens):
    slug = "another-library"
    title = _("Another library")
    question = _(
        "A server signs tokens with a private key. A program of somebody else's, with another JWT library, has nothing "
        "but the public key from /.well-known/jwks.json. Who can verify whose tokens?"
    )
    choices = [
        Choice(BOTH_WAYS, _("Each can verify the other's: the format is a standard.")),
        Choice(
            ONE_WAY, _("It can read ours, and we can not read its."), _("A token belongs to the library it is from.")
        ),
        Choice(NEITHER, _("Neither: only the server knows its key."), _("To verify takes the key that signed.")),
    ]
    rows = ["usage", "implementation"]
    apart = True
    explanation = _(
        "RFC 7519 says how a token is written, RFC 7517 how a key is: whoever follows them understands everybody who "
        "does. With a public key a verifier can verify and nothing else. With a shared secret there is nothing to "
        "publish: who can verify can also sign."
    )
    sources = [
        ("RFC 7517, section 5", "https://www.rfc-editor.org/rfc/rfc7517#section-5"),
        ("RFC 7519, section 7", "https://www.rfc-editor.org/rfc/rfc7519#section-7"),
    ]

    def concerns(self, variant):
        """Only where the server's key is what makes a token worth something."""
        return super().concerns(variant) and "key" in variant.promises.shared_needs

    def expected(self, variant):
        return BOTH_WAYS

    def run(self, actors, variant):
        there = actors.twin(algorithm=ALGORITHM)
        ours = there.signed_in(variant).credential
        published, key = keys_of(there), ECKey.generate_key(CURVE)
        theirs = jwt.encode({"alg": ALGORITHM}, {"sub": "7", "exp": int(time.time()) + 60}, key)
        public = json.dumps(key.as_dict(private=False))
        read, changed = by_joserfc(ours, published), by_joserfc(resaid(ours, sub="0"), published)
        reads, changes = by_us(there, theirs, public), by_us(there, resaid(theirs, sub="0"), public)
        works = [read == VALID != changed, reads == VALID != changes]
        return actors.observed(
            BOTH_WAYS if all(works) else ONE_WAY if any(works) else NEITHER,
            (_("public keys published by this server"), len(keys_of(actors)["keys"])),
            (_("by a server that signs with %(alg)s") % {"alg": ALGORITHM}, len(published["keys"])),
            (_("our token, verified by joserfc"), read),
            (_("ours with another's id in it, by joserfc"), changed),
            (_("a token made by joserfc, verified by us"), reads),
            (_("theirs with another's id in it, by us"), changes),
        )


def keys_of(actors):
    """What stands at the address where everybody finds the public keys."""
    with actors.client() as client:
        return client.get("/.well-known/jwks.json").raise_for_status().json()


def by_joserfc(token, published):
    """What the other library says of a token, told the published keys."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(published), algorithms=[ALGORITHM]).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
    except JoseError as error:
        return error.error
    return VALID


def by_us(actors, token, public):
    """What our verify call says of a token, told somebody's public key."""
    with actors.client() as client:
        told = {"token": token, "key": public, "algorithms": ALGORITHM}
        return client.post("/tokens/api/inspect/", json=told).raise_for_status().json()["outcome"]
