from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

ASKS, ASKS_NOT = "asks for a CSRF token", "asks for none"


class Transport(Experiment):
    slug = "carrier"
    title = _("The carrier or the credential")
    question = _(
        "A request to change your note brings your credential and no CSRF token. Does this door ask for the token?"
    )
    choices = [
        Choice(ASKS, _("Yes: it wants to see that one of its own pages asks."), _("Sessions need a CSRF token.")),
        Choice(ASKS_NOT, _("No: the credential is enough."), _("Tokens need none.")),
    ]
    rows = ["location", "usage"]
    explanation = _(
        "A session id in a header needs no CSRF token, and a signed token in a cookie needs one: that follows the "
        "carrier, since a browser attaches cookies by itself, and headers never. Whether a copy outlives sign-out "
        "follows the credential: the id is worthless without its row, however it travels; the signature stays right, "
        "however it travels."
    )
    sources = [
        (
            "OWASP CSRF Prevention Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
        ),
        ("RFC 6750, section 5.3", "https://www.rfc-editor.org/rfc/rfc6750#section-5.3"),
    ]

    def expected(self, variant):
        return ASKS if variant.transport.sent_automatically and variant.authentication.csrf else ASKS_NOT

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        copy = alice.credential
        by_itself = variant.transport.name in alice.client.cookies
        edit = actors.replay(variant, copy, "PATCH", json={"body": "Written without a CSRF token"})
        asks = edit.status_code == 403 and edit.json()["code"] == "csrf_failed"
        alice.sign_out()
        late = actors.replay(variant, copy)
        return actors.observed(
            ASKS if asks else ASKS_NOT if edit.status_code == 200 else "refused",
            (_("travels in the header"), variant.transport.header),
            (_("does a browser attach it by itself?"), _("yes") if by_itself else _("no")),
            (_("an edit without a CSRF token"), edit.status_code),
            (_("a copy after sign-out"), late.status_code),
        )
