"""The lab's own API: sandboxes, what can be done to their accounts, and the clean client that replays a copy.

All of it exists under the lab flag only, and touches sandbox accounts only. None of it uses a credential of the
visitor's, so none of it needs a CSRF token: the unguessable id of a sandbox, or of a copy, is the authority.
"""

import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import RegexValidator
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, NotFound, ParseError
from rest_framework.response import Response

from authcompare.accounts.models import User
from authcompare.accounts.sandbox import create_sandbox, find_sandbox
from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.http_client import Client
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.api.throttling import SandboxThrottle
from authcompare.lab import attacker_site, authenticator_order
from authcompare.learning.learners import acting_learner, adopt
from authcompare.mechanisms.authentication import CSRFFailed
from authcompare.mechanisms.registry import find_variant, variants
from authcompare.server import second_servers
from authcompare.server.keys import ALGORITHMS

COPY_KEPT = 2 * 60 * 60  # seconds: longer than any credential a page asks for


SOME_ID = "nJ3kq0Zb7xW2sT5vY8uA1g"  # an example's


class LabView(Endpoint):
    """What the lab's views share."""


class SandboxIdSerializer(Strict):
    id = TextField(label=_("Sandbox"), max_length=32)


class CastMember(ResponseSerializer):
    role = serializers.CharField()
    username = serializers.CharField()
    password = serializers.CharField()


class SandboxAnswer(ResponseSerializer):
    id = serializers.CharField()
    expires_at = serializers.DateTimeField()
    users = CastMember(many=True)

    @staticmethod
    def example(view):
        alice = {"role": "alice", "username": "alice-7f3a21", "password": "c2VjcmV0LWFs"}
        return {"id": SOME_ID, "expires_at": "2026-09-01T20:00:00Z", "users": [alice]}


class SandboxView(LabView):
    """Fresh accounts to play with: alice (the user), bob (another user), mallory (the attacker)."""

    name = _("Sandbox")
    description = _("Fresh accounts to play with: alice (the user), bob (another user), mallory (the attacker).")
    operations = {
        "POST": Operation(
            _("Make a sandbox"),
            _(
                "Whoever knows its id may change and delete its accounts. A learner's takes the place of their "
                "last one."
            ),
            gives={201: SandboxAnswer},
            raises=(CSRFFailed,),
        ),
        "DELETE": Operation(
            _("Throw a sandbox away"),
            _("With its accounts, notes, sessions and tokens."),
            takes=SandboxIdSerializer,
            example={"id": SOME_ID},
            gives={204: None},
            raises=(NotFound,),
        ),
    }

    def get_throttles(self):
        return [SandboxThrottle()] if self.request.method == "POST" else []

    def post(self, request):
        """Make a sandbox. Whoever knows its id may change and delete its accounts."""
        Strict(data=request.data).is_valid(raise_exception=True)
        learner = acting_learner(request._request)
        sandbox, users = create_sandbox()
        if learner:
            adopt(learner, sandbox)
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
    sandbox = TextField(label=_("Sandbox"), max_length=32)
    username = TextField(label=_("User name"), max_length=150)
    password = TextField(label=_("New password"), max_length=128, required=False, trim_whitespace=False)
    is_active = serializers.BooleanField(label=_("May sign in"), required=False)
    role = serializers.ChoiceField(User.Role, label=_("Role"), required=False)


class AccountAnswer(ResponseSerializer):
    username = serializers.CharField()
    is_active = serializers.BooleanField()
    role = serializers.CharField()

    @staticmethod
    def example(view):
        return {"username": "alice-7f3a21", "is_active": True, "role": "reader"}


class AccountView(LabView):
    """What an administrator would do to an account: change its password, deactivate it, change its role."""

    name = _("A sandbox account")
    description = _("What an administrator would do: change a password, deactivate somebody, change a role.")
    operations = {
        "PATCH": Operation(
            _("Change an account"),
            _("Fields left out stay as they are."),
            takes=AccountSerializer,
            example={"sandbox": SOME_ID, "username": "alice-7f3a21", "role": "reader"},
            gives={200: AccountAnswer},
            raises=(NotFound,),
        )
    }

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
    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)


class CopyAnswer(ResponseSerializer):
    copy = serializers.CharField()

    @staticmethod
    def example(view):
        return {"copy": SOME_ID}


def some_door(view):
    """Two names of a door, as an example of a body."""
    return {"mechanism": variants()[0].mechanism.name, "variant": variants()[0].slug}


class CopyView(LabView):
    """WEAK on purpose: keeps a copy of the credential that this very request presents, as a thief would.

    The answer names the copy and does not contain it: a script can not read an HttpOnly cookie by this way.
    """

    name = _("Copy a credential")
    description = _(
        "Weak on purpose: keeps a copy of the credential that this very request presents, as a thief would. The answer "
        "names the copy and does not contain it."
    )
    operations = {
        "POST": Operation(
            _("Copy the credential"),
            takes=CopySerializer,
            example=some_door,
            gives={201: CopyAnswer},
            raises=(NotFound,),
            csrf=False,
        )
    }

    @property
    def doors(self):
        """Any: the body says which."""
        return variants()

    def post(self, request):
        serializer = CopySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        variant = find_variant(**serializer.validated_data)
        if variant is None:
            raise NotFound(_("There is no such door."))
        door = variant.authentication()
        door.csrf = False  # nothing is changed, and the sandbox check below stands in for the rest
        found = door.authenticate(request)
        if found is None:
            raise NotAuthenticated
        if not User.objects.filter(pk=found[0].pk, sandbox__isnull=False).exists():
            raise NotFound(_("Only the credentials of sandbox accounts are copied."))
        credential = request.credential.text
        if not credential.isascii():
            raise ParseError(_("This credential has letters in it that no server has put there."))
        handle = secrets.token_urlsafe(16)
        cache.set(f"copy:{handle}", (*serializer.validated_data.values(), credential), COPY_KEPT)
        return Response({"copy": handle}, status=201)

    def get_authenticate_header(self, request):
        return 'Copy realm="authcompare"'


class ReplaySerializer(Strict):
    copy = TextField(label=_("Copy"), max_length=32)
    tamper = serializers.BooleanField(
        label=_("Tamper"), required=False, help_text=_("Change the copy before it is presented.")
    )


class ReplayAnswer(ResponseSerializer):
    status = serializers.IntegerField()
    headers = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    body = serializers.CharField()

    @staticmethod
    def example(view):
        body = '{"code":"not_authenticated","detail":"Nothing that opens this door came with the request."}'
        return {"status": 401, "headers": [["Content-Type", "application/json"]], "body": body}


class ReplayView(LabView):
    """Present a copied credential from a clean client: no cookie jar, no storage, nothing but the copy.

    With "tamper" the copy is changed first, as its owner could not do in a browser that keeps it from scripts.
    """

    name = _("Replay a copy")
    description = _(
        "Presents a copied credential from a clean client: no cookie jar, no storage, nothing but the copy."
    )
    operations = {
        "POST": Operation(
            _("Replay the copy"),
            takes=ReplaySerializer,
            example={"copy": SOME_ID},
            gives={200: ReplayAnswer},
            raises=(NotFound,),
        )
    }

    def post(self, request):
        serializer = ReplaySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        kept = cache.get(f"copy:{serializer.validated_data['copy']}")
        variant = kept and find_variant(kept[0], kept[1])
        if not variant:
            raise NotFound(_("This copy is not kept any more: sign in again to make a new one."))
        credential = tampered(kept[2]) if serializer.validated_data.get("tamper") else kept[2]
        return presented(request, variant, credential)


def presented(request, variant, credential):
    """The answer that this door gives a clean client. It speaks its owner's language, and holds nothing else."""
    headers = {"Accept-Language": get_language(), **variant.transport.present(credential)}
    with Client(host=request.get_host()) as clean:
        response = clean.get(f"{variant.path}protected/", headers=headers)
    return Response(
        {
            "status": response.status_code,
            "headers": [[name, value] for name, value in response.headers.multi_items()],
            "body": response.text,
        }
    )


class PresentSerializer(CopySerializer):
    credential = TextField(
        label=_("Credential"),
        max_length=8192,
        validators=[RegexValidator(r"^[!-~]+$")],
        help_text=_("Visible ASCII characters only."),
    )


class PresentView(LabView):
    """Present a credential that somebody has read, from a clean client: what a thief would do with it on a machine of
    their own. A script can not, since no script writes a Cookie header."""

    name = _("Present a credential")
    description = _("Presents a credential that a script has read, from a clean client: as a thief would, elsewhere.")
    operations = {
        "POST": Operation(
            _("Present the credential"),
            takes=PresentSerializer,
            example=lambda view: some_door(view) | {"credential": "k3v9x2hd"},
            gives={200: ReplayAnswer},
            raises=(NotFound,),
        )
    }

    def post(self, request):
        serializer = PresentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        variant = find_variant(wanted["mechanism"], wanted["variant"])
        if variant is None:
            raise NotFound(_("There is no such door."))
        return presented(request, variant, wanted["credential"])


def tampered(credential):
    """Another identity where the credential says one in plain text, else another character in its middle."""
    if "alice" in credential:
        return credential.replace("alice", "bob", 1)
    middle = len(credential) // 2
    return f"{credential[:middle]}{'b' if credential[middle] == 'a' else 'a'}{credential[middle + 1 :]}"


class ForgetView(LabView):
    """Delete a door's cookie in this browser and nowhere else: what its owner could do in the browser's own settings,
    and a page's script can not when the cookie is HttpOnly. The server's side stays as it is."""

    name = _("Forget a cookie")
    description = _("Deletes a door's cookie in this browser and nowhere else. The server's side stays as it is.")
    operations = {
        "POST": Operation(
            _("Forget the cookie"),
            takes=CopySerializer,
            example=some_door,
            gives={204: None},
            raises=(NotFound,),
        )
    }

    def post(self, request):
        serializer = CopySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        variant = find_variant(**serializer.validated_data)
        if variant is None:
            raise NotFound(_("There is no such door."))
        response = Response(status=204)
        if variant.transport.sent_automatically:
            response.delete_cookie(variant.transport.name, samesite="Lax")
        return response


class TwinSerializer(Strict):
    same_key = serializers.BooleanField(label=_("The same keys"), default=True)
    same_database = serializers.BooleanField(label=_("The same database"), default=True)
    short = serializers.BooleanField(
        label=_("Short lifetimes"), default=False, help_text=_("A few seconds: so that an end can be waited for.")
    )
    algorithm = serializers.ChoiceField(
        ALGORITHMS,
        label=_("Algorithm"),
        required=False,
        help_text=_("That its tokens are signed with, by a key of its own if this server has another algorithm."),
    )


class TwinAnswer(ResponseSerializer):
    url = serializers.URLField()

    @staticmethod
    def example(view):
        return {"url": "http://127.0.0.1:49152"}


class TwinView(LabView):
    """A second, separate server of this very project, which may share this one's keys and database or have its own."""

    name = _("A second server")
    description = _(
        "A second, separate server of this very project, which shares keys and database with this one or has its own. "
        "It can be reached from the machine of this server only."
    )
    operations = {
        "POST": Operation(
            _("Ask for a second server"),
            _("It is started if there is none like it, and ends when nobody has asked for it for a while."),
            takes=TwinSerializer,
            example={"same_key": True, "same_database": False},
            gives={200: TwinAnswer},
            raises=(second_servers.Unavailable, second_servers.IsSecondServer),
        )
    }

    def post(self, request):
        serializer = TwinSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = {"algorithm": settings.JWT_ALGORITHM, **serializer.validated_data}
        return Response({"url": second_servers.url(second_servers.Options(**wanted))})


urlpatterns = [
    path("lab/api/sandbox/", SandboxView.as_view(), name="lab-sandbox"),
    path("lab/api/account/", AccountView.as_view(), name="lab-account"),
    path("lab/api/copy/", CopyView.as_view(), name="lab-copy"),
    path("lab/api/forget/", ForgetView.as_view(), name="lab-forget"),
    path("lab/api/replay/", ReplayView.as_view(), name="lab-replay"),
    path("lab/api/present/", PresentView.as_view(), name="lab-present"),
    path("lab/api/receipt/<str:name>/", attacker_site.receipt, name="lab-receipt"),
    path("lab/elsewhere/", attacker_site.page, name="lab-elsewhere"),
    path("lab/form/<str:mechanism>/<str:variant>/", attacker_site.form, name="lab-form"),
    path("lab/api/twin/", TwinView.as_view(), name="lab-twin"),
    path(authenticator_order.CHAIN.lstrip("/"), authenticator_order.ChainView.as_view(), name="lab-chain"),
    path("lab/api/order/", authenticator_order.OrderView.as_view(), name="lab-order"),
]
