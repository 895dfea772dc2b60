from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment
from authcompare.experiments.cast import Actor

OPENS, NOT = "opens the victim's note", "does not"


class Fixation(Experiment):
    slug = "fixation"
    title = _("Plant it, then wait")
    question = _(
        "Mallory signs in with her own account and plants her credential in Alice's browser. Alice signs in there. Now "
        "Mallory presents what she planted. Does it open Alice's note?"
    )
    choices = [
        Choice(NOT, _("No: signing in brought Alice another one."), _("A sign-in is always a new beginning.")),
        Choice(
            OPENS,
            _("Yes: what was planted is Alice's now."),
            _("Whoever brings a credential along keeps it when signing in."),
        ),
    ]
    rows = ["security"]
    attack = OPENS
    fix = _("Sign-in ends whatever session the browser brought, and begins another with an id that nobody knows.")
    explanation = _(
        "Only a credential that points to something can be fixed: the id stays, and what it stands for changes. So "
        "whoever knew the id before sign-in is signed in as well. A statement about Mallory can not become one about "
        "Alice: to say something else, it must be another statement."
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
            (_("the planted one's answer"), answer.status_code),
            (_("it opens the note of"), owner.partition("-")[0] or _("nobody")),
        )
