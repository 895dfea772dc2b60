"""The server's memory of sessions, for administrators. The key, which would let them in as anybody, is not shown."""

import json

from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.admin import ExpiredFilter, Kept
from sessions_demo.models import Session


@admin.register(Session)
class SessionAdmin(Kept):
    expires = "expire_date"
    list_display = ["public_id", "user", "created_at", "last_seen_at", "expire_date", "user_agent"]
    list_filter = [ExpiredFilter]
    list_select_related = ["user"]
    search_fields = ["user__username", "user_agent"]
    ordering = ["-last_seen_at"]
    fields = [*list_display, "data"]
    actions = ["end"]

    @admin.display(description=_("data"))
    def data(self, session):
        """What Django keeps as one signed and packed text, unpacked."""
        return format_html("<pre>{}</pre>", json.dumps(session.get_decoded(), indent=2, ensure_ascii=False))

    @admin.action(description=_("End the selected sessions"), permissions=["end"])
    def end(self, request, sessions):
        """Except the one in use here: that is what signing out is for."""
        count = sessions.exclude(session_key=request.session.session_key).delete()[0]
        message = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)
