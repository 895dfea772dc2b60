from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.forging import claims
from tokens_demo.experiments.of_tokens import OfRefreshTokens, refresh

STAYS, MOVES, NOTHING_NEW = "the end stays", "the end moves", "nothing new"
TIMES = 3


class RefreshAgain(OfRefreshTokens):
    slug = "refresh-again"
    title = _("Refresh again and again")
    question = _("A program refreshes its tokens whenever it can. For how long does one sign-in last?")
    choices = [
        Choice(STAYS, _("Until an end that was set at sign-in, however often it refreshes.")),
        Choice(MOVES, _("As long as it goes on: each refresh moves the end."), _("Refreshing is signing in again.")),
        Choice(NOTHING_NEW, _("It gets the same access token back."), _("Refreshing extends the token you hold.")),
    ]
    rows = ["lifetime"]
    explanation = _(
        "Each refresh brings an access token that did not exist before, for a few more minutes. But every refresh "
        "token carries the end of the first one, so that a stolen one can not be kept alive for ever."
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
        ends_told = {claims(pair["refresh"])["exp"] for pair in pairs}
        seen = STAYS if len(ends) == len(ends_told) == 1 else MOVES
        return actors.observed(
            seen if len(tokens) == len(pairs) else NOTHING_NEW,
            (_("refreshed"), TIMES),
            (_("different access tokens"), len(tokens)),
            (_("different ends of the sign-in"), len(ends)),
            (_("different ends in the refresh tokens"), len(ends_told)),
        )


def end_of_sign_in(actors, variant, access):
    """When the sign-in that this access token came from ends, as the server tells."""
    with actors.client() as client:
        answer = client.get(f"{variant.path}devices/", headers=variant.transport.present(access))
    return next(device["expires_at"] for device in answer.raise_for_status().json() if device["current"])
