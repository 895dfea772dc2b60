"""A middleware that notes which user Django's own middleware has found, and the view that reports it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import TextField
from authcompare.api.openapi.decorators import raises
from authcompare.mechanisms.registry import find_variant, variants

PATH = "/lab/api/chain/"


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse | None]:
    """Note the user found so far, for ProbeView; the last middleware of all.

    WEAK on purpose: on request, it does not call the next handler and returns nothing, so that Django fails.
    """
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse | None:
        if request.path == PATH:
            if request.method == "GET" and request.GET.getlist("forgotten") == ["1"]:
                return None
            request.user_in_middleware = request.user.get_username() or None
        return get_response(request)

    return middleware


class ChainQuery(serializers.Serializer):
    mechanism = TextField(label=_("Mechanism"), max_length=40, required=False)
    variant = TextField(label=_("Variant"), max_length=40, required=False)
    forgotten = serializers.ChoiceField(
        ["1"], required=False, help_text=_("1: a middleware does not call the next handler, and the server fails.")
    )


class ChainAnswer(serializers.Serializer):
    middleware = serializers.CharField(allow_null=True)
    view = serializers.CharField(allow_null=True)


class ProbeView(Endpoint):
    """The user that Django's middleware finds before any view runs, and the user that a variant finds."""

    name = _("User in middleware and view")
    description = _("Which user Django's own middleware finds before any view runs, and which user the door finds.")
    recorded = True

    def get_readers(self) -> list[BaseAuthentication]:
        return [variant.authentication() for variant in variants()]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return []  # the query names the variant that reads the credential

    @extend_schema(
        summary=_("Show the user found"),
        description=_("The query names the door; without it, the first door. A refused credential counts as none."),
        parameters=[ChainQuery],
        responses={200: ChainAnswer},
    )
    @raises(NotFound)
    def get(self, request: Request) -> Response:
        query = ChainQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        names = [query.validated_data.get(name) for name in ("mechanism", "variant")]
        variant = find_variant(*names) if any(names) else variants()[0]
        if variant is None:
            raise NotFound(_("This door does not exist."))
        try:
            found = variant.authentication().authenticate(request)
        except APIException:
            found = None
        username = found[0].get_username() if found else None
        return Response(ChainAnswer({"middleware": request._request.user_in_middleware, "view": username}).data)
