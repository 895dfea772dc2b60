import json

from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode, base64url_encode

from authcompare.experiments.base import LET_IN, REFUSED, Choice, Experiment


class Tamper(Experiment):
    slug = "tamper"
    title = _("A changed credential")
    question = _(
        "You change your own credential: another user's name, another role, another letter. You send each version to "
        "the server. Does one of them open another user's note?"
    )
    choices = [
        Choice(
            REFUSED,
            _("No: the server notices every change."),
            _("The server notices every change that a client makes."),
        ),
        Choice(
            LET_IN,
            _("Yes: you can read the other user's note."),
            _("A client can change everything that it stores."),
        ),
    ]
    rows = ["integrity", "security"]
    attack = LET_IN
    fix = _(
        "Sign the data that the client stores, and verify the signature before you use it. Or give the client a random "
        "id only."
    )
    explanation = _(
        "The user can change a plain value. A signature reveals every change. A random id contains nothing to change: "
        "an attacker can only guess another one."
    )
    sources = [("RFC 7515, section 10", "https://www.rfc-editor.org/rfc/rfc7515#section-10")]

    def expected(self, variant):
        return REFUSED if variant.promises.detects_tampering else LET_IN

    def run(self, actors, variant):
        alice, bob = actors.signed_in(variant), actors.signed_in(variant, "bob")
        responses = {name: actors.replay(variant, credential) for name, credential in forgeries(alice, bob).items()}
        succeeded = any(
            response.status_code == 200 and response.json()["owner"] == bob.answer["user"]["username"]
            for response in responses.values()
        )
        facts = [(name, response.status_code) for name, response in responses.items()]
        return actors.observed(LET_IN if succeeded else REFUSED, *facts)


def forgeries(alice, bob):
    """Return credentials that Alice can make from her own and from Bob's: {the change: credential}."""
    mine, theirs = alice.credential, bob.credential
    middle = len(mine) // 2
    forged = {
        _("another letter in the middle"): f"{mine[:middle]}{'b' if mine[middle] == 'a' else 'a'}{mine[middle + 1 :]}"
    }
    me, them = alice.answer["user"], bob.answer["user"]
    if me["username"] in mine:
        forged[_("the other user's name")] = mine.replace(me["username"], them["username"])
    if mine.count(".") == 2:
        header, payload, signature = mine.split(".")
        forged[_("the other user's id")] = ".".join([header, with_claims(payload, sub=str(them["id"])), signature])
        forged[_("another role")] = ".".join([header, with_claims(payload, role="admin"), signature])
        forged[_("the other user's data with your signature")] = ".".join([header, theirs.split(".")[1], signature])
    elif ":" in mine:
        forged[_("the other user's data with your signature")] = f"{theirs.rsplit(':', 1)[0]}:{mine.rsplit(':', 1)[1]}"
    return forged


def with_claims(payload, **claims):
    """Return a token's payload with these claims added."""
    changed = json.loads(base64url_decode(payload)) | claims
    return base64url_encode(json.dumps(changed).encode()).decode()
