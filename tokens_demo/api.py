"""The endpoints that only tokens have: refresh, verify, the public key, and the token's family."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.api.openapi.serializers import JWT
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


# The stored tokens that a page offers for a field. `style` is where DRF keeps hints for forms.
REFRESH, EITHER = {"stored": "refresh"}, {"stored": "access refresh"}


class RefreshSerializer(Strict):
    refresh = TextField(label=_("Refresh token"), max_length=LONGEST_TOKEN, style=REFRESH)
    example = {"refresh": JWT.format("refresh")}


class SignOutSerializer(Strict):
    refresh = TextField(
        label=_("Refresh token"),
        max_length=LONGEST_TOKEN,
        style=REFRESH,
        required=False,
        help_text=_("Leave empty for the one that belongs to the access token in the request."),
    )
    example = {"refresh": JWT.format("refresh")}


class VerifySerializer(Strict):
    token = TextField(label=_("Token"), max_length=LONGEST_TOKEN, style=EITHER)
    example = {"token": JWT.format("access")}


class Tokens(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Verified(serializers.Serializer):
    token_type = serializers.ChoiceField(["access", "refresh"])
    expires_at = serializers.DateTimeField()


class KeySet(serializers.Serializer):
    keys = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class TokenView(Endpoint):
    """An endpoint that reads its credential from the body. The challenge makes its 401 a 401, and not a 403."""

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="authcompare", error="invalid_token"'


class RefreshView(TokenView):
    """Exchanges a refresh token for a new access token and a new refresh token. Each works once."""

    name = _("Refresh")
    description = _(
        "Exchanges a refresh token for a new access token and a new refresh token. Each refresh token works once: a "
        "second use means that two clients have it, and revokes all tokens of its sign-in."
    )
    mechanism = None
    recorded = True

    def presented(self, request: Request) -> str | None:
        """Return the refresh token in the body."""
        return request.data.get("refresh") if isinstance(request.data, dict) else None

    @extend_schema(summary=_("Refresh the tokens"), request=RefreshSerializer, responses={200: Tokens})
    @raises(*rotation.REFUSALS)
    def post(self, request: Request) -> Response:
        issued = rotation.rotate(RefreshSerializer.read(request)["refresh"], self.mechanism.find_variant)
        tokens = {"access": issued.access, "refresh": issued.refresh, "expires_at": issued.expires_at}
        return Response(Tokens(tokens).data)


class VerifyView(TokenView):
    """Checks the signature, the lifetime, and the denylist for a token of either type."""

    name = _("Verify")
    description = _("Checks a token of either type: the signature, the lifetime, and the denylist.")

    @extend_schema(summary=_("Verify a token"), request=VerifySerializer, responses={200: Verified})
    @raises(VerifyRefused, VerifyExpired, TokenDenied)
    def post(self, request: Request) -> Response:
        try:
            token = AnyToken(VerifySerializer.read(request)["token"])
        except TokenError as error:
            expired = error_code(error) == VerifyExpired.default_code
            raise (VerifyExpired if expired else VerifyRefused) from None
        if rotation.is_denied(token["jti"]):
            raise TokenDenied
        expires_at = datetime_from_epoch(token["exp"])
        return Response(Verified({"token_type": token["token_type"], "expires_at": expires_at}).data)


class JwksView(APIView):
    """The public key that verifies this server's tokens (RFC 7517). With HS256 there is none."""

    name = _("Public key")
    description = _("The public key that verifies this server's tokens (RFC 7517). A shared secret is never shown.")

    @extend_schema(summary=_("Fetch the public key"), responses={200: KeySet})
    def get(self, request: Request) -> Response:
        return Response(KeySet(jwks.jwks()).data, headers={"Cache-Control": "public, max-age=300"})


@extend_schema_serializer(component_name="Kin")
class FamilyToken(serializers.Serializer):
    """One token of a family."""

    jti = serializers.CharField()
    token_type = serializers.ChoiceField(["refresh", "access"])
    parent = serializers.CharField(allow_null=True)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    denied = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    denied_at = serializers.DateTimeField(allow_null=True)


class FamilyAnswer(serializers.Serializer):
    id = serializers.CharField()
    variant = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.ChoiceField(DeniedToken.Reason.values, allow_null=True)
    tokens = FamilyToken(many=True)


class FamilyView(Endpoint):
    """The family of the access token in the request: all tokens of one sign-in.

    It also accepts an access token whose family has ended, until that token expires.
    """

    name = _("The token's family")
    description = _(
        "The sign-in that the access token comes from, with every token that the server stores of it: its id, its "
        "parent, and whether and why it is denied. It also accepts a token whose family has ended, until it expires."
    )
    permission_classes = [IsAuthenticated]

    @extend_schema(summary=_("Show the family"), responses={200: FamilyAnswer})
    @raises(NotFound)
    def get(self, request: Request) -> Response:
        family = Family.objects.filter(pk=request.auth.get("family"), user_id=request.user.pk).first()
        if family is None:
            raise NotFound(_("The server no longer stores this sign-in. Sign in again."))
        return Response(FamilyAnswer(to_dict(family)).data)


def to_dict(family: Family) -> dict[str, Any]:
    """Return a family and its tokens as FamilyAnswer takes them."""
    tokens = list(family.outstanding.select_related("parent").order_by("pk"))
    rows = DeniedToken.objects.filter(jti__in=[token.jti for token in tokens]).order_by("denied_at", "pk")
    denied = {row.jti: row for row in rows}
    reasons = [row.reason for row in denied.values() if row.reason != DeniedToken.Reason.ROTATED]
    return {
        "id": family.pk,
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
            for token in tokens
        ],
    }
