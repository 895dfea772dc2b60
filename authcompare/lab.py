"""The lab's own API: sandboxes, what can be done to their accounts, and the clean client that replays a copy.

All of it exists under the lab flag only, and touches sandbox accounts only. None of it uses a credential of the
visitor's, so none of it needs a CSRF token: the unguessable id of a sandbox, or of a copy, is the authority.
"""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError as DjangoValidationError
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.actors import Client
from authcompare.fields import Strict, TextField
from authcompare.mechanism import variant_named
from authcompare.models import User
from authcompare.resource import NoStore
from authcompare.sandbox import create_sandbox, find_sandbox
from authcompare.throttles import SandboxThrottle

COPY_KEPT = 2 * 60 * 60  # seconds: longer than any credential a page asks for


class LabView(NoStore, APIView):
    """What the lab's views share."""


class SandboxIdSerializer(Strict):
    id = TextField(max_length=32)


class SandboxView(LabView):
    """Fresh accounts to play with: alice (the user), bob (another user), mallory (the attacker)."""

    serializer_class = SandboxIdSerializer

    def get_throttles(self):
        return [SandboxThrottle()] if self.request.method == "POST" else []

    def post(self, request):
        """Make a sandbox. Whoever knows its id may change and delete its accounts."""
        sandbox, users = create_sandbox()
        return Response({"id": sandbox.id, "expires_at": sandbox.expires_at, "users": users}, status=201)

    def delete(self, request):
        """Throw a sandbox away, with its accounts, notes, sessions and tokens."""
        serializer = SandboxIdSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sandbox = find_sandbox(serializer.validated_data["id"])
        if sandbox is None:
            raise NotFound(_("There is no such sandbox, or its time is up."))
        sandbox.delete()
        return Response(status=204)


class AccountSerializer(Strict):
    sandbox = TextField(max_length=32)
    username = TextField(max_length=150)
    password = TextField(max_length=128, required=False, trim_whitespace=False)
    is_active = serializers.BooleanField(required=False)
    role = serializers.ChoiceField(User.Role, required=False)


class AccountView(LabView):
    """What an administrator would do to an account: change its password, deactivate it, change its role."""

    serializer_class = AccountSerializer

    def patch(self, request):
        """Change one account of a sandbox. Fields left out stay as they are."""
        serializer = AccountSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        sandbox = find_sandbox(wanted["sandbox"])
        user = sandbox and sandbox.users.filter(username=wanted["username"]).first()
        if user is None:
            raise NotFound(_("There is no such account in this sandbox, or its time is up."))
        if "password" in wanted:
            try:
                validate_password(wanted["password"], user)
            except DjangoValidationError as error:
                raise serializers.ValidationError({"password": error.messages}) from None
            user.set_password(wanted["password"])
        user.is_active = wanted.get("is_active", user.is_active)
        user.role = wanted.get("role", user.role)
        user.save()
        return Response({"username": user.username, "is_active": user.is_active, "role": user.role})


class CopySerializer(Strict):
    mechanism = TextField(max_length=40)
    variant = TextField(max_length=40)


class CopyView(LabView):
    """WEAK on purpose: keeps a copy of the credential that this very request presents, as a thief would.

    The answer names the copy and does not contain it: a script can not read an HttpOnly cookie by this way.
    """

    serializer_class = CopySerializer

    def post(self, request):
        serializer = CopySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        variant = variant_named(**serializer.validated_data)
        if variant is None:
            raise NotFound(_("There is no such door."))
        door = variant.authentication()
        door.csrf = False  # nothing is changed, and the sandbox check below stands in for the rest
        found = door.authenticate(request)
        if found is None:
            raise NotAuthenticated
        if not User.objects.filter(pk=found[0].pk, sandbox__isnull=False).exists():
            raise NotFound(_("Only the credentials of sandbox accounts are copied."))
        handle = secrets.token_urlsafe(16)
        credential = variant.carrier.extract(request)[0]
        cache.set(f"copy:{handle}", (*serializer.validated_data.values(), credential), COPY_KEPT)
        return Response({"copy": handle}, status=201)

    def get_authenticate_header(self, request):
        return 'Copy realm="authcompare"'


class ReplaySerializer(Strict):
    copy = TextField(max_length=32)


class ReplayView(LabView):
    """Present a copied credential from a clean client: no cookie jar, no storage, nothing but the copy."""

    serializer_class = ReplaySerializer

    def post(self, request):
        serializer = ReplaySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        kept = cache.get(f"copy:{serializer.validated_data['copy']}")
        variant = kept and variant_named(kept[0], kept[1])
        if not variant:
            raise NotFound(_("This copy is not kept any more: sign in again to make a new one."))
        with Client(host=request.get_host()) as clean:
            response = clean.get(f"{variant.path}protected/", headers=variant.carrier.present(kept[2]))
        return Response(
            {
                "status": response.status_code,
                "headers": [[name, value] for name, value in response.headers.multi_items()],
                "body": response.text,
            }
        )


urlpatterns = [
    path("lab/api/sandbox/", SandboxView.as_view(), name="lab-sandbox"),
    path("lab/api/account/", AccountView.as_view(), name="lab-account"),
    path("lab/api/copy/", CopyView.as_view(), name="lab-copy"),
    path("lab/api/replay/", ReplayView.as_view(), name="lab-replay"),
]
