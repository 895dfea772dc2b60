from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

AT_ONCE, AFTER = "at once", "after the next sign-in"


class ChangeOnServer(Experiment):
    slug = "change-on-server"
    title = _("A change on the server")
    question = _(
        "You sign in as a reader. Then an administrator makes you an editor. You keep the same credential. When can "
        "you edit the note?"
    )
    choices = [
        Choice(AT_ONCE, _("At once."), _("The server looks up your rights with every request.")),
        Choice(AFTER, _("After the next sign-in."), _("Sign-in fixes your rights until you sign in again.")),
    ]
    rows = ["state"]
    explanation = _(
        "The credential does not change. If the server looks up your rights with every request, the next response "
        "changes. If the rights are inside the credential, you need a new credential."
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
        credential = alice.credential
        before = alice.edit(body="As a reader")
        actors.administer("alice", role="editor")
        same = alice.edit(body="As an editor, with the same credential")
        unchanged = credential == variant.transport.collect(alice.answer, dict(alice.client.cookies.items()))
        again = actors.signed_in(variant).edit(body="As an editor, signed in again")
        return actors.observed(
            AT_ONCE if same.status_code == 200 else AFTER if again.status_code == 200 else "never",
            (_("an edit as a reader"), before.status_code),
            (_("an edit as an editor, with the same credential"), same.status_code),
            (_("is the credential the same?"), _("yes") if unchanged else _("no")),
            (_("an edit after a new sign-in"), again.status_code),
        )
