"""The endpoint that starts a second server of this project."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict
from authcompare.api.openapi.decorators import raises
from authcompare.server import second_servers
from authcompare.server.keys import ALGORITHMS


class TwinSerializer(Strict):
    same_key = serializers.BooleanField(label=_("Same keys"), default=True)
    same_database = serializers.BooleanField(label=_("Same database"), default=True)
    short = serializers.BooleanField(
        label=_("Short lifetimes"), default=False, help_text=_("Credentials expire after a few seconds.")
    )
    algorithm = serializers.ChoiceField(
        ALGORITHMS,
        label=_("Algorithm"),
        required=False,
        help_text=_("Signs its tokens. If it is not this server's algorithm, the second server gets a key of its own."),
    )
    example = {"same_key": True, "same_database": False}


class TwinAnswer(serializers.Serializer):
    url = serializers.URLField()


class TwinView(Endpoint):
    """A second server of this project, with this server's keys and database or its own."""

    name = _("A second server")
    description = _(
        "A second server of this project, with this server's keys and database or its own. Only this machine can "
        "reach it."
    )

    @extend_schema(
        summary=_("Get a second server"),
        description=_("Starts one unless such a server runs already. It ends after a while without requests."),
        request=TwinSerializer,
        responses={200: TwinAnswer},
    )
    @raises(second_servers.Unavailable, second_servers.IsSecondServer)
    def post(self, request: Request) -> Response:
        options = {"algorithm": settings.JWT_ALGORITHM, **TwinSerializer.read(request)}
        url = second_servers.url(second_servers.Options(**options))
        return Response(TwinAnswer({"url": url}).data)
