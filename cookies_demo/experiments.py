"""The experiment that only cookies have."""

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

AS_SAID, OTHERWISE = "as the standard says", "otherwise"


class CookieAttributes(Experiment):
    slug = "cookie-attributes"
    title = _("Every combination of attributes")
    question = _(
        "A server sets cookies with every combination of SameSite, Secure, HttpOnly and Max-Age. Does your browser "
        "follow the standard for all of them?"
    )
    choices = [
        Choice(
            AS_SAID,
            _("Yes: it stores them, shows them to scripts and sends them as the standard says."),
            _("The browser does whatever the server asks for. In fact it refuses some combinations."),
        ),
        Choice(OTHERWISE, _("No: each browser has its own rules."), _("Cookie attributes are only hints.")),
    ]
    rows = ["security", "usage"]
    browser = True
    explanation = _(
        "The browser decides and does not report its decision to the server. It drops SameSite=None without Secure. "
        "Over HTTP, it stores Secure cookies only on this machine. A request contains names and values, but no "
        "attributes. HttpOnly hides a cookie from scripts, SameSite limits the requests that carry it, and Max-Age "
        "limits how long this browser stores it. The standard leaves two things to the browser: whether a new cookie "
        "without SameSite is sent with another site's form, and whether third-party cookies are sent at all."
    )
    sources = [
        ("RFC 6265bis", "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis"),
        ("MDN: Set-Cookie", "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie"),
    ]

    def concerns(self, variant):
        """Return whether this is the default cookie variant: the experiment tests the browser, not a variant."""
        return variant is variant.mechanism.default and variant.mechanism.name == "cookie"

    def expected(self, variant):
        return AS_SAID


EXPERIMENTS = [CookieAttributes()]
