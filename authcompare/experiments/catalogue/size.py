from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

COOKIE, HEADER = "a cookie stops at about 4 KB, silently", "a header stops where the server says"


class SizeLimit(Experiment):
    slug = "size"
    title = _("The size limit")
    question = _(
        "You sign in with larger and larger data in your credential's transport. Where is the limit, and who reports "
        "it?"
    )
    choices = [
        Choice(
            COOKIE,
            _("At about 4 KB: the browser drops the cookie without an error."),
            _("Everything that a browser sends has the size limit of a cookie."),
        ),
        Choice(
            HEADER,
            _("Far above 4 KB: the server refuses the request with an error."),
            _("A token never has a cookie's size limit."),
        ),
        Choice("nowhere", _("There is no limit."), _("A request can be of any size.")),
    ]
    rows = ["size"]
    browser = True
    explanation = _(
        "A browser does not store a cookie whose name and value are longer than 4,096 bytes. It drops the cookie or "
        "keeps the old one, without an error. For headers, every server on the way has a limit of its own. "
        "localStorage stores millions of characters and reports an error when it is full, but no request could carry "
        "them. The limit depends on the transport, not on the credential: a token in a cookie has the cookie's limit."
    )
    sources = [
        (
            "RFC 6265bis, section 5.6: attribute and value limits",
            "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6",
        ),
        ("RFC 9110, section 5.4: field limits", "https://www.rfc-editor.org/rfc/rfc9110#section-5.4"),
        (
            "MDN: storage quotas",
            "https://developer.mozilla.org/en-US/docs/Web/API/Storage_API/Storage_quotas_and_eviction_criteria",
        ),
    ]

    def expected(self, variant):
        return COOKIE if variant.transport.header == "Cookie" else HEADER
