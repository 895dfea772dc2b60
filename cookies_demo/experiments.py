"""Experiments that need cookies."""

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

STANDARD, OTHERWISE = "as the standard says", "otherwise"


class CookieAttributes(Experiment):
    slug = "cookie-attributes"
    title = _("Every combination of cookie attributes")
    question = _(
        "A server sets cookies with every combination of SameSite, Secure, HttpOnly and Max-Age. Does your browser "
        "treat them as the standard says?"
    )
    choices = [
        Choice(
            STANDARD,
            _("Yes: it stores them, hides them from scripts and sends them as the standard says."),
            _("A browser accepts every combination of attributes."),
        ),
        Choice(
            OTHERWISE, _("No: each browser has its own rules."), _("Attributes are hints that a browser may ignore.")
        ),
    ]
    rows = ["security", "usage"]
    browser = True
    explanation = _(
        "The browser decides, and it tells the server nothing. It drops SameSite=None without Secure. Over HTTP, it "
        "stores Secure cookies on this machine only. A request contains names and values, but no attributes. HttpOnly "
        "decides whether scripts can read a cookie, SameSite with which requests it is sent, and Max-Age how long the "
        "browser stores it. The standard leaves two things open: whether another site's form sends a young cookie "
        "without SameSite, and whether third-party cookies are sent at all."
    )
    sources = [
        ("RFC 6265bis", "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis"),
        ("MDN: Set-Cookie", "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie"),
    ]

    def concerns(self, variant):
        """Return True at one variant: the browser treats the cookies of all variants alike."""
        return variant is variant.mechanism.default and variant.mechanism.name == "cookie"

    def expected(self, variant):
        return STANDARD


EXPERIMENTS = [CookieAttributes()]
