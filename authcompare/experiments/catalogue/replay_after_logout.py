from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome

SOURCES = [
    (
        "OWASP Session Management Cheat Sheet",
        "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html",
    ),
    ("RFC 9700, section 4", "https://www.rfc-editor.org/rfc/rfc9700#section-4"),
]


class ReplayAfterLogout(Experiment):
    slug = "replay-after-logout"
    title = _("Replay after sign-out")
    question = _(
        "You are signed in, and someone copies your credential. You sign out. Then the copy is sent to the server. "
        "What happens?"
    )
    choices = [
        Choice(
            LET_IN,
            _("The server returns the note. The copy still works."),
            _("Signing out only deletes the credential in the browser."),
        ),
        Choice(
            REFUSED,
            _("The server refuses the copy: signing out ended it."),
            _("Signing out always ends the credential on the server."),
        ),
    ]
    rows = ["lifetime", "revocation"]
    attack = LET_IN
    fix = _("Store a row on the server that sign-out deletes, or a denylist, and check it with every request.")
    explanation = _(
        "Signing out can end a copy only if the server stores something about it. With a row or a denylist, the copy "
        "fails at once. If the server only checks a signature, or nothing, the copy works until it expires."
    )
    sources = SOURCES

    def expected(self, variant):
        return REFUSED if variant.promises.ends_at_sign_out else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        copy = alice.credential
        before = actors.replay(variant, copy)
        out = alice.sign_out()
        after = actors.replay(variant, copy)
        return actors.observed(
            outcome(after),
            (_("the copy before sign-out"), before.status_code),
            (_("sign-out"), out.status_code),
            (_("the copy after sign-out"), after.status_code),
        )


class ReplayAfterDeleting(Experiment):
    slug = "replay-after-forgetting"
    title = _("Replay after deleting the credential")
    question = _(
        "Someone has a copy of your credential. You do not sign out: you only delete the cookie or the token in your "
        "browser. Then the copy is sent to the server. What happens?"
    )
    choices = [
        Choice(LET_IN, _("The server returns the note.")),
        Choice(
            REFUSED,
            _("The server refuses the copy: you are gone."),
            _("Deleting a credential in the browser ends it on the server."),
        ),
    ]
    rows = ["lifetime"]
    explanation = _(
        "You delete it in one browser, and the server does not notice. Closing the window is the same. Only sign-out "
        "sends a request to the server, and only a server that stores something can end the copy."
    )
    sources = SOURCES

    def expected(self, variant):
        return LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        copy = alice.credential
        alice.client.cookies.clear()
        alice.credential = None
        own, other = alice.read(), actors.replay(variant, copy)
        return actors.observed(
            outcome(other),
            (_("your own browser, without the credential"), own.status_code),
            (_("the copy"), other.status_code),
        )
