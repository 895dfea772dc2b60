"""Issuing tokens, exchanging a refresh token for new tokens, and revoking them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import datetime_from_epoch

from tokens_demo.models import DeniedToken, Family, OutstandingToken
from tokens_demo.tokens import AccessToken, RefreshToken, error_code


@dataclass(frozen=True)
class IssuedTokens:
    """The tokens of one response."""

    access: AccessToken
    refresh: RefreshToken | None
    expires_at: datetime  # of the access token


def start_family(user: Any, variant: Any, lifetime: int | None, user_agent: str) -> IssuedTokens:
    """Sign `user` in with `variant` for `lifetime` seconds (None: the default): store a family, issue its tokens."""
    access_lifetime = lifetime or int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    refreshable = variant.promises.refreshable
    family_lifetime = api_settings.REFRESH_TOKEN_LIFETIME if refreshable else timedelta(seconds=access_lifetime)
    family = Family(
        user=user,
        variant=variant.slug,
        access_lifetime=access_lifetime,
        user_agent=user_agent[:200].replace("\x00", ""),
        expires_at=timezone.now() + family_lifetime,
    )
    with transaction.atomic():
        family.save()
        return issue(family, variant)


def issue(family: Family, variant: Any, parent: OutstandingToken | None = None) -> IssuedTokens:
    """Issue the next tokens of a family. None expires after the family, whose row is needed to revoke it."""
    user = family.user
    refresh, record = None, None
    if variant.promises.refreshable:
        refresh = RefreshToken()
        refresh["sub"] = str(user.pk)
        refresh["family"] = str(family.pk)
        refresh.set_exp(from_time=refresh.current_time, lifetime=family.expires_at - refresh.current_time)
        record = store_issued(refresh, family, parent)
    access = variant.authentication.token_class()
    lifetime = timedelta(seconds=family.access_lifetime)
    access.set_exp(lifetime=min(lifetime, family.expires_at - access.current_time) if refresh else lifetime)
    access["sub"] = str(user.pk)
    access["family"] = str(family.pk)
    access.payload |= variant.claims(user)
    if variant.revocable:
        store_issued(access, family, record)
    return IssuedTokens(access, refresh, datetime_from_epoch(access["exp"]))


def store_issued(token: Any, family: Family, parent: OutstandingToken | None) -> OutstandingToken:
    """Store the id of an issued token."""
    return OutstandingToken.objects.create(
        jti=token["jti"],
        family=family,
        parent=parent,
        token_type=token.token_type,
        issued_at=token.current_time,
        expires_at=datetime_from_epoch(token["exp"]),
    )


def is_denied(jti: str, **conditions: Any) -> bool:
    """Return whether the denylist contains this token id, under these conditions if any."""
    return DeniedToken.objects.filter(jti=jti, **conditions).exists()


class RefreshRefused(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("This refresh token is invalid. Sign in again.")


class RefreshExpired(RefreshRefused):
    default_code = "token_expired"


class RefreshReused(RefreshRefused):
    default_code = "token_reused"
    default_detail = _("This refresh token was used before, so all tokens of this sign-in are revoked. Sign in again.")


REFUSALS = (RefreshRefused, RefreshExpired, RefreshReused)


def read_refresh(text: str) -> RefreshToken:
    """Return the verified refresh token; raise RefreshRefused."""
    try:
        return RefreshToken(text)
    except TokenError as error:
        raise (RefreshExpired if error_code(error) == RefreshExpired.default_code else RefreshRefused) from None


def rotate(text: str, find_variant: Callable[[str], Any]) -> IssuedTokens:
    """Exchange a refresh token for new tokens, and deny the old one. Raise RefreshRefused.

    If a rotated token is used again, two clients hold it, and the server cannot tell which one stole it: it ends the
    whole family (RFC 9700 section 4.14.2). It locks the family's row, so one of many concurrent rotations succeeds; the
    denylist's unique jti decides on a database without row locks.
    """
    token = read_refresh(text)
    refusal = None
    with transaction.atomic():
        family = lock_family(token)
        variant = family and find_variant(family.variant)
        usable = family and variant and variant.promises.refreshable and not family.ended_at and family.user.is_active
        if not usable or is_denied(token["jti"], reason=DeniedToken.Reason.ADMIN):
            refusal = RefreshRefused()
        elif not deny(token, DeniedToken.Reason.ROTATED):
            family.end(DeniedToken.Reason.REUSED)
            refusal = RefreshReused()
        else:
            family.last_seen_at = timezone.now()
            family.save(update_fields=["last_seen_at"])
            parent = OutstandingToken.objects.filter(jti=token["jti"]).first()
            issued = issue(family, variant, parent)
    if refusal:  # raised after the transaction: inside it, the family's end would be rolled back
        raise refusal
    return issued


def lock_family(token: Mapping[str, Any] | Any) -> Family | None:
    """Return a token's family with its row locked until the transaction ends, or None."""
    return (
        Family.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=token.get("family"), user_id=int(token["sub"]))
        .first()
    )


def deny(token: Any, reason: str) -> bool:
    """Add a token to the denylist; return False if it is on it already."""
    try:
        with transaction.atomic():
            DeniedToken.objects.create(jti=token["jti"], reason=reason, expires_at=datetime_from_epoch(token["exp"]))
    except IntegrityError:
        return False
    return True


def end_family(token: Mapping[str, Any] | Any, reason: str) -> None:
    """End the sign-in that issued this token of either type."""
    with transaction.atomic():
        family = lock_family(token)
        if family:
            family.end(reason)
