"""What only tokens have: refresh, verify, and the public key."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.answers import JWT, MOMENTS
from authcompare.endpoint import Endpoint
from authcompare.fields import Strict, TextField
from authcompare.operation import Answer, Operation
from tokens_demo import issuing, keys
from tokens_demo.authentication import TokenDenied
from tokens_demo.tokens import AnyToken, reason

LONGEST_TOKEN = 16 * 1024  # characters


class VerifyRefused(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("This token is not valid.")


class VerifyExpired(VerifyRefused):
    default_code = "token_expired"


# Which tokens of those that a page keeps may fill in a field: `style` is where DRF keeps hints for forms.
REFRESH, EITHER = {"stored": "refresh"}, {"stored": "access refresh"}


class RefreshSerializer(Strict):
    refresh = TextField(label=_("Refresh token"), max_length=LONGEST_TOKEN, style=REFRESH)


class SignOutSerializer(Strict):
    example = {"refresh": JWT.format("refresh")}
    refresh = TextField(
        label=_("Refresh token"),
        max_length=LONGEST_TOKEN,
        style=REFRESH,
        required=False,
        help_text=_("Left out: the one that belongs to the access token presented."),
    )


class VerifySerializer(Strict):
    token = TextField(label=_("Token"), max_length=LONGEST_TOKEN, style=EITHER)


class Tokens(Answer):
    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_at = serializers.DateTimeField()

    @staticmethod
    def example(view):
        return {
            "access": JWT.format("access"),
            "refresh": JWT.format("refresh"),
            "expires_at": MOMENTS["expires_at"],
        }


class Verified(Answer):
    token_type = serializers.ChoiceField(["access", "refresh"])
    expires_at = serializers.DateTimeField()

    @staticmethod
    def example(view):
        return {"token_type": "access", "expires_at": MOMENTS["expires_at"]}


class KeySet(Answer):
    keys = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    @staticmethod
    def example(view):
        return {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKx...", "use": "sig", "alg": "EdDSA", "kid": "kPrK..."}
            ]
        }


class TokenView(Endpoint):
    """What these views share: a 401 has a challenge, though they ask for no credential but the one in the body."""

    def get_authenticate_header(self, request):
        return 'Bearer realm="authcompare", error="invalid_token"'


class RefreshView(TokenView):
    """Exchange a refresh token for a new access token and a new refresh token. Each works once."""

    name = _("Refresh")
    description = _(
        "Exchanges a refresh token for a new access token and a new refresh token. Each works once: one that comes "
        "back is in two hands, and ends all that came from its sign-in."
    )
    operations = {
        "POST": Operation(
            _("Refresh the tokens"),
            takes=RefreshSerializer,
            example={"refresh": JWT.format("refresh")},
            gives={200: Tokens},
            raises=issuing.REFUSALS,
            credential="ignored",
        )
    }
    mechanism = None
    recorded = True

    def presented(self, request):
        """Its credential is the refresh token in the body."""
        return request.data.get("refresh") if isinstance(request.data, dict) else None

    def post(self, request):
        serializer = RefreshSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        issued = issuing.rotate(serializer.validated_data["refresh"], self.mechanism.variant)
        return Response({"access": str(issued.access), "refresh": str(issued.refresh), "expires_at": issued.expires_at})


class VerifyView(TokenView):
    """Is this token, of either type, one of ours, in its time, and not denied?"""

    name = _("Verify")
    description = _("Is this token, of either type, one of ours, in its time, and not denied?")
    operations = {
        "POST": Operation(
            _("Verify a token"),
            takes=VerifySerializer,
            example={"token": JWT.format("access")},
            gives={200: Verified},
            raises=(VerifyRefused, VerifyExpired, TokenDenied),
        )
    }

    def post(self, request):
        serializer = VerifySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            token = AnyToken(serializer.validated_data["token"])
        except TokenError as error:
            expired = reason(error) == VerifyExpired.default_code
            raise (VerifyExpired if expired else VerifyRefused) from None
        if issuing.denied(token["jti"]):
            raise TokenDenied
        return Response({"token_type": token["token_type"], "expires_at": datetime_from_epoch(token["exp"])})


class JwksView(APIView):
    """The public key that others verify our tokens with (RFC 7517). With HS256 there is none."""

    name = _("Public key")
    description = _("With this key others verify our tokens (RFC 7517). A secret shared by both sides is never shown.")
    operations = {"GET": Operation(_("Fetch the public key"), gives={200: KeySet})}

    def get(self, request):
        return Response(keys.jwks(), headers={"Cache-Control": "public, max-age=300"})
