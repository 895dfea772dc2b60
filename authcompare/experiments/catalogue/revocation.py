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
        Choice(REFUSED, _("A refusal: the server looks the user up."), _("Every server looks the user up.")),
        Choice(
            LET_IN, _("The note, until it ends by itself."), _("A credential that was good stays good until its end.")
        ),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Look the user up at every request, or keep credentials that nobody looks up very short.")
    explanation = _("Whoever asks the database notices; whoever believes the credential alone does not.")
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.promises.follows_deactivation else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        before = alice.read()
        actors.administer("alice", is_active=False)
        answer = alice.read()
        return actors.observed(outcome(answer), (_("before"), before.status_code), (_("after"), answer.status_code))


class EndedFromElsewhere(Experiment):
    slug = "ended-from-elsewhere"
    title = _("Ended from elsewhere")
    question = _(
        "You left yourself signed in on a computer of the library. At home you end all other sign-ins. What can "
        "the computer in the library still do?"
    )
    choices = [
        Choice(REFUSED, _("Nothing more."), _("Ending a sign-in ends it everywhere.")),
        Choice(LET_IN, _("Read on, until its credential ends by itself."), _("A sign-in can not be ended from afar.")),
    ]
    rows = ["revocation", "state"]
    attack = LET_IN
    fix = _("Look every credential up, by its row or by its id on a denylist, so that ending it is felt at once.")
    explanation = _(
        "Ending a sign-in from afar needs a server that knows of it, and that asks at every request. A list of "
        "sign-ins alone is not enough: where a credential is only checked for its signature, ending it stops the next "
        "refresh and nothing before."
    )
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.promises.ends_from_elsewhere else LET_IN

    def run(self, actors, variant):
        library, home = actors.signed_in(variant), actors.signed_in(variant)
        known = home.request("GET", "devices/").json()
        ended = home.request("DELETE", "devices/").json()["ended"]
        answer = library.read()
        return actors.observed(
            outcome(answer),
            (_("sign-ins that the server lists"), len(known)),
            (_("ended"), ended),
            (_("the library's next request"), answer.status_code),
            (_("the one at home"), home.read().status_code),
        )


class PasswordChanged(Experiment):
    slug = "password-changed"
    title = _("The password is changed")
    question = _("You change your password, since somebody may have a copy of your credential. What does the copy get?")
    choices = [
        Choice(
            REFUSED,
            _("A refusal: it belongs to the old password."),
            _("A new password ends everything that the old one opened."),
        ),
        Choice(LET_IN, _("The note."), _("A password matters at sign-in only.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Put a mark of the password into the credential, or behind it, and compare at every request.")
    explanation = _(
        "Django's sessions hold a mark of the password and end with it. A token or cookie ends with it only if it "
        "carries such a mark and somebody compares."
    )
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.promises.follows_password_change else LET_IN

    def run(self, actors, variant):
        copy = actors.signed_in(variant).credential
        before = actors.replay(variant, copy)
        actors.administer("alice", password=secrets.token_urlsafe(12))
        answer = actors.replay(variant, copy)
        return actors.observed(
            outcome(answer),
            (_("the copy before the change"), before.status_code),
            (_("the copy after it"), answer.status_code),
        )


class RoleRemoved(Experiment):
    slug = "role-removed"
    title = _("A right is taken away")
    question = _(
        "You may edit. An administrator makes you a reader. You edit with the credential you hold. What happens?"
    )
    choices = [
        Choice(REFUSED, _("A refusal: you are a reader now."), _("Rights are always looked up.")),
        Choice(LET_IN, _("The edit is accepted."), _("Rights are settled at sign-in.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Look the right up when it is used.")
    explanation = _("A right written into a token is as old as the token.")
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.promises.follows_role_change else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        before = alice.edit(body="As an editor")
        actors.administer("alice", role="reader")
        answer = alice.edit(body="Still an editor?")
        return actors.observed(
            outcome(answer),
            (_("an edit as an editor"), before.status_code),
            (_("an edit as a reader"), answer.status_code),
        )
