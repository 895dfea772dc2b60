import json

from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode, base64url_encode

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment


class Tamper(Experiment):
    slug = "tamper"
    title = _("Change who you are")
    question = _(
        "You change your own credential: another user's name, another role, another letter. Does one get you in?"
    )
    choices = [
        Choice(REFUSED, _("None: every change is noticed."), _("The server notices whatever a client changes.")),
        Choice(
            LET_IN,
            _("Yes: you read the other user's note."),
            _("Whatever a client holds, it can make say anything."),
        ),
    ]
    rows = ["integrity", "security"]
    attack = LET_IN
    fix = _("Sign what the client holds, and check the signature before believing a word; or let it hold an id alone.")
    explanation = _(
        "A plain value can be changed by whoever holds it. A signature makes every change visible; an id that says "
        "nothing leaves nothing to change, only to guess."
    )
    sources = [("RFC 7515, section 10", "https://www.rfc-editor.org/rfc/rfc7515#section-10")]

    def expected(self, variant):
        return REFUSED if variant.promises.detects_tampering else LET_IN

    def run(self, actors, variant):
        alice, bob = actors.signed_in(variant), actors.signed_in(variant, "bob")
        tried = forgeries(alice, bob)
        answers = {name: actors.replay(variant, credential) for name, credential in tried.items()}
        won = any(
            answer.status_code == 200 and answer.json()["owner"] == bob.answer["user"]["username"]
            for answer in answers.values()
        )
        return actors.observed(LET_IN if won else REFUSED, *((name, a.status_code) for name, a in answers.items()))


def forgeries(alice, bob):
    """What Alice can make of her credential, and of one that she saw of Bob's: {what was done: credential}."""
    mine, theirs = alice.credential, bob.credential
    middle = len(mine) // 2
    made = {
        _("another letter in its middle"): f"{mine[:middle]}{'b' if mine[middle] == 'a' else 'a'}{mine[middle + 1 :]}"
    }
    me, them = alice.answer["user"], bob.answer["user"]
    if me["username"] in mine:
        made[_("the other's name in it")] = mine.replace(me["username"], them["username"])
    if mine.count(".") == 2:
        header, payload, signature = mine.split(".")
        made[_("the other's id in it")] = ".".join([header, claiming(payload, sub=str(them["id"])), signature])
        made[_("another role in it")] = ".".join([header, claiming(payload, role="admin"), signature])
        made[_("the other's statement, your signature")] = ".".join([header, theirs.split(".")[1], signature])
    elif ":" in mine:
        made[_("the other's statement, your signature")] = f"{theirs.rsplit(':', 1)[0]}:{mine.rsplit(':', 1)[1]}"
    return made


def claiming(payload, **claims):
    """A token's payload that also says this."""
    found = json.loads(base64url_decode(payload)) | claims
    return base64url_encode(json.dumps(found).encode()).decode()
