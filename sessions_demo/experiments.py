"""What can be tried with sessions alone."""

import math
import secrets
import time

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.translation import gettext_lazy as _

from authcompare.api.http_client import Client
from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment

GUESSES = 100
YEAR = 365.25 * 24 * 60 * 60  # seconds
SIZES = [1_000, 10_000, 100_000]  # characters put into the session
TIMED = 5  # requests, of which the fastest counts
SOURCE = "https://docs.djangoproject.com/en/5.2/topics/http/sessions/"


class AtTheDefaultDoor(Experiment):
    """What these experiments share: the lab's views of one's own session stand behind the default session door."""

    def concerns(self, variant):
        return variant.mechanism.name == "session" and variant is variant.mechanism.default


class GuessTheId(AtTheDefaultDoor):
    slug = "guess-the-id"
    title = _("Guess the id")
    question = _("Somebody tries random session ids of the right form, a hundred of them. Does one open a session?")
    choices = [
        Choice(REFUSED, _("None of them.")),
        Choice(LET_IN, _("Sooner or later one does."), _("Whoever may try often enough finds a valid id.")),
    ]
    rows = ["security"]
    explanation = _(
        "An id is as good as the number of ids there could be. Django draws every character at random: whoever guesses "
        "knows nothing that makes one id more likely than another. The years below are computed for one living session "
        "and the rate that was measured here; a thousand times more of both takes off six zeros."
    )
    sources = [
        (
            "OWASP Session Management Cheat Sheet: session ID entropy",
            "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-id-entropy",
        ),
    ]

    def expected(self, variant):
        return REFUSED

    def run(self, actors, variant):
        length = len(actors.signed_in(variant).credential)
        shown = [variant.transport.present(guess(length)) for _n in range(GUESSES)]
        with actors.client() as client:
            statuses = [client.get(f"{variant.path}protected/", headers=shown[0]).status_code]
        with Client(actors.base_url) as client:  # the others are alike, and would fill a page
            began = time.perf_counter()
            statuses += [client.get(f"{variant.path}lab/look/", headers=each).status_code for each in shown[1:]]
            rate = len(shown[1:]) / (time.perf_counter() - began)
        ids = len(VALID_KEY_CHARS) ** length
        return actors.observed(
            REFUSED if set(statuses) == {401} else LET_IN,
            (_("ids tried"), len(statuses)),
            (_("refused"), statuses.count(401)),
            (_("ids there could be"), f"{ids:.1e}"),
            (_("bits of an id"), round(math.log2(ids))),
            (_("tried per second"), round(rate)),
            (_("years until a hit is as likely as not"), f"{ids * math.log(2) / rate / YEAR:.0e}"),
        )


def guess(length):
    return "".join(secrets.choice(VALID_KEY_CHARS) for _n in range(length))


GROWS, BOTH_GROW, NEITHER = "the row grows, the cookie does not", "both grow", "neither grows"


class RowGrows(AtTheDefaultDoor):
    slug = "row-grows"
    title = _("More and more in the session")
    question = _("The server puts more and more into your session. What grows?")
    choices = [
        Choice(GROWS, _("The row in the server's database; your cookie stays as it is.")),
        Choice(BOTH_GROW, _("Row and cookie."), _("What is in the session travels with the cookie.")),
        Choice(NEITHER, _("Neither."), _("A session is only an id.")),
    ]
    rows = ["size"]
    explanation = _(
        "Only the id travels, so no limit of cookies applies. But the server reads the whole row at every request that "
        "looks into the session, and writes the whole row at every change: what is large belongs into a table of its "
        "own. Times are those of this machine, in this run: compare them with each other only."
    )
    sources = [("Django: using database-backed sessions", f"{SOURCE}#using-database-backed-sessions")]

    def expected(self, variant):
        return GROWS

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        rows, ids, times = [], [], []
        for size in [0, *SIZES]:
            alice.request("POST", "lab/size/", json={"characters": size}).raise_for_status()
            rows.append(alice.request("GET", "lab/size/").raise_for_status().json()["row"])
            ids.append(len(alice.client.cookies[variant.transport.name]))
            times.append(fastest(actors, variant.transport.present(alice.credential)))
        row_grows, cookie_grows = rows == sorted(set(rows)), ids[-1] > ids[0]
        return actors.observed(
            BOTH_GROW if row_grows and cookie_grows else GROWS if row_grows else NEITHER,
            (_("characters put in"), SIZES[-1]),
            (_("characters of the row, before"), rows[0]),
            (_("characters of the row, after"), rows[-1]),
            (_("characters of the cookie, before"), ids[0]),
            (_("characters of the cookie, after"), ids[-1]),
            (_("a request now takes so many times as long"), round(times[-1] / times[0], 1)),
        )


def fastest(actors, headers):
    """Seconds that a request takes which looks into the session, at its best."""
    taken = []
    with Client(actors.base_url) as client:
        for _n in range(TIMED):
            began = time.perf_counter()
            client.get("/lab/api/chain/", headers=headers).raise_for_status()
            taken.append(time.perf_counter() - began)
    return min(taken)


MARKED, ALWAYS, NEVER = "lost unless marked", "always kept", "never kept"


class SaveOrLose(AtTheDefaultDoor):
    slug = "save-or-lose"
    title = _("Save or lose")
    question = _(
        "There is a basket in your session. A view counts its apples up, inside the basket. What does the next request "
        "find?"
    )
    choices = [
        Choice(MARKED, _("The old number, unless the view says that the session has changed.")),
        Choice(ALWAYS, _("The new number."), _("Whatever a view changes in the session is saved.")),
        Choice(NEVER, _("The old number, whatever the view says."), _("Only a sign-in writes into the session.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "A session notices when one of its own keys is set or deleted, and not what happens inside a value. So Django "
        "saves nothing, and says nothing: the view that made the change sees it, and nobody else ever does. Setting "
        "session.modified says so. Flushing deletes the row and the id with it, as Express's destroy does."
    )
    sources = [("Django: when sessions are saved", f"{SOURCE}#when-sessions-are-saved")]

    def expected(self, variant):
        return MARKED

    def run(self, actors, variant):
        alice = actors.signed_in(variant)

        def after(*acts):
            """The apples that the next request finds."""
            for act in acts:
                alice.request("POST", f"lab/{act}/").raise_for_status()
            return alice.request("GET", "lab/look/").raise_for_status().json()["data"]["basket"]["apples"]

        put, nested, modified = after("put"), after("nested"), after("modified")
        alice.request("POST", "lab/flush/").raise_for_status()
        flushed = actors.replay(variant, alice.credential)
        return actors.observed(
            (ALWAYS if nested > put else MARKED) if modified > nested else NEVER,
            (_("apples put in"), put),
            (_("found after a change inside the basket"), nested),
            (_("found after the same, marked as modified"), modified),
            (_("the old id's answer after flushing"), flushed.status_code),
        )


EXPERIMENTS = [GuessTheId(), RowGrows(), SaveOrLose()]
