"""The admin site: accounts, their notes, their sandboxes; and what the mechanisms' own admin modules build on."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.models import Sandbox, User
from authcompare.mechanisms.registry import mechanisms


class ExpiredFilter(admin.SimpleListFilter):
    """Is its time up? The model admin's `expires` names the field that says so."""

    title = _("expired")
    parameter_name = "expired"

    def lookups(self, request, model_admin):
        self.field = model_admin.expires
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request, rows):
        up = {f"{self.field}__lte": timezone.now()}
        return {"1": rows.filter(**up), "0": rows.exclude(**up)}.get(self.value())


class Kept(admin.ModelAdmin):
    """What a mechanism keeps: to be looked at and ended here, and otherwise as it is."""

    expires = "expires_at"
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_end_permission(self, request):
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class WithAllOfIt:
    """Mixed into the admin of what everything else hangs on: whoever may delete it may delete that as well."""

    def get_deleted_objects(self, objs, request):
        deleted, counts, _forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected


@admin.register(User)
class UserAdmin(WithAllOfIt, DjangoUserAdmin):
    list_display = ["username", "role", "sandbox", "is_active", "is_staff", "last_login"]
    list_filter = ["role", "is_active", "is_staff", ("sandbox", admin.EmptyFieldListFilter)]
    list_select_related = ["sandbox"]
    search_fields = ["username"]
    readonly_fields = ["sandbox", "last_login", "date_joined"]
    fieldsets = [*DjangoUserAdmin.fieldsets, ("authcompare", {"fields": ["role", "sandbox"]})]
    actions = ["end_logins", "deactivate"]

    @admin.action(description=_("End all sign-ins of the selected users"), permissions=["change"])
    def end_logins(self, request, users):
        count = sum(mechanism.end_all(user) for user in users for mechanism in mechanisms())
        message = ngettext(
            "%(count)d sign-in has ended. One that the server does not remember lasts until it expires.",
            "%(count)d sign-ins have ended. Those that the server does not remember last until they expire.",
            count,
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Deactivate the selected users"), permissions=["change"])
    def deactivate(self, request, users):
        count = users.exclude(pk=request.user.pk).update(is_active=False)
        message = ngettext(
            "%(count)d user can not sign in any more.", "%(count)d users can not sign in any more.", count
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)


@admin.register(Sandbox)
class SandboxAdmin(WithAllOfIt, admin.ModelAdmin):
    expires = "expires_at"
    list_display = ["__str__", "created_at", "expires_at", "accounts"]
    list_filter = [ExpiredFilter]
    search_fields = ["users__username"]
    fields = readonly_fields = ["created_at", "expires_at", "accounts"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("users")

    @admin.display(description=_("accounts"))
    def accounts(self, sandbox):
        return ", ".join(sorted(user.username for user in sandbox.users.all()))

    def has_add_permission(self, request):
        return False  # made by the lab, with its accounts
