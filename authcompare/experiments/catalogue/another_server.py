from concurrent.futures import ThreadPoolExecutor

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome

BOTH, KEY, DATABASE, NEITHER = "needs both", "needs the key", "needs the database", "needs neither"
NEEDS = {
    frozenset({"key", "database"}): BOTH,
    frozenset({"key"}): KEY,
    frozenset({"database"}): DATABASE,
    frozenset(): NEITHER,
}
LABELS = {
    frozenset({"key", "database"}): _("with the same key and database"),
    frozenset({"key"}): _("with the same key only"),
    frozenset({"database"}): _("with the same database only"),
    frozenset(): _("with neither"),
}


class AnotherServer(Experiment):
    slug = "another-server"
    title = _("At a second server")
    question = _(
        "You are signed in at one server. Your next request goes to a second server that runs the same program. What "
        "must the two servers share so that the second one accepts your credential?"
    )
    choices = [
        Choice(BOTH, _("The key and the database."), _("A second server must always share everything with the first.")),
        Choice(KEY, _("The key only."), _("A server never needs the database to check a signed credential.")),
        Choice(
            DATABASE, _("The database only."), _("The server finds every user in the database, so it needs no key.")
        ),
        Choice(NEITHER, _("Nothing."), _("Every server that runs the same program accepts the credential.")),
    ]
    rows = ["scale-out", "state", "usage"]
    explanation = _(
        "A server checks a signed credential with the key. It looks up a session row or a user in the database. A "
        "stateless token needs the key only: any number of servers can check it, and none of them can revoke it."
    )
    sources = [
        ("Django: SECRET_KEY", "https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key"),
        ("RFC 7519, section 11", "https://www.rfc-editor.org/rfc/rfc7519#section-11"),
    ]
    apart = True

    def expected(self, variant):
        return NEEDS[variant.promises.shared_needs]

    def run(self, actors, variant):
        headers = variant.transport.present(actors.signed_in(variant).credential)
        with ThreadPoolExecutor(len(NEEDS)) as pool:  # the servers start in parallel
            servers = list(pool.map(lambda s: actors.at_second_server("key" in s, "database" in s), NEEDS))
        responses = {}
        for shared, server in zip(NEEDS, servers, strict=True):
            with server.client() as client:
                responses[shared] = client.get(f"{variant.path}credential/", headers=headers)
        facts = [(LABELS[shared], response.status_code) for shared, response in responses.items()]
        outcomes = {shared: outcome(response) for shared, response in responses.items()}
        return actors.observed(needs_of(outcomes), *facts)


def needs_of(outcomes):
    """Return what exactly the servers share that accept the credential."""
    for needs, word in NEEDS.items():
        if all(each == (LET_IN if needs <= shared else REFUSED) for shared, each in outcomes.items()):
            return word
    return "needs something else"
