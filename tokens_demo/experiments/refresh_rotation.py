"""The experiment that uses a rotated refresh token again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import RefreshTokenExperiment, refresh

FAMILY_ENDS, OLD_REFUSED, BOTH_GO_ON = "the family ends", "only the old one is refused", "both go on"
AT_ONCE = 8


class RefreshRotation(RefreshTokenExperiment):
    slug = "refresh-rotation"
    title = _("An old refresh token is used again")
    question = _(
        "You refresh and get a new pair of tokens. Then the old refresh token is used again, by a thief, or by you "
        "after a thief. What happens to the new refresh token?"
    )
    choices = [
        Choice(FAMILY_ENDS, _("The server refuses it too: the whole sign-in ends.")),
        Choice(
            OLD_REFUSED,
            _("It works. The server refuses only the old one."),
            _("The server knows which client is yours."),
        ),
        Choice(BOTH_GO_ON, _("Both work until they expire."), _("A refresh token can be used several times.")),
    ]
    rows = ["lifetime", "theft"]
    apart = True
    explanation = _(
        "A refresh token works once. If it is used again, two clients hold it, and the server cannot tell which one is "
        "the thief. So it ends the sign-in of both. If several clients use it at the same time, only one succeeds, "
        "because the server locks the sign-in's row."
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
        outcome = BOTH_GO_ON if replayed.is_success else OLD_REFUSED if after.is_success else FAMILY_ENDS
        return actors.observed(
            outcome if wins == 1 else f"{wins} rotations of {AT_ONCE} win",
            (_("the old refresh token again"), replayed.json().get("code", replayed.status_code)),
            (_("the new refresh token after that"), after.json().get("code", after.status_code)),
            (_("the access token issued before"), access.status_code),
            (_("rotations of one token at the same time"), len(statuses)),
            (_("successful rotations"), wins),
        )


def at_once(actors: Any, token: str) -> list[int]:
    """Rotate one token AT_ONCE times at the same time; return the statuses."""
    ready = Barrier(AT_ONCE, timeout=30)

    def rotate(_n):
        try:
            ready.wait()
            return refresh(actors, token).status_code
        finally:
            connections.close_all()  # of this thread: the server may run in this process

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(rotate, range(AT_ONCE)))
