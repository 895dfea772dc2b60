"""The admin page of sessions. It does not show the session key, which is a valid credential."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.admin import ExpiredFilter
from authcompare.mechanisms.admin import ServerStateAdmin
from sessions_demo.models import Session


@admin.register(Session)
class SessionAdmin(ServerStateAdmin):
    expires = "expire_date"
    list_display = ["public_id", "user", "created_at", "last_seen_at", "expire_date", "user_agent"]
    list_filter = [ExpiredFilter]
    list_select_related = ["user"]
    search_fields = ["user__username", "user_agent"]
    ordering = ["-last_seen_at"]
    fields = [*list_display, "data"]
    actions = ["end"]

    @admin.display(description=_("data"))
    def data(self, session: Session) -> SafeString:
        """Return the decoded session data."""
        return format_html("<pre>{}</pre>", json.dumps(session.get_decoded(), indent=2, ensure_ascii=False))

    @admin.action(description=_("End the selected sessions"), permissions=["end"])
    def end(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        """Delete the selected sessions, except the administrator's current one."""
        count = sessions.exclude(session_key=request.session.session_key).delete()[0]
        message = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)
