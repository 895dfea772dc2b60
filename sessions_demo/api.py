"""The lab's endpoints for the visitor's own session. Sandbox accounts only.

The page shows the source of each `act` beside its button.
"""

import secrets
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, StrictIntegerField, TextField
from authcompare.api.http_client import Client
from authcompare.api.openapi.decorators import raises
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.api import LabOnly, WrongCredentials
from sessions_demo.models import Session
from sessions_demo.session_decoder import masked


class IsSandboxUser(BasePermission):
    """Allow sandbox accounts only, so that no real session is damaged."""

    message = LabOnly.default_detail
    code = LabOnly.default_code

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.sandbox_id)


class NoBasket(APIException):
    status_code = 409
    default_code = "no_basket"
    default_detail = _("This session has no basket. Put one in first.")


class Inside(serializers.Serializer):
    """A session as a view sees it, before the middleware saves it."""

    id = serializers.CharField(allow_null=True)
    data = serializers.DictField()
    modified = serializers.BooleanField()


def inside(session: SessionBase) -> dict[str, Any]:
    """Return what a view sees of this session."""
    state = {"id": masked(session.session_key), "data": dict(session.items()), "modified": session.modified}
    return Inside(state).data


class SessionView(Endpoint):
    """An endpoint for the visitor's own session. Its URL uses the session variant, so a POST needs the CSRF token."""

    permission_classes = [IsAuthenticated, IsSandboxUser]


class LookView(SessionView):
    """The session of this request, unchanged and therefore not saved."""

    name = _("Show the session")
    description = _("The session of this request. Reading changes nothing, so nothing is saved.")

    @extend_schema(summary=_("Show the session"), responses={200: Inside})
    def get(self, request: Request) -> Response:
        return Response(inside(request._request.session))


class Act(SessionView):
    """An endpoint that does one thing to the session, and shows the session inside the same request.

    It does not save: the session middleware does so after the view, if `modified` is true.
    """

    recorded = True
    slug: str
    about: str  # what the visitor can observe
    needs_basket = False

    @property
    def description(self) -> str:
        return self.about

    @property
    def raises(self) -> tuple[type[APIException], ...]:
        return (NoBasket,) if self.needs_basket else ()

    @extend_schema(responses={200: Inside})
    def post(self, request: Request) -> Response:
        Strict.read(request)
        session = request._request.session
        if self.needs_basket and "basket" not in session:
            raise NoBasket
        self.act(session)
        return Response(inside(session))

    def act(self, session: SessionBase) -> None:
        raise NotImplementedError


class Put(Act):
    slug = "put"
    name = _("Put a value")
    about = _(
        "The session notices the new key and marks itself as modified. After the view, the middleware therefore saves "
        "the row and sends the cookie again."
    )

    def act(self, session: SessionBase) -> None:
        session["basket"] = {"apples": 1}


class Nested(Act):
    slug = "nested"
    needs_basket = True
    name = _("Change a value inside a value")
    about = _(
        "Only the dictionary inside the session changes, and the session does not notice. The middleware does not save "
        "it, and the next request finds the old number. The change survives only if something else in the same "
        "request marks the session as modified. Here the idle timeout sometimes does, which hides the mistake."
    )

    def act(self, session: SessionBase) -> None:
        session["basket"]["apples"] += 1


class Modified(Act):
    slug = "modified"
    needs_basket = True
    name = _("Change it and mark the session as modified")
    about = _("The view marks the session as modified, so the middleware saves it.")

    def act(self, session: SessionBase) -> None:
        session["basket"]["apples"] += 1
        session.modified = True


class Save(Act):
    slug = "save"
    name = _("Save without a change")
    about = _(
        "The view writes the row at once, with a new signature and a later expiry time. But the session is not "
        "modified, so the middleware sends no cookie, and the browser's cookie keeps its expiry time."
    )

    def act(self, session: SessionBase) -> None:
        session.save()


class Cycle(Act):
    slug = "cycle"
    name = _("Change the id")
    about = _(
        "The data moves to a row with a new id, and the old row is deleted: the old id is no longer valid. Each "
        "sign-in does this, so that an id planted before sign-in is useless afterwards."
    )

    def act(self, session: SessionBase) -> None:
        session.cycle_key()


class Flush(Act):
    slug = "flush"
    name = _("Flush")
    about = _(
        "The server deletes the row with its data, and the response deletes the cookie, as signing out does. No copy "
        "of the id works any more."
    )

    def act(self, session: SessionBase) -> None:
        session.flush()


ACTS = (Put, Nested, Modified, Save, Cycle, Flush)

LARGEST = 256 * 1024  # characters that a visitor may store: as many as a request may have bytes


class SizeSerializer(Strict):
    characters = StrictIntegerField(label=_("Characters"), min_value=0, max_value=LARGEST)
    example = {"characters": 4096}


class SizeAnswer(serializers.Serializer):
    row = serializers.IntegerField()
    id = serializers.IntegerField()


class SizeView(SessionView):
    """The size of this session on the server and in the browser; and a way to make it larger."""

    recorded = True
    name = _("Session size")
    description = _("How many characters the session's database row has, and how many the id in your browser has.")

    @extend_schema(summary=_("Measure the session"), responses={200: SizeAnswer})
    def get(self, request: Request) -> Response:
        row = Session.objects.get(session_key=request._request.session.session_key)
        return Response(SizeAnswer({"row": len(row.session_data), "id": len(row.session_key)}).data)

    @extend_schema(
        summary=_("Fill the session"),
        description=_("Stores this many random characters in the session."),
        request=SizeSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        characters = SizeSerializer.read(request)["characters"]
        request._request.session["filler"] = secrets.token_urlsafe(characters)[:characters]  # random: incompressible
        return Response(status=204)


ELSEWHERE = "authcompare/1 (the lab's clean client)"  # its User-Agent


class ElsewhereSerializer(Strict):
    password = TextField(label=_("Password"), max_length=128, trim_whitespace=False, style={"input_type": "password"})
    example = {"password": "c2VjcmV0LWFs"}


class ElsewhereAnswer(serializers.Serializer):
    user_agent = serializers.CharField()


class ElsewhereView(SessionView):
    """Signs the same account in from a clean client, so that there is a second sign-in to end."""

    name = _("Sign in elsewhere")
    description = _("Signs the same account in from a clean client, so that you have a second sign-in to end.")

    @extend_schema(
        summary=_("Sign in from another client"), request=ElsewhereSerializer, responses={201: ElsewhereAnswer}
    )
    @raises(WrongCredentials)
    def post(self, request: Request) -> Response:
        password = ElsewhereSerializer.read(request)["password"]
        with Client(host=request.get_host()) as client:
            client.headers["User-Agent"] = ELSEWHERE
            actor = Actor(self.variant, client)
            answer = actor.sign_in(request.user.get_username(), password)
        if answer.status_code != 200:  # the variant's own error
            return Response(answer.json(), status=answer.status_code)
        return Response(ElsewhereAnswer({"user_agent": ELSEWHERE}).data, status=201)
