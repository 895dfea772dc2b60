from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class ForgedForm(Experiment):
    slug = "forged-form"
    title = _("A forged request")
    question = _(
        "You are signed in. A request to change your note arrives at the server. Your browser attached your "
        "credential, but another site's page sent the request, so it has no CSRF token. Does the note change?"
    )
    choices = [
        Choice(
            REFUSED,
            _("No: the server refuses the request."),
            _("The browser never sends a site's cookies with another site's requests."),
        ),
        Choice(
            LET_IN, _("Yes: the credential is valid."), _("A valid credential proves that its user wanted the request.")
        ),
    ]
    rows = ["security", "cross-site"]
    attack = LET_IN
    fix = _("Require a secret that only your own pages know: a CSRF token.")
    explanation = _(
        "A browser attaches cookies to every request to their site. A CSRF token proves that one of the site's own "
        "pages sent the request. A header with a token needs no CSRF token: only the page's own script can add it."
    )
    sources = [
        (
            "OWASP CSRF Prevention Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
        )
    ]

    def concerns(self, variant):
        """Return True if the browser attaches the credential automatically."""
        return variant.transport.sent_automatically

    def expected(self, variant):
        return REFUSED if variant.authentication.csrf else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        answer = actors.replay(variant, alice.credential, "PATCH", json={"body": "Written by another site"})
        return actors.observed(outcome(answer), (_("the response"), answer.status_code))
