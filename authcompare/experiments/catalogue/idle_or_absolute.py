import time
from contextlib import suppress

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import REFUSED, Choice, Experiment, outcome
from authcompare.experiments.cast import replay

EXTENDED, FIXED = "use extends it, up to an end", "ends at its time, used or not"
UNENDING, NEVER = "use extends it without end", "the server never ends it"
IDLE, ABSOLUTE = 2, 5  # seconds: after which the second server's sessions end; other doors are asked for the shorter
EVERY = 0.3  # seconds between two uses
TRIES = 3  # on a machine that is busy with something else


class IdleOrAbsolute(Experiment):
    slug = "idle-or-absolute"
    title = _("Idle or absolute")
    question = _("You are signed in twice. One sign-in you keep using, the other you leave alone. When does each end?")
    choices = [
        Choice(
            EXTENDED,
            _("The unused one first. Use moves the end of the other, but not for ever."),
            _("Every credential lives longer when it is used."),
        ),
        Choice(FIXED, _("Both when it was said at sign-in."), _("No credential lives longer when it is used.")),
        Choice(UNENDING, _("The unused one. The other never does."), _("Whoever is active is never signed out.")),
        Choice(
            NEVER,
            _("On the server neither does: at most a browser forgets them."),
            _("What a browser has forgotten is worth nothing anywhere."),
        ),
    ]
    waits = True
    rows = ["lifetime"]
    explanation = _(
        "An idle timeout ends what nobody uses any more. A thief uses what he has: so there is an absolute end, too, "
        "which no use moves. The end of a signed credential is part of what was signed: to move it, a new one has to "
        "be issued. And an end that only the holder was told of is none."
    )
    sources = [
        (
            "OWASP Session Management Cheat Sheet, session expiration",
            "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration",
        )
    ]
    apart = True

    def expected(self, variant):
        if not variant.promises.enforces_expiry:
            return NEVER
        return EXTENDED if variant.promises.extended_by_use else FIXED

    def run(self, actors, variant):
        there = actors.twin(short=True)
        for _n in range(TRIES):
            with suppress(TooBusy), there.client() as client:
                return self.watch(there, variant, client)
        raise TooBusy("this machine is too busy to tell")

    def watch(self, there, variant, client):
        lifetime = None if variant.promises.extended_by_use else IDLE
        left = there.signed_in(variant, lifetime=lifetime)
        began = time.time()
        used = there.signed_in(variant, lifetime=lifetime)
        signed_in = time.time()
        said = parse_datetime(used.answer["expires_at"]).timestamp()
        end = said + signed_in - began  # of both, at the latest: a row may be saved a moment after its end was said
        copy = Copy(lambda: replay(variant, used.credential, client))
        copy.keep_using(end)
        while time.time() <= end:
            time.sleep(0.05)
        alone = there.replay(variant, left.credential)
        if outcome(alone) == REFUSED:
            copy.keep_using(signed_in + ABSOLUTE)
        extended = copy.last > end
        if copy.idled or (copy.ended and not extended and copy.ended > began + ABSOLUTE):
            raise TooBusy
        moved = EXTENDED if copy.ended else UNENDING
        return there.observed(
            NEVER if outcome(alone) != REFUSED else moved if extended else FIXED,
            (_("seconds, as said at sign-in"), round(said - began, 1)),
            (_("seconds that the used one was let in"), round(copy.last - began, 1)),
            (_("a copy of the unused one, after its end"), alone.status_code),
            (_("the unused one in its own client, after its end"), left.read().status_code),
        )


class Copy:
    """Of a credential, used again and again."""

    def __init__(self, use):
        self.use = use
        self.last = time.time()  # when was it asked for the last time of those that it was let in?
        self.ended = None  # when was it refused?

    @property
    def idled(self):
        """May it have been refused because it was not used for too long?"""
        return bool(self.ended) and self.ended - self.last > IDLE

    def keep_using(self, until):
        """Until it is refused, or was let in after that moment."""
        while not self.ended and self.last <= until:
            asked = time.time()
            if outcome(self.use()) == REFUSED:
                self.ended = time.time()
                return
            self.last = asked
            time.sleep(EVERY)


class TooBusy(Exception):  # noqa: N818  it is no fault of the server's
    """So little was asked in so much time that one end can not be told from the other."""
