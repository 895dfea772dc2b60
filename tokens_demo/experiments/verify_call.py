"""The experiment that runs the article's own verify call."""

import secrets
import time
from typing import Any

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
        "The article prints a token, a secret and a call that verifies the token with the secret. You run that call. "
        "What is the result?"
    )
    choices = [
        Choice(DOES_NOT, _("The signature does not match: the token was signed with another secret.")),
        Choice(VERIFIES, _("The token is valid, as the article says."), _("Published examples have been tested.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "The token is the example of jwt.io. It was signed with the secret of jwt.io, not with the article's. A verify "
        "call can fail for many reasons, and your code must handle all of them. In Node, jwt.verify returns a value or "
        "throws an exception. It returns no promise, so await has no effect."
    )
    sources = [
        ("RFC 7519, section 7.2", "https://www.rfc-editor.org/rfc/rfc7519#section-7.2"),
        (
            "jsonwebtoken: jwt.verify",
            "https://github.com/auth0/node-jsonwebtoken#jwtverifytoken-secretorpublickey-options-callback",
        ),
    ]

    def concerns(self, variant):
        """Return whether this is the default variant: all variants share the verify endpoint."""
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
            (_("this server's verify endpoint with its own token"), ours.json()["token_type"]),
            (_("this server's verify endpoint with the article's token"), theirs.json()["code"]),
        )


PRINTED = _("the article's token and secret")


def calls(own_token: str) -> dict[Any, dict[str, str]]:
    """Return the requests to the inspector: {description: body}."""
    secret, now = secrets.token_hex(32), int(time.time())
    good = jwt.encode({"sub": "7", "exp": now + 60}, secret)
    return {
        PRINTED: {"token": ARTICLE, "key": ARTICLE_SECRET},
        _("the article's token, the secret of jwt.io"): {"token": ARTICLE, "key": DEFAULT_SECRET},
        _("a valid token and its secret"): {"token": good, "key": secret},
        _("an expired token"): {"token": jwt.encode({"sub": "7", "exp": now - 60}, secret), "key": secret},
        _("a token without its signature part"): {"token": good.rpartition(".")[0], "key": secret},
        _("a token with another algorithm than allowed"): {"token": good, "key": secret, "algorithms": "HS512"},
        _("this server's token, without its key"): {
            "token": own_token,
            "key": secret,
            "algorithms": algorithm(own_token),
        },
    }
