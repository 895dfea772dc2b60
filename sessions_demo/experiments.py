"""The experiments that only sessions have."""

import math
import secrets
import time
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.translation import gettext_lazy as _

from authcompare.api.http_client import Client
from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment

GUESSES = 100
SECONDS_PER_YEAR = 365.25 * 24 * 60 * 60
SIZES = [1_000, 10_000, 100_000]  # characters put into the session
TIMED_REQUESTS = 5  # the fastest one counts
SESSIONS_GUIDE = "https://docs.djangoproject.com/en/5.2/topics/http/sessions/"


class DefaultSessionExperiment(Experiment):
    """An experiment with the lab's views of a visitor's own session, which only the default session variant has."""

    def concerns(self, variant):
        return variant.mechanism.name == "session" and variant is variant.mechanism.default


class GuessTheId(DefaultSessionExperiment):
    slug = "guess-the-id"
    title = _("Guess the id")
    question = _("An attacker tries a hundred random session ids of the right format. Does one of them open a session?")
    choices = [
        Choice(REFUSED, _("None of them.")),
        Choice(LET_IN, _("Yes, sooner or later."), _("With enough attempts, an attacker finds a valid id.")),
    ]
    rows = ["security"]
    explanation = _(
        "The number of possible ids protects a session. Django chooses every character at random, so no id is more "
        "likely than another. The years below assume one active session and the rate measured here. A thousand times "
        "more sessions and a thousand times the rate remove six zeros."
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
        guesses = [variant.transport.present(random_id(length)) for _n in range(GUESSES)]
        with actors.client() as client:
            statuses = [client.get(f"{variant.path}protected/", headers=guesses[0]).status_code]
        with Client(actors.base_url) as client:  # not recorded: they would fill a page
            began = time.perf_counter()
            statuses += [client.get(f"{variant.path}lab/look/", headers=each).status_code for each in guesses[1:]]
            rate = len(guesses[1:]) / (time.perf_counter() - began)
        ids = len(VALID_KEY_CHARS) ** length
        return actors.observed(
            REFUSED if set(statuses) == {401} else LET_IN,
            (_("ids tried"), len(statuses)),
            (_("refused"), statuses.count(401)),
            (_("possible ids"), f"{ids:.1e}"),
            (_("random bits in an id"), round(math.log2(ids))),
            (_("ids tried per second"), round(rate)),
            (
                _("years until a hit is 50% likely"),
                f"{ids * math.log(2) / rate / SECONDS_PER_YEAR:.0e}",
            ),
        )


def random_id(length: int) -> str:
    """Return a random session id."""
    return "".join(secrets.choice(VALID_KEY_CHARS) for _n in range(length))


GROWS, BOTH_GROW, NEITHER = "the row grows, the cookie does not", "both grow", "neither grows"


class RowGrows(DefaultSessionExperiment):
    slug = "row-grows"
    title = _("A growing session")
    question = _("The server stores more and more data in your session. What grows?")
    choices = [
        Choice(GROWS, _("The row in the server's database. Your cookie does not change.")),
        Choice(BOTH_GROW, _("The row and the cookie."), _("The cookie contains the session's data.")),
        Choice(NEITHER, _("Neither of them."), _("A session is only an id, without data.")),
    ]
    rows = ["size"]
    explanation = _(
        "The browser sends only the id, so the size limit of cookies does not apply. But the server reads the whole "
        "row at every request that uses the session, and writes the whole row at every change. Store large data in a "
        "table of its own. The times are from this machine and this run: compare them only with each other."
    )
    sources = [("Django: using database-backed sessions", f"{SESSIONS_GUIDE}#using-database-backed-sessions")]

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
            (_("characters stored"), SIZES[-1]),
            (_("characters in the row, before"), rows[0]),
            (_("characters in the row, after"), rows[-1]),
            (_("characters in the cookie, before"), ids[0]),
            (_("characters in the cookie, after"), ids[-1]),
            (_("time of a request, compared with before (times)"), round(times[-1] / times[0], 1)),
        )


def fastest(actors: Any, headers: dict[str, str]) -> float:
    """Return the seconds of the fastest of several requests that read the session."""
    durations = []
    with Client(actors.base_url) as client:
        for _n in range(TIMED_REQUESTS):
            began = time.perf_counter()
            client.get("/lab/api/chain/", headers=headers).raise_for_status()
            durations.append(time.perf_counter() - began)
    return min(durations)


MARKED, ALWAYS, NEVER = "lost unless marked", "always kept", "never kept"


class SaveOrLose(DefaultSessionExperiment):
    slug = "save-or-lose"
    title = _("Save or lose")
    question = _(
        "Your session contains a basket. A view increases the number of apples in the basket. Which number does the "
        "next request find?"
    )
    choices = [
        Choice(MARKED, _("The old number, unless the view marks the session as modified.")),
        Choice(ALWAYS, _("The new number."), _("The server saves every change in the session.")),
        Choice(NEVER, _("The old number, in every case."), _("Only a sign-in writes to the session.")),
    ]
    rows = ["implementation"]
    explanation = _(
        "A session detects that one of its keys is set or deleted. It does not detect a change inside a value. So "
        "Django saves nothing and reports no error: only the view that made the change sees it. Set session.modified "
        "to save it. Flushing deletes the row and its id, like destroy in Express."
    )
    sources = [("Django: when sessions are saved", f"{SESSIONS_GUIDE}#when-sessions-are-saved")]

    def expected(self, variant):
        return MARKED

    def run(self, actors, variant):
        alice = actors.signed_in(variant)

        def after(*acts):
            """Return the number of apples that the next request finds."""
            for act in acts:
                alice.request("POST", f"lab/{act}/").raise_for_status()
            return alice.request("GET", "lab/look/").raise_for_status().json()["data"]["basket"]["apples"]

        put, nested, modified = after("put"), after("nested"), after("modified")
        alice.request("POST", "lab/flush/").raise_for_status()
        flushed = actors.replay(variant, alice.credential)
        return actors.observed(
            (ALWAYS if nested > put else MARKED) if modified > nested else NEVER,
            (_("apples stored"), put),
            (_("apples after a change inside the basket"), nested),
            (_("apples after the same change, marked as modified"), modified),
            (_("status for the old id after flushing"), flushed.status_code),
        )


EXPERIMENTS = [GuessTheId(), RowGrows(), SaveOrLose()]
