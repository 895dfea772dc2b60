"""The note behind several authenticators, in the order that the client names."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import TextField
from authcompare.api.openapi.decorators import raises
from authcompare.mechanisms.registry import mechanisms
from authcompare.note.api import NoteSerializer
from authcompare.note.models import Note

STOCK = "stock"  # the name of DRF's own SessionAuthentication in an order


def authenticators() -> dict[str, type[BaseAuthentication]]:
    """Return {name: class} of what an order may name: every mechanism's default variant, and DRF's own for sessions."""
    return {each.name: each.default.authentication for each in mechanisms()} | {STOCK: SessionAuthentication}


class OrderQuery(serializers.Serializer):
    doors = TextField(
        label=_("Order"),
        max_length=200,
        required=False,
        help_text=_("Names of mechanisms, separated by commas. Leave empty for this site's order."),
    )

    def validate_doors(self, value: str) -> list[str]:
        names = value.split(",")
        if set(names) - set(authenticators()):
            known = ", ".join(authenticators())
            raise serializers.ValidationError(_("Unknown name. Use these: %(names)s.") % {"names": known})
        return list(dict.fromkeys(names))


class OrderView(Endpoint):
    """The note behind several authenticators, by DRF's own rules.

    The first authenticator that finds or refuses a credential decides. The first in the list makes a refusal a 401 or
    a 403.
    """

    name = _("The note, in an order of your own")
    description = _(
        "The note behind several mechanisms' default doors, in the order that you name. The first mechanism that "
        "finds or refuses a credential decides, and the Authenticated-By header names it."
    )
    recorded = True
    permission_classes = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        OrderQuery(data=request.query_params).is_valid(raise_exception=True)
        super().initial(request, *args, **kwargs)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return those of the query, which DRF requests before `initial` refuses an invalid query."""
        query = OrderQuery(data=self.request.GET if self.request else {})
        query.is_valid()
        known = authenticators()
        return [known[name]() for name in query.validated_data.get("doors", [each.name for each in mechanisms()])]

    @extend_schema(
        summary=_("Read the note in this order"),
        description=_("An order may contain stock: DRF's own SessionAuthentication, unchanged."),
        parameters=[OrderQuery],
        responses={200: NoteSerializer},
    )
    @raises(NotFound)
    def get(self, request: Request) -> Response:
        note = get_object_or_404(Note.objects.select_related("owner"), owner_id=request.user.pk)
        return Response(NoteSerializer(note).data)
