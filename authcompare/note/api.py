"""The protected resource: one view behind every mechanism. Nothing here knows a mechanism."""

from django.db import transaction
from django.db.models import Manager, QuerySet
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authcompare.accounts.models import User
from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.decorators import raises
from authcompare.note.models import Note


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("The note has changed since you read it. Read it again, then send your change.")


class IsEditorOrReadOnly(BasePermission):
    """Editors may change the note, readers may read it. The variant determines the role, as it does the user."""

    message = _("This account may only read the note. Sign in as an editor to change it.")
    code = "role_required"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or request.user.role == User.Role.EDITOR


class NoteSerializer(Strict, serializers.ModelSerializer):
    owner = serializers.CharField(source="owner.username", read_only=True)
    title = TextField(label=_("Title"), max_length=120)
    body = TextField(label=_("Text"), max_length=4000, allow_blank=True, trim_whitespace=False)

    class Meta:
        model = Note
        fields = ["owner", "title", "body", "revision", "updated_at"]
        read_only_fields = ["owner", "revision", "updated_at"]

    example = {"title": "Changed", "body": "By hand."}


ETAG = OpenApiParameter(
    "ETag",
    location=OpenApiParameter.HEADER,
    response=[200, 304],
    required=True,
    description=_('The revision of the note, as "7-3".'),
)


class NoteView(Endpoint):
    """The private note of the user whom the variant authenticates. Every variant returns the same bytes."""

    permission_classes = [IsAuthenticated, IsEditorOrReadOnly]
    recorded = True
    name = _("The private note")
    description = _("The note of the signed-in user. Every door returns the same bytes.")

    @extend_schema(
        summary=_("Read the note"),
        description=_("The ETag names this revision. Send it as If-None-Match to avoid receiving the same note again."),
        parameters=[
            ETAG,
            OpenApiParameter(
                "If-None-Match",
                location=OpenApiParameter.HEADER,
                description=_("An ETag: send the note only if it is another revision."),
            ),
        ],
        responses={
            200: NoteSerializer,
            304: OpenApiResponse(description=_("The note is still the revision that If-None-Match names.")),
        },
    )
    @raises(NotFound, ParseError)
    def get(self, request: Request) -> HttpResponse:
        """Return the note with its ETag, or 304 when If-None-Match names this revision."""
        note = self.find_note(request)
        return self.check_precondition(request, note) or self.answer(note)

    @extend_schema(
        summary=_("Change the note"),
        description=_("Title, text, or both. With an ETag as If-Match, the change applies to that revision only."),
        parameters=[
            ETAG,
            OpenApiParameter(
                "If-Match",
                location=OpenApiParameter.HEADER,
                description=_("An ETag: change the note only if it is still this revision."),
            ),
        ],
        request=NoteSerializer(partial=True),
        responses={200: NoteSerializer},
    )
    @raises(NotFound, ParseError, PreconditionFailed)
    def patch(self, request: Request) -> HttpResponse:
        """Change title, body or both, and return the next revision; 412 when If-Match names an older one."""
        with transaction.atomic():
            note = self.find_note(request, Note.objects.select_for_update(of=("self",)))
            self.check_precondition(request, note)
            serializer = NoteSerializer(note, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            serializer.save(revision=note.revision + 1)
        return self.answer(note)

    def find_note(self, request: Request, notes: Manager | QuerySet = Note.objects) -> Note:
        try:
            return notes.select_related("owner").get(owner_id=request.user.pk)
        except Note.DoesNotExist:
            raise NotFound(_("This user's note has been deleted.")) from None

    def check_precondition(self, request: Request, note: Note) -> HttpResponse | None:
        """Return None or a 304; raise PreconditionFailed, or ParseError for a header that cannot be read."""
        for header in ("If-Match", "If-None-Match"):
            if request.headers.get(header) and not parse_etags(request.headers[header]):
                raise ParseError(
                    _("%(header)s is not an entity tag. Send one from an ETag header.") % {"header": header}
                )
        response = get_conditional_response(request._request, etag=note.etag)
        if response is not None and response.status_code == 412:
            raise PreconditionFailed
        if response is not None:
            response["ETag"] = note.etag  # RFC 9110 section 15.4.5
        return response

    def answer(self, note: Note) -> Response:
        return Response(NoteSerializer(note).data, headers={"ETag": note.etag})
