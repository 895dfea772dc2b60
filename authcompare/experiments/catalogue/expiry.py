import time

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome

LIFETIME = 1  # second: as short as a door grants


class Expiry(Experiment):
    slug = "expiry"
    title = _("After its end")
    question = _("The credential was to last one second. It is over. What does a copy of it get?")
    choices = [
        Choice(REFUSED, _("A refusal: its time is up."), _("A cookie's Max-Age binds the server.")),
        Choice(
            LET_IN,
            _("The note: only the browser was asked to forget it."),
            _("An end is a promise of the browser's, whatever is in the credential."),
        ),
    ]
    waits = True
    rows = ["lifetime"]
    attack = LET_IN
    fix = _("Write the end where the server checks it: into its own row, or under its own signature.")
    explanation = _(
        "Max-Age is a request to a browser. Only an end that the server checks, in its own row or under its own "
        "signature, ends a copy."
    )
    sources = [("RFC 6265, section 5.3", "https://www.rfc-editor.org/rfc/rfc6265#section-5.3")]

    def expected(self, variant):
        return REFUSED if variant.promises.enforces_expiry else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant, lifetime=LIFETIME)
        copy, told = alice.credential, parse_datetime(alice.answer["expires_at"]).timestamp()
        end = max(told, time.time() + LIFETIME)  # a row that was saved after the answer was written ends after it, too
        while time.time() <= end + 1:  # whole seconds are all that some of these ends can say
            time.sleep(0.05)
        forgotten = variant.transport.sent_automatically and variant.transport.name not in alice.client.cookies
        own = alice.read()
        answer = actors.replay(variant, copy)
        return actors.observed(
            outcome(answer),
            (_("has the browser forgotten it?"), _("yes") if forgotten else _("no")),
            (_("the browser's next request"), own.status_code),
            (_("the copy's answer"), answer.status_code),
        )
