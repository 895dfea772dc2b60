"""The token mechanism and its variants."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import datetime_from_epoch

from authcompare.api.openapi.serializers import TIMES
from authcompare.api.recording.trace import State
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
    password_fingerprint,
)
from tokens_demo.inspector import api as inspector_api
from tokens_demo.models import DeniedToken, Family, OutstandingToken
from tokens_demo.tokens import CLAIM_FORMATS, AccessToken

EXAMPLE_CLAIMS = {
    "token_type": "access",
    "exp": 1788249900,
    "iat": 1788249600,
    "jti": "9b2f0c3e5d7a4f18b6c1e2d3f4a5b6c7",
    "sub": "7",
    "family": "6f1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "iss": "authcompare",
    "aud": "authcompare",
}


class BearerToken(Variant):
    """A signed access token in the Authorization header, and a refresh token. The server stores neither."""

    slug = "default"
    title = _("token in a header")
    summary = _("Your browser keeps a token that the server signed; the server checks the signature.")
    authentication = TokenAuthentication
    sign_out_takes = api.SignOutSerializer
    sign_out_raises = (InvalidRequest, NotAuthenticated, *rotation.REFUSALS[:2])
    storage = "localStorage"
    promises = Promises(keeps_server_state=True, refreshable=True)
    example = {
        "length": 300,
        "parts": {"payload": EXAMPLE_CLAIMS},
        **TIMES,
        "server_state": {"family": EXAMPLE_CLAIMS["family"], "outstanding": 1, "denied": 0, "ended_at": None},
    }
    revocable = False  # store each access token's id, so that the denylist can contain it

    def claims(self, user: Any) -> dict[str, Any]:
        """Return the claims of an access token that only this variant adds."""
        return {}

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        issued = rotation.start_family(user, self, lifetime, request.headers.get("User-Agent", ""))
        refresh = {"refresh": str(issued.refresh)} if self.promises.refreshable else {}
        return {"access": str(issued.access), **refresh, "expires_at": issued.expires_at}

    def sign_out(self, request: Request, response: Response) -> None:
        """Deny the refresh token that is in the body, or that belongs to the access token's family.

        An issued access token stays valid until it expires, unless the variant reads the denylist.
        """
        if "refresh" in request.data:
            serializer = api.RefreshSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            rotation.end_family(
                rotation.read_refresh(serializer.validated_data["refresh"]), DeniedToken.Reason.SIGNED_OUT
            )
        else:
            rotation.end_family(self.presented_token(request), DeniedToken.Reason.SIGNED_OUT)

    def presented_token(self, request: Request) -> AccessToken:
        """Return the verified access token of a request; raise NotAuthenticated if there is none."""
        credential = self.transport.read(request._request)
        text = self.authentication().token_text(credential) if credential else None
        try:
            return AccessToken(text or "")
        except TokenError:
            raise NotAuthenticated from None

    def describe(self, request: Request) -> dict[str, Any]:
        token: AccessToken = request.credential.verified
        family = Family.objects.filter(pk=token.get("family"), user_id=request.user.pk).first()
        return {
            "length": len(request.credential.text),
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

    def active_sign_ins(self, request: Request) -> list[dict[str, Any]]:
        current = request.credential.verified.get("family")
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

    def end_sign_ins(self, request: Request, sign_ins: list[dict[str, Any]]) -> None:
        for each in sign_ins:
            rotation.end_family({"family": each["id"], "sub": request.user.pk}, DeniedToken.Reason.ENDED)

    def server_state(self, credentials: Sequence[str]) -> State:
        ids = [id for id in map(claimed_family_id, credentials) if id]
        if not ids:
            return {}
        denied = DeniedToken.objects.filter(jti=OuterRef("outstanding__jti"))
        rows = (
            Family.objects.filter(pk__in=ids)
            .annotate(denied=Subquery(denied.values("reason")))
            .order_by("created_at", "outstanding__pk")
            .values(
                *("pk", "user_id", "expires_at", "ended_at", "denied"),
                *("outstanding__jti", "outstanding__token_type", "outstanding__expires_at"),
            )
        )
        token_names = {"access": gettext("access token %(id)s"), "refresh": gettext("refresh token %(id)s")}
        state: State = {}
        for row in rows:
            state[gettext("token family %(id)s") % {"id": f"{str(row['pk'])[:6]}…"}] = {
                "user_id": str(row["user_id"]),
                "expires_at": row["expires_at"].isoformat(),
                "ended_at": row["ended_at"] and row["ended_at"].isoformat(),
            }
            if row["outstanding__jti"]:
                name = token_names[row["outstanding__token_type"]] % {"id": f"{row['outstanding__jti'][:6]}…"}
                state[name] = {
                    "jti": row["outstanding__jti"],
                    "expires_at": row["outstanding__expires_at"].isoformat(),
                    "denied": row["denied"],
                }
        return state


def claimed_family_id(token: str) -> UUID | None:
    """Return the family id that an unverified token claims, or None."""
    try:
        return UUID(jwt.decode(token, options={"verify_signature": False})["family"])
    except (jwt.InvalidTokenError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None


class StatelessToken(BearerToken):
    """A token whose claims contain everything that the server needs: it reads no database."""

    slug = "stateless"
    title = _("stateless token")
    summary = _("Your browser keeps a signed token; the server believes all its claims and reads no database.")
    authentication = StatelessTokenAuthentication
    promises = replace(
        BearerToken.promises,
        follows_deactivation=False,
        follows_role_change=False,
        shared_needs=frozenset({"key"}),
        identity_queries=0,
    )

    def claims(self, user: Any) -> dict[str, Any]:
        return {"username": user.get_username(), "role": user.role}


class RevocableToken(BearerToken):
    """A token that the server looks up in a denylist at each request."""

    slug = "revocable"
    title = _("revocable token")
    summary = _("Your browser keeps a signed token; the server checks the signature and a denylist.")
    authentication = RevocableTokenAuthentication
    promises = replace(
        BearerToken.promises,
        ends_at_sign_out=True,
        follows_password_change=True,
        ends_from_elsewhere=True,
        identity_queries=2,
    )
    revocable = True

    def claims(self, user: Any) -> dict[str, Any]:
        return {"password": password_fingerprint(user)}


class CookieToken(BearerToken):
    """A signed access token in an HttpOnly cookie, without a refresh token."""

    slug = "cookie"
    title = _("token in a cookie")
    summary = _("Your browser keeps a signed token in a cookie that no script can read, and sends it by itself.")
    authentication = CookieTokenAuthentication
    storage = "jar"
    promises = replace(BearerToken.promises, refreshable=False)
    sign_out_takes, sign_out_raises = None, ()

    def sign_in(self, request: HttpRequest, response: Response, user: Any, lifetime: int | None) -> dict[str, Any]:
        """Set the cookie. Issue no refresh token: a script could read it, and the cookie is there to prevent that."""
        issued = rotation.start_family(user, self, lifetime, request.headers.get("User-Agent", ""))
        response.set_cookie(
            settings.ACCESS_COOKIE_NAME,
            str(issued.access),
            max_age=issued.access["exp"] - issued.access["iat"],
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return {"expires_at": issued.expires_at}

    def sign_out(self, request: Request, response: Response) -> None:
        """Delete this browser's cookie. A copy of the token stays valid until it expires."""
        response.delete_cookie(settings.ACCESS_COOKIE_NAME, samesite="Lax")
        with suppress(NotAuthenticated):
            rotation.end_family(self.presented_token(request), DeniedToken.Reason.SIGNED_OUT)


class WeakToken(BearerToken):
    """The base of the two weak variants. They issue no refresh token: it could be exchanged for a valid token."""

    lab = True
    on_pages = False
    promises = replace(
        BearerToken.promises,
        refreshable=False,
        strong_secret=False,
        shared_needs=frozenset({"database"}),
    )
    sign_out_takes, sign_out_raises = None, ()

    def sign_out(self, request: Request, response: Response) -> None:
        """End nothing: anyone can make such a token, and must not end another user's sign-in with it."""

    def describe(self, request: Request) -> dict[str, Any]:
        """Return only the claims whose format was checked: anyone can write other claims into the token."""
        description = super().describe(request)
        payload = description["parts"]["payload"]
        checked = {name: payload[name] for name in CLAIM_FORMATS if name in payload}
        return description | {"parts": {"payload": checked}}


class UnverifiedToken(WeakToken):
    """WEAK on purpose: the server decodes the token and does not verify it. Hardened: BearerToken.

    `strong_secret` is False too: a signature with any key is accepted, and so is none.
    """

    slug = "unverified"
    title = _("unverified token")
    summary = _("Your browser keeps a token; the server believes its claims and never checks the signature.")
    authentication = UnverifiedTokenAuthentication
    promises = replace(WeakToken.promises, detects_tampering=False, enforces_expiry=False)


class GuessableToken(WeakToken):
    """WEAK on purpose: the server signs with the article's secret, which is in word lists. Hardened: BearerToken."""

    slug = "guessable"
    title = _("token with a common secret")
    summary = _("Your browser keeps a signed token; the server checks the signature with a secret from a word list.")
    authentication = GuessableTokenAuthentication


class TokenMechanism(Mechanism):
    """Authentication by a JWT that the server signs."""

    name = "token"
    slug = "tokens"
    title = _("Token")
    summary = _("Your browser keeps a token that the server signed; the server checks the signature.")
    shape = "circle"
    variant_classes = (BearerToken, StatelessToken, RevocableToken, CookieToken, UnverifiedToken, GuessableToken)
    panel = "tokens_demo/_panel.html"

    def panel_context(self, request: HttpRequest) -> dict[str, Any]:
        return inspector_api.context(request)

    @property
    def extra_urls(self) -> list[URLPattern]:
        """Return the URLs of refresh, of the token inspector and of the public key."""
        behind = {"variant": self.default, "authentication_classes": [self.default.authentication]}
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
            path("tokens/api/family/", api.FamilyView.as_view(**behind), name="tokens-family"),
            path(".well-known/jwks.json", api.JwksView.as_view(), name="jwks"),
        ]

    def find_variant(self, slug: str) -> Variant | None:
        """Return the variant with this slug, or None."""
        return next((variant for variant in self.variants if variant.slug == slug), None)

    def end_all_sign_ins(self, user: Any) -> int:
        with transaction.atomic():
            families = list(Family.objects.select_for_update().filter(user_id=user.pk, ended_at=None))
            for family in families:
                family.end(DeniedToken.Reason.ADMIN)
        return len(families)

    def delete_expired(self) -> int:
        now = timezone.now()
        models = (DeniedToken, OutstandingToken, Family)
        return sum(delete_in_batches(model.objects.filter(expires_at__lte=now)) for model in models)
