"""The endpoints that every variant has: sign in, sign out, credential, active sign-ins."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, AuthenticationFailed, NotFound, PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.api.openapi.serializers import (
    Credential,
    Device,
    Ended,
    SignedIn,
    SignedInWithToken,
    SignedInWithTokens,
)
from authcompare.api.throttling import LoginThrottle
from authcompare.mechanisms.permissions import HasCSRFToken
from authcompare.note.api import NoteView

LONGEST_LIFETIME_SECONDS = 60 * 60  # that a client may request for a credential


class LabOnly(PermissionDenied):
    default_code = "lab_only"
    default_detail = _("This door is weak on purpose. It works in the lab only, and for sandbox accounts only.")


class WrongCredentials(AuthenticationFailed):
    default_code = "wrong_credentials"
    default_detail = _("Wrong user name or password.")


class LoginSerializer(Strict):
    username = TextField(label=_("User name"), max_length=150)
    password = TextField(label=_("Password"), max_length=128, trim_whitespace=False, style={"input_type": "password"})
    lifetime = SecondsField(
        label=_("Lifetime"),
        min_value=1,
        max_value=LONGEST_LIFETIME_SECONDS,
        required=False,
        help_text=_("Seconds until the credential expires. Leave empty for the usual lifetime."),
    )
    example = {"username": "alice-7f3a21", "password": "correct horse", "lifetime": 300}


class VariantView(Endpoint):
    """An endpoint of one variant, whose exchanges the recorder keeps."""

    recorded = True


class SignInOutView(VariantView):
    """An endpoint that DRF does not authenticate, so that an invalid credential never prevents a new one."""

    def get_authenticators(self) -> list:
        return []

    def get_permissions(self) -> list[BasePermission]:
        checks_csrf = self.variant.transport.sent_automatically and self.variant.authentication.csrf
        return [HasCSRFToken()] if checks_csrf else []

    def get_authenticate_header(self, request: Request) -> str:
        return self.variant.authentication().authenticate_header(request)


class LoginView(SignInOutView):
    """Sign in with user name and password."""

    name = _("Sign in")
    description = _("User name and password return this door's credential. Credentials in the request are ignored.")

    def get_throttles(self) -> list[LoginThrottle]:
        self.throttle = LoginThrottle()
        return [self.throttle]

    @property
    def raises(self) -> tuple[type[APIException], ...]:
        return (WrongCredentials, LabOnly) if self.variant.lab else (WrongCredentials,)

    @property
    def response_serializer(self) -> type[Serializer]:
        """The credential is in the body unless the browser's cookie jar stores it."""
        if self.variant.storage == "jar":
            return SignedIn
        return SignedInWithTokens if self.variant.promises.refreshable else SignedInWithToken

    @extend_schema(summary=_("Sign in"), request=LoginSerializer)
    def post(self, request: Request) -> Response:
        fields = LoginSerializer.read(request)
        user = authenticate(request._request, username=fields["username"], password=fields["password"])
        if user is None:
            self.throttle.count_failure()
            raise WrongCredentials
        if self.variant.lab and not (settings.LAB and user.sandbox_id):
            raise LabOnly
        response = Response()
        granted = self.variant.sign_in(request._request, response, user, fields.get("lifetime"))
        names = {"mechanism": self.variant.mechanism.name, "variant": self.variant.slug}
        response.data = self.response_serializer({"user": user, **names, **granted}).data
        return response


class LogoutView(SignInOutView):
    """Sign out."""

    name = _("Sign out")
    description = _("Ends the credential in the request, as far as this mechanism can. Without one, nothing happens.")

    def get_readers(self) -> list:
        return [self.variant.authentication()]

    @property
    def raises(self) -> tuple[type[APIException], ...]:
        return self.variant.sign_out_raises

    @property
    def request_serializer(self) -> type[Strict]:
        return self.variant.sign_out_takes or Strict

    @extend_schema(summary=_("Sign out"), responses={204: None})
    def post(self, request: Request) -> Response:
        self.request_serializer.read(request)
        response = Response(status=204)
        self.variant.sign_out(request, response)
        return response


class CredentialView(VariantView):
    """The server's knowledge of the credential in the request."""

    name = _("The credential")
    description = _(
        "What the server knows of the credential in the request: where the browser stores it, its parts, its lifetime, "
        "and the server-side state behind it. A credential that scripts cannot read is never shown whole."
    )
    permission_classes = [IsAuthenticated]

    def to_dict(self, description: dict[str, Any]) -> dict[str, Any]:
        transport = self.variant.transport
        return {
            "mechanism": self.variant.mechanism.name,
            "variant": self.variant.slug,
            "carrier": transport.header,
            "name": transport.name,
            "readable_by_scripts": transport.readable,
            **description,
        }

    @property
    def response_example(self) -> dict[str, Any]:
        return self.to_dict(self.variant.example)

    @extend_schema(summary=_("Show the credential"), responses={200: Credential})
    def get(self, request: Request) -> Response:
        missing = {"length": 0, "parts": {}, "issued_at": None, "expires_at": None, "server_state": None}
        return Response(Credential(self.to_dict(missing | self.variant.describe(request))).data)


class DevicesView(VariantView):
    """The user's active sign-ins."""

    name = _("Active sign-ins")
    description = _("Where the user is signed in. A mechanism without server-side state lists none.")
    permission_classes = [IsAuthenticated]

    @extend_schema(summary=_("List active sign-ins"), responses={200: Device(many=True)})
    def get(self, request: Request) -> Response:
        return Response(Device(self.variant.active_sign_ins(request), many=True).data)

    @extend_schema(
        summary=_("End all others"),
        description=_("Ends every active sign-in of this user except the one that sends the request."),
        responses={200: Ended},
    )
    def delete(self, request: Request) -> Response:
        others = [device for device in self.variant.active_sign_ins(request) if not device["current"]]
        self.variant.end_sign_ins(request, others)
        return Response(Ended({"ended": len(others)}).data)


class DeviceView(VariantView):
    """One active sign-in of the user."""

    name = _("One active sign-in")
    description = _("Ends one active sign-in of this user, by its id in the list.")
    permission_classes = [IsAuthenticated]

    @extend_schema(summary=_("End one sign-in"), responses={200: Ended})
    @raises(NotFound)
    def delete(self, request: Request, device: str) -> Response:
        chosen = [known for known in self.variant.active_sign_ins(request) if known["id"] == device]
        if not chosen:
            raise NotFound(_("You have no active sign-in with this id."))
        self.variant.end_sign_ins(request, chosen)
        return Response(Ended({"ended": 1}).data)


ENDPOINTS = {
    "login": ("login/", LoginView),
    "logout": ("logout/", LogoutView),
    "protected": ("protected/", NoteView),
    "credential": ("credential/", CredentialView),
    "devices": ("devices/", DevicesView),
    "device": ("devices/<str:device>/", DeviceView),
}
