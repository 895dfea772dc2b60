"""The admin pages of users and sandboxes."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.models import Sandbox, User


class ExpiredFilter(admin.SimpleListFilter):
    """A filter by expiry. The model admin's `expires` names the field with the expiry time."""

    title = _("expired")
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.field = model_admin.expires
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        expired = {f"{self.field}__lte": timezone.now()}
        return {"1": queryset.filter(**expired), "0": queryset.exclude(**expired)}.get(self.value())


class CascadeDeleteMixin:
    """A model admin in which the permission to delete an object covers everything that depends on it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        deleted, counts, _missing_permissions, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected


@admin.register(User)
class UserAdmin(CascadeDeleteMixin, DjangoUserAdmin):
    list_display = ["username", "role", "sandbox", "is_active", "is_staff", "last_login"]
    list_filter = ["role", "is_active", "is_staff", ("sandbox", admin.EmptyFieldListFilter)]
    list_select_related = ["sandbox"]
    search_fields = ["username"]
    readonly_fields = ["sandbox", "last_login", "date_joined"]
    fieldsets = [*DjangoUserAdmin.fieldsets, ("authcompare", {"fields": ["role", "sandbox"]})]
    actions = ["deactivate"]

    @admin.action(description=_("Deactivate the selected users"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Deactivate the selected users, except the administrator."""
        count = users.exclude(pk=request.user.pk).update(is_active=False)
        message = ngettext("%(count)d user was deactivated.", "%(count)d users were deactivated.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)


@admin.register(Sandbox)
class SandboxAdmin(CascadeDeleteMixin, admin.ModelAdmin):
    expires = "expires_at"
    list_display = ["__str__", "created_at", "expires_at", "accounts"]
    list_filter = [ExpiredFilter]
    search_fields = ["users__username"]
    fields = readonly_fields = ["created_at", "expires_at", "accounts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sandbox]:
        return super().get_queryset(request).prefetch_related("users")

    @admin.display(description=_("accounts"))
    def accounts(self, sandbox: Sandbox) -> str:
        """Return the names of the sandbox's users."""
        return ", ".join(sorted(user.username for user in sandbox.users.all()))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the lab creates sandboxes, with their accounts
