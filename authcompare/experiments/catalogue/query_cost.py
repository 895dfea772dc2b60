from statistics import median

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

READS = 5
QUERIES = {0: "asks nobody", 1: "one query", 2: "two queries"}


class QueryCost(Experiment):
    slug = "cost"
    title = _("The cost of a request")
    question = _(
        "You send a request with your credential. Before the server responds, it must find out who you are. How many "
        "database queries does this take?"
    )
    choices = [
        Choice(QUERIES[0], _("None."), _("A token never needs a database query.")),
        Choice(QUERIES[1], _("One."), _("The server always needs exactly one query to find the user.")),
        Choice(QUERIES[2], _("Two."), _("The server always reads the credential and the user from the database.")),
    ]
    rows = ["cost"]
    explanation = _(
        "A session takes two queries: one for its row, and one for the user. A stateless token takes none. But most "
        "servers check that the user still exists, and a denylist takes one more query. Fewer queries can mean more "
        "bytes in every request. The times are from this machine and this run: only compare them with each other."
    )
    sources = [
        ("Django: database access optimization", "https://docs.djangoproject.com/en/5.2/topics/db/optimization/"),
    ]

    def expected(self, variant):
        return QUERIES[variant.promises.identity_queries]

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        sign_in = self.exchange(actors, actors.sent[-1].exchange)
        reads = [self.exchange(actors, alice.read().headers["Exchange-Id"]) for _n in range(READS)]
        last = reads[-1]
        n = identity_queries(last)
        return actors.observed(
            QUERIES.get(n, f"{n} queries"),
            (_("bytes of the credential"), len(alice.credential.encode())),
            (_("bytes of all request headers"), size(last["request"]["headers"])),
            (_("queries per request"), len(last["queries"])),
            (_("queries per sign-in"), len(sign_in["queries"])),
            (_("milliseconds per request (median)"), round(median(each["took"] for each in reads), 1)),
            (_("milliseconds per sign-in"), round(sign_in["took"], 1)),
        )

    def exchange(self, actors, id):
        """Return the recorded exchange with this id."""
        with actors.client() as client:
            return client.get(f"/wire/{id}/").raise_for_status().json()


def identity_queries(exchange):
    """Return the number of queries up to the end of authentication."""
    names = [step["name"] for step in exchange["steps"]]
    return sum(query["step"] <= names.index("authentication") for query in exchange["queries"])


def size(headers):
    return sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers)
