"""The admin pages of token families, outstanding tokens and the denylist. They show no token."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authcompare.accounts.admin import ExpiredFilter
from authcompare.accounts.models import User
from authcompare.mechanisms.admin import ServerStateAdmin
from authcompare.mechanisms.base import StrOrPromise
from tokens_demo.models import DeniedToken, Family, OutstandingToken


@admin.register(Family)
class FamilyAdmin(ServerStateAdmin):
    list_display = ["id", "user", "variant", "status", "created_at", "last_seen_at", "expires_at", "user_agent"]
    list_filter = ["variant", ("ended_at", admin.EmptyFieldListFilter), ExpiredFilter]
    list_select_related = ["user"]
    search_fields = ["user__username", "user_agent"]
    ordering = ["-created_at"]
    fields = [*list_display, "access_lifetime", "ended_at"]
    actions = ["end"]

    @admin.display(description=_("status"))
    def status(self, family: Family) -> StrOrPromise:
        if family.ended_at:
            return _("ended")
        return _("expired") if family.expires_at <= timezone.now() else _("active")

    @admin.action(description=_("End the selected sign-ins"), permissions=["end"])
    def end(self, request: HttpRequest, families: QuerySet[Family]) -> None:
        """End the selected families, which denies their tokens."""
        with transaction.atomic():
            locked = list(families.select_for_update(of=("self",)))
            for family in locked:
                family.end(DeniedToken.Reason.ADMIN)
        message = ngettext("%(count)d sign-in was ended.", "%(count)d sign-ins were ended.", len(locked))
        self.message_user(request, message % {"count": len(locked)}, messages.SUCCESS)


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(ServerStateAdmin):
    list_display = ["jti", "token_type", "status", "user", "variant", "issued_at", "expires_at"]
    list_filter = ["token_type", "family__variant", ExpiredFilter]
    list_select_related = ["family__user"]
    search_fields = ["family__user__username", "jti"]
    ordering = ["-issued_at"]
    fields = [*list_display, "family", "parent"]
    actions = ["deny"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutstandingToken]:
        denied = DeniedToken.objects.filter(jti=OuterRef("jti"))
        return super().get_queryset(request).annotate(denied=Exists(denied))

    @admin.display(description=_("user"), ordering="family__user__username")
    def user(self, token: OutstandingToken) -> User:
        return token.family.user

    @admin.display(description=_("variant"), ordering="family__variant")
    def variant(self, token: OutstandingToken) -> str:
        return token.family.variant

    @admin.display(description=_("status"))
    def status(self, token: Any) -> StrOrPromise:
        if token.expires_at <= timezone.now():
            return _("expired")
        return _("denied") if token.denied else _("valid")

    @admin.action(description=_("Deny the selected tokens"), permissions=["end"])
    def deny(self, request: HttpRequest, tokens: QuerySet[OutstandingToken]) -> None:
        """Add the selected tokens to the denylist."""
        denied = [
            DeniedToken(jti=token.jti, expires_at=token.expires_at, reason=DeniedToken.Reason.ADMIN) for token in tokens
        ]
        DeniedToken.objects.bulk_create(denied, ignore_conflicts=True)
        message = ngettext("%(count)d token was denied.", "%(count)d tokens were denied.", len(denied))
        self.message_user(request, message % {"count": len(denied)}, messages.SUCCESS)


@admin.register(DeniedToken)
class DeniedTokenAdmin(ServerStateAdmin):
    list_display = ["jti", "reason", "user", "denied_at", "expires_at"]
    list_filter = ["reason", ExpiredFilter]
    search_fields = ["username", "jti"]
    ordering = ["-denied_at"]
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeniedToken]:
        token = OutstandingToken.objects.filter(jti=OuterRef("jti"))
        return super().get_queryset(request).annotate(username=Subquery(token.values("family__user__username")[:1]))

    @admin.display(description=_("user"), ordering="username")
    def user(self, denied: Any) -> str:
        return denied.username
