"""The endpoints of the token inspector. They use no credential, change nothing, and store or log nothing."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from tokens_demo.inspector import samples, verify
from tokens_demo.inspector.key_input import ALGORITHMS

LONGEST = 16 * 1024  # characters of a token, a key, a header or a payload
LONGEST_OPTION = 300
DAY = 24 * 60 * 60


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the template's context: the examples in groups, and the chosen one (?example=<name>)."""
    chosen = samples.named(request.GET.get("example"))
    return {
        "inspector": {
            "groups": samples.groups(),
            "chosen": chosen,
            "fields": chosen.fields(),
            "ours": {"audience": api_settings.AUDIENCE or "", "issuer": api_settings.ISSUER or ""},
        }
    }


def option(label: str, **more: Any) -> TextField:
    return TextField(label=label, max_length=LONGEST_OPTION, required=False, allow_blank=True, **more)


class InspectSerializer(Strict):
    token = TextField(label=_("Token"), max_length=LONGEST)
    key = TextField(
        label=_("Key"),
        max_length=LONGEST,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text=_("A secret, a PEM key, a JWK, or a set of JWKs."),
    )
    algorithms = option(
        _("Algorithms"), help_text=_("The accepted ones, separated by spaces. Leave empty for those that fit the key.")
    )
    audience = option(_("Audience"), help_text=_("The name of the verifier."))
    issuer = option(_("Issuer"), help_text=_("The issuer that the verifier trusts."))
    leeway = SecondsField(
        label=_("Leeway"),
        required=False,
        min_value=0,
        max_value=DAY,
        help_text=_("Seconds that clocks may differ."),
    )
    require = option(_("Required claims"), help_text=_("Names, separated by spaces."))

    example = {"token": samples.ARTICLE, "key": samples.ARTICLE_SECRET}

    def validate_algorithms(self, value: str) -> str:
        unknown = set(split_names(value)) - {*ALGORITHMS, "none"}
        if unknown:
            known = ", ".join((*ALGORITHMS, "none"))
            raise serializers.ValidationError(_("Unknown algorithm. Use these: %(names)s.") % {"names": known})
        return value


def split_names(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


class Check(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["passed", "failed", "skipped", "unreached"])


class Said(serializers.Serializer):
    """A claim or a header parameter, with its meaning."""

    name = serializers.CharField()
    value = serializers.CharField()
    says = serializers.CharField()
    reference = serializers.CharField()
    href = serializers.CharField()
    time = serializers.IntegerField(allow_null=True)


class Inspection(serializers.Serializer):
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


class InspectView(Endpoint):
    """Verifies a token with the given key and options by a real call of PyJWT, and explains the outcome."""

    name = _("Inspect a token")
    description = _(
        "Verifies any token with any key by a real call of PyJWT, and explains the outcome. The server neither stores "
        "nor logs them, fetches no URL in the token, and does not use its own keys. An invalid token is an outcome, "
        "not an error."
    )

    @extend_schema(summary=_("Inspect the token"), request=InspectSerializer, responses={200: Inspection})
    def post(self, request: Request) -> Response:
        fields = InspectSerializer.read(request)
        options = verify.Options(
            algorithms=split_names(fields.get("algorithms", "")),
            audience=fields.get("audience", ""),
            issuer=fields.get("issuer", ""),
            leeway=fields.get("leeway", 0),
            require=split_names(fields.get("require", "")),
        )
        return Response(Inspection(verify.inspect(fields["token"], fields.get("key", ""), options)).data)


class SignSerializer(Strict):
    header = TextField(label=_("Header"), max_length=LONGEST, trim_whitespace=False)
    payload = TextField(label=_("Payload"), max_length=LONGEST, trim_whitespace=False, allow_blank=True)
    key = TextField(label=_("Key"), max_length=LONGEST, trim_whitespace=False, required=False, allow_blank=True)
    example = {"header": '{"alg":"HS256","typ":"JWT"}', "payload": '{"sub":"7"}', "key": "correct horse battery"}


class Signed(serializers.Serializer):
    token = serializers.CharField()


class SignView(Endpoint):
    """Signs the given header and payload, character by character as they are, with the given key."""

    name = _("Sign a token")
    description = _(
        "Signs this header and payload exactly as they are, with this key and the algorithm that the header names. The "
        "server neither stores nor logs them."
    )

    @extend_schema(summary=_("Sign the token"), request=SignSerializer, responses={200: Signed})
    def post(self, request: Request) -> Response:
        fields = SignSerializer.read(request)
        try:
            token = verify.sign(fields["header"], fields["payload"], fields.get("key", ""))
        except verify.SigningError as error:
            field, why = error.args
            raise serializers.ValidationError({field: [why]}) from None
        return Response(Signed({"token": token}).data)


class ExampleAnswer(serializers.Serializer):
    """The fields of the inspector, and the outcome of the inspection."""

    name = serializers.CharField()
    outcome = serializers.CharField()
    token = serializers.CharField()
    key = serializers.CharField()
    algorithms = serializers.CharField()
    audience = serializers.CharField()
    issuer = serializers.CharField()
    leeway = serializers.IntegerField()
    require = serializers.CharField()


class ExamplesView(Endpoint):
    """A token and a key for every outcome, made for this request with throwaway keys."""

    name = _("Example tokens")
    description = _("A token and a key for every outcome of an inspection, made for this request with throwaway keys.")

    @extend_schema(summary=_("Make example tokens"), responses={200: ExampleAnswer(many=True)})
    def get(self, request: Request) -> Response:
        examples = [{"name": each.slug, "outcome": each.outcome, **each.fields()} for each in samples.EXAMPLES]
        return Response(ExampleAnswer(examples, many=True).data)
