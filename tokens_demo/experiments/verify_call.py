import secrets
import time

import jwt
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.forging import algorithm
from tokens_demo.experiments.of_tokens import OfTokens
from tokens_demo.inspector.samples import ARTICLE, ARTICLE_SECRET, DEFAULT_SECRET

DOES_NOT, VERIFIES = "does not verify with the secret beside it", "verifies with the secret beside it"


class VerifyCall(OfTokens):
    slug = "verify-call"
    title = _("The article's verify call")
    question = _(
        "The article prints a token, a secret, and a call that verifies the one with the other. You make that very "
        "call. What comes of it?"
    )
    choices = [
        Choice(DOES_NOT, _("The signature does not fit: another secret made that token.")),
        Choice(VERIFIES, _("The token is valid, as the article says."), _("An example that is in print has been run.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "The token is the one that jwt.io has shown for years, and fits its secret, not the article's. A verify call "
        "has many ways to say no, and one to say yes: whoever handles only the first one they meet lets the others "
        "through. In Node it returns or throws; it is no promise, so to await it waits for nothing."
    )
    sources = [
        ("RFC 7519, section 7.2", "https://www.rfc-editor.org/rfc/rfc7519#section-7.2"),
        (
            "jsonwebtoken: jwt.verify",
            "https://github.com/auth0/node-jsonwebtoken#jwtverifytoken-secretorpublickey-options-callback",
        ),
    ]

    def concerns(self, variant):
        """Verifying is asked of the mechanism, and so at its default door alone."""
        return super().concerns(variant) and variant is variant.mechanism.default

    def expected(self, variant):
        return DOES_NOT

    def run(self, actors, variant):
        mine = actors.signed_in(variant).credential
        with actors.client() as client:
            said = {
                what: client.post("/tokens/api/inspect/", json=told).raise_for_status().json()["outcome"]
                for what, told in calls(mine).items()
            }
            ours, theirs = (client.post("/tokens/api/verify/", json={"token": token}) for token in (mine, ARTICLE))
        seen = VERIFIES if said[PRINTED] == "valid" else DOES_NOT
        return actors.observed(
            seen,
            *said.items(),
            (_("this server about its own token"), ours.json()["token_type"]),
            (_("this server about the article's"), theirs.json()["code"]),
        )


PRINTED = _("token and secret as the article prints them")


def calls(mine):
    """What is asked of the verifier: {what it is: the call}."""
    secret, now = secrets.token_hex(32), int(time.time())
    good = jwt.encode({"sub": "7", "exp": now + 60}, secret)
    return {
        PRINTED: {"token": ARTICLE, "key": ARTICLE_SECRET},
        _("its token, the secret of jwt.io"): {"token": ARTICLE, "key": DEFAULT_SECRET},
        _("a good token and its secret"): {"token": good, "key": secret},
        _("expired"): {"token": jwt.encode({"sub": "7", "exp": now - 60}, secret), "key": secret},
        _("one part missing"): {"token": good.rpartition(".")[0], "key": secret},
        _("another algorithm than allowed"): {"token": good, "key": secret, "algorithms": "HS512"},
        _("signed by this server, which keeps its key"): {"token": mine, "key": secret, "algorithms": algorithm(mine)},
    }
