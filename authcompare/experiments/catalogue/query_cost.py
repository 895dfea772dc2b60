from statistics import median

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

READS = 5
ASKED = {0: "asks nobody", 1: "one query", 2: "two queries"}


class Cost(Experiment):
    slug = "cost"
    title = _("What it costs")
    question = _(
        "Before the server answers, it must know who is asking. How many times does it ask its database for that?"
    )
    choices = [
        Choice(ASKED[0], _("Not at all."), _("Whoever carries a token spares the server its database.")),
        Choice(ASKED[1], _("Once."), _("Whoever is known is known without asking.")),
        Choice(ASKED[2], _("Twice."), _("One question is always enough.")),
    ]
    rows = ["cost"]
    explanation = _(
        "A session asks twice: for its row, and for the user. A token that is only verified asks nobody, but most "
        "servers check whether the user is still there, and a denylist is one more question. What you save in queries "
        "you may send in bytes, with every request. Times are those of this machine, in this run: compare them with "
        "each other only."
    )
    sources = [
        ("Django: database access optimization", "https://docs.djangoproject.com/en/5.2/topics/db/optimization/"),
    ]

    def expected(self, variant):
        return ASKED[variant.promises.identity_queries]

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        sign_in = self.seen(actors, actors.sent[-1].exchange)
        reads = [self.seen(actors, alice.read().headers["Exchange-Id"]) for _n in range(READS)]
        last = reads[-1]
        asking = questions(last)
        return actors.observed(
            ASKED.get(asking, f"{asking} queries"),
            (_("bytes of the credential"), len(alice.credential.encode())),
            (_("bytes of a whole request's headers"), size(last["request"]["headers"])),
            (_("queries per request"), len(last["queries"])),
            (_("queries per sign-in"), len(sign_in["queries"])),
            (_("milliseconds per request (median)"), round(median(each["took"] for each in reads), 1)),
            (_("milliseconds per sign-in"), round(sign_in["took"], 1)),
        )

    def seen(self, actors, exchange):
        with actors.client() as client:
            return client.get(f"/wire/{exchange}/").raise_for_status().json()


def questions(exchange):
    """How many queries were made until it was known who is asking."""
    names = [step["name"] for step in exchange["steps"]]
    return sum(query["step"] <= names.index("authentication") for query in exchange["queries"])


def size(headers):
    return sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers)
