"""Copied credentials, and the clean client that replays them.

The unguessable id of a copy is the authority: nothing here changes anything for the credential's owner, so none of it
requires the CSRF token.
"""

import secrets
from typing import Any

from django.core.cache import cache
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated, NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.accounts.models import User
from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.http_client import Client
from authcompare.api.openapi.decorators import raises
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import find_variant, variants

RETENTION_SECONDS = 2 * 60 * 60  # longer than the lifetime of any credential that a page requests


class CopySerializer(Strict):
    """The names of a variant; validated, its `variant` is the Variant itself."""

    mechanism = TextField(label=_("Mechanism"), max_length=40)
    variant = TextField(label=_("Variant"), max_length=40)

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        first = variants()[0]
        return {"mechanism": first.mechanism.name, "variant": first.slug}

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        variant = find_variant(fields.pop("mechanism"), fields["variant"])
        if variant is None:
            raise NotFound(_("This door does not exist."))
        return fields | {"variant": variant}


class CopyAnswer(serializers.Serializer):
    copy = serializers.CharField()


class CopyView(Endpoint):
    """WEAK on purpose: stores a copy of the credential in this request, as a thief would.

    The response identifies the copy and does not contain it, so that no script can read an HttpOnly cookie this way.
    """

    name = _("Copy a credential")
    description = _(
        "Weak on purpose: stores a copy of the credential in this request, as a thief would. The response identifies "
        "the copy and does not contain it."
    )
    requires_credential = True

    def get_readers(self) -> list[BaseAuthentication]:
        return [copying(variant) for variant in variants()]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return []  # the body names the variant that reads the credential

    def get_authenticate_header(self, request: Request) -> str:
        return 'Copy realm="authcompare"'

    @extend_schema(summary=_("Copy the credential"), request=CopySerializer, responses={201: CopyAnswer})
    @raises(NotFound)
    def post(self, request: Request) -> Response:
        variant = CopySerializer.read(request)["variant"]
        found = copying(variant).authenticate(request)
        if found is None:
            raise NotAuthenticated
        if not User.objects.filter(pk=found[0].pk, sandbox__isnull=False).exists():
            raise NotFound(_("This is no sandbox account. Sign in with one: only their credentials can be copied."))
        credential = request.credential.text
        if not credential.isascii():
            raise ParseError(_("The credential has characters outside ASCII, which no server issues. Sign in again."))
        copy = secrets.token_urlsafe(16)
        cache.set(f"copy:{copy}", (variant.mechanism.name, variant.slug, credential), RETENTION_SECONDS)
        return Response(CopyAnswer({"copy": copy}).data, status=201)


def copying(variant: Variant) -> BaseAuthentication:
    """Return the variant's authenticator without its CSRF check: copying changes nothing."""
    authenticator = variant.authentication()
    authenticator.csrf = False
    return authenticator


class ReplaySerializer(Strict):
    copy = TextField(label=_("Copy"), max_length=32)
    tamper = serializers.BooleanField(
        label=_("Tamper"), required=False, help_text=_("Change the copy before the client presents it.")
    )
    example = {"copy": "nJ3kq0Zb7xW2sT5vY8uA1g"}


class ReplayAnswer(serializers.Serializer):
    status = serializers.IntegerField()
    headers = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    body = serializers.CharField()


class ReplayView(Endpoint):
    """Replays a copy from a clean client, which has no cookie jar and no storage.

    With "tamper", the copy is changed first: a script cannot do so where the browser hides the credential from it.
    """

    name = _("Replay a copy")
    description = _("Presents a copied credential from a clean client, which has no cookie jar and no storage.")

    @extend_schema(summary=_("Replay the copy"), request=ReplaySerializer, responses={200: ReplayAnswer})
    @raises(NotFound)
    def post(self, request: Request) -> Response:
        fields = ReplaySerializer.read(request)
        kept = cache.get(f"copy:{fields['copy']}")
        variant = kept and find_variant(kept[0], kept[1])
        if not variant:
            raise NotFound(_("This copy is no longer stored. Sign in again to make a new one."))
        credential = tamper(kept[2]) if fields.get("tamper") else kept[2]
        return present(request, variant, credential)


def present(request: Request, variant: Variant, credential: str) -> Response:
    """Return the response that a clean client gets for this credential, in its owner's language."""
    headers = {"Accept-Language": get_language(), **variant.transport.present(credential)}
    with Client(host=request.get_host()) as client:
        response = client.get(f"{variant.path}protected/", headers=headers)
    answer = {"status": response.status_code, "headers": response.headers.multi_items(), "body": response.text}
    return Response(ReplayAnswer(answer).data)


def tamper(credential: str) -> str:
    """Return the credential with another user where it names one in plain text, else with another character."""
    if "alice" in credential:
        return credential.replace("alice", "bob", 1)
    middle = len(credential) // 2
    return f"{credential[:middle]}{'b' if credential[middle] == 'a' else 'a'}{credential[middle + 1 :]}"


class PresentSerializer(CopySerializer):
    credential = TextField(
        label=_("Credential"),
        max_length=8192,
        validators=[RegexValidator(r"^[!-~]+$")],
        help_text=_("Visible ASCII characters only."),
    )

    @staticmethod
    def example(view: APIView) -> dict[str, Any]:
        return CopySerializer.example(view) | {"credential": "k3v9x2hd"}


class PresentView(Endpoint):
    """Presents a credential that a script has read, as a thief would on another machine.

    A script cannot do so itself, since no script can write a Cookie header.
    """

    name = _("Present a credential")
    description = _("Presents a credential that a script has read from a clean client, as a thief would elsewhere.")

    @extend_schema(summary=_("Present the credential"), request=PresentSerializer, responses={200: ReplayAnswer})
    @raises(NotFound)
    def post(self, request: Request) -> Response:
        fields = PresentSerializer.read(request)
        return present(request, fields["variant"], fields["credential"])


class ForgetView(Endpoint):
    """Deletes a variant's cookie in this browser only, as its owner could in the browser's settings.

    A script of the page cannot when the cookie is HttpOnly. Server-side state stays as it is.
    """

    name = _("Delete a cookie")
    description = _("Deletes a door's cookie in this browser only. Server-side state stays as it is.")

    @extend_schema(summary=_("Delete the cookie"), request=CopySerializer, responses={204: None})
    @raises(NotFound)
    def post(self, request: Request) -> Response:
        transport = CopySerializer.read(request)["variant"].transport
        response = Response(status=204)
        if transport.sent_automatically:
            response.delete_cookie(transport.name, samesite="Lax")
        return response
