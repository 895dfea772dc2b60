"""The views behind the tokens' own panel: look at any token, sign one, and see what became of a sign-in's family.

The first three use no credential, change nothing, and keep nothing of what is typed: not on the wire, not in a log.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework_simplejwt.settings import api_settings

from authcompare.answers import JWT, MOMENTS
from authcompare.endpoint import Endpoint
from authcompare.fields import SecondsField, Strict, TextField
from authcompare.operation import Answer, Operation
from tokens_demo import examples, inspector
from tokens_demo.models import DeniedToken, Family
from tokens_demo.pasted import ALGORITHMS

LONGEST = 16 * 1024  # characters of a token, a key, a header or a payload
LONGEST_OPTION = 300
DAY = 24 * 60 * 60


def context(request):
    """For the template: the examples in their groups, and one of them in the fields (?example=<name>)."""
    chosen = examples.named(request.GET.get("example"))
    return {
        "inspector": {
            "groups": examples.groups(),
            "chosen": chosen,
            "fields": chosen.fields(),
            "ours": {"audience": api_settings.AUDIENCE or "", "issuer": api_settings.ISSUER or ""},
        }
    }


def option(label, **more):
    return TextField(label=label, max_length=LONGEST_OPTION, required=False, allow_blank=True, **more)


class InspectSerializer(Strict):
    token = TextField(label=_("Token"), max_length=LONGEST)
    key = TextField(
        label=_("Key"),
        max_length=LONGEST,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text=_("A secret, a PEM, a JWK or a set of JWKs."),
    )
    algorithms = option(
        _("Algorithms"), help_text=_("Those allowed, with spaces between them. Left out: those the key is made for.")
    )
    audience = option(_("Audience"), help_text=_("Who the verifier is."))
    issuer = option(_("Issuer"), help_text=_("Whom the verifier trusts."))
    leeway = SecondsField(
        label=_("Leeway"), required=False, min_value=0, max_value=DAY, help_text=_("Seconds that clocks may differ.")
    )
    require = option(_("Required claims"), help_text=_("Their names, with spaces between them."))

    def validate_algorithms(self, value):
        unknown = set(names(value)) - {*ALGORITHMS, "none"}
        if unknown:
            known = ", ".join((*ALGORITHMS, "none"))
            raise serializers.ValidationError(_("Known are: %(names)s") % {"names": known})
        return value


def names(text):
    return tuple(text.replace(",", " ").split())


class Check(Answer):
    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["passed", "failed", "skipped", "unreached"])


class Said(Answer):
    """A claim or a header parameter, with what it means."""

    name = serializers.CharField()
    value = serializers.CharField()
    says = serializers.CharField()
    reference = serializers.CharField()
    href = serializers.CharField()
    time = serializers.IntegerField(allow_null=True)


class Inspection(Answer):
    outcome = serializers.CharField()
    accepted = serializers.BooleanField()
    title = serializers.CharField()
    why = serializers.CharField()
    error = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)
    call = serializers.CharField()
    checks = Check(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    key = serializers.CharField()
    header = Said(many=True)
    payload = Said(many=True)
    now = serializers.FloatField()

    @staticmethod
    def example(view):
        return inspector.inspect(examples.ARTICLE, examples.ARTICLE_SECRET) | {"now": 1788249600.0}


class InspectView(Endpoint):
    """Would a verifier take this token, told this key and these options? A real call of PyJWT, explained."""

    name = _("Inspect a token")
    description = _(
        "Takes any token and any key, makes a real verify call, and says what came of it and why. Nothing of it is "
        "kept or logged, no address in the token is fetched, and this server's own keys have no part in it. Whatever "
        "is wrong with the token is a verdict, not an error."
    )
    operations = {
        "POST": Operation(
            _("Inspect the token"),
            takes=InspectSerializer,
            example={"token": examples.ARTICLE, "key": examples.ARTICLE_SECRET},
            gives={200: Inspection},
        )
    }

    def post(self, request):
        serializer = InspectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        told = serializer.validated_data
        options = inspector.Options(
            algorithms=names(told.get("algorithms", "")),
            audience=told.get("audience", ""),
            issuer=told.get("issuer", ""),
            leeway=told.get("leeway", 0),
            require=names(told.get("require", "")),
        )
        return Response(inspector.inspect(told["token"], told.get("key", ""), options))


class SignSerializer(Strict):
    header = TextField(label=_("Header"), max_length=LONGEST, trim_whitespace=False)
    payload = TextField(label=_("Payload"), max_length=LONGEST, trim_whitespace=False, allow_blank=True)
    key = TextField(label=_("Key"), max_length=LONGEST, trim_whitespace=False, required=False, allow_blank=True)


class Signed(Answer):
    token = serializers.CharField()

    @staticmethod
    def example(view):
        return {"token": JWT.format("signature")}


class SignView(Endpoint):
    """Sign these very texts as header and payload, with the key that came along."""

    name = _("Sign a token")
    description = _(
        "Signs these very texts as header and payload, with the key that came along and the algorithm that the header "
        "names. Nothing of it is kept or logged."
    )
    operations = {
        "POST": Operation(
            _("Sign it"),
            takes=SignSerializer,
            example={"header": '{"alg":"HS256","typ":"JWT"}', "payload": '{"sub":"7"}', "key": "correct horse battery"},
            gives={200: Signed},
        )
    }

    def post(self, request):
        serializer = SignSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        told = serializer.validated_data
        try:
            token = inspector.sign(told["header"], told["payload"], told.get("key", ""))
        except inspector.SigningError as error:
            field, why = error.args
            raise serializers.ValidationError({field: [why]}) from None
        return Response({"token": token})


class ExampleAnswer(Answer):
    """What goes into the fields, and what will come out."""

    name = serializers.CharField()
    outcome = serializers.CharField()
    token = serializers.CharField()
    key = serializers.CharField()
    algorithms = serializers.CharField()
    audience = serializers.CharField()
    issuer = serializers.CharField()
    leeway = serializers.IntegerField()
    require = serializers.CharField()

    @staticmethod
    def example(view):
        return described(examples.EXAMPLES[0])


def described(example):
    return {"name": example.slug, "outcome": example.outcome, **example.fields()}


class ExamplesView(Endpoint):
    """A token and a key for everything a verifier can say, made just now with throwaway keys."""

    name = _("Examples of tokens")
    description = _("A token and a key for everything a verifier can say, made just now with throwaway keys.")
    operations = {"GET": Operation(_("Make the examples"), gives={200: ExampleAnswer(many=True)})}

    def get(self, request):
        return Response([described(example) for example in examples.EXAMPLES])


class Kin(Answer):
    """One token of a family."""

    jti = serializers.CharField()
    token_type = serializers.ChoiceField(["refresh", "access"])
    parent = serializers.CharField(allow_null=True)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    denied = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    denied_at = serializers.DateTimeField(allow_null=True)


class FamilyAnswer(Answer):
    id = serializers.CharField()
    variant = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    tokens = Kin(many=True)

    @staticmethod
    def example(view):
        token = {"jti": "9b2f0c3e5d7a4f18b6c1e2d3f4a5b6c7", "token_type": "refresh", "parent": None}
        return {
            "id": "6f1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
            "variant": "default",
            "created_at": MOMENTS["issued_at"],
            "expires_at": MOMENTS["expires_at"],
            "ended_at": None,
            "ended_by": None,
            "tokens": [token | MOMENTS | {"denied": None, "denied_at": None}],
        }


class FamilyView(Endpoint):
    """The sign-in that the presented access token came from, with every token the server remembers of it.

    It answers after the family's end as well: an access token that its door no longer takes, but that has not expired,
    is believed here, for this alone.
    """

    name = _("The token's family")
    description = _(
        "The sign-in that the presented access token came from, and every token that the server remembers of it: by "
        "id, with its parent, and whether it is denied and why. It answers after the family's end as well, until the "
        "token expires."
    )
    permission_classes = [IsAuthenticated]
    operations = {"GET": Operation(_("Look at the family"), gives={200: FamilyAnswer}, raises=(NotFound,))}

    def get(self, request):
        family = Family.objects.filter(pk=request.auth.get("family"), user_id=request.user.pk).first()
        if family is None:
            raise NotFound(_("The server keeps nothing of this sign-in any more."))
        return Response(pedigree(family))


def pedigree(family):
    """A family as plain data (see FamilyAnswer)."""
    out = list(family.outstanding.select_related("parent").order_by("pk"))
    denied = {row.jti: row for row in DeniedToken.objects.filter(jti__in=[token.jti for token in out])}
    reasons = [row.reason for row in denied.values() if row.reason != DeniedToken.Reason.ROTATED]
    return {
        "id": str(family.pk),
        "variant": family.variant,
        "created_at": family.created_at,
        "expires_at": family.expires_at,
        "ended_at": family.ended_at,
        "ended_by": reasons[-1] if family.ended_at and reasons else None,
        "tokens": [
            {
                "jti": token.jti,
                "token_type": token.token_type,
                "parent": token.parent and token.parent.jti,
                "issued_at": token.issued_at,
                "expires_at": token.expires_at,
                "denied": denied[token.jti].reason if token.jti in denied else None,
                "denied_at": denied[token.jti].denied_at if token.jti in denied else None,
            }
            for token in out
        ],
    }
