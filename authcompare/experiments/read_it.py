import base64
import re
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

READABLE, OPAQUE = "says whose it is", "says nothing"


class ReadIt(Experiment):
    slug = "read-it"
    title = _("Read it without a key")
    question = _("Somebody finds your credential and has no key at all. Does it tell them who you are?")
    choices = [
        Choice(READABLE, _("Yes: it can be read.")),
        Choice(OPAQUE, _("No, it is only an id, or encrypted."), _("What is signed is also secret.")),
    ]
    rows = ["security", "confidentiality"]
    explanation = _(
        "A signature protects from change, not from reading: a token's parts are only encoded. A session id is "
        "random; what it stands for stays with the server."
    )
    sources = [("RFC 7519, section 12", "https://www.rfc-editor.org/rfc/rfc7519#section-12")]

    def expected(self, variant):
        return READABLE if variant.reveals_user else OPAQUE

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        text = readable(alice.credential)
        user = alice.answer["user"]
        says = user["username"] in text or re.search(rf'"sub": ?"{user["id"]}"', text)
        return actors.observed(READABLE if says else OPAQUE, (_("characters"), len(alice.credential)))


def readable(credential):
    """All that can be read of a credential by decoding it."""
    text = unquote(credential)
    for part in credential.split("."):
        try:
            text += base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        except ValueError:
            continue
    return text
