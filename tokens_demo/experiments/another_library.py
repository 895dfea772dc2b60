"""The experiment that verifies tokens with another JWT library."""

import json
import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import with_claims

BOTH_WAYS, ONE_WAY, NEITHER = "each verifies the other's", "one verifies the other's", "neither verifies the other's"
ALGORITHM, CURVE = "ES256", "P-256"
VALID = "valid"


class AnotherLibrary(TokenExperiment):
    slug = "another-library"
    title = _("Another library")
    question = _(
        "A server signs tokens with a private key. Another program uses another JWT library and knows only the public "
        "key from /.well-known/jwks.json. Can each of them verify the other's tokens?"
    )
    choices = [
        Choice(BOTH_WAYS, _("Yes, both can: the token format is a standard.")),
        Choice(
            ONE_WAY,
            _("The program can verify ours, but not the reverse."),
            _("A token works only with its own library."),
        ),
        Choice(NEITHER, _("Neither can: only the server knows its key."), _("Verifying needs the key that signed.")),
    ]
    rows = ["usage", "implementation"]
    apart = True
    explanation = _(
        "RFC 7519 defines the format of a token, and RFC 7517 the format of a key. All libraries that follow them work "
        "together. A program with the public key can verify tokens but not sign them. A shared secret cannot be "
        "published: a program that can verify with it can also sign with it."
    )
    sources = [
        ("RFC 7517, section 5", "https://www.rfc-editor.org/rfc/rfc7517#section-5"),
        ("RFC 7519, section 7", "https://www.rfc-editor.org/rfc/rfc7519#section-7"),
    ]

    def concerns(self, variant):
        """Return whether this token variant depends on the server's key."""
        return super().concerns(variant) and "key" in variant.promises.shared_needs

    def expected(self, variant):
        return BOTH_WAYS

    def run(self, actors, variant):
        there = actors.twin(algorithm=ALGORITHM)
        own_token = there.signed_in(variant).credential
        published, key = keys_of(there), ECKey.generate_key(CURVE)
        foreign_token = jwt.encode({"alg": ALGORITHM}, {"sub": "7", "exp": int(time.time()) + 60}, key)
        public = json.dumps(key.as_dict(private=False))
        read, changed = joserfc_result(own_token, published), joserfc_result(with_claims(own_token, sub="0"), published)
        reads = inspector_result(there, foreign_token, public)
        changes = inspector_result(there, with_claims(foreign_token, sub="0"), public)
        works = [read == VALID != changed, reads == VALID != changes]
        return actors.observed(
            BOTH_WAYS if all(works) else ONE_WAY if any(works) else NEITHER,
            (_("public keys of this server"), len(keys_of(actors)["keys"])),
            (
                _("public keys of a server that signs with %(alg)s") % {"alg": ALGORITHM},
                len(published["keys"]),
            ),
            (_("our token, verified by joserfc"), read),
            (_("our token with another user's id, verified by joserfc"), changed),
            (_("a token from joserfc, verified by us"), reads),
            (_("that token with another user's id, verified by us"), changes),
        )


def keys_of(actors: Any) -> dict[str, Any]:
    """Return the server's JWK set."""
    with actors.client() as client:
        return client.get("/.well-known/jwks.json").raise_for_status().json()


def joserfc_result(token: str, jwk_set: dict[str, Any]) -> str:
    """Verify a token with joserfc and these public keys; return "valid" or joserfc's error code."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(jwk_set), algorithms=[ALGORITHM]).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
    except JoseError as error:
        return error.error
    return VALID


def inspector_result(actors: Any, token: str, public_key: str) -> str:
    """Verify a token with this server's inspector and this public key; return the outcome."""
    with actors.client() as client:
        body = {"token": token, "key": public_key, "algorithms": ALGORITHM}
        return client.post("/tokens/api/inspect/", json=body).raise_for_status().json()["outcome"]
