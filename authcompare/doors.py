"""The views that every door has: login, logout, protected, credential, devices. What differs is asked of the variant."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied, Throttled
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.authentication import require_csrf_token
from authcompare.fields import SecondsField, Strict, TextField
from authcompare.resource import NoStore, ProtectedView
from authcompare.throttles import LoginThrottle

LONGEST_LIFETIME = 60 * 60  # seconds: a client may ask for a credential that lasts up to an hour


class LabOnly(PermissionDenied):
    default_code = "lab_only"
    default_detail = _("This door is weak on purpose: it opens in the lab only, and for sandbox accounts only.")


class LoginSerializer(Strict):
    username = TextField(max_length=150)
    password = TextField(max_length=128, trim_whitespace=False, style={"input_type": "password"})
    lifetime = SecondsField(
        min_value=1, max_value=LONGEST_LIFETIME, required=False, help_text=_("Seconds until the credential ends.")
    )


class DoorView(NoStore, APIView):
    """What the views of one door share: they know their variant."""

    variant = None


class LoginView(DoorView):
    """Sign in with user name and password; the answer brings the credential.

    No credential is looked at, so one that has gone bad never stands in the way of a new one.
    """

    serializer_class = LoginSerializer
    throttle_classes = [LoginThrottle]

    def get_authenticators(self):
        return []

    def check_throttles(self, request):
        self.throttle = LoginThrottle()
        if not self.throttle.allow_request(request, self):
            raise Throttled(self.throttle.wait())

    def post(self, request):
        if self.variant.carrier.ambient and self.variant.authentication.csrf:
            require_csrf_token(request._request)
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        user = authenticate(request._request, username=wanted["username"], password=wanted["password"])
        if user is None:
            self.throttle.failed()
            raise AuthenticationFailed(_("User name and password do not match."), code="wrong_credentials")
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

    serializer_class = None

    def get_authenticators(self):
        return []

    def post(self, request):
        if self.variant.carrier.ambient and self.variant.authentication.csrf:
            require_csrf_token(request._request)
        response = Response(status=204)
        self.variant.sign_out(request, response)
        return response

    def get_authenticate_header(self, request):
        return self.variant.authentication().authenticate_header(request)


class DoorProtectedView(ProtectedView):
    """The protected view, standing behind this door."""

    variant = None


class CredentialView(DoorView):
    """What the server knows of the credential presented: where it lies, its parts, its lifetime, the state behind it."""

    permission_classes = [IsAuthenticated]

    def get(self, request):
        carrier = self.variant.carrier
        return Response(
            {
                "mechanism": self.variant.mechanism.name,
                "variant": self.variant.slug,
                "carrier": carrier.header,
                "name": carrier.name,
                "readable_by_scripts": carrier.readable,
                **self.variant.describe(request),
            }
        )


class DevicesView(DoorView):
    """My sign-ins: list them, or end all others. A mechanism that keeps nothing on the server knows of none."""

    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response(self.variant.devices(request))

    def delete(self, request):
        others = [device for device in self.variant.devices(request) if not device["current"]]
        self.variant.end_devices(request, others)
        return Response({"ended": len(others)})


class DeviceView(DoorView):
    """One of my sign-ins: end it."""

    permission_classes = [IsAuthenticated]

    def delete(self, request, device):
        found = [known for known in self.variant.devices(request) if known["id"] == device]
        if not found:
            raise NotFound(_("You have no such sign-in."))
        self.variant.end_devices(request, found)
        return Response({"ended": 1})


ENDPOINTS = {
    "login": ("login/", LoginView),
    "logout": ("logout/", LogoutView),
    "protected": ("protected/", DoorProtectedView),
    "credential": ("credential/", CredentialView),
    "devices": ("devices/", DevicesView),
    "device": ("devices/<str:device>/", DeviceView),
}
