from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

CHANGES, NOTHING = "changes the note", "changes nothing"


class CrossSite(Experiment):
    slug = "cross-site"
    title = _("A request from another site")
    question = _(
        "You are signed in here, and open a page of another site. It posts a form to this one, sends requests by "
        "script, and follows a link. What happens to your note?"
    )
    choices = [
        Choice(
            CHANGES, _("It is changed."), _("Whatever opens a door goes along with every request to it, by itself.")
        ),
        Choice(
            NOTHING, _("Nothing."), _("A site's cookies go along only with requests that its own pages have caused.")
        ),
    ]
    rows = ["cross-site", "security"]
    browser = True
    attack = CHANGES
    fix = _("Ask for a CSRF token whenever something is to change, and set the cookie with SameSite=Lax or Strict.")
    explanation = _(
        "A header goes along only where a script of the site's own adds it. A cookie goes along by itself: without "
        "SameSite even with other sites' forms (some browsers stop that two minutes after it was set), with Lax only "
        "with their links. Another port of the same host is the same site, so there SameSite does not help, and the "
        "CSRF token does. PATCH is not what a form can send; a script of another site may send it only where the "
        "server has said so beforehand."
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
        return CHANGES if self.open(variant) else NOTHING

    def open(self, variant):
        sent = variant.transport.sent_automatically and variant.promises.sent_cross_site
        return sent and not variant.authentication.csrf
