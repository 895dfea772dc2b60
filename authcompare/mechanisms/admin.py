"""The admin pages' part for all mechanisms: an action on users, and the base of pages about server-side state."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.admin import UserAdmin
from authcompare.accounts.models import User
from authcompare.mechanisms.registry import mechanisms


class ServerStateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The admin page of rows that a mechanism stores. Administrators can view and end them, but not change them."""

    expires = "expires_at"
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may run the actions that end a row: the model's change permission."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


@admin.action(description=_("End all sign-ins of the selected users"), permissions=["change"])
def end_sign_ins(model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, users: QuerySet[User]) -> None:
    """End every sign-in of these users that the server stores, with every mechanism."""
    count = sum(mechanism.end_all_sign_ins(user) for user in users for mechanism in mechanisms())
    message = ngettext(
        "%(count)d sign-in was ended. A sign-in that the server does not store lasts until it expires.",
        "%(count)d sign-ins were ended. A sign-in that the server does not store lasts until it expires.",
        count,
    )
    model_admin.message_user(request, message % {"count": count}, messages.SUCCESS)


UserAdmin.actions = [*UserAdmin.actions, end_sign_ins]
