import secrets
import time

import jwt
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import algorithm
from tokens_demo.inspector.samples import ARTICLE, ARTICLE_SECRET, DEFAULT_SECRET

DOES_NOT, VERIFIES = "does not verify with the secret beside it", "verifies with the secret beside it"


class VerifyCall(TokenExperiment):
    slug = "verify-call"
    title = _("The article's verify call")
    question = _(
        "The article prints a token, a secret, and a call that verifies the token with the secret. You run exactly "
        "this call. What is the result?"
    )
    choices = [
        Choice(DOES_NOT, _("The signature does not match: another secret signed that token.")),
        Choice(VERIFIES, _("The token is valid, as the article says."), _("The author has run every printed example.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "The token is the well-known example of jwt.io. It matches jwt.io's secret, not the article's. A verify call "
        "can fail in many ways, and a program must handle all of them. In Node, jwt.verify returns or throws. It is no "
        "promise, so await has no effect."
    )
    sources = [
        ("RFC 7519, section 7.2", "https://www.rfc-editor.org/rfc/rfc7519#section-7.2"),
        (
            "jsonwebtoken: jwt.verify",
            "https://github.com/auth0/node-jsonwebtoken#jwtverifytoken-secretorpublickey-options-callback",
        ),
    ]

    def concerns(self, variant):
        """Return True at the default variant: the call is the same for all of them."""
        return super().concerns(variant) and variant is variant.mechanism.default

    def expected(self, variant):
        return DOES_NOT

    def run(self, actors, variant):
        mine = actors.signed_in(variant).credential
        with actors.client() as client:
            outcomes = {
                what: client.post("/tokens/api/inspect/", json=body).raise_for_status().json()["outcome"]
                for what, body in calls(mine).items()
            }
            ours, theirs = (client.post("/tokens/api/verify/", json={"token": token}) for token in (mine, ARTICLE))
        outcome = VERIFIES if outcomes[PRINTED] == "valid" else DOES_NOT
        return actors.observed(
            outcome,
            *outcomes.items(),
            (_("this server about its own token"), ours.json()["token_type"]),
            (_("this server about the article's token"), theirs.json()["code"]),
        )


PRINTED = _("token and secret as the article prints them")


def calls(mine):
    """Return the calls of the verify endpoint: {what it shows: request body}."""
    secret, now = secrets.token_hex(32), int(time.time())
    good = jwt.encode({"sub": "7", "exp": now + 60}, secret)
    return {
        PRINTED: {"token": ARTICLE, "key": ARTICLE_SECRET},
        _("its token with jwt.io's secret"): {"token": ARTICLE, "key": DEFAULT_SECRET},
        _("a valid token and its secret"): {"token": good, "key": secret},
        _("expired"): {"token": jwt.encode({"sub": "7", "exp": now - 60}, secret), "key": secret},
        _("one part missing"): {"token": good.rpartition(".")[0], "key": secret},
        _("an algorithm that is not allowed"): {"token": good, "key": secret, "algorithms": "HS512"},
        _("signed by this server, whose key is not here"): {
            "token": mine,
            "key": secret,
            "algorithms": algorithm(mine),
        },
    }
