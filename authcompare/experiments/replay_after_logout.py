from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class ReplayAfterLogout(Experiment):
    slug = "replay-after-logout"
    title = _("Replay after sign-out")
    question = _("A copy of the credential was made while you were signed in. You sign out. What does the copy get?")
    choices = [
        Choice(LET_IN, _("The note: nobody told the copy.")),
        Choice(REFUSED, _("A refusal: sign-out ended it."), _("Sign-out always ends a credential on the server.")),
    ]
    rows = ["lifetime", "revocation"]
    attack = LET_IN
    explanation = _(
        "Sign-out can end only what the server remembers. Where it keeps a row or a denylist, the copy is worthless "
        "at once; where it only checks a signature, or nothing, the copy goes on until its own end."
    )
    sources = [
        (
            "OWASP Session Management Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html",
        ),
        ("RFC 9700, section 4", "https://www.rfc-editor.org/rfc/rfc9700#section-4"),
    ]

    def expected(self, variant):
        return REFUSED if variant.ends_at_sign_out else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        copy = alice.credential
        alice.sign_out()
        answer = actors.replay(variant, copy)
        return actors.observed(outcome(answer), (_("the copy's answer"), answer.status_code))
