from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

AT_ONCE, AFTER = "at once", "after the next sign-in"


class ChangeOnServer(Experiment):
    slug = "change-on-server"
    title = _("Change it on the server")
    question = _(
        "You sign in as a reader. Then an administrator makes you an editor. You keep the same credential: from when "
        "on may you edit?"
    )
    choices = [
        Choice(AT_ONCE, _("At once."), _("Every request asks the server what is true now.")),
        Choice(AFTER, _("After the next sign-in."), _("Whatever a credential opens was settled at sign-in.")),
    ]
    rows = ["state"]
    explanation = _(
        "The credential stays the same to the last character. Where the server asks its own memory at every request, "
        "the next answer is another one. Where everything is in the credential, it would have to be another credential."
    )
    sources = [
        ("RFC 9068, section 2.2.3.1", "https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1"),
        (
            "OWASP Authorization Cheat Sheet",
            "https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html",
        ),
    ]

    def expected(self, variant):
        return AT_ONCE if variant.promises.follows_role_change else AFTER

    def run(self, actors, variant):
        actors.administer("alice", role="reader")
        alice = actors.signed_in(variant)
        held = alice.credential
        before = alice.edit(body="As a reader")
        actors.administer("alice", role="editor")
        same = alice.edit(body="As an editor, with what I had")
        unchanged = held == variant.transport.collect(alice.answer, dict(alice.client.cookies.items()))
        again = actors.signed_in(variant).edit(body="As an editor, signed in again")
        return actors.observed(
            AT_ONCE if same.status_code == 200 else AFTER if again.status_code == 200 else "never",
            (_("an edit as a reader"), before.status_code),
            (_("an edit as an editor, with the same credential"), same.status_code),
            (_("is the credential still the same?"), _("yes") if unchanged else _("no")),
            (_("an edit after signing in again"), again.status_code),
        )
