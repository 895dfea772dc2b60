import json
import time

from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import with_changed_claims

BOTH_WAYS, ONE_WAY, NEITHER = "each verifies the other's", "one verifies the other's", "neither verifies the other's"
ALGORITHM, CURVE = "ES256", "P-256"
VALID = "valid"


class AnotherLibrary(TokenExperiment):
    slug = "another-library"
    title = _("Another library")
    question = _(
        "A server signs tokens with a private key. Another program uses another JWT library. It has only the public "
        "key from /.well-known/jwks.json. Which tokens can the server and the program verify?"
    )
    choices = [
        Choice(BOTH_WAYS, _("Each can verify the other's tokens: the format is a standard.")),
        Choice(
            ONE_WAY,
            _("The program can verify the server's tokens, but not the other way round."),
            _("A token works only with the library that created it."),
        ),
        Choice(
            NEITHER,
            _("Neither can: only the server has its key."),
            _("Verifying a token needs the key that signed it."),
        ),
    ]
    rows = ["usage", "implementation"]
    apart = True
    explanation = _(
        "RFC 7519 defines the format of a token, and RFC 7517 the format of a key. All libraries that follow them can "
        "work together. With a public key, a program can verify tokens and nothing else. A shared secret cannot be "
        "published: every program that can verify a token could also sign one."
    )
    sources = [
        ("RFC 7517, section 5", "https://www.rfc-editor.org/rfc/rfc7517#section-5"),
        ("RFC 7519, section 7", "https://www.rfc-editor.org/rfc/rfc7519#section-7"),
    ]

    def concerns(self, variant):
        """Return True if the server verifies the token with a key."""
        return super().concerns(variant) and "key" in variant.promises.shared_needs

    def expected(self, variant):
        return BOTH_WAYS

    def run(self, actors, variant):
        there = actors.at_second_server(algorithm=ALGORITHM)
        ours = there.signed_in(variant).credential
        published, key = keys_of(there), ECKey.generate_key(CURVE)
        theirs = jwt.encode({"alg": ALGORITHM}, {"sub": "7", "exp": int(time.time()) + 60}, key)
        public = json.dumps(key.as_dict(private=False))
        read, changed = by_joserfc(ours, published), by_joserfc(with_changed_claims(ours, sub="0"), published)
        reads, changes = by_us(there, theirs, public), by_us(there, with_changed_claims(theirs, sub="0"), public)
        works = [read == VALID != changed, reads == VALID != changes]
        return actors.observed(
            BOTH_WAYS if all(works) else ONE_WAY if any(works) else NEITHER,
            (_("public keys that this server publishes"), len(keys_of(actors)["keys"])),
            (_("by a server that signs with %(alg)s") % {"alg": ALGORITHM}, len(published["keys"])),
            (_("our token, verified by joserfc"), read),
            (_("our token with another id, verified by joserfc"), changed),
            (_("joserfc's token, verified by us"), reads),
            (_("joserfc's token with another id, verified by us"), changes),
        )


def keys_of(actors):
    """Return the server's published keys."""
    with actors.client() as client:
        return client.get("/.well-known/jwks.json").raise_for_status().json()


def by_joserfc(token, published):
    """Return the other library's verdict on a token, with the published keys."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(published), algorithms=[ALGORITHM]).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
    except JoseError as error:
        return error.error
    return VALID


def by_us(actors, token, public):
    """Return our verify endpoint's verdict on a token, with another program's public key."""
    with actors.client() as client:
        body = {"token": token, "key": public, "algorithms": ALGORITHM}
        return client.post("/tokens/api/inspect/", json=body).raise_for_status().json()["outcome"]
