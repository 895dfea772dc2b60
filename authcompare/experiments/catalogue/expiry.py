import time

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome

LIFETIME_SECONDS = 1  # the shortest lifetime that a variant grants


class Expiry(Experiment):
    slug = "expiry"
    title = _("After the expiry time")
    question = _(
        "You sign in and get a credential that expires after one second. Someone copies it. Two seconds later, the "
        "copy is sent to the server. What happens?"
    )
    choices = [
        Choice(REFUSED, _("The server refuses it: it has expired."), _("The server checks a cookie's Max-Age.")),
        Choice(
            LET_IN,
            _("The server returns the note: only your browser deleted the credential."),
            _("Only the browser handles the expiry time, whatever the credential contains."),
        ),
    ]
    waits = True
    rows = ["lifetime"]
    attack = LET_IN
    fix = _("Store the expiry time where the server checks it: in its own row, or inside the signed credential.")
    explanation = _(
        "Max-Age is a request to the browser. Only an expiry time that the server checks can end a copy: in the "
        "server's own row, or inside a signed credential."
    )
    sources = [("RFC 6265, section 5.3", "https://www.rfc-editor.org/rfc/rfc6265#section-5.3")]

    def expected(self, variant):
        return REFUSED if variant.promises.enforces_expiry else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant, lifetime=LIFETIME_SECONDS)
        copy, promised = alice.credential, parse_datetime(alice.answer["expires_at"]).timestamp()
        end = max(
            promised, time.time() + LIFETIME_SECONDS
        )  # the row may have been saved after the response was written
        while time.time() <= end + 1:  # some expiry times are whole seconds
            time.sleep(0.05)
        deleted = variant.transport.sent_automatically and variant.transport.name not in alice.client.cookies
        own = alice.read()
        response = actors.replay(variant, copy)
        return actors.observed(
            outcome(response),
            (_("has the browser deleted it?"), _("yes") if deleted else _("no")),
            (_("the browser's next request"), own.status_code),
            (_("the copy's response"), response.status_code),
        )
