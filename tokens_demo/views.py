"""What only tokens have: refresh, verify, and the public key."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.fields import Strict, TextField
from authcompare.resource import NoStore
from tokens_demo import issuing, keys
from tokens_demo.tokens import AnyToken, reason

LONGEST_TOKEN = 16 * 1024  # characters


class RefreshSerializer(Strict):
    refresh = TextField(max_length=LONGEST_TOKEN)


class VerifySerializer(Strict):
    token = TextField(max_length=LONGEST_TOKEN)


class TokenView(NoStore, APIView):
    """What these views share: a 401 has a challenge, though they ask for no credential but the one in the body."""

    def get_authenticate_header(self, request):
        return 'Bearer realm="authcompare", error="invalid_token"'


class RefreshView(TokenView):
    """Exchange a refresh token for a new access token and a new refresh token. Each works once."""

    serializer_class = RefreshSerializer
    mechanism = None

    def post(self, request):
        serializer = RefreshSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        issued = issuing.rotate(serializer.validated_data["refresh"], self.mechanism.variant)
        return Response({"access": str(issued.access), "refresh": str(issued.refresh), "expires_at": issued.expires_at})


class VerifyView(TokenView):
    """Is this token, of either type, one of ours, in its time, and not denied?"""

    serializer_class = VerifySerializer

    def post(self, request):
        serializer = VerifySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            token = AnyToken(serializer.validated_data["token"])
        except TokenError as error:
            raise AuthenticationFailed(_("This token is not valid."), code=reason(error)) from None
        if issuing.denied(token["jti"]):
            raise AuthenticationFailed(_("This token has been taken back."), code="token_denied")
        return Response({"token_type": token["token_type"], "expires_at": datetime_from_epoch(token["exp"])})


class JwksView(APIView):
    """The public key that others verify our tokens with (RFC 7517). With HS256 there is none."""

    def get(self, request):
        return Response(keys.jwks(), headers={"Cache-Control": "public, max-age=300"})
