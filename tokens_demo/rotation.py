"""Giving out tokens, taking them back, and turning an old refresh token into a new one."""

from datetime import timedelta
from types import SimpleNamespace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import datetime_from_epoch

from tokens_demo.models import DeniedToken, Family, OutstandingToken
from tokens_demo.tokens import RefreshToken, reason


def begin(user, variant, lifetime, user_agent):
    """Sign `user` in at the door `variant`: a new family, with its first tokens. `lifetime` in seconds, or None."""
    access_lifetime = lifetime or int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    lasts = api_settings.REFRESH_TOKEN_LIFETIME if variant.promises.refreshable else timedelta(seconds=access_lifetime)
    family = Family(
        user=user,
        variant=variant.slug,
        access_lifetime=access_lifetime,
        user_agent=user_agent[:200].replace("\x00", ""),
        expires_at=timezone.now() + lasts,
    )
    with transaction.atomic():
        family.save()
        return issue(family, variant)


def issue(family, variant, parent=None):
    """The next tokens of a family: .access, .refresh (or None) and .expires_at of the access token.

    None of them outlives the family: a sign-in that is forgotten could no longer be ended.
    """
    user = family.user
    refresh = variant.promises.refreshable and RefreshToken()
    record = None
    if refresh:
        refresh["sub"] = str(user.pk)
        refresh["family"] = str(family.pk)
        refresh.set_exp(from_time=refresh.current_time, lifetime=family.expires_at - refresh.current_time)
        record = remember(refresh, family, parent)
    access = variant.authentication.token_class()
    lifetime = timedelta(seconds=family.access_lifetime)
    access.set_exp(lifetime=min(lifetime, family.expires_at - access.current_time) if refresh else lifetime)
    access["sub"] = str(user.pk)
    access["family"] = str(family.pk)
    access.payload |= variant.claims(user)
    if variant.revocable:
        remember(access, family, record)
    return SimpleNamespace(access=access, refresh=refresh or None, expires_at=datetime_from_epoch(access["exp"]))


def remember(token, family, parent):
    return OutstandingToken.objects.create(
        jti=token["jti"],
        family=family,
        parent=parent,
        token_type=token.token_type,
        issued_at=token.current_time,
        expires_at=datetime_from_epoch(token["exp"]),
    )


def denied(jti, **how):
    return DeniedToken.objects.filter(jti=jti, **how).exists()


class RefreshRefused(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("This refresh token is not valid.")


class RefreshExpired(RefreshRefused):
    default_code = "token_expired"


class RefreshReused(RefreshRefused):
    default_code = "token_reused"
    default_detail = _("This refresh token was used before. Everything that came from this sign-in has been ended.")


REFUSALS = (RefreshRefused, RefreshExpired, RefreshReused)


def read_refresh(raw):
    """The refresh token in `raw`, verified; raises RefreshRefused."""
    try:
        return RefreshToken(raw)
    except TokenError as error:
        raise (RefreshExpired if reason(error) == RefreshExpired.default_code else RefreshRefused) from None


def rotate(raw, find_variant):
    """Exchange a refresh token for new tokens; it is denied from now on. Raises RefreshRefused.

    A token that comes back after it was rotated is in two hands, one of them a thief's, and nobody can tell which: the
    whole family ends (RFC 9700 section 4.14.2). The family's row is locked, so that of many rotations at once
    one wins; and the denylist's unique jti decides even where a database has no such lock.
    """
    token = read_refresh(raw)
    refused = None
    with transaction.atomic():
        family = lock(token)
        variant = family and find_variant(family.variant)
        usable = family and variant and variant.promises.refreshable and not family.ended_at and family.user.is_active
        if not usable or denied(token["jti"], reason=DeniedToken.Reason.ADMIN):
            refused = RefreshRefused()
        elif not deny(token, DeniedToken.Reason.ROTATED):
            family.end(DeniedToken.Reason.REUSED)
            refused = RefreshReused()
        else:
            family.last_seen_at = timezone.now()
            family.save(update_fields=["last_seen_at"])
            parent = OutstandingToken.objects.filter(jti=token["jti"]).first()
            issued = issue(family, variant, parent)
    if refused:  # raised out here, since the family's end must be kept
        raise refused
    return issued


def lock(token):
    """The family of a token, its row locked until the transaction ends; None when there is none."""
    return (
        Family.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=token.get("family"), user_id=int(token["sub"]))
        .first()
    )


def deny(token, why):
    """Put a token on the denylist; False when it was there already."""
    try:
        with transaction.atomic():
            DeniedToken.objects.create(jti=token["jti"], reason=why, expires_at=datetime_from_epoch(token["exp"]))
    except IntegrityError:
        return False
    return True


def end_family(token, why):
    """End the sign-in that this token, of either type, came from."""
    with transaction.atomic():
        family = lock(token)
        if family:
            family.end(why)
