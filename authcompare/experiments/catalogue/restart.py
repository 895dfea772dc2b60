from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class Restart(Experiment):
    slug = "restart"
    title = _("The server is started again")
    question = _("You are signed in. The server is stopped and started again. Are you still signed in?")
    choices = [
        Choice(LET_IN, _("Yes: nothing that counts was in its memory.")),
        Choice(REFUSED, _("No."), _("What a server remembers, it remembers in its process.")),
    ]
    rows = ["state", "usage"]
    explanation = _(
        "A new process knows nobody. What it needs is in the request and in what outlives a process: the database and "
        "the key. A server that keeps sessions in its own memory, or makes up a key at every start, signs everybody "
        "out."
    )
    sources = [("Django: session engines", "https://docs.djangoproject.com/en/5.2/topics/http/sessions/")]
    apart = True

    def expected(self, variant):
        return LET_IN

    def run(self, actors, variant):
        credential = actors.signed_in(variant).credential
        answer = actors.twin().replay(variant, credential)
        return actors.observed(outcome(answer), (_("the new process's answer"), answer.status_code))


class KeyRotated(Experiment):
    slug = "key-rotated"
    title = _("The key is changed")
    question = _(
        "You are signed in. The server starts again with new keys and the old database. Are you still signed in?"
    )
    choices = [
        Choice(REFUSED, _("No: what the old key signed, the new one does not confirm.")),
        Choice(LET_IN, _("Yes: no key is asked for."), _("Keys only matter to whoever signs in anew.")),
    ]
    rows = ["revocation", "state"]
    explanation = _(
        "A new key ends everything that was signed with the old one, for everybody at once: the last resort where "
        "nothing can be taken back one by one. Django's sessions end, too: their rows are signed. A value that nobody "
        "signed does not notice."
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
        answer = actors.twin(same_key=False).replay(variant, credential)
        return actors.observed(outcome(answer), (_("the answer under the new key"), answer.status_code))
