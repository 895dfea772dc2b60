from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

REQUIRED, NOT_REQUIRED = "asks for a CSRF token", "asks for none"


class TransportOrCredential(Experiment):
    slug = "carrier"
    title = _("The transport or the credential")
    question = _(
        "You sign in and send a request to change your note. It has your credential and no CSRF token. Does this door "
        "require the CSRF token?"
    )
    choices = [
        Choice(
            REQUIRED,
            _("Yes: the request must prove that one of the site's own pages sent it."),
            _("Every change needs a CSRF token, whatever the transport is."),
        ),
        Choice(
            NOT_REQUIRED, _("No: the credential is enough."), _("A valid credential is always enough for a change.")
        ),
    ]
    rows = ["location", "usage"]
    explanation = _(
        "A session id in a header needs no CSRF token, and a signed token in a cookie needs one. This depends on the "
        "transport: a browser attaches cookies automatically, but never headers. The copy after sign-out depends on "
        "the credential. Without its row, an id is refused with either transport. A signature stays valid with either "
        "transport."
    )
    sources = [
        (
            "OWASP CSRF Prevention Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
        ),
        ("RFC 6750, section 5.3", "https://www.rfc-editor.org/rfc/rfc6750#section-5.3"),
    ]

    def expected(self, variant):
        return REQUIRED if variant.transport.sent_automatically and variant.authentication.csrf else NOT_REQUIRED

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        copy = alice.credential
        attached = variant.transport.name in alice.client.cookies
        edit = actors.replay(variant, copy, "PATCH", json={"body": "Written without a CSRF token"})
        is_required = edit.status_code == 403 and edit.json()["code"] == "csrf_failed"
        alice.sign_out()
        late = actors.replay(variant, copy)
        return actors.observed(
            REQUIRED if is_required else NOT_REQUIRED if edit.status_code == 200 else "refused",
            (_("travels in the header"), variant.transport.header),
            (_("does the browser attach it automatically?"), _("yes") if attached else _("no")),
            (_("an edit without a CSRF token"), edit.status_code),
            (_("a copy after sign-out"), late.status_code),
        )
