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
    title = _("At another server")
    question = _(
        "You are signed in at one server, and your next request reaches another. What must the two share, so that you "
        "are still let in?"
    )
    choices = [
        Choice(BOTH, _("The key and the database."), _("Another server must be a copy in everything.")),
        Choice(KEY, _("The key alone."), _("Whatever is signed needs no database.")),
        Choice(DATABASE, _("The database alone."), _("Whoever is in the database is known.")),
        Choice(NEITHER, _("Nothing."), _("A credential is good wherever the same program runs.")),
    ]
    rows = ["scale-out", "state", "usage"]
    explanation = _(
        "What is signed needs the key that it is checked with. What is looked up, a session's row or only the user's, "
        "needs the database. A token that is believed without a look at the database needs the key alone: any number "
        "of servers can check it, and none of them can take it back."
    )
    sources = [
        ("Django: SECRET_KEY", "https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key"),
        ("RFC 7519, section 11", "https://www.rfc-editor.org/rfc/rfc7519#section-11"),
    ]
    apart = True

    def expected(self, variant):
        return NEEDS[variant.promises.shared_needs]

    def run(self, actors, variant):
        shown = variant.transport.present(actors.signed_in(variant).credential)
        with ThreadPoolExecutor(len(NEEDS)) as pool:  # they start side by side
            servers = list(pool.map(lambda s: actors.twin("key" in s, "database" in s), NEEDS))
        answers = {}
        for shared, server in zip(NEEDS, servers, strict=True):
            with server.client() as client:
                answers[shared] = client.get(f"{variant.path}credential/", headers=shown)
        facts = [(LABELS[shared], answer.status_code) for shared, answer in answers.items()]
        return actors.observed(needed({shared: outcome(answer) for shared, answer in answers.items()}), *facts)


def needed(outcomes):
    """What the servers that let somebody in have in common, and those that refuse have not."""
    for needs, word in NEEDS.items():
        if all(seen == (LET_IN if needs <= shared else REFUSED) for shared, seen in outcomes.items()):
            return word
    return "needs something else"
