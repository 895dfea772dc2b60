from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import RefreshTokenExperiment, refresh
from tokens_demo.experiments.forging import claims

STAYS, MOVES, NOTHING_NEW = "the end stays", "the end moves", "nothing new"
TIMES = 3


class RefreshAgain(RefreshTokenExperiment):
    slug = "refresh-again"
    title = _("Refresh again and again")
    question = _(
        "You sign in once. A program refreshes its tokens as often as it can. How long does this sign-in last?"
    )
    choices = [
        Choice(STAYS, _("Until a time that was set at sign-in, however often it refreshes.")),
        Choice(
            MOVES, _("As long as it continues: each refresh extends the sign-in."), _("A refresh is a new sign-in.")
        ),
        Choice(
            NOTHING_NEW,
            _("The program gets the same access token back."),
            _("A refresh extends the current access token."),
        ),
    ]
    rows = ["lifetime"]
    explanation = _(
        "Each refresh creates a new access token for a few more minutes. But every refresh token has the expiry time "
        "of the first one, so a stolen refresh token cannot be extended forever."
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
        ends = {end_of_sign_in(actors, variant, pair["access"]) for pair in pairs}
        refresh_ends = {claims(pair["refresh"])["exp"] for pair in pairs}
        outcome = STAYS if len(ends) == len(refresh_ends) == 1 else MOVES
        return actors.observed(
            outcome if len(tokens) == len(pairs) else NOTHING_NEW,
            (_("refreshed"), TIMES),
            (_("different access tokens"), len(tokens)),
            (_("different expiry times of the sign-in"), len(ends)),
            (_("different expiry times of the refresh tokens"), len(refresh_ends)),
        )


def end_of_sign_in(actors, variant, access):
    """Return the expiry time of the sign-in behind this access token, as the server lists it."""
    with actors.client() as client:
        response = client.get(f"{variant.path}devices/", headers=variant.transport.present(access))
    return next(device["expires_at"] for device in response.raise_for_status().json() if device["current"])
