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
from tokens_demo.experiments.forging import algorithm, naming, signed
from tokens_demo.experiments.of_tokens import OfTokens
from tokens_demo.inspector.verify import WELL_KNOWN

YEAR = 365.25 * 24 * 60 * 60  # seconds


class GuessTheSecret(OfTokens):
    slug = "guess-the-secret"
    title = _("Guess the secret")
    question = _(
        "Somebody has a token of their own and a list of common words. On their own machine they try each word as the "
        "secret that signed it. Do they end up with your note?"
    )
    choices = [
        Choice(
            REFUSED,
            _("No: no word of any list fits."),
            _("The server would notice so many attempts, and slow them down."),
        ),
        Choice(
            LET_IN,
            _("Yes: they find it, and sign a token in your name."),
            _("Every secret falls, if only the computer is fast enough."),
        ),
    ]
    rows = ["security", "integrity"]
    attack = LET_IN
    fix = _("Make the secret of at least 256 random bits, or sign with a private key that no verifier needs.")
    explanation = _(
        "One token is enough to check a guess, and nobody needs the server for it: no throttle, no log. A word of a "
        "list falls within a second; each further random bit doubles the work. Whoever has the secret can be everybody."
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
        said = naming(mallory.credential, bob.answer["user"])
        answer = actors.replay(variant, signed(said, "HS256", (guessed or words()[0]).encode()))
        let_in = answer.status_code == 200 and answer.json()["owner"] == bob.answer["user"]["username"]
        how = _("a token signed with it") if guessed else _("a token signed with the commonest word")
        return actors.observed(LET_IN if let_in else REFUSED, *facts, (how, answer.status_code))


def guesses(token):
    """(the secret that signed it, or None; what there is to say of the search)."""
    if algorithm(token) != "HS256":
        return None, [(_("how it is signed"), algorithm(token)), (_("shared secrets to be guessed"), 0)]
    candidates, began = words(), time.perf_counter()
    guessed, tried = crack(token, candidates)
    speed = tried / (time.perf_counter() - began)
    facts = [(_("words tried"), tried), (_("guesses per second"), round(speed))]
    if guessed:
        facts.append((_("found as word number"), tried))
    else:
        years = math.floor(math.log10(2**255 / speed / YEAR))  # half of all keys, on the average
        facts.append((_("years until a 256-bit key is found"), f"10^{years}"))
    return guessed, facts


def crack(token, candidates):
    """(the word that signed this token, or None; how many were tried)."""
    message, _dot, signature = token.rpartition(".")
    message, wanted = message.encode(), base64url_decode(signature)
    for tried, word in enumerate(candidates, start=1):
        if hmac.digest(word.encode(), message, "sha256") == wanted:
            return word, tried
    return None, len(candidates)


@cache
def words():
    """Django's own list of common passwords, the commonest first, and then the secrets of examples on the web."""
    path = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [*(line.strip() for line in lines), *sorted(WELL_KNOWN)]
