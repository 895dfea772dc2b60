import base64
import json
import re
from contextlib import suppress
from urllib.parse import parse_qsl, unquote

from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

READABLE, OPAQUE = "says whose it is", "says nothing"


class PayloadDisclosure(Experiment):
    slug = "read-it"
    title = _("Read it without a key")
    question = _("A stranger finds your credential. They have no key. Can they see who you are?")
    choices = [
        Choice(READABLE, _("Yes: they can read it."), _("Every credential contains the user's name or id.")),
        Choice(OPAQUE, _("No: it is only an id, or encrypted."), _("A signature hides the content.")),
    ]
    rows = ["security", "confidentiality"]
    explanation = _(
        "A signature protects against changes, not against reading: a token's parts are only encoded. A session id is "
        "random, and its data stays on the server."
    )
    sources = [("RFC 7519, section 12", "https://www.rfc-editor.org/rfc/rfc7519#section-12")]

    def expected(self, variant):
        return READABLE if variant.promises.reveals_user else OPAQUE

    def run(self, actors, variant):
        alice = actors.signed_in(variant)
        readable = names_user(alice.credential, alice.answer["user"])
        return actors.observed(
            READABLE if readable else OPAQUE,
            (_("characters"), len(alice.credential)),
            (_("readable fields"), ", ".join(field_names(alice.credential)) or "–"),
        )


def decoded_parts(credential):
    """Return the decoded parts of a credential, as text."""
    for part in credential.split("."):
        try:
            yield base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        except ValueError:
            continue


def readable_text(credential):
    """Return everything in a credential that can be read without a key."""
    return unquote(unquote(credential)) + "".join(decoded_parts(credential))


def names_user(credential, user):
    """Return True if the readable text names this user, a dict with id and username."""
    text = readable_text(credential)
    return user["username"] in text or bool(re.search(rf'"sub": ?"{user["id"]}"', text))


def field_names(credential):
    """Return the names of the claims in a token's payload, or of the fields in a query string."""
    for part in decoded_parts(credential):
        with suppress(ValueError):
            payload = json.loads(part)
            if isinstance(payload, dict) and "exp" in payload:
                return list(payload)
    return [name for name, _value in parse_qsl(unquote(unquote(credential)))]
