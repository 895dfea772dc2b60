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


class UserDeactivated(Experiment):
    slug = "deactivated"
    title = _("The user is deactivated")
    question = _(
        "You are signed in. An administrator deactivates your account. You read the note again with the same "
        "credential. What happens?"
    )
    choices = [
        Choice(
            REFUSED,
            _("The server refuses it: it looks up the user."),
            _("Every server looks up the user with each request."),
        ),
        Choice(
            LET_IN,
            _("The server returns the note until the credential expires."),
            _("A valid credential always stays valid until it expires."),
        ),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Look up the user with every request. Where you cannot, keep the credential's lifetime very short.")
    explanation = _(
        "A server that asks the database notices the change. A server that trusts the credential alone does not."
    )
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
    title = _("Ended from another device")
    question = _(
        "You forgot to sign out on a computer in the library. At home you end all other sign-ins. What can the "
        "computer in the library still do?"
    )
    choices = [
        Choice(REFUSED, _("Nothing."), _("Ending a sign-in always stops its credential at once.")),
        Choice(
            LET_IN,
            _("Read the note until its credential expires."),
            _("One device can never end a sign-in on another device."),
        ),
    ]
    rows = ["revocation", "state"]
    attack = LET_IN
    fix = _(
        "Look up every credential by its row, or check its id against a denylist, so that ending it takes effect at "
        "once."
    )
    explanation = _(
        "To end a sign-in from another device, the server must store it and check it with every request. A list of "
        "sign-ins is not enough. If the server only verifies a signature, ending a sign-in stops the next refresh, but "
        "not the current access token."
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
            (_("the next request at home"), home.read().status_code),
        )


class CopyAfterPasswordChange(Experiment):
    slug = "password-changed"
    title = _("Password change and a copy")
    question = _(
        "Someone has a copy of your credential. You change your password. Then the copy is sent to the server. What "
        "happens?"
    )
    choices = [
        Choice(
            REFUSED,
            _("The server refuses it: it belongs to the old password."),
            _("A new password ends every old credential."),
        ),
        Choice(LET_IN, _("The server returns the note."), _("The password matters only at sign-in.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Store a fingerprint of the password in the credential, or behind it, and compare it with every request.")
    explanation = _(
        "Django's sessions contain a fingerprint of the password, so they end with it. A token or a cookie ends only "
        "if it contains such a fingerprint and the server compares it."
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
            (_("the copy after the change"), answer.status_code),
        )


class RoleRemoved(Experiment):
    slug = "role-removed"
    title = _("A right is removed")
    question = _(
        "You are signed in as an editor. An administrator makes you a reader. You edit the note with the same "
        "credential. What happens?"
    )
    choices = [
        Choice(
            REFUSED,
            _("The server refuses the edit: you are a reader now."),
            _("The server always looks up your rights."),
        ),
        Choice(LET_IN, _("The server accepts the edit."), _("Sign-in fixes your rights.")),
    ]
    rows = ["state", "revocation"]
    attack = LET_IN
    fix = _("Look up the right when it is used.")
    explanation = _("A right inside a token is as old as the token.")
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
