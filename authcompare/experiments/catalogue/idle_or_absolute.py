import time
from contextlib import suppress

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import REFUSED, Choice, Experiment, outcome
from authcompare.experiments.cast import replay

EXTENDED, FIXED = "use extends it, up to an end", "ends at its time, used or not"
UNENDING, NEVER = "use extends it without end", "the server never ends it"
IDLE_SECONDS, ABSOLUTE_SECONDS = 2, 5  # of the second server's sessions; other variants get the shorter lifetime
PAUSE_SECONDS = 0.3  # between two uses
MAX_TRIES = 3  # on a busy machine


class IdleOrAbsolute(Experiment):
    slug = "idle-or-absolute"
    title = _("Idle timeout or absolute lifetime")
    question = _(
        "You sign in twice. You use the first sign-in all the time, and leave the second one alone. When does each "
        "sign-in end?"
    )
    choices = [
        Choice(
            EXTENDED,
            _("The unused one ends first. Use extends the other one up to a limit."),
            _("Use extends every credential."),
        ),
        Choice(FIXED, _("Both end at the time that was set at sign-in."), _("Use never extends a credential.")),
        Choice(
            UNENDING,
            _("The unused one ends. The used one never ends."),
            _("The server never signs out an active user."),
        ),
        Choice(
            NEVER,
            _("The server ends neither: at most, the browser deletes them."),
            _("A credential that the browser has deleted cannot be used anywhere."),
        ),
    ]
    waits = True
    rows = ["lifetime"]
    explanation = _(
        "An idle timeout ends sign-ins that are not used. A thief uses the stolen credential, so there is an absolute "
        "limit, too: use cannot extend it. A signed credential contains its expiry time, so the server must issue a "
        "new one to extend it. An expiry time that only the browser knows ends nothing on the server."
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
        there = actors.at_second_server(short=True)
        for _n in range(MAX_TRIES):
            with suppress(TooBusyError), there.client() as client:
                return self.watch(there, variant, client)
        raise TooBusyError("this machine is too busy to measure expiry times")

    def watch(self, there, variant, client):
        lifetime = None if variant.promises.extended_by_use else IDLE_SECONDS
        unused = there.signed_in(variant, lifetime=lifetime)
        began = time.time()
        used = there.signed_in(variant, lifetime=lifetime)
        signed_in = time.time()
        expires_at = parse_datetime(used.answer["expires_at"]).timestamp()
        end = expires_at + signed_in - began  # the latest for both: a row may be saved after its expiry time was sent
        copy = Copy(lambda: replay(variant, used.credential, client))
        copy.keep_using(end)
        while time.time() <= end:
            time.sleep(0.05)
        alone = there.replay(variant, unused.credential)
        if outcome(alone) == REFUSED:
            copy.keep_using(signed_in + ABSOLUTE_SECONDS)
        extended = copy.last_accepted > end
        if copy.was_idle or (copy.refused_at and not extended and copy.refused_at > began + ABSOLUTE_SECONDS):
            raise TooBusyError
        moved = EXTENDED if copy.refused_at else UNENDING
        return there.observed(
            NEVER if outcome(alone) != REFUSED else moved if extended else FIXED,
            (_("seconds, as promised at sign-in"), round(expires_at - began, 1)),
            (_("seconds until the used one was refused"), round(copy.last_accepted - began, 1)),
            (_("a copy of the unused one, after the expiry time"), alone.status_code),
            (_("the unused one in its own client, after the expiry time"), unused.read().status_code),
        )


class Copy:
    """A copy of a credential that is used again and again."""

    def __init__(self, use):
        self.use = use
        self.last_accepted = time.time()  # time of the last accepted request
        self.refused_at = None  # time of the first refused request

    @property
    def was_idle(self):
        """True if it may have been refused because it was unused for too long."""
        return bool(self.refused_at) and self.refused_at - self.last_accepted > IDLE_SECONDS

    def keep_using(self, until):
        """Use it until it is refused, or accepted after `until`."""
        while not self.refused_at and self.last_accepted <= until:
            sent_at = time.time()
            if outcome(self.use()) == REFUSED:
                self.refused_at = time.time()
                return
            self.last_accepted = sent_at
            time.sleep(PAUSE_SECONDS)


class TooBusyError(Exception):
    """There were too few requests to tell the two expiry times apart."""
