"""Experiments that need sessions."""

import math
import secrets
import time

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.translation import gettext_lazy as _

from authcompare.api.http_client import Client
from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment

GUESSES = 100
YEAR_SECONDS = 365.25 * 24 * 60 * 60
SIZES = [1_000, 10_000, 100_000]  # characters added to the session
TIMED = 5  # requests; the fastest counts
SOURCE = "https://docs.djangoproject.com/en/5.2/topics/http/sessions/"


class SessionExperiment(Experiment):
    """An experiment at the default session variant: only there the lab has views of the session."""

    def concerns(self, variant):
        return variant.mechanism.name == "session" and variant is variant.mechanism.default


class GuessTheId(SessionExperiment):
    slug = "guess-the-id"
    title = _("Guess the id")
    question = _("An attacker sends a hundred random session ids of the correct form. Does one of them open a session?")
    choices = [
        Choice(REFUSED, _("No.")),
        Choice(LET_IN, _("Yes, sooner or later."), _("With enough attempts, an attacker always finds a valid id.")),
    ]
    rows = ["security"]
    explanation = _(
        "A session id is as safe as the number of possible ids. Django chooses every character at random, so no id is "
        "more likely than another. The years below are for one active session and the rate measured here. A thousand "
        "times more sessions and a thousand times more speed only remove six zeros."
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
        headers = [variant.transport.present(guess(length)) for _n in range(GUESSES)]
        with actors.client() as client:
            statuses = [client.get(f"{variant.path}protected/", headers=headers[0]).status_code]
        with Client(actors.base_url) as client:  # not noted: 99 more requests would fill the page
            began = time.perf_counter()
            statuses += [client.get(f"{variant.path}lab/look/", headers=each).status_code for each in headers[1:]]
            rate = len(headers[1:]) / (time.perf_counter() - began)
        ids = len(VALID_KEY_CHARS) ** length
        return actors.observed(
            REFUSED if set(statuses) == {401} else LET_IN,
            (_("ids tried"), len(statuses)),
            (_("refused"), statuses.count(401)),
            (_("possible ids"), f"{ids:.1e}"),
            (_("bits of an id"), round(math.log2(ids))),
            (_("tried per second"), round(rate)),
            (_("years until a hit is as likely as not"), f"{ids * math.log(2) / rate / YEAR_SECONDS:.0e}"),
        )


def guess(length):
    return "".join(secrets.choice(VALID_KEY_CHARS) for _n in range(length))


GROWS, BOTH_GROW, NEITHER = "the row grows, the cookie does not", "both grow", "neither grows"


class RowGrows(SessionExperiment):
    slug = "row-grows"
    title = _("A growing session")
    question = _("You are signed in, and the server stores more and more data in your session. What grows?")
    choices = [
        Choice(GROWS, _("The row in the server's database. Your cookie stays the same.")),
        Choice(BOTH_GROW, _("The row and the cookie."), _("The session data travels in the cookie.")),
        Choice(NEITHER, _("Neither."), _("A session is only an id.")),
    ]
    rows = ["size"]
    explanation = _(
        "Only the id travels, so the size limit of a cookie does not apply. But the server reads the whole row with "
        "every request that uses the session, and writes the whole row with every change. Store large data in a table "
        "of its own. The times are from this machine and this run: only compare them with each other."
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
            (_("characters added"), SIZES[-1]),
            (_("characters of the row, before"), rows[0]),
            (_("characters of the row, after"), rows[-1]),
            (_("characters of the cookie, before"), ids[0]),
            (_("characters of the cookie, after"), ids[-1]),
            (_("a request now takes so many times as long"), round(times[-1] / times[0], 1)),
        )


def fastest(actors, headers):
    """Return the seconds of the fastest of a few requests that read the session."""
    taken = []
    with Client(actors.base_url) as client:
        for _n in range(TIMED):
            began = time.perf_counter()
            client.get("/lab/api/chain/", headers=headers).raise_for_status()
            taken.append(time.perf_counter() - began)
    return min(taken)


MARKED, ALWAYS, NEVER = "lost unless marked", "always kept", "never kept"


class SaveOrLose(SessionExperiment):
    slug = "save-or-lose"
    title = _("Saved or lost")
    question = _(
        "Your session contains a basket. A view increases the number of apples inside the basket. What does the next "
        "request find?"
    )
    choices = [
        Choice(MARKED, _("The old number, unless the view marks the session as modified.")),
        Choice(ALWAYS, _("The new number."), _("Django saves every change to the session.")),
        Choice(NEVER, _("The old number, in any case."), _("Only a sign-in can write to the session.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "A session notices when a view sets or deletes one of its own keys. It does not notice a change inside a "
        "value. So Django saves nothing and reports nothing: the change is visible in this view only. To save it, the "
        "view sets session.modified = True. Flushing deletes the row and the id, like destroy in Express."
    )
    sources = [("Django: when sessions are saved", f"{SOURCE}#when-sessions-are-saved")]

    def expected(self, variant):
        return MARKED

    def run(self, actors, variant):
        alice = actors.signed_in(variant)

        def apples_after(action):
            """Return the apples that the request after this action finds."""
            alice.request("POST", f"lab/{action}/").raise_for_status()
            return alice.request("GET", "lab/look/").raise_for_status().json()["data"]["basket"]["apples"]

        put, nested, modified = apples_after("put"), apples_after("nested"), apples_after("modified")
        alice.request("POST", "lab/flush/").raise_for_status()
        flushed = actors.replay(variant, alice.credential)
        return actors.observed(
            (ALWAYS if nested > put else MARKED) if modified > nested else NEVER,
            (_("apples added"), put),
            (_("found after a change inside the basket"), nested),
            (_("found after the same change, marked as modified"), modified),
            (_("the old id's response after flushing"), flushed.status_code),
        )


EXPERIMENTS = [GuessTheId(), RowGrows(), SaveOrLose()]
