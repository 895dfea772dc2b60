"""What only sessions have, in the lab: views that do one thing to the visitor's own session, and say what they see.

Sandbox accounts only. Each `act` is the very source that the page shows beside its button.
"""

import secrets

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.http_client import Client
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.api import LabOnly, WrongCredentials
from sessions_demo.models import Session
from sessions_demo.session_decoder import masked


class InSandbox(BasePermission):
    """Throwaway accounts only: what happens to their sessions hurts nobody."""

    message = LabOnly.default_detail
    code = LabOnly.default_code

    def has_permission(self, request, view):
        return bool(request.user and request.user.sandbox_id)


class NoBasket(APIException):
    status_code = 409
    default_code = "no_basket"
    default_detail = _("There is no basket in this session yet: put one in first.")


class Inside(ResponseSerializer):
    """A session as a view sees it, before any middleware has saved it."""

    id = serializers.CharField(allow_null=True)
    data = serializers.DictField()
    modified = serializers.BooleanField()

    @staticmethod
    def example(view):
        return {"id": "k3v9…x2hd", "data": {"_auth_user_id": "7", "basket": {"apples": 1}}, "modified": True}


def inside(session):
    return {"id": masked(session.session_key), "data": dict(session.items()), "modified": session.modified}


class SessionView(Endpoint):
    """What these views share. They stand behind the session door, so a POST needs the CSRF token."""

    permission_classes = [IsAuthenticated, InSandbox]


class LookView(SessionView):
    """What this request finds in the session. It only reads, so nothing is saved."""

    name = _("Look into the session")
    description = _("What this request finds in the session. It only reads, so nothing is saved.")
    operations = {"GET": Operation(_("Look"), gives={200: Inside})}

    def get(self, request):
        return Response(inside(request._request.session))


class Act(SessionView):
    """Does one thing to the session, and answers how the session looks then, still inside the request.

    Saving is not done here: the session middleware does it on the way out, if `modified` is true.
    """

    recorded = True
    slug: str
    about: str  # what there is to see
    raises = ()

    @property
    def operations(self):
        return {"POST": Operation(self.name, gives={200: Inside}, raises=self.raises)}

    @property
    def description(self):
        return self.about

    def post(self, request):
        Strict(data=request.data).is_valid(raise_exception=True)
        session = request._request.session
        self.act(session)
        return Response(inside(session))

    def act(self, session):
        raise NotImplementedError


class Put(Act):
    slug = "put"
    name = _("Put a value")
    about = _(
        "The session notices that a key is set, and marks itself as modified. So the middleware saves the row on the "
        "way out, and sends the cookie again."
    )

    def act(self, session):
        session["basket"] = {"apples": 1}


class Basket(Act):
    """An act that needs something to be there already."""

    raises = (NoBasket,)

    def post(self, request):
        Strict(data=request.data).is_valid(raise_exception=True)
        if "basket" not in request._request.session:
            raise NoBasket
        return super().post(request)


class Nested(Basket):
    slug = "nested"
    name = _("Change a value inside a value")
    about = _(
        "Only the dictionary in the session changes, and the session does not notice: nobody saves, and the next "
        "request finds the old number. It would be kept by luck if anything else in the same request marked the "
        "session as modified. Here the idle timeout does so now and then, so a mistake like this one shows up only "
        "sometimes."
    )

    def act(self, session):
        session["basket"]["apples"] += 1


class Modified(Basket):
    slug = "modified"
    name = _("The same, and say so")
    about = _("The view itself says that the session has changed. So the middleware saves it.")

    def act(self, session):
        session["basket"]["apples"] += 1
        session.modified = True


class Save(Act):
    slug = "save"
    name = _("Save without a change")
    about = _(
        "The row is written at once: signed anew, with another end where the idle timeout decides. But the session is "
        "not modified, so no cookie is sent, and the browser's copy still ends when it was told to."
    )

    def act(self, session):
        session.save()


class Cycle(Act):
    slug = "cycle"
    name = _("Change the id")
    about = _(
        "The data moves to a row with another id, and the old row is deleted: whoever holds the old id holds nothing. "
        "Each sign-in does this, so that an id planted before it is worthless after it."
    )

    def act(self, session):
        session.cycle_key()


class Flush(Act):
    slug = "flush"
    name = _("Flush")
    about = _(
        "Row and data are deleted, and the browser is told to delete the cookie: this is what signing out does. "
        "A copy of the id, wherever it is, opens nothing any more."
    )

    def act(self, session):
        session.flush()


ACTS = (Put, Nested, Modified, Save, Cycle, Flush)

LARGEST = 256 * 1024  # characters that a visitor may have the server remember: as much as a request may bring


class SizeSerializer(Strict):
    characters = SecondsField(label=_("Characters"), min_value=0, max_value=LARGEST)


class SizeAnswer(ResponseSerializer):
    row = serializers.IntegerField()
    id = serializers.IntegerField()

    @staticmethod
    def example(view):
        return {"row": 412, "id": 32}


class SizeView(SessionView):
    """How much the server keeps of this session, and how much the browser; and filling it up, by a number alone."""

    recorded = True
    name = _("How large it is")
    description = _("How many characters the server keeps in the session's row, and how many the id has that you hold.")
    operations = {
        "GET": Operation(_("Measure"), gives={200: SizeAnswer}),
        "POST": Operation(
            _("Fill it up"),
            _("The server puts so many random characters into the session."),
            takes=SizeSerializer,
            example={"characters": 4096},
            gives={204: None},
        ),
    }

    def get(self, request):
        row = Session.objects.get(session_key=request._request.session.session_key)
        return Response({"row": len(row.session_data), "id": len(row.session_key)})

    def post(self, request):
        serializer = SizeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data["characters"]
        request._request.session["filler"] = secrets.token_urlsafe(wanted)[:wanted]  # random: it can not be packed
        return Response(status=204)


ELSEWHERE = "authcompare/1 (the lab's clean client)"  # its User-Agent


class ElsewhereSerializer(Strict):
    password = TextField(label=_("Password"), max_length=128, trim_whitespace=False, style={"input_type": "password"})


class ElsewhereAnswer(ResponseSerializer):
    user_agent = serializers.CharField()

    @staticmethod
    def example(view):
        return {"user_agent": ELSEWHERE}


class ElsewhereView(SessionView):
    """Signs the same account in from a clean client of the lab's, so that there is another login to end."""

    name = _("Sign in elsewhere")
    description = _(
        "Signs the same account in from a clean client of the lab's, so that there is another login to end."
    )
    operations = {
        "POST": Operation(
            _("Sign in once more from elsewhere"),
            takes=ElsewhereSerializer,
            example={"password": "c2VjcmV0LWFs"},
            gives={201: ElsewhereAnswer},
            raises=(WrongCredentials,),
        )
    }

    def post(self, request):
        serializer = ElsewhereSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with Client(host=request.get_host()) as client:
            client.headers["User-Agent"] = ELSEWHERE
            actor = Actor(self.variant, client)
            answer = actor.sign_in(request.user.get_username(), serializer.validated_data["password"])
        if answer.status_code != 200:  # the door's own error, as it is
            return Response(answer.json(), status=answer.status_code)
        return Response({"user_agent": ELSEWHERE}, status=201)
