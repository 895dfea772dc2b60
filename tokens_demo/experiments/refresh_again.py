"""The experiment that refreshes one sign-in several times."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import RefreshTokenExperiment, refresh
from tokens_demo.experiments.forging import claims

STAYS, MOVES, NOTHING_NEW = "the end stays", "the end moves", "nothing new"
TIMES = 3


class RefreshAgain(RefreshTokenExperiment):
    slug = "refresh-again"
    title = _("Refresh again and again")
    question = _("A program refreshes its tokens again and again. How long does one sign-in last?")
    choices = [
        Choice(STAYS, _("Until an expiry time that is set at sign-in.")),
        Choice(
            MOVES,
            _("As long as the program refreshes: each refresh moves the expiry time."),
            _("A refresh is a new sign-in."),
        ),
        Choice(NOTHING_NEW, _("A refresh returns the same access token."), _("A refresh extends the existing token.")),
    ]
    rows = ["lifetime"]
    explanation = _(
        "Each refresh returns a new access token, which is valid for a few minutes. But every refresh token has the "
        "expiry time of the first one. So an attacker cannot extend a stolen refresh token for ever."
    )
    sources = [
        ("RFC 9700, section 4.14.2", "https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2"),
        ("RFC 6749, section 1.5", "https://www.rfc-editor.org/rfc/rfc6749#section-1.5"),
    ]

    def expected(self, variant):
        return MOVES if variant.promises.extended_by_use else STAYS

    def run(self, actors, variant):
        pairs = [actors.signed_in(variant).answer]
        for _again in range(TIMES):
            pairs.append(refresh(actors, pairs[-1]["refresh"]).raise_for_status().json())
        tokens = {pair["access"] for pair in pairs}
        family_ends = {sign_in_expiry(actors, variant, pair["access"]) for pair in pairs}
        claimed_ends = {claims(pair["refresh"])["exp"] for pair in pairs}
        outcome = STAYS if len(family_ends) == len(claimed_ends) == 1 else MOVES
        return actors.observed(
            outcome if len(tokens) == len(pairs) else NOTHING_NEW,
            (_("number of refreshes"), TIMES),
            (_("different access tokens"), len(tokens)),
            (_("different expiry times of the sign-in"), len(family_ends)),
            (_("different expiry times in the refresh tokens"), len(claimed_ends)),
        )


def sign_in_expiry(actors: Any, variant: Any, access: str) -> str:
    """Return the expiry time of the sign-in that issued this access token, from the server's list."""
    with actors.client() as client:
        answer = client.get(f"{variant.path}devices/", headers=variant.transport.present(access))
    return next(device["expires_at"] for device in answer.raise_for_status().json() if device["current"])
