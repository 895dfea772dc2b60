from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.experiments.cast import Actor

OPENS, NOT = "opens the victim's note", "does not"


class Fixation(Experiment):
    slug = "fixation"
    title = _("Session fixation")
    question = _(
        "Mallory signs in with her own account and puts her credential into Alice's browser. Then Alice signs in "
        "there. Now Mallory sends the credential that she planted. Does it open Alice's note?"
    )
    choices = [
        Choice(NOT, _("No: Alice got a new credential at sign-in."), _("Sign-in always creates a new credential.")),
        Choice(
            OPENS,
            _("Yes: the planted credential is now Alice's."),
            _("The server keeps the credential that the browser already has."),
        ),
    ]
    rows = ["security"]
    attack = OPENS
    fix = _("At sign-in, end the session that the browser brought, and start a new one with a new random id.")
    explanation = _(
        "Fixation works only if the credential is an id: the id stays the same, and the server connects it with "
        "another user. Mallory knew the id before sign-in, so she is signed in as Alice, too. A signed credential "
        "names Mallory. It cannot become Alice's: for that, the server must issue a new one."
    )
    sources = [
        (
            "OWASP Session Management Cheat Sheet: renew the session ID after any privilege level change",
            "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html"
            "#renew-the-session-id-after-any-privilege-level-change",
        ),
        ("OWASP: session fixation", "https://owasp.org/www-community/attacks/Session_fixation"),
    ]

    def expected(self, variant):
        return OPENS if variant.promises.allows_fixation else NOT

    def run(self, actors, variant):
        mallory = actors.signed_in(variant, "mallory")
        planted = mallory.credential
        alice = Actor(variant, actors.client())
        alice.credential = planted
        for cookie in mallory.client.cookies.jar:
            if cookie.name == variant.transport.name:
                alice.client.cookies.jar.set_cookie(cookie)
        account = actors.accounts["alice"]
        alice.sign_in(account["username"], account["password"]).raise_for_status()
        answer = actors.replay(variant, planted)
        owner = answer.json()["owner"] if answer.status_code == 200 else ""
        return actors.observed(
            OPENS if owner == account["username"] else NOT,
            (_("did sign-in change Alice's credential?"), _("no") if alice.credential == planted else _("yes")),
            (_("the planted credential's response"), answer.status_code),
            (_("it opens the note of"), owner.partition("-")[0] or _("nobody")),
        )
