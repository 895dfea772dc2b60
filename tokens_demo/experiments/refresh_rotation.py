from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.of_tokens import OfRefreshTokens, refresh

FAMILY_ENDS, OLD_REFUSED, BOTH_GO_ON = "the family ends", "only the old one is refused", "both go on"
AT_ONCE = 8


class RefreshRotation(OfRefreshTokens):
    slug = "refresh-rotation"
    title = _("An old refresh token comes back")
    question = _(
        "You refresh, and get a new pair of tokens. Then the old refresh token is used once more: by a thief, or by "
        "you after a thief. What becomes of the new one?"
    )
    choices = [
        Choice(FAMILY_ENDS, _("It is refused too: everything from this sign-in ends.")),
        Choice(
            OLD_REFUSED, _("It works; only the old one is refused."), _("The server knows which of the two is you.")
        ),
        Choice(BOTH_GO_ON, _("Both work until they expire."), _("A refresh token may be used again and again.")),
    ]
    rows = ["lifetime", "theft"]
    apart = True
    explanation = _(
        "A refresh token works once. When one comes back, it is in two hands, and nobody can tell which is the "
        "thief's: so both lose it. Of many that come at the very same time, one wins, since the server locks the "
        "sign-in's row."
    )
    sources = [
        ("RFC 9700, section 4.14.2", "https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2"),
        ("RFC 6749, section 10.4", "https://www.rfc-editor.org/rfc/rfc6749#section-10.4"),
    ]

    def expected(self, variant):
        return FAMILY_ENDS

    def run(self, actors, variant):
        old = actors.signed_in(variant).answer["refresh"]
        newer = refresh(actors, old).raise_for_status().json()
        replayed, after = refresh(actors, old), refresh(actors, newer["refresh"])
        access = actors.replay(variant, newer["access"])
        statuses = at_once(actors, actors.signed_in(variant).answer["refresh"])
        wins = statuses.count(200)
        seen = BOTH_GO_ON if replayed.is_success else OLD_REFUSED if after.is_success else FAMILY_ENDS
        return actors.observed(
            seen if wins == 1 else f"{wins} rotations of {AT_ONCE} win",
            (_("the old one again"), replayed.json().get("code", replayed.status_code)),
            (_("the new one after that"), after.json().get("code", after.status_code)),
            (_("the access token already out"), access.status_code),
            (_("rotations of one token at once"), len(statuses)),
            (_("of which succeed"), wins),
        )


def at_once(actors, token):
    """The statuses of so many rotations of one token, sent at the same moment."""
    ready = Barrier(AT_ONCE, timeout=30)

    def rotate(_n):
        try:
            ready.wait()
            return refresh(actors, token).status_code
        finally:
            connections.close_all()  # of this thread, where the server runs in this very process

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(rotate, range(AT_ONCE)))
