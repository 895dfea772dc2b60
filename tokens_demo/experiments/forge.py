"""The experiment that forges tokens without the server's key."""

import time
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice
from authcompare.experiments.cast import NoSecondServer
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import (
    algorithm,
    claims_naming,
    own_key,
    published_keys,
    signed,
    unsigned,
    with_claims,
)
from tokens_demo.experiments.guess_the_secret import crack
from tokens_demo.inspector.verify import WELL_KNOWN

PUBLIC_KEY_ALGORITHM = "ES256"  # of a second server: this one may publish no key
CONFUSION = _("at a server that signs with %(alg)s: its public key as the secret")


class Forge(TokenExperiment):
    slug = "forge"
    title = _("Forge a token")
    question = _(
        "An attacker has a token of their own. They make new tokens with your id: unsigned, signed with other keys, or "
        "with another issuer or audience. Does any of these tokens open your note?"
    )
    choices = [
        Choice(REFUSED, _("No: the server refuses each of them."), _("A server that reads a token has verified it.")),
        Choice(
            LET_IN,
            _("Yes: the server believes the claims."),
            _("The token's header decides how the server verifies it."),
        ),
    ]
    rows = ["security", "integrity"]
    apart = True
    attack = LET_IN
    fix = _(
        "Verify before you read the claims: with one algorithm that you choose, one key for it, and the issuer, "
        "audience, expiry time and type that you expect."
    )
    explanation = _(
        "An attacker can write everything in a token, including its header. A secure server takes the algorithm, the "
        "key and the expected claims from its own settings, never from the token. A server that only decodes a token "
        "believes every attacker."
    )
    sources = [
        ("RFC 8725, section 2.1", "https://www.rfc-editor.org/rfc/rfc8725#section-2.1"),
        ("RFC 8725, section 3", "https://www.rfc-editor.org/rfc/rfc8725#section-3"),
        ("RFC 7519, section 7.2", "https://www.rfc-editor.org/rfc/rfc7519#section-7.2"),
    ]

    def expected(self, variant):
        return REFUSED if variant.promises.detects_tampering else LET_IN

    def run(self, actors, variant):
        mallory, bob = actors.signed_in(variant, "mallory"), actors.signed_in(variant, "bob", lifetime=1)
        refreshable = next(each for each in variant.mechanism.available_variants if each.promises.refreshable)
        refresh = actors.signed_in(refreshable, "bob").answer["refresh"]
        victim = bob.answer["user"]
        forged = forgeries(mallory.credential, victim)
        forged[_("a valid refresh token as an access token")] = refresh
        forged[_("an expired token with a later expiry time")] = with_claims(bob.credential, exp=int(time.time()) + 600)
        while time.time() <= parse_datetime(bob.answer["expires_at"]).timestamp():
            time.sleep(0.05)
        answers = {what: actors.replay(variant, token) for what, token in forged.items()}
        confusion = CONFUSION % {"alg": PUBLIC_KEY_ALGORITHM}
        try:
            answers[confusion] = try_confusion(actors, variant, victim)
            untried = []
        except NoSecondServer as reason:
            untried = [(confusion, reason)]
        name = actors.accounts["bob"]["username"]
        opened = [a for a in answers.values() if a.status_code == 200 and a.json()["owner"] == name]
        facts = [(what, answer.status_code) for what, answer in answers.items()]
        return actors.observed(LET_IN if opened else REFUSED, *facts, *untried)


def forgeries(token: str, victim: dict[str, Any]) -> dict[Any, str]:
    """Return the tokens that an attacker can make from their own token: {description: token}."""
    payload, alg = claims_naming(token, victim), algorithm(token)
    secret, _tried = crack(token, sorted(WELL_KNOWN)) if alg == "HS256" else (None, 0)
    right_key = secret and secret.encode()
    tokens = {_("alg %(name)s") % {"name": name}: unsigned(payload, name) for name in ("none", "None")}
    tokens[_("the attacker's key")] = signed(payload, alg, own_key(alg))
    tokens[_("the attacker's key, with its kid and URL")] = signed(
        payload, alg, own_key(alg), kid="../mallory.pem", jku="https://mallory.example/keys"
    )
    foreign = {_("a foreign issuer"): {"iss": "https://mallory.example"}, _("a foreign audience"): {"aud": "payroll"}}
    for what, changes in foreign.items():
        how = _("%(what)s, the right key") if right_key else _("%(what)s, the attacker's key")
        tokens[how % {"what": what}] = signed(payload | changes, alg, right_key or own_key(alg))
    return tokens


def try_confusion(actors: Any, variant: Any, victim: dict[str, Any]) -> Any:
    """Return a second server's response to a token whose secret is that server's public key (RFC 8725 section 2.1).

    Raise NoSecondServer if there is no second server.
    """
    there = actors.twin(algorithm=PUBLIC_KEY_ALGORITHM)
    own = there.signed_in(variant, "mallory").credential
    return there.replay(variant, confused_token(own, victim, published_keys(there)))


def confused_token(token: str, victim: dict[str, Any], public_keys: list[bytes]) -> str:
    """Return an HS256 token that names the victim, with the first of these public keys (PEM) as its secret."""
    return signed(claims_naming(token, victim), "HS256", public_keys[0])
