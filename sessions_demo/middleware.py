"""Middlewares around Django's SessionMiddleware, which saves the session and sets its cookie."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CROSSES_SITES = "session_crosses_sites"  # the attribute of a request whose response may set a cookie without SameSite


def idle_timeout(get_response: GetResponse) -> GetResponse:
    """Extend a session that is used. Install it inside SessionMiddleware, which extends only a changed session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        session = request.session
        if session.accessed and session.needs_extension:
            session.modified = True
        return response

    return middleware


def crosses_sites(get_response: GetResponse) -> GetResponse:
    """WEAK on purpose, in the lab only: remove SameSite from the cookie of the variant without CSRF check.

    Browsers then send it with other sites' forms too. All other sessions keep SESSION_COOKIE_SAMESITE. Install it
    outside SessionMiddleware.
    """
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie and getattr(request, CROSSES_SITES, False):
            cookie["samesite"] = ""
        return response

    return middleware
