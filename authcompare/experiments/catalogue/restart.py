from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class Restart(Experiment):
    slug = "restart"
    title = _("The server restarts")
    question = _("You are signed in. The server stops and starts again. Are you still signed in?")
    choices = [
        Choice(LET_IN, _("Yes: the server needs nothing from its memory.")),
        Choice(REFUSED, _("No."), _("The server stores sign-ins in the memory of its process.")),
    ]
    rows = ["state", "usage"]
    explanation = _(
        "A new process has an empty memory. It needs the request, the database and the key, and these outlive a "
        "process. A server that stores sessions in memory, or creates a new key at every start, signs out all users."
    )
    sources = [("Django: session engines", "https://docs.djangoproject.com/en/5.2/topics/http/sessions/")]
    apart = True

    def expected(self, variant):
        return LET_IN

    def run(self, actors, variant):
        credential = actors.signed_in(variant).credential
        answer = actors.at_second_server().replay(variant, credential)
        return actors.observed(outcome(answer), (_("the new process's response"), answer.status_code))


class KeyRotated(Experiment):
    slug = "key-rotated"
    title = _("The key changes")
    question = _("You are signed in. The server restarts with new keys and the same database. Are you still signed in?")
    choices = [
        Choice(
            REFUSED,
            _("No: the server cannot verify an old signature with a new key."),
            _("The server signs every credential with its key."),
        ),
        Choice(LET_IN, _("Yes: the server needs no key for this."), _("A key matters only at sign-in.")),
    ]
    rows = ["revocation", "state"]
    explanation = _(
        "A new key ends everything that the old key signed, for all users at once. It is the last resort where single "
        "credentials cannot be revoked. Django's sessions end, too, because their rows are signed. An unsigned value "
        "keeps working."
    )
    sources = [
        (
            "Django: SECRET_KEY_FALLBACKS",
            "https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key-fallbacks",
        )
    ]
    apart = True

    def expected(self, variant):
        return REFUSED if "key" in variant.promises.shared_needs else LET_IN

    def run(self, actors, variant):
        credential = actors.signed_in(variant).credential
        answer = actors.at_second_server(same_key=False).replay(variant, credential)
        return actors.observed(outcome(answer), (_("the response with the new key"), answer.status_code))
