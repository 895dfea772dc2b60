"""What only tokens have: refresh, verify, and the public key."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.openapi.serializers import JWT, MOMENTS
from tokens_demo import jwks, rotation
from tokens_demo.authentication import TokenDenied
from tokens_demo.models import DeniedToken, Family
from tokens_demo.tokens import AnyToken, error_code

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


class Tokens(ResponseSerializer):
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


class Verified(ResponseSerializer):
    token_type = serializers.ChoiceField(["access", "refresh"])
    expires_at = serializers.DateTimeField()

    @staticmethod
    def example(view):
        return {"token_type": "access", "expires_at": MOMENTS["expires_at"]}


class KeySet(ResponseSerializer):
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
            raises=rotation.REFUSALS,
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
        issued = rotation.rotate(serializer.validated_data["refresh"], self.mechanism.find_variant)
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
            expired = error_code(error) == VerifyExpired.default_code
            raise (VerifyExpired if expired else VerifyRefused) from None
        if rotation.is_denied(token["jti"]):
            raise TokenDenied
        return Response({"token_type": token["token_type"], "expires_at": datetime_from_epoch(token["exp"])})


class JwksView(APIView):
    """The public key that others verify our tokens with (RFC 7517). With HS256 there is none."""

    name = _("Public key")
    description = _("With this key others verify our tokens (RFC 7517). A secret shared by both sides is never shown.")
    operations = {"GET": Operation(_("Fetch the public key"), gives={200: KeySet})}

    def get(self, request):
        return Response(jwks.jwks(), headers={"Cache-Control": "public, max-age=300"})


class FamilyToken(ResponseSerializer):
    """One token of a family."""

    jti = serializers.CharField()
    token_type = serializers.ChoiceField(["refresh", "access"])
    parent = serializers.CharField(allow_null=True)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    denied = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    denied_at = serializers.DateTimeField(allow_null=True)


class FamilyAnswer(ResponseSerializer):
    id = serializers.CharField()
    variant = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    tokens = FamilyToken(many=True)

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
