"""The views behind the tokens' own panel: look at any token, sign one, and see what became of a sign-in's family.

The first three use no credential, change nothing, and keep nothing of what is typed: not on the wire, not in a log.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.openapi.serializers import JWT
from tokens_demo.inspector import samples, verify
from tokens_demo.inspector.key_input import ALGORITHMS

LONGEST = 16 * 1024  # characters of a token, a key, a header or a payload
LONGEST_OPTION = 300
DAY = 24 * 60 * 60


def context(request):
    """For the template: the examples in their groups, and one of them in the fields (?example=<name>)."""
    chosen = samples.named(request.GET.get("example"))
    return {
        "inspector": {
            "groups": samples.groups(),
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


class Check(ResponseSerializer):
    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["passed", "failed", "skipped", "unreached"])


class Said(ResponseSerializer):
    """A claim or a header parameter, with what it means."""

    name = serializers.CharField()
    value = serializers.CharField()
    says = serializers.CharField()
    reference = serializers.CharField()
    href = serializers.CharField()
    time = serializers.IntegerField(allow_null=True)


class Inspection(ResponseSerializer):
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
        return verify.inspect(samples.ARTICLE, samples.ARTICLE_SECRET) | {"now": 1788249600.0}


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
            example={"token": samples.ARTICLE, "key": samples.ARTICLE_SECRET},
            gives={200: Inspection},
        )
    }

    def post(self, request):
        serializer = InspectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        told = serializer.validated_data
        options = verify.Options(
            algorithms=names(told.get("algorithms", "")),
            audience=told.get("audience", ""),
            issuer=told.get("issuer", ""),
            leeway=told.get("leeway", 0),
            require=names(told.get("require", "")),
        )
        return Response(verify.inspect(told["token"], told.get("key", ""), options))


class SignSerializer(Strict):
    header = TextField(label=_("Header"), max_length=LONGEST, trim_whitespace=False)
    payload = TextField(label=_("Payload"), max_length=LONGEST, trim_whitespace=False, allow_blank=True)
    key = TextField(label=_("Key"), max_length=LONGEST, trim_whitespace=False, required=False, allow_blank=True)


class Signed(ResponseSerializer):
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
            token = verify.sign(told["header"], told["payload"], told.get("key", ""))
        except verify.SigningError as error:
            field, why = error.args
            raise serializers.ValidationError({field: [why]}) from None
        return Response({"token": token})


class ExampleAnswer(ResponseSerializer):
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
        return described(samples.EXAMPLES[0])


def described(example):
    return {"name": example.slug, "outcome": example.outcome, **example.fields()}


class ExamplesView(Endpoint):
    """A token and a key for everything a verifier can say, made just now with throwaway keys."""

    name = _("Examples of tokens")
    description = _("A token and a key for everything a verifier can say, made just now with throwaway keys.")
    operations = {"GET": Operation(_("Make the examples"), gives={200: ExampleAnswer(many=True)})}

    def get(self, request):
        return Response([described(example) for example in samples.EXAMPLES])
