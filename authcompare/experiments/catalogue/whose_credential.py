from itertools import permutations

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.mechanisms.registry import mechanisms

ALWAYS, BAD_DECIDES = "always let in", "a bad one before it decides"
ORDER = "/lab/api/order/"
STOCK = "stock"  # DRF's own SessionAuthentication


class WhoseCredential(Experiment):
    slug = "whose-credential"
    title = _("Which credential decides")
    question = _(
        "You send one request with a valid credential for this door and an invalid one for every other door. The "
        "server tries its authentication classes one after the other, in every possible order. Does it accept your "
        "request?"
    )
    choices = [
        Choice(
            ALWAYS,
            _("Yes, in every order: one valid credential is enough."),
            _("The server ignores every invalid credential."),
        ),
        Choice(
            BAD_DECIDES,
            _("No, not if it checks an invalid credential first."),
            _("The server always refuses a request with an invalid credential."),
        ),
    ]
    rows = ["usage"]
    explanation = _(
        "DRF tries its authentication classes in order. A class that finds no credential of its own lets the next one "
        "try. A class that finds a user, or refuses a credential, ends the search. An id without a row and an unknown "
        "user name count as no credential. A token with a wrong signature is refused. If no class accepts the request, "
        "the first one also decides between 401 and 403. It is 403 if that class has no WWW-Authenticate challenge, "
        "such as DRF's SessionAuthentication."
    )
    sources = [
        (
            "DRF: how authentication is determined",
            "https://www.django-rest-framework.org/api-guide/authentication/#how-authentication-is-determined",
        ),
        (
            "DRF: unauthorized and forbidden responses",
            "https://www.django-rest-framework.org/api-guide/authentication/#unauthorized-and-forbidden-responses",
        ),
        ("RFC 9110, section 15.5.2", "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2"),
    ]

    def concerns(self, variant):
        """Return True at the default variants: a site with several mechanisms tries these in turn."""
        return variant is variant.mechanism.default

    def expected(self, variant):
        return BAD_DECIDES if any(each.promises.rejects_invalid for each in others(variant)) else ALWAYS

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        headers = [variant.transport.present(alice.credential)]
        headers += [
            each.transport.present(broken(actors.signed_in(each, "bob").credential)) for each in others(variant)
        ]
        names = [mechanism.name for mechanism in mechanisms()]
        with actors.client() as client:

            def read(*order, headers=()):
                return client.get(ORDER, params={"doors": ",".join(order)}, headers=dict(headers))

            responses = [read(*order, headers=merged(headers)) for order in permutations(names)]
            own_first, stock_first = read(variant.mechanism.name), read(STOCK, variant.mechanism.name)
        me = alice.answer["user"]["username"]
        let_in = sum(response.status_code == 200 and response.json()["owner"] == me for response in responses)
        decided = sorted({response.headers["Authenticated-By"] for response in responses})
        return actors.observed(
            ALWAYS if let_in == len(responses) else BAD_DECIDES if let_in else "never let in",
            (_("orders"), len(responses)),
            (_("accepted"), let_in),
            (_("refused with 401"), sum(response.status_code == 401 for response in responses)),
            (_("who decided"), ", ".join(decided)),
            (_("without a credential, this door first"), own_first.status_code),
            (_("without a credential, DRF's own SessionAuthentication first"), stock_first.status_code),
        )


def others(variant):
    """Return the default variants of the other mechanisms."""
    return [mechanism.default for mechanism in mechanisms() if mechanism is not variant.mechanism]


def broken(credential):
    """Return an invalid credential of the same form: with other last characters."""
    return credential[:-8] + "x" * 8


def merged(headers):
    """Merge several credentials into the headers of one request: all cookies in one header."""
    result = {}
    for name, value in (item for each in headers for item in each.items()):
        result[name] = f"{result[name]}; {value}" if name in result else value
    return result
