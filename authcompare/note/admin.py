"""The admin site: notes."""

from django.contrib import admin
from django.db.models import F

from authcompare.note.models import Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ["title", "owner", "revision", "updated_at"]
    list_select_related = ["owner"]
    search_fields = ["owner__username", "title"]
    fields = ["owner", "title", "body", "revision", "updated_at"]
    readonly_fields = ["owner", "revision", "updated_at"]

    def has_add_permission(self, request):
        return False  # it comes with its user

    def has_delete_permission(self, request, obj=None):
        return False  # and goes with them

    def save_model(self, request, obj, form, change):
        """An edit here counts like any other: whoever has read the note before must not overwrite it unawares."""
        obj.revision = F("revision") + 1
        super().save_model(request, obj, form, change)
