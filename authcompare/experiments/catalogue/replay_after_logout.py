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
    question = _("A copy of the credential was made while you were signed in. You sign out. What does the copy get?")
    choices = [
        Choice(LET_IN, _("The note: nobody told the copy."), _("Sign-out can never end a copy.")),
        Choice(REFUSED, _("A refusal: sign-out ended it."), _("Sign-out always ends a credential on the server.")),
    ]
    rows = ["lifetime", "revocation"]
    attack = LET_IN
    fix = _(
        "Keep something on the server that sign-out can delete, or a list of what was ended, and ask it every time."
    )
    explanation = _(
        "Sign-out can end only what the server remembers. Where it keeps a row or a denylist, the copy is worthless "
        "at once; where it only checks a signature, or nothing, the copy goes on until its own end."
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
            (_("the copy after it"), after.status_code),
        )


class ReplayAfterForgetting(Experiment):
    slug = "replay-after-forgetting"
    title = _("Replay after merely deleting it")
    question = _(
        "You do not sign out: you delete the cookie, or the token, in your browser. Somebody has a copy. What does "
        "it get?"
    )
    choices = [
        Choice(LET_IN, _("The note.")),
        Choice(REFUSED, _("A refusal: you are gone."), _("Deleting a credential in the browser ends it.")),
    ]
    rows = ["lifetime"]
    explanation = _(
        "Deleting happens in one browser, and no server hears of it. Closing the window is the same. Only sign-out "
        "tells the server, and only a server that remembers can act on it."
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
            (_("your own browser, without it"), own.status_code),
            (_("the copy"), other.status_code),
        )
