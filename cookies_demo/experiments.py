"""What only cookies have to show."""

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

AS_SAID, OTHERWISE = "as the standard says", "otherwise"


class CookieAttributes(Experiment):
    slug = "cookie-attributes"
    title = _("Every combination of attributes")
    question = _(
        "A server asks for cookies with every combination of SameSite, Secure, HttpOnly and Max-Age. Can it rely on "
        "what your browser does with them?"
    )
    choices = [
        Choice(
            AS_SAID,
            _("Yes: which are kept, seen by scripts and sent is as the standard says."),
            _("What a server asks for is what a browser does: some combinations are refused."),
        ),
        Choice(OTHERWISE, _("No: each browser does as it likes."), _("Attributes are hints, and no rule.")),
    ]
    rows = ["security", "usage"]
    browser = True
    explanation = _(
        "The browser decides, and tells the server nothing: SameSite=None without Secure is dropped, Secure is kept "
        "over HTTP on this machine only, and a request carries names and values without any attribute. HttpOnly "
        "decides who reads a cookie, SameSite with whose requests it goes, Max-Age how long this browser keeps it. "
        "Two things the standard leaves to the browser: whether a cookie without SameSite goes along with another "
        "site's form while it is young, and whether third-party cookies are sent at all."
    )
    sources = [
        ("RFC 6265bis", "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis"),
        ("MDN: Set-Cookie", "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie"),
    ]

    def concerns(self, variant):
        """The browser knows no doors: one stands for all."""
        return variant is variant.mechanism.default and variant.mechanism.name == "cookie"

    def expected(self, variant):
        return AS_SAID


EXPERIMENTS = [CookieAttributes()]
