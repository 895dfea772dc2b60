import time

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import LET_IN, REFUSED, Choice
from authcompare.experiments.cast import NoSecondServer
from tokens_demo.experiments.forging import (
    algorithm,
    naming,
    own_key,
    published_keys,
    resaid,
    signed,
    unsigned,
)
from tokens_demo.experiments.guess_the_secret import crack
from tokens_demo.experiments.of_tokens import OfTokens
from tokens_demo.inspector.verify import WELL_KNOWN

WHERE = {"alg": "ES256"}  # whatever this server signs with: one that publishes a key
CONFUSION = _("at a server that signs with %(alg)s: its public key as the secret")


class Forge(OfTokens):
    slug = "forge"
    title = _("Forge a token")
    question = _(
        "Somebody has a token of their own, and writes new ones with your id in them: unsigned, signed with other "
        "keys, with another issuer or purpose. Does any of them open your note?"
    )
    choices = [
        Choice(REFUSED, _("No: each is refused."), _("To read a token is to verify it.")),
        Choice(
            LET_IN,
            _("Yes: what it says is believed."),
            _("A token says itself how it is to be verified, and the server obeys."),
        ),
    ]
    rows = ["security", "integrity"]
    apart = True
    attack = LET_IN
    fix = _(
        "Verify before you read: with one algorithm of your own choice, one key for it, and the issuer, the audience, "
        "the end and the type that you expect."
    )
    explanation = _(
        "Everything in a token, its header too, was written by whoever made it. A verifier that has its algorithm, its "
        "key and its expectations from its own settings takes no advice from there. One that only decodes believes "
        "anybody."
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
        refreshing = next(door for door in variant.mechanism.doors if door.promises.refreshable)
        refresh = actors.signed_in(refreshing, "bob").answer["refresh"]
        victim = bob.answer["user"]
        forged = forgeries(mallory.credential, victim)
        forged[_("a real refresh token as an access token")] = refresh
        forged[_("a real one, expired, with a later end")] = resaid(bob.credential, exp=int(time.time()) + 600)
        while time.time() <= parse_datetime(bob.answer["expires_at"]).timestamp():
            time.sleep(0.05)
        answers = {what: actors.replay(variant, token) for what, token in forged.items()}
        try:
            answers[CONFUSION % WHERE] = confuse(actors, variant, victim)
            untried = []
        except NoSecondServer as reason:
            untried = [(CONFUSION % WHERE, reason)]
        name = actors.accounts["bob"]["username"]
        opened = [a for a in answers.values() if a.status_code == 200 and a.json()["owner"] == name]
        facts = [(what, answer.status_code) for what, answer in answers.items()]
        return actors.observed(LET_IN if opened else REFUSED, *facts, *untried)


def forgeries(token, victim):
    """What somebody can make of a token of their own: {what was done: token}."""
    said, alg = naming(token, victim), algorithm(token)
    found, _tried = crack(token, sorted(WELL_KNOWN)) if alg == "HS256" else (None, 0)
    right = found and found.encode()
    made = {_("alg %(name)s") % {"name": name}: unsigned(said, name) for name in ("none", "None")}
    made[_("a key of their own")] = signed(said, alg, own_key(alg))
    made[_("a kid and an address of their own key")] = signed(
        said, alg, own_key(alg), kid="../mallory.pem", jku="https://mallory.example/keys"
    )
    foreign = {_("a foreign issuer"): {"iss": "https://mallory.example"}, _("a foreign audience"): {"aud": "payroll"}}
    for what, changes in foreign.items():
        how = _("%(what)s, the right key") if right else _("%(what)s, a key of their own")
        made[how % {"what": what}] = signed(said | changes, alg, right or own_key(alg))
    return made


def confuse(actors, variant, victim):
    """What a second server answers to a token that has for its secret what that server publishes (RFC 8725, section
    2.1); raises NoSecondServer where there is none."""
    there = actors.twin(algorithm=WHERE["alg"])
    own = there.signed_in(variant, "mallory").credential
    return there.replay(variant, confused(own, victim, published_keys(there)))


def confused(token, victim, published):
    """A token that says HS256. `published` are public keys in PEM form: the first is taken for the secret."""
    return signed(naming(token, victim), "HS256", published[0])
