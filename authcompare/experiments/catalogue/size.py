from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

COOKIE, HEADER = "a cookie stops at about 4 KB, silently", "a header stops where the server says"


class Size(Experiment):
    slug = "size"
    title = _("Grown until it breaks")
    question = _("What you carry to this door grows and grows. Where does it end, and who tells you?")
    choices = [
        Choice(
            COOKIE,
            _("At about four kilobytes: the browser drops it, and nobody is told."),
            _("Whatever a browser carries has the limit of a cookie."),
        ),
        Choice(
            HEADER,
            _("Far beyond that: the server takes no more, and says so."),
            _("What carries a token has no limit of a cookie's, wherever the token is kept."),
        ),
        Choice("nowhere", _("Nowhere."), _("What is sent with each request may be of any size.")),
    ]
    rows = ["size"]
    browser = True
    explanation = _(
        "Browsers keep no cookie whose name and value are longer than 4,096 bytes: it is dropped, or the old one is "
        "kept, without an error to anybody. How long a header may be is up to each server on the way. And localStorage "
        "takes millions of characters and says when it is full, but nobody could send them. The limit follows the "
        "carrier, not the credential: a token in a cookie has that of a cookie."
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
