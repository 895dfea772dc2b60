import gzip
import hmac
import math
import time
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode

from authcompare.experiments.base import LET_IN, REFUSED, Choice
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import algorithm, claims_naming, signed
from tokens_demo.inspector.verify import WELL_KNOWN

YEAR_SECONDS = 365.25 * 24 * 60 * 60


class GuessTheSecret(TokenExperiment):
    slug = "guess-the-secret"
    title = _("Guess the secret")
    question = _(
        "An attacker has a token of their own and a list of common words. On their own computer they try each word as "
        "the signing secret. Can they open your note?"
    )
    choices = [
        Choice(
            REFUSED,
            _("No: no word in the list is the secret."),
            _("The server notices so many attempts and slows them down."),
        ),
        Choice(
            LET_IN,
            _("Yes: they find the secret, and sign a token with your name."),
            _("A fast computer finds every secret."),
        ),
    ]
    rows = ["security", "integrity"]
    attack = LET_IN
    fix = _("Use a secret of at least 256 random bits, or sign with a private key that no verifier needs.")
    explanation = _(
        "One token is enough to check a guess. It needs no request to the server, so no throttle and no log can help. "
        "A word from the list is found within a second. Each additional random bit doubles the work. With the secret, "
        "an attacker can sign a token for any user."
    )
    sources = [
        ("RFC 8725, section 3.5", "https://www.rfc-editor.org/rfc/rfc8725#section-3.5"),
        ("RFC 7518, section 3.2", "https://www.rfc-editor.org/rfc/rfc7518#section-3.2"),
    ]

    def expected(self, variant):
        return REFUSED if variant.promises.strong_secret else LET_IN

    def run(self, actors, variant):
        mallory, bob = actors.signed_in(variant, "mallory"), actors.signed_in(variant, "bob")
        guessed, facts = guesses(mallory.credential)
        payload = claims_naming(mallory.credential, bob.answer["user"])
        answer = actors.replay(variant, signed(payload, "HS256", (guessed or words()[0]).encode()))
        let_in = answer.status_code == 200 and answer.json()["owner"] == bob.answer["user"]["username"]
        how = _("a token signed with it") if guessed else _("a token signed with the most common word")
        return actors.observed(LET_IN if let_in else REFUSED, *facts, (how, answer.status_code))


def guesses(token):
    """Search for the secret of this token; returns (secret or None, facts about the search)."""
    if algorithm(token) != "HS256":
        return None, [(_("signing algorithm"), algorithm(token)), (_("shared secrets to guess"), 0)]
    candidates, began = words(), time.perf_counter()
    guessed, tried = crack(token, candidates)
    speed = tried / (time.perf_counter() - began)
    facts = [(_("words tried"), tried), (_("guesses per second"), round(speed))]
    if guessed:
        facts.append((_("found as word number"), tried))
    else:
        years = math.floor(math.log10(2**255 / speed / YEAR_SECONDS))  # half of all keys on average
        facts.append((_("years to find a 256-bit key"), f"10^{years}"))
    return guessed, facts


def crack(token, candidates):
    """Return (the word that signed this token or None, the number of words tried)."""
    message, _dot, signature = token.rpartition(".")
    message, expected = message.encode(), base64url_decode(signature)
    for tried, word in enumerate(candidates, start=1):
        if hmac.digest(word.encode(), message, "sha256") == expected:
            return word, tried
    return None, len(candidates)


@cache
def words():
    """Return Django's list of common passwords, the most common first, then the secrets of examples on the web."""
    path = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [*(line.strip() for line in lines), *sorted(WELL_KNOWN)]
