"""What a request passes through, for two experiments: where somebody is known, and who decides when several
authenticators are asked in turn. In the lab only, and reading only.
"""

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.mechanisms.registry import find_variant, mechanisms, variants
from authcompare.note.api import NoteSerializer
from authcompare.note.models import Note

CHAIN = "/lab/api/chain/"
STOCK = "stock"  # the name, in an order, of the authenticator that DRF itself brings for sessions


def middleware(get_response):
    """The last of all: notes for ChainView whom Django's own middlewares know by now.

    WEAK on purpose: asked to, it forgets to pass the request on, and returns nothing. What comes of that is Django's.
    """
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request):
        if request.path == CHAIN:
            if request.method == "GET" and request.GET.getlist("forgotten") == ["1"]:
                return None
            request.known_before = request.user.get_username() or None
        return get_response(request)

    return middleware


class ChainQuery(serializers.Serializer):
    mechanism = TextField(label=_("Mechanism"), max_length=40, required=False)
    variant = TextField(label=_("Variant"), max_length=40, required=False)
    forgotten = serializers.ChoiceField(
        ["1"], required=False, help_text=_("1: a middleware forgets to pass the request on. The answer is an error.")
    )


class ChainAnswer(ResponseSerializer):
    middleware = serializers.CharField(allow_null=True)
    view = serializers.CharField(allow_null=True)

    @staticmethod
    def example(view):
        return {"middleware": None, "view": "alice-7f3a21"}


class ChainView(Endpoint):
    """Whom Django's own middlewares know before any view is asked, and whom a door then finds."""

    name = _("Who is known where")
    description = _("Whom Django's own middlewares know before any view is asked, and whom the door then finds.")
    recorded = True
    operations = {
        "GET": Operation(
            _("Ask who is known where"),
            _("The query names the door: left out, it is the first. A credential that is refused counts as none."),
            query=ChainQuery,
            gives={200: ChainAnswer},
            raises=(NotFound,),
            credential="optional",
        )
    }

    @property
    def doors(self):
        """Any: the query says which."""
        return variants()

    def get(self, request):
        query = ChainQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        names = [query.validated_data.get(name) for name in ("mechanism", "variant")]
        door = find_variant(*names) if any(names) else variants()[0]
        if door is None:
            raise NotFound(_("There is no such door."))
        try:
            found = door.authentication().authenticate(request)
        except APIException:
            found = None
        return Response(
            {"middleware": request._request.known_before, "view": found[0].get_username() if found else None}
        )


def authenticators():
    """{name: class} of what can be put into an order: every mechanism's default door, and DRF's own for sessions."""
    return {each.name: each.default.authentication for each in mechanisms()} | {STOCK: SessionAuthentication}


class OrderQuery(serializers.Serializer):
    doors = TextField(
        label=_("Order"),
        max_length=200,
        required=False,
        help_text=_("Mechanisms by name, with commas between. Left out: the order of this site."),
    )

    def validate_doors(self, value):
        unknown = set(value.split(",")) - set(authenticators())
        if unknown:
            raise serializers.ValidationError(_("These are known: %(names)s.") % {"names": ", ".join(authenticators())})
        return list(dict.fromkeys(value.split(",")))


class OrderView(Endpoint):
    """The note behind several authenticators, in the order that the query names, with DRF's own rules as they are:
    the first that finds or refuses a credential decides, and the first listed makes a refusal a 401 or a 403."""

    name = _("The note, in an order of your own")
    description = _(
        "The note behind several mechanisms' default doors, asked in the order that you name. The first that finds or "
        "refuses a credential decides, and the Authenticated-By header names it."
    )
    recorded = True
    permission_classes = [IsAuthenticated]
    operations = {
        "GET": Operation(
            _("Read the note in this order"),
            _("Among the names may be stock: DRF's own SessionAuthentication, unchanged."),
            query=OrderQuery,
            gives={200: NoteSerializer},
            raises=(NotFound,),
        )
    }

    @property
    def doors(self):
        return [mechanism.default for mechanism in mechanisms()]

    def initial(self, request, *args, **kwargs):
        OrderQuery(data=request.query_params).is_valid(raise_exception=True)
        super().initial(request, *args, **kwargs)

    def get_authenticators(self):
        """As the query says. The documentation asks without a request, and DRF before the query has been judged."""
        query = OrderQuery(data=self.request.GET if self.request else {})
        query.is_valid()
        known = authenticators()
        return [known[name]() for name in query.validated_data.get("doors", [each.name for each in mechanisms()])]

    def get(self, request):
        note = get_object_or_404(Note.objects.select_related("owner"), owner_id=request.user.pk)
        return Response(NoteSerializer(note).data)
