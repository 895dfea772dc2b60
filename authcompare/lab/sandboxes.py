"""Sandboxes, and what an administrator would do to their accounts.

Nothing here uses a credential of the visitor: the unguessable id of a sandbox is the authority.
"""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.accounts.models import User
from authcompare.accounts.sandbox import create_sandbox, find_sandbox
from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.api.throttling import SandboxThrottle
from authcompare.learning.learners import acting_learner, adopt
from authcompare.mechanisms.authentication import CSRFFailed

EXAMPLE_ID = "nJ3kq0Zb7xW2sT5vY8uA1g"


class SandboxIdSerializer(Strict):
    id = TextField(label=_("Sandbox"), max_length=32)
    example = {"id": EXAMPLE_ID}


class CastMember(serializers.Serializer):
    role = serializers.CharField()
    username = serializers.CharField()
    password = serializers.CharField()


class SandboxAnswer(serializers.Serializer):
    id = serializers.CharField()
    expires_at = serializers.DateTimeField()
    users = CastMember(many=True)


class SandboxView(Endpoint):
    """Throwaway accounts: alice (the user), bob (another user), mallory (the attacker)."""

    name = _("Sandbox")
    description = _("Throwaway accounts: alice (the user), bob (another user), mallory (the attacker).")

    def get_throttles(self) -> list[SandboxThrottle]:
        return [SandboxThrottle()] if self.request.method == "POST" else []

    @extend_schema(
        summary=_("Create a sandbox"),
        description=_("Anyone who knows its id can change and delete its accounts. It replaces a learner's last one."),
        responses={201: SandboxAnswer},
    )
    @raises(CSRFFailed)
    def post(self, request: Request) -> Response:
        Strict.read(request)
        learner = acting_learner(request._request)
        sandbox, users = create_sandbox()
        if learner:
            adopt(learner, sandbox)
        answer = SandboxAnswer({"id": sandbox.id, "expires_at": sandbox.expires_at, "users": users})
        return Response(answer.data, status=201)

    @extend_schema(
        summary=_("Delete a sandbox"),
        description=_("Deletes its accounts, notes, sessions, and tokens, too."),
        request=SandboxIdSerializer,
        responses={204: None},
    )
    @raises(NotFound)
    def delete(self, request: Request) -> Response:
        sandbox = find_sandbox(SandboxIdSerializer.read(request)["id"])
        if sandbox is None:
            raise NotFound(_("This sandbox does not exist or has expired. Create a new one."))
        sandbox.delete()
        return Response(status=204)


class AccountSerializer(Strict):
    sandbox = TextField(label=_("Sandbox"), max_length=32)
    username = TextField(label=_("User name"), max_length=150)
    password = TextField(label=_("New password"), max_length=128, required=False, trim_whitespace=False)
    is_active = serializers.BooleanField(label=_("May sign in"), required=False)
    role = serializers.ChoiceField(User.Role, label=_("Role"), required=False)
    example = {"sandbox": EXAMPLE_ID, "username": "alice-7f3a21", "role": "reader"}


class AccountAnswer(serializers.Serializer):
    username = serializers.CharField()
    is_active = serializers.BooleanField()
    role = serializers.CharField()


class AccountView(Endpoint):
    """One account of a sandbox, as an administrator would change it."""

    name = _("A sandbox account")
    description = _("What an administrator would do: change the password, deactivate the account, change the role.")

    @extend_schema(
        summary=_("Change an account"),
        description=_("Omitted fields stay as they are."),
        request=AccountSerializer,
        responses={200: AccountAnswer},
    )
    @raises(NotFound)
    def patch(self, request: Request) -> Response:
        changes = AccountSerializer.read(request)
        sandbox = find_sandbox(changes["sandbox"])
        user = sandbox and sandbox.users.filter(username=changes["username"]).first()
        if user is None:
            raise NotFound(_("This sandbox has no such account, or it has expired. Create a new sandbox."))
        if "password" in changes:
            try:
                validate_password(changes["password"], user)
            except DjangoValidationError as error:
                raise serializers.ValidationError({"password": error.messages}) from None
            user.set_password(changes["password"])
        user.is_active = changes.get("is_active", user.is_active)
        user.role = changes.get("role", user.role)
        user.save()
        return Response(AccountAnswer(user).data)
