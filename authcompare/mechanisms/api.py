"""The views that every door has: login, logout, credential, devices. What differs is asked of the variant."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import Operation
from authcompare.api.openapi.serializers import Credential, Device, Ended, signed_in
from authcompare.api.throttling import LoginThrottle
from authcompare.mechanisms.authentication import require_csrf_token
from authcompare.note.api import NoteView

LONGEST_LIFETIME = 60 * 60  # seconds: a client may ask for a credential that lasts up to an hour


class LabOnly(PermissionDenied):
    default_code = "lab_only"
    default_detail = _("This door is weak on purpose: it opens in the lab only, and for sandbox accounts only.")


class WrongCredentials(AuthenticationFailed):
    default_code = "wrong_credentials"
    default_detail = _("User name and password do not match.")


class LoginSerializer(Strict):
    username = TextField(label=_("User name"), max_length=150)
    password = TextField(label=_("Password"), max_length=128, trim_whitespace=False, style={"input_type": "password"})
    lifetime = SecondsField(
        label=_("Lifetime"),
        min_value=1,
        max_value=LONGEST_LIFETIME,
        required=False,
        help_text=_("Seconds until the credential ends. Left out: the usual time."),
    )


class DoorView(Endpoint):
    """What the views of one door share: they know their variant, and the wire keeps their exchanges."""

    recorded = True


class LoginView(DoorView):
    """Sign in with user name and password; the answer brings the credential.

    No credential is looked at, so one that has gone bad never stands in the way of a new one.
    """

    name = _("Sign in")
    description = _(
        "User name and password bring the credential of this door. None that came along is looked at, so one that has "
        "gone bad never stands in the way of a new one."
    )
    operations = {
        "POST": Operation(
            _("Sign in"),
            takes=LoginSerializer,
            example={"username": "alice-7f3a21", "password": "correct horse", "lifetime": 300},
            gives=signed_in,
            raises=lambda view: (WrongCredentials, LabOnly) if view.variant.lab else (WrongCredentials,),
            credential="ignored",
        )
    }

    def get_authenticators(self):
        return []

    def get_throttles(self):
        self.throttle = LoginThrottle()
        return [self.throttle]

    def post(self, request):
        if self.variant.transport.sent_automatically and self.variant.authentication.csrf:
            require_csrf_token(request._request)
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        user = authenticate(request._request, username=wanted["username"], password=wanted["password"])
        if user is None:
            self.throttle.failed()
            raise WrongCredentials
        if self.variant.lab and not (settings.LAB and user.sandbox_id):
            raise LabOnly
        response = Response()
        granted = self.variant.sign_in(request._request, response, user, wanted.get("lifetime"))
        response.data = {
            "user": {"id": user.pk, "username": user.username},
            "mechanism": self.variant.mechanism.name,
            "variant": self.variant.slug,
            **granted,
        }
        return response

    def get_authenticate_header(self, request):
        return self.variant.authentication().authenticate_header(request)


class LogoutView(DoorView):
    """Sign out: end the credential presented, as far as this mechanism can. Harmless when there is none."""

    name = _("Sign out")
    description = _("Ends the credential presented, as far as this mechanism can. Harmless when there is none.")
    operations = {
        "POST": Operation(
            _("Sign out"),
            takes=lambda view: view.variant.sign_out_takes or Strict,
            example=lambda view: getattr(view.variant.sign_out_takes, "example", None),
            gives={204: None},
            raises=lambda view: view.variant.sign_out_raises,
            credential="optional",
        )
    }

    def get_authenticators(self):
        return []

    def post(self, request):
        if self.variant.transport.sent_automatically and self.variant.authentication.csrf:
            require_csrf_token(request._request)
        (self.variant.sign_out_takes or Strict)(data=request.data).is_valid(raise_exception=True)
        response = Response(status=204)
        self.variant.sign_out(request, response)
        return response

    def get_authenticate_header(self, request):
        return self.variant.authentication().authenticate_header(request)


class CredentialView(DoorView):
    """What the server knows of the credential presented: where it lies, its parts, lifetime, the state behind it."""

    name = _("The credential")
    description = _(
        "What the server knows of the credential presented: where it lies, its parts, its lifetime, and the state "
        "behind it. Never the whole of one that scripts can not read."
    )
    permission_classes = [IsAuthenticated]
    operations = {"GET": Operation(_("Look at the credential"), gives={200: Credential})}

    def get(self, request):
        transport = self.variant.transport
        return Response(
            {
                "mechanism": self.variant.mechanism.name,
                "variant": self.variant.slug,
                "carrier": transport.header,
                "name": transport.name,
                "readable_by_scripts": transport.readable,
                **self.variant.describe(request),
            }
        )


class DevicesView(DoorView):
    """My sign-ins: list them, or end all others. A mechanism that keeps nothing on the server knows of none."""

    name = _("My sign-ins")
    description = _("Where the user is signed in. A mechanism that keeps nothing on the server knows of none.")
    permission_classes = [IsAuthenticated]
    operations = {
        "GET": Operation(_("List my sign-ins"), gives={200: Device(many=True)}),
        "DELETE": Operation(
            _("End all others"), _("Ends every sign-in of this user but the one that asks."), gives={200: Ended}
        ),
    }

    def get(self, request):
        return Response(self.variant.active_sign_ins(request))

    def delete(self, request):
        others = [device for device in self.variant.active_sign_ins(request) if not device["current"]]
        self.variant.end_sign_ins(request, others)
        return Response({"ended": len(others)})


class DeviceView(DoorView):
    """One of my sign-ins: end it."""

    name = _("One of my sign-ins")
    description = _("Ends one sign-in of this user, by the id that the list gives it.")
    permission_classes = [IsAuthenticated]
    operations = {"DELETE": Operation(_("End one sign-in"), gives={200: Ended}, raises=(NotFound,))}

    def delete(self, request, device):
        found = [known for known in self.variant.active_sign_ins(request) if known["id"] == device]
        if not found:
            raise NotFound(_("You have no such sign-in."))
        self.variant.end_sign_ins(request, found)
        return Response({"ended": 1})


ENDPOINTS = {
    "login": ("login/", LoginView),
    "logout": ("logout/", LogoutView),
    "protected": ("protected/", NoteView),
    "credential": ("credential/", CredentialView),
    "devices": ("devices/", DevicesView),
    "device": ("devices/<str:device>/", DeviceView),
}
