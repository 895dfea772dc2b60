"""The experiment that guesses the secret of a token from a word list."""

import gzip
import hmac
import math
import time
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode

from authcompare.experiments.base import LET_IN, REFUSED, Choice
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import algorithm, claims_naming, signed
from tokens_demo.inspector.verify import WELL_KNOWN

SECONDS_PER_YEAR = 365.25 * 24 * 60 * 60


class GuessTheSecret(TokenExperiment):
    slug = "guess-the-secret"
    title = _("Guess the secret")
    question = _(
        "An attacker has a token of their own and a list of common words. On their own machine they try each word as "
        "the secret that signed the token. Can they open your note in the end?"
    )
    choices = [
        Choice(
            REFUSED,
            _("No: none of the words is the secret."),
            _("The server would notice so many attempts and slow them down."),
        ),
        Choice(
            LET_IN,
            _("Yes: they find the secret and sign a token with your id."),
            _("A fast computer can guess every secret."),
        ),
    ]
    rows = ["security", "integrity"]
    attack = LET_IN
    fix = _("Use a secret of at least 256 random bits, or sign with a private key, which verifying does not need.")
    explanation = _(
        "An attacker can check each guess with one token, without the server: there is no throttle and no log entry. A "
        "word from a list is found within a second. Each additional random bit doubles the work. With the secret, an "
        "attacker can be every user."
    )
    sources = [
        ("RFC 8725, section 3.5", "https://www.rfc-editor.org/rfc/rfc8725#section-3.5"),
        ("RFC 7518, section 3.2", "https://www.rfc-editor.org/rfc/rfc7518#section-3.2"),
    ]

    def expected(self, variant):
        return REFUSED if variant.promises.strong_secret else LET_IN

    def run(self, actors, variant):
        mallory, bob = actors.signed_in(variant, "mallory"), actors.signed_in(variant, "bob")
        secret, facts = search_secret(mallory.credential)
        payload = claims_naming(mallory.credential, bob.answer["user"])
        answer = actors.replay(variant, signed(payload, "HS256", (secret or words()[0]).encode()))
        let_in = answer.status_code == 200 and answer.json()["owner"] == bob.answer["user"]["username"]
        how = _("a token signed with the secret") if secret else _("a token signed with the most common word")
        return actors.observed(LET_IN if let_in else REFUSED, *facts, (how, answer.status_code))


def search_secret(token: str) -> tuple[str | None, list[tuple[Any, Any]]]:
    """Return the token's secret or None, and the facts about the search."""
    if algorithm(token) != "HS256":
        return None, [(_("algorithm"), algorithm(token)), (_("shared secrets to guess"), 0)]
    candidates, began = words(), time.perf_counter()
    secret, tried = crack(token, candidates)
    speed = tried / (time.perf_counter() - began)
    facts = [(_("words tried"), tried), (_("guesses per second"), round(speed))]
    if secret:
        facts.append((_("the secret is word number"), tried))
    else:
        years = math.floor(math.log10(2**255 / speed / SECONDS_PER_YEAR))  # on average, half of all keys
        facts.append((_("years until a 256-bit key is found"), f"10^{years}"))
    return secret, facts


def crack(token: str, candidates: list[str]) -> tuple[str | None, int]:
    """Return the word that signed this token or None, and the number of words tried."""
    message_text, _dot, signature_text = token.rpartition(".")
    message, signature = message_text.encode(), base64url_decode(signature_text)
    for tried, word in enumerate(candidates, start=1):
        if hmac.digest(word.encode(), message, "sha256") == signature:
            return word, tried
    return None, len(candidates)


@cache
def words() -> list[str]:
    """Return Django's list of common passwords, the most common first, and then secrets from examples on the web."""
    path = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [*(line.strip() for line in lines), *sorted(WELL_KNOWN)]
