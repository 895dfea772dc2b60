from itertools import permutations

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.mechanisms.registry import mechanisms

ALWAYS, BAD_DECIDES = "always let in", "a bad one before it decides"
ORDER = "/lab/api/order/"
STOCK = "stock"  # DRF's own SessionAuthentication


class WhoseCredential(Experiment):
    slug = "whose-credential"
    title = _("Whose credential decides")
    question = _(
        "A request brings your good credential of this door and a bad one for every other door. The server asks its "
        "authenticators in turn, in every possible order. Are you let in?"
    )
    choices = [
        Choice(ALWAYS, _("In every order: one good credential is enough."), _("A bad credential counts as none.")),
        Choice(
            BAD_DECIDES,
            _("Not where a bad one is looked at first."),
            _("A request with a bad credential is always refused."),
        ),
    ]
    rows = ["usage"]
    explanation = _(
        "DRF asks its authenticators in turn. One that finds nothing of its own lets the next one try; one that finds "
        "a user, or refuses what it has found, ends the matter. An id without a row and a name that nobody has count "
        "as nothing; a token whose signature is wrong is refused. Where nobody is let in, the first one listed also "
        "makes it a 401 or a 403: without a challenge of its own, as DRF's SessionAuthentication has none, it is 403."
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
        """The default doors: those that a site with several mechanisms asks in turn."""
        return variant is variant.mechanism.default

    def expected(self, variant):
        return BAD_DECIDES if any(door.promises.rejects_invalid for door in others(variant)) else ALWAYS

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        shown = [variant.transport.present(alice.credential)]
        shown += [door.transport.present(broken(actors.signed_in(door, "bob").credential)) for door in others(variant)]
        names = [mechanism.name for mechanism in mechanisms()]
        with actors.client() as client:

            def ask(*doors, headers=()):
                return client.get(ORDER, params={"doors": ",".join(doors)}, headers=dict(headers))

            answers = [ask(*order, headers=together(shown)) for order in permutations(names)]
            own_first, stock_first = ask(variant.mechanism.name), ask(STOCK, variant.mechanism.name)
        me = alice.answer["user"]["username"]
        let_in = sum(answer.status_code == 200 and answer.json()["owner"] == me for answer in answers)
        decided = sorted({answer.headers["Authenticated-By"] for answer in answers})
        return actors.observed(
            ALWAYS if let_in == len(answers) else BAD_DECIDES if let_in else "never let in",
            (_("orders"), len(answers)),
            (_("let in"), let_in),
            (_("refused with 401"), sum(answer.status_code == 401 for answer in answers)),
            (_("who decided"), ", ".join(decided)),
            (_("without any credential, this door first"), own_first.status_code),
            (_("without any credential, DRF's own SessionAuthentication first"), stock_first.status_code),
        )


def others(variant):
    """The default doors of the other mechanisms."""
    return [mechanism.default for mechanism in mechanisms() if mechanism is not variant.mechanism]


def broken(credential):
    """Of the right form, and nobody's: its last characters are others."""
    return credential[:-8] + "x" * 8


def together(headers):
    """Several credentials in one request: cookies in one header, each other in its own."""
    merged = {}
    for name, value in (item for each in headers for item in each.items()):
        merged[name] = f"{merged[name]}; {value}" if name in merged else value
    return merged
