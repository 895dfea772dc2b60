import time

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice
from authcompare.experiments.cast import NoSecondServerError
from tokens_demo.experiments.base import TokenExperiment
from tokens_demo.experiments.forging import (
    algorithm,
    claims_naming,
    own_key,
    published_keys,
    signed,
    unsigned,
    with_changed_claims,
)
from tokens_demo.experiments.guess_the_secret import crack
from tokens_demo.inspector.verify import WELL_KNOWN

SECOND_SERVER = {"alg": "ES256"}  # it publishes a key, whatever this server signs with
CONFUSION = _("at a server that signs with %(alg)s: its public key as the secret")


class Forge(TokenExperiment):
    slug = "forge"
    title = _("A forged token")
    question = _(
        "An attacker has a token of their own. They write new tokens with your id: unsigned, signed with other keys, "
        "with another issuer or another purpose. Does one of them open your note?"
    )
    choices = [
        Choice(REFUSED, _("No: the server refuses all of them."), _("Reading a token also verifies it.")),
        Choice(
            LET_IN,
            _("Yes: the server believes the token's content."),
            _("The server verifies a token in the way that the token's own header names."),
        ),
    ]
    rows = ["security", "integrity"]
    apart = True
    attack = LET_IN
    fix = _(
        "Verify a token before you use it: with one algorithm of your own choice and one key for it. Check the issuer, "
        "the audience, the expiry time and the type."
    )
    explanation = _(
        "The author of a token writes everything in it, including the header. A verifier must take its algorithm, its "
        "key and its expectations from its own settings, not from the token. A server that only decodes the token "
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
        refreshing = next(each for each in variant.mechanism.available_variants if each.promises.refreshable)
        refresh = actors.signed_in(refreshing, "bob").answer["refresh"]
        victim = bob.answer["user"]
        forged = forgeries(mallory.credential, victim)
        forged[_("a real refresh token as an access token")] = refresh
        forged[_("a real but expired token with a later expiry time")] = with_changed_claims(
            bob.credential, exp=int(time.time()) + 600
        )
        while time.time() <= parse_datetime(bob.answer["expires_at"]).timestamp():
            time.sleep(0.05)
        responses = {what: actors.replay(variant, token) for what, token in forged.items()}
        try:
            responses[CONFUSION % SECOND_SERVER] = confuse(actors, variant, victim)
            untried = []
        except NoSecondServerError as reason:
            untried = [(CONFUSION % SECOND_SERVER, reason)]
        name = actors.accounts["bob"]["username"]
        opened = [each for each in responses.values() if each.status_code == 200 and each.json()["owner"] == name]
        facts = [(what, response.status_code) for what, response in responses.items()]
        return actors.observed(LET_IN if opened else REFUSED, *facts, *untried)


def forgeries(token, victim):
    """Return the tokens that an attacker can make from their own: {what was changed: token}."""
    payload, alg = claims_naming(token, victim), algorithm(token)
    secret, _tried = crack(token, sorted(WELL_KNOWN)) if alg == "HS256" else (None, 0)
    right = secret and secret.encode()
    forged = {_("alg %(name)s") % {"name": name}: unsigned(payload, name) for name in ("none", "None")}
    forged[_("an attacker's key")] = signed(payload, alg, own_key(alg))
    forged[_("a kid and a link to an attacker's key")] = signed(
        payload, alg, own_key(alg), kid="../mallory.pem", jku="https://mallory.example/keys"
    )
    foreign = {_("a foreign issuer"): {"iss": "https://mallory.example"}, _("a foreign audience"): {"aud": "payroll"}}
    for what, changes in foreign.items():
        how = _("%(what)s, the right key") if right else _("%(what)s, an attacker's key")
        forged[how % {"what": what}] = signed(payload | changes, alg, right or own_key(alg))
    return forged


def confuse(actors, variant, victim):
    """Send a second server a token whose secret is that server's public key (RFC 8725, section 2.1).

    Raises NoSecondServerError if there is no second server.
    """
    there = actors.at_second_server(algorithm=SECOND_SERVER["alg"])
    own = there.signed_in(variant, "mallory").credential
    return there.replay(variant, confused(own, victim, published_keys(there)))


def confused(token, victim, published):
    """Return an HS256 token; its secret is the first of the published keys, in PEM form."""
    return signed(claims_naming(token, victim), "HS256", published[0])
