import base64
import json
import re
from contextlib import suppress
from urllib.parse import parse_qsl, unquote

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

READABLE, OPAQUE = "says whose it is", "says nothing"


class ReadIt(Experiment):
    slug = "read-it"
    title = _("Read it without a key")
    question = _("Somebody finds your credential and has no key at all. Does it tell them who you are?")
    choices = [
        Choice(READABLE, _("Yes: it can be read."), _("Whatever identifies you says who you are.")),
        Choice(OPAQUE, _("No, it is only an id, or encrypted."), _("What is signed is also secret.")),
    ]
    rows = ["security", "confidentiality"]
    explanation = _(
        "A signature protects from change, not from reading: a token's parts are only encoded. A session id is "
        "random; what it stands for stays with the server."
    )
    sources = [("RFC 7519, section 12", "https://www.rfc-editor.org/rfc/rfc7519#section-12")]

    def expected(self, variant):
        return READABLE if variant.promises.reveals_user else OPAQUE

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        says = says_whose(alice.credential, alice.answer["user"])
        return actors.observed(
            READABLE if says else OPAQUE,
            (_("characters"), len(alice.credential)),
            (_("claims that can be read"), ", ".join(claims(alice.credential)) or "–"),
        )


def parts(credential):
    """What decoding the parts of a credential brings to light, as text."""
    for part in credential.split("."):
        try:
            yield base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        except ValueError:
            continue


def readable(credential):
    """All that can be read of a credential without a key."""
    return unquote(unquote(credential)) + "".join(parts(credential))


def says_whose(credential, user):
    """Does it name this {"id", "username"} to whoever reads it?"""
    text = readable(credential)
    return user["username"] in text or bool(re.search(rf'"sub": ?"{user["id"]}"', text))


def claims(credential):
    """The names of what it says: of a token's payload, or of a query string."""
    for part in parts(credential):
        with suppress(ValueError):
            found = json.loads(part)
            if isinstance(found, dict) and "exp" in found:
                return list(found)
    return [name for name, _value in parse_qsl(unquote(unquote(credential)))]
