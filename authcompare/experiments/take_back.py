import secrets

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome

SOURCES = [
    (
        "Django: session invalidation on password change",
        "https://docs.djangoproject.com/en/5.2/topics/auth/default/#session-invalidation-on-password-change",
    ),
    ("RFC 9700, section 2.2", "https://www.rfc-editor.org/rfc/rfc9700#section-2.2"),
]


class Deactivated(Experiment):
    slug = "deactivated"
    title = _("The user is deactivated")
    question = _("An administrator deactivates your account. What does the credential you hold get?")
    choices = [
        Choice(REFUSED, _("A refusal: the server looks the user up.")),
        Choice(LET_IN, _("The note, until it ends by itself."), _("Every credential is checked against the user.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    explanation = _("Whoever asks the database notices; whoever believes the credential alone does not.")
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.follows_activity else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        actors.administer("alice", is_active=False)
        answer = alice.read()
        return actors.observed(outcome(answer), (_("the answer"), answer.status_code))


class PasswordChanged(Experiment):
    slug = "password-changed"
    title = _("The password is changed")
    question = _("You change your password, since somebody may have a copy of your credential. What does the copy get?")
    choices = [
        Choice(REFUSED, _("A refusal: it belongs to the old password.")),
        Choice(LET_IN, _("The note."), _("A new password ends everything that the old one opened.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    explanation = _(
        "Django's sessions hold a mark of the password and end with it. A token or cookie ends with it only if it "
        "carries such a mark and somebody compares."
    )
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.follows_password else LET_IN

    def run(self, actors, variant):
        copy = actors.signed_in(variant).credential
        actors.administer("alice", password=secrets.token_urlsafe(12))
        answer = actors.replay(variant, copy)
        return actors.observed(outcome(answer), (_("the copy's answer"), answer.status_code))


class RoleRemoved(Experiment):
    slug = "role-removed"
    title = _("A right is taken away")
    question = _(
        "You may edit. An administrator makes you a reader. You edit with the credential you hold. What happens?"
    )
    choices = [
        Choice(REFUSED, _("A refusal: you are a reader now.")),
        Choice(LET_IN, _("The edit is accepted."), _("Rights are always looked up.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    explanation = _("A right written into a token is as old as the token.")
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.follows_role else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        actors.administer("alice", role="reader")
        answer = alice.edit(body="Still an editor?")
        return actors.observed(outcome(answer), (_("the answer"), answer.status_code))
