"""THE protected resource, served by one view behind every mechanism. Nothing here knows a mechanism."""

from django.db import transaction
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.response import Response

from authcompare.accounts.models import User
from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict, TextField
from authcompare.api.openapi.operations import Operation
from authcompare.note.models import Note


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("The note has changed since you read it. Read it again, then change what you see.")


class IsEditorOrReadOnly(BasePermission):
    """Readers read, editors also change. A door vouches for the role, as it does for the user."""

    message = _("This account may read the note but not change it.")
    code = "role_required"

    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.role == User.Role.EDITOR


class NoteSerializer(Strict, serializers.ModelSerializer):
    owner = serializers.CharField(source="owner.username", read_only=True)
    title = TextField(label=_("Title"), max_length=120)
    body = TextField(label=_("Text"), max_length=4000, allow_blank=True, trim_whitespace=False)

    class Meta:
        model = Note
        fields = ["owner", "title", "body", "revision", "updated_at"]
        read_only_fields = ["owner", "revision", "updated_at"]

    @staticmethod
    def example(view):
        return {
            "owner": "alice-7f3a21",
            "title": "A private note",
            "body": "Only I should be able to read this.",
            "revision": 3,
            "updated_at": "2026-09-01T08:00:00Z",
        }


class NoteView(Endpoint):
    """The private note of whoever the door says is asking.

    Answers the same bytes whichever door it stands behind. `PATCH` honours `If-Match` (RFC 9110 section 13.1.1).
    """

    permission_classes = [IsAuthenticated, IsEditorOrReadOnly]
    recorded = True
    name = _("The private note")
    description = _("The note of whoever the door says is asking. Its bytes are the same behind every door.")
    operations = {
        "GET": Operation(
            _("Read the note"),
            _("The ETag names this revision. Sent back as If-None-Match, it saves sending the same note again."),
            gives={200: NoteSerializer},
            raises=(NotFound,),
            condition="If-None-Match",
        ),
        "PATCH": Operation(
            _("Change the note"),
            _("Title, text or both. With an ETag as If-Match, it changes that revision or nothing."),
            takes=NoteSerializer,
            partial=True,
            example={"title": "Changed", "body": "By hand."},
            gives={200: NoteSerializer},
            raises=(NotFound, PreconditionFailed),
            condition="If-Match",
        ),
    }

    def get(self, request):
        """Read the note: 200 and an ETag, or 304 when If-None-Match already names it."""
        note = self.note(request)
        return self.conditional(request, note) or self.answer(note)

    def patch(self, request):
        """Change title, body or both: 200 with the next revision, 412 when If-Match names an older one."""
        with transaction.atomic():
            note = self.note(request, Note.objects.select_for_update(of=("self",)))
            self.conditional(request, note)
            serializer = NoteSerializer(note, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            serializer.save(revision=note.revision + 1)
        return self.answer(note)

    def note(self, request, notes=Note.objects):
        try:
            return notes.select_related("owner").get(owner_id=request.user.pk)
        except Note.DoesNotExist:
            raise NotFound(_("This user has no note any more.")) from None

    def conditional(self, request, note):
        """None, or a 304; raises 412. A precondition that can not be read must not pass for one that was met."""
        for header in ("If-Match", "If-None-Match"):
            if request.headers.get(header) and not parse_etags(request.headers[header]):
                raise ParseError(_("%(header)s takes entity tags as an ETag header gave them.") % {"header": header})
        response = get_conditional_response(request._request, etag=note.etag)
        if response is not None and response.status_code == 412:
            raise PreconditionFailed
        if response is not None:
            response["ETag"] = note.etag  # RFC 9110 section 15.4.5
        return response

    def answer(self, note):
        return Response(NoteSerializer(note).data, headers={"ETag": note.etag})
