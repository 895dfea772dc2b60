from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

CHANGES, NOTHING = "changes the note", "changes nothing"


class CrossSite(Experiment):
    slug = "cross-site"
    title = _("A request from another site")
    question = _(
        "You are signed in here. You open a page of another site. That page posts a form to this site, sends requests "
        "by script, and contains a link to this site. What happens to your note?"
    )
    choices = [
        Choice(
            CHANGES, _("The note changes."), _("Every credential goes with every request to its site automatically.")
        ),
        Choice(
            NOTHING,
            _("The note does not change."),
            _("The browser sends a site's cookies only with requests from that site's own pages."),
        ),
    ]
    rows = ["cross-site", "security"]
    browser = True
    attack = CHANGES
    fix = _("Require a CSRF token for every change, and set the cookie with SameSite=Lax or Strict.")
    explanation = _(
        "A script of the site itself must add a header, so other sites cannot send it. The browser sends a cookie "
        "automatically. Without SameSite it goes with other sites' forms, too (some browsers stop this two minutes "
        "after the cookie was set). With Lax it goes with other sites' links only. Another port of the same host is "
        "the same site, so SameSite does not help there, but the CSRF token does. A form cannot send PATCH. A script "
        "of another site can send PATCH only if the server allows it in advance."
    )
    sources = [
        (
            "RFC 6265bis, section 8.8: SameSite cookies",
            "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-8.8",
        ),
        ("Django: cross site request forgery protection", "https://docs.djangoproject.com/en/5.2/ref/csrf/"),
        ("MDN: Site", "https://developer.mozilla.org/en-US/docs/Glossary/Site"),
    ]

    def expected(self, variant):
        return CHANGES if is_open(variant) else NOTHING


def is_open(variant):
    """Return True if other sites can change the note: the browser sends the cookie, and no CSRF check stops it."""
    return variant.transport.sent_automatically and variant.promises.sent_cross_site and not variant.authentication.csrf
