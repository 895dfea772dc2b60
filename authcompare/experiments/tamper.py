import json

from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode, base64url_encode

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment, outcome


class Tamper(Experiment):
    slug = "tamper"
    title = _("Change who you are")
    question = _("You write another user's identity into your credential. Whose note do you get?")
    choices = [
        Choice(REFUSED, _("None: the change is noticed.")),
        Choice(LET_IN, _("The other user's."), _("Whatever a client holds, it can make say anything.")),
    ]
    rows = ["security", "integrity"]
    attack = LET_IN
    explanation = _(
        "A plain value can be changed by whoever holds it. A signature makes every change visible; an id that says "
        "nothing leaves nothing to change, only to guess."
    )
    sources = [("RFC 7515, section 10", "https://www.rfc-editor.org/rfc/rfc7515#section-10")]

    def expected(self, variant):
        return REFUSED if variant.checks_changes else LET_IN

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        answer = actors.replay(variant, changed(alice.credential, actors.accounts))
        mine = answer.status_code == 200 and answer.json()["owner"] == actors.accounts["alice"]["username"]
        return actors.observed("unchanged" if mine else outcome(answer), (_("the answer"), answer.status_code))


def changed(credential, accounts):
    """Bob's name for Alice's where it says one, the next user's id where it is a token, else another first letter."""
    alice, bob = accounts["alice"]["username"], accounts["bob"]["username"]
    if alice in credential:
        return credential.replace(alice, bob)
    header, dot, rest = credential.partition(".")
    if not dot:
        return f"{'b' if credential[0] == 'a' else 'a'}{credential[1:]}"
    payload, _dot, signature = rest.partition(".")
    claims = json.loads(base64url_decode(payload))
    claims["sub"] = str(int(claims["sub"]) + 1)
    return ".".join([header, base64url_encode(json.dumps(claims).encode()).decode(), signature])
