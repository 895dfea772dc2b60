"""The admin page of notes."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest

from authcompare.note.models import Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ["title", "owner", "revision", "updated_at"]
    list_select_related = ["owner"]
    search_fields = ["owner__username", "title"]
    fields = ["owner", "title", "body", "revision", "updated_at"]
    readonly_fields = ["owner", "revision", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a note is created with its owner

    def has_delete_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        return False  # and deleted with its owner

    def save_model(self, request: HttpRequest, obj: Note, form: Any, change: bool) -> None:
        """Save the note with a new revision, so that a client with the old ETag cannot overwrite this edit."""
        obj.revision = F("revision") + 1
        super().save_model(request, obj, form, change)
