"""What the token mechanism is."""

from contextlib import suppress
from dataclasses import replace

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.api.openapi.serializers import MOMENTS
from authcompare.db import delete_in_batches
from authcompare.mechanisms.base import Mechanism, Promises, Variant
from tokens_demo import api, rotation
from tokens_demo.authentication import (
    CookieTokenAuthentication,
    GuessableTokenAuthentication,
    InvalidRequest,
    RevocableTokenAuthentication,
    StatelessTokenAuthentication,
    TokenAuthentication,
    UnverifiedTokenAuthentication,
    password_mark,
)
from tokens_demo.inspector import api as inspector_api
from tokens_demo.models import DeniedToken, Family, OutstandingToken
from tokens_demo.tokens import FORMS, AccessToken

CLAIMS = {  # an example's
    "token_type": "access",
    "exp": 1788249900,
    "iat": 1788249600,
    "jti": "9b2f0c3e5d7a4f18b6c1e2d3f4a5b6c7",
    "sub": "7",
    "family": "6f1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "iss": "authcompare",
    "aud": "authcompare",
}


class Default(Variant):
    slug = "default"
    title = _("token in a header")
    summary = _("You hold what the server signed; it checks.")
    authentication = TokenAuthentication
    sign_out_takes = api.SignOutSerializer
    sign_out_raises = (InvalidRequest, NotAuthenticated, *rotation.REFUSALS[:2])
    storage = "localStorage"
    promises = Promises(
        keeps_server_state=True,
        refreshable=True,
    )
    example = {
        "length": 300,
        "parts": {"payload": CLAIMS},
        **MOMENTS,
        "server_state": {"family": CLAIMS["family"], "outstanding": 1, "denied": 0, "ended_at": None},
    }
    revocable = False  # are access tokens remembered, so that they can be denied?

    def claims(self, user):
        """What an access token of this door says beyond the usual claims."""
        return {}

    def sign_in(self, request, response, user, lifetime):
        issued = rotation.begin(user, self, lifetime, request.headers.get("User-Agent", ""))
        refresh = {"refresh": str(issued.refresh)} if self.promises.refreshable else {}
        return {"access": str(issued.access), **refresh, "expires_at": issued.expires_at}

    def sign_out(self, request, response):
        """Denies the refresh token (in the body, or found through the access token's family). An access token
        already out stays good until it expires, unless its door asks the denylist."""
        if "refresh" in request.data:
            serializer = api.RefreshSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            token = rotation.read_refresh(serializer.validated_data["refresh"])
        else:
            token = self.presented(request)
        rotation.end_family(token, DeniedToken.Reason.SIGNED_OUT)

    def presented(self, request):
        try:
            return AccessToken(self.authentication().presented(request) or "")
        except TokenError:
            raise NotAuthenticated from None

    def describe(self, request):
        token = request.auth
        family = Family.objects.filter(pk=token.get("family"), user_id=request.user.pk).first()
        return {
            "length": len(token.token),
            "parts": {"payload": token.payload},
            "issued_at": datetime_from_epoch(token["iat"]),
            "expires_at": datetime_from_epoch(token["exp"]),
            "server_state": family
            and {
                "family": str(family.pk),
                "outstanding": family.outstanding.count(),
                "denied": DeniedToken.objects.filter(jti__in=family.outstanding.values("jti")).count(),
                "ended_at": family.ended_at,
            },
        }

    def state_behind(self, credential):
        try:
            claims = jwt.decode(credential, options={"verify_signature": False})
            family = Family.objects.filter(pk=claims.get("family")).first()
        except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError, RecursionError):
            return {}
        if family is None:
            return {}
        state = {
            gettext("token family %(id)s") % {"id": f"{str(family.pk)[:6]}…"}: {
                "user_id": str(family.user_id),
                "expires_at": family.expires_at.isoformat(),
                "ended_at": family.ended_at and family.ended_at.isoformat(),
            }
        }
        denied = dict(DeniedToken.objects.filter(jti__in=family.outstanding.values("jti")).values_list("jti", "reason"))
        names = {"access": gettext("access token %(id)s"), "refresh": gettext("refresh token %(id)s")}
        for token in family.outstanding.order_by("pk"):
            name = names[token.token_type] % {"id": f"{token.jti[:6]}…"}
            state[name] = {
                "jti": token.jti,
                "expires_at": token.expires_at.isoformat(),
                "denied": denied.get(token.jti),
            }
        return state

    def devices(self, request):
        current = request.auth.get("family") if request.auth else None
        families = Family.objects.filter(
            user_id=request.user.pk, ended_at=None, expires_at__gt=timezone.now()
        ).order_by("-created_at")
        return [
            {
                "id": str(family.pk),
                "created_at": family.created_at,
                "last_seen_at": family.last_seen_at,
                "expires_at": family.expires_at,
                "user_agent": family.user_agent,
                "current": str(family.pk) == current,
            }
            for family in families
        ]

    def end_devices(self, request, devices):
        for device in devices:
            rotation.end_family({"family": device["id"], "sub": request.user.pk}, DeniedToken.Reason.ENDED)


class Stateless(Default):
    slug = "stateless"
    title = _("stateless token")
    summary = _("You hold a signed statement; the server believes all of it and asks nobody.")
    authentication = StatelessTokenAuthentication
    promises = replace(
        Default.promises,
        follows_deactivation=False,
        follows_role_change=False,
        shared_needs=frozenset({"key"}),
        identity_queries=0,
    )

    def claims(self, user):
        return {"username": user.get_username(), "role": user.role}


class Revocable(Default):
    slug = "revocable"
    title = _("revocable token")
    summary = _("You hold a signed statement; the server keeps a list of those it took back.")
    authentication = RevocableTokenAuthentication
    promises = replace(
        Default.promises,
        ends_at_sign_out=True,
        follows_password_change=True,
        ends_from_elsewhere=True,
        identity_queries=2,
    )
    revocable = True

    def claims(self, user):
        return {"password": password_mark(user)}


class InCookie(Default):
    slug = "cookie"
    title = _("token in a cookie")
    summary = _("You hold a signed statement where no script can read it; the browser sends it by itself.")
    authentication = CookieTokenAuthentication
    storage = "jar"
    promises = replace(
        Default.promises,
        refreshable=False,
    )
    sign_out_takes, sign_out_raises = None, ()

    def sign_in(self, request, response, user, lifetime):
        """No refresh token: scripts of the page could read one, which is what the cookie is there to prevent."""
        issued = rotation.begin(user, self, lifetime, request.headers.get("User-Agent", ""))
        response.set_cookie(
            settings.ACCESS_COOKIE_NAME,
            str(issued.access),
            max_age=issued.access["exp"] - issued.access["iat"],
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return {"expires_at": issued.expires_at}

    def sign_out(self, request, response):
        """The browser forgets the token; the token does not know."""
        response.delete_cookie(settings.ACCESS_COOKIE_NAME, samesite="Lax")
        with suppress(NotAuthenticated):
            rotation.end_family(self.presented(request), DeniedToken.Reason.SIGNED_OUT)

    def describe(self, request):
        found = super().describe(request)
        return found | {"length": len(request.COOKIES[settings.ACCESS_COOKIE_NAME])}


class Weak(Default):
    """What the lab's two weak arms share. They give out no refresh token: nothing that is theirs can be exchanged for
    anything better."""

    lab = True
    on_pages = False
    promises = replace(
        Default.promises,
        refreshable=False,
        strong_secret=False,
        shared_needs=frozenset({"database"}),
    )
    sign_out_takes, sign_out_raises = None, ()

    def sign_out(self, request, response):
        """Ends nothing: anybody can make such a token, and must not end with it what others hold."""

    def describe(self, request):
        """Only such claims as were looked at: anybody can write what they like beside them."""
        found = super().describe(request)
        payload = found["parts"]["payload"]
        return found | {"parts": {"payload": {name: payload[name] for name in FORMS if name in payload}}}


class Unverified(Weak):
    """WEAK on purpose: decoded, and not verified. Its hardened twin is Default. There is not even a secret to guess:
    a token that any key has signed is let in, and so is one that none has."""

    slug = "unverified"
    title = _("token that nobody verifies")
    summary = _("You hold a statement; the server reads it, and believes it whoever wrote it.")
    authentication = UnverifiedTokenAuthentication
    promises = replace(
        Weak.promises,
        detects_tampering=False,
        enforces_expiry=False,
    )


class Guessable(Weak):
    """WEAK on purpose: verified, with the article's own secret. Its hardened twin is Default."""

    slug = "guessable"
    title = _("token with a common secret")
    summary = _("You hold a signed statement; the server checks it with a secret that is in every list of words.")
    authentication = GuessableTokenAuthentication


class Token(Mechanism):
    name = "token"
    slug = "tokens"
    title = _("Token")
    summary = _("You hold a signed statement; the server checks it.")
    shape = "circle"
    variants = [Default, Stateless, Revocable, InCookie, Unverified, Guessable]
    panel = "tokens_demo/_panel.html"

    def panel_context(self, request):
        return inspector_api.context(request)

    @property
    def extra_urls(self):
        return [
            path(
                "tokens/api/refresh/",
                api.RefreshView.as_view(mechanism=self, variant=self.default),
                name="tokens-refresh",
            ),
            path("tokens/api/verify/", api.VerifyView.as_view(), name="tokens-verify"),
            path("tokens/api/inspect/", inspector_api.InspectView.as_view(), name="tokens-inspect"),
            path("tokens/api/sign/", inspector_api.SignView.as_view(), name="tokens-sign"),
            path("tokens/api/examples/", inspector_api.ExamplesView.as_view(), name="tokens-examples"),
            path(
                "tokens/api/family/",
                api.FamilyView.as_view(variant=self.default, authentication_classes=[self.default.authentication]),
                name="tokens-family",
            ),
            path(".well-known/jwks.json", api.JwksView.as_view(), name="jwks"),
        ]

    def variant(self, slug):
        return next((variant for variant in self.variants if variant.slug == slug), None)

    def end_all(self, user):
        with transaction.atomic():
            families = Family.objects.select_for_update().filter(user_id=user.pk, ended_at=None)
            return sum(1 for family in families if not family.end(DeniedToken.Reason.ADMIN))

    def forget_expired(self):
        now = timezone.now()
        expired = (DeniedToken, OutstandingToken, Family)
        return sum(delete_in_batches(model.objects.filter(expires_at__lte=now)) for model in expired)
