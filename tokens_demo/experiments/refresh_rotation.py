from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice
from tokens_demo.experiments.base import RefreshTokenExperiment, refresh

FAMILY_ENDS, OLD_REFUSED, BOTH_GO_ON = "the family ends", "only the old one is refused", "both go on"
PARALLEL = 8


class RefreshRotation(RefreshTokenExperiment):
    slug = "refresh-rotation"
    title = _("A used refresh token returns")
    question = _(
        "You refresh, and get a new pair of tokens. Then the old refresh token is used again, by a thief or by you. "
        "What happens to the new refresh token?"
    )
    choices = [
        Choice(FAMILY_ENDS, _("The server refuses it, too: the whole sign-in ends.")),
        Choice(
            OLD_REFUSED,
            _("It works. The server refuses only the old one."),
            _("The server can tell a thief from the user."),
        ),
        Choice(BOTH_GO_ON, _("Both work until they expire."), _("A refresh token can be used again and again.")),
    ]
    rows = ["lifetime", "theft"]
    apart = True
    explanation = _(
        "A refresh token works once. If it returns, two parties have it, and the server cannot tell which one is the "
        "thief. So both lose it. If many requests with one refresh token arrive at the same time, exactly one "
        "succeeds, because the server locks the sign-in's row."
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
        statuses = parallel_rotations(actors, actors.signed_in(variant).answer["refresh"])
        wins = statuses.count(200)
        outcome = BOTH_GO_ON if replayed.is_success else OLD_REFUSED if after.is_success else FAMILY_ENDS
        return actors.observed(
            outcome if wins == 1 else f"{wins} rotations of {PARALLEL} win",
            (_("the old one again"), replayed.json().get("code", replayed.status_code)),
            (_("the new one after that"), after.json().get("code", after.status_code)),
            (_("the access token issued before"), access.status_code),
            (_("rotations of one token at once"), len(statuses)),
            (_("of which succeed"), wins),
        )


def parallel_rotations(actors, token):
    """Send rotations of one token at the same time; returns their statuses."""
    ready = Barrier(PARALLEL, timeout=30)

    def rotate(_n):
        try:
            ready.wait()
            return refresh(actors, token).status_code
        finally:
            connections.close_all()  # of this thread, if the server runs in this process

    with ThreadPoolExecutor(PARALLEL) as threads:
        return list(threads.map(rotate, range(PARALLEL)))
