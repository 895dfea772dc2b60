from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.experiments.catalogue.payload_disclosure import names_user

THERE, BOTH, HERE = "an id here, the rest there", "a statement here, a list there", "all of it here"


class WhereItLives(Experiment):
    slug = "where-it-lives"
    title = _("Where the data is stored")
    question = _(
        "You sign in and change your note. What does your browser store now, and what does the server store about your "
        "sign-in?"
    )
    choices = [
        Choice(
            THERE,
            _("Your browser stores an id. The server stores the data behind it."),
            _("The server always stores the data, and the browser only an id."),
        ),
        Choice(
            BOTH,
            _("Your browser stores signed data about you. The server also stores a list."),
            _("The server always stores a list of what it has issued."),
        ),
        Choice(
            HERE,
            _("Your browser stores everything. The server stores nothing."),
            _("Without a session, the server stores nothing about a sign-in."),
        ),
    ]
    rows = ["location", "state"]
    explanation = _(
        "There are three different things: the credential in your browser, the data that the server stores behind it, "
        "and the note. The note is on the server at every door. An id is worthless without its row. A signed "
        "credential needs no row. But a server often stores one, so that it can revoke what it has issued."
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
        stored = server_state(actors, edit)
        readable = names_user(alice.credential, alice.answer["user"])
        return actors.observed(
            HERE if not stored else BOTH if readable else THERE,
            (_("characters in your browser"), len(alice.credential)),
            (_("of them readable without a key"), len(unsigned(alice.credential)) if readable else 0),
            (_("objects that the server stores"), len({line["of"] for line in stored})),
            (_("bytes in them"), sum(map(size, stored))),
            (_("field by field"), "; ".join(fields(lines) for _of, lines in groupby(stored, itemgetter("of"))) or "–"),
        )


def unsigned(credential):
    """Return a signed credential without its signature, and any other credential unchanged."""
    before, separator, _signature = credential.rpartition("." if credential.count(".") == 2 else ":")
    return before if separator else credential


def size(line):
    """Return the bytes of one field on the server."""
    return len(str(line["after"]).encode())


def fields(lines):
    return ", ".join(f"{line['field']} {size(line)}" for line in lines)


def server_state(actors, response):
    """Return the recorded server-side state behind the credential: [{"of", "field", "after"}, ...]."""
    with actors.client() as client:
        exchange = client.get(f"/wire/{response.headers['Exchange-Id']}/")
    return [line for line in exchange.raise_for_status().json()["state"] if line["after"] is not None]
