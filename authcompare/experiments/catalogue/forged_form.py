from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class ForgedForm(Experiment):
    slug = "forged-form"
    title = _("A request that no page of ours wrote")
    question = _(
        "A request comes with your credential, as the browser attaches it, but no page of this site wrote it. Does it "
        "change your note?"
    )
    choices = [
        Choice(REFUSED, _("No."), _("A browser keeps one site's cookies out of what another site sends.")),
        Choice(LET_IN, _("Yes: the credential is right."), _("A right credential proves that its owner meant it.")),
    ]
    rows = ["security", "cross-site"]
    attack = LET_IN
    fix = _("Ask for something that only a page of yours can know: a CSRF token.")
    explanation = _(
        "A browser attaches cookies to whatever is sent to their site. A CSRF token proves that one of the site's "
        "own pages wrote the request. A header is attached by nobody but the page's own script."
    )
    sources = [
        (
            "OWASP CSRF Prevention Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
        )
    ]

    def concerns(self, variant):
        """Only where the browser attaches the credential by itself."""
        return variant.transport.sent_automatically

    def expected(self, variant):
        return REFUSED if variant.authentication.csrf else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        answer = actors.replay(variant, alice.credential, "PATCH", json={"body": "Written by another site"})
        return actors.observed(outcome(answer), (_("the answer"), answer.status_code))
