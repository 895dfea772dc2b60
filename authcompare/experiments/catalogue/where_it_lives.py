from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.experiments.catalogue.payload_disclosure import says_whose

THERE, BOTH, HERE = "an id here, the rest there", "a statement here, a list there", "all of it here"


class WhereItLives(Experiment):
    slug = "where-it-lives"
    title = _("Where it lives")
    question = _(
        "You sign in and change your note. What do you hold now, and what does the server keep of your sign-in?"
    )
    choices = [
        Choice(
            THERE,
            _("You hold a number; what it stands for is with the server."),
            _("What identifies you must be written in what you hold."),
        ),
        Choice(
            BOTH,
            _("You hold a statement about you; the server keeps a list beside it."),
            _("A token means that the server keeps nothing."),
        ),
        Choice(
            HERE,
            _("You hold all of it; the server keeps nothing."),
            _("Whoever is signed in is remembered by the server."),
        ),
    ]
    rows = ["location", "state"]
    explanation = _(
        "Three places are easily mixed up: the credential that you hold, what the server keeps behind it, and the "
        "note, which is the server's own at every door. An id is worth nothing without its row; a signed statement "
        "needs no row, and yet a server often keeps one, so that it can end what it has issued."
    )
    sources = [
        ("Django: how to use sessions", "https://docs.djangoproject.com/en/5.2/topics/http/sessions/"),
        ("RFC 7519, section 1", "https://www.rfc-editor.org/rfc/rfc7519#section-1"),
    ]

    def expected(self, variant):
        if not variant.promises.keeps_server_state:
            return HERE
        return BOTH if variant.promises.reveals_user else THERE

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        edit = alice.edit(body="Stored by Alice")
        kept = state_behind(actors, edit)
        says = says_whose(alice.credential, alice.answer["user"])
        outcome = HERE if not kept else BOTH if says else THERE
        return actors.observed(
            outcome,
            (_("characters you hold"), len(alice.credential)),
            (_("of them readable without a key"), len(unsigned(alice.credential)) if says else 0),
            (_("things the server keeps behind it"), len({line["of"] for line in kept})),
            (_("bytes in them"), sum(map(size, kept))),
            (_("field by field"), "; ".join(fields(thing) for _of, thing in groupby(kept, itemgetter("of"))) or "–"),
        )


def unsigned(credential):
    """What stands before the signature of a signed credential; all of any other."""
    before, separator, _signature = credential.rpartition("." if credential.count(".") == 2 else ":")
    return before if separator else credential


def size(line):
    """Bytes of one field that the server keeps."""
    return len(str(line["after"]).encode())


def fields(thing):
    return ", ".join(f"{line['field']} {size(line)}" for line in thing)


def state_behind(actors, response):
    """What the wire saw the server keep behind the credential of this exchange: [{"of", "field", "after"}, ...]."""
    with actors.client() as client:
        seen = client.get(f"/wire/{response.headers['Exchange-Id']}/")
    return [line for line in seen.raise_for_status().json()["state"] if line["after"] is not None]
