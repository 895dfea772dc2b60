"""What stands around Django's SessionMiddleware, which saves the session and sets its cookie on the way out."""

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

CROSSES_SITES = "session_crosses_sites"  # an attribute of a request whose answer may set such a cookie


def idle_timeout(get_response):
    """Right inside: Django extends a session when its data changes; an idle timeout has to be extended by use."""

    def middleware(request):
        response = get_response(request)
        session = request.session
        if session.accessed and session.in_use:
            session.modified = True
        return response

    return middleware


def crosses_sites(get_response):
    """Right outside. WEAK on purpose, in the lab only: a sign-in at the unprotected door gets its cookie without
    SameSite, so that browsers send it with the forms of other sites, too. All others get SESSION_COOKIE_SAMESITE."""
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request):
        response = get_response(request)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie and getattr(request, CROSSES_SITES, False):
            cookie["samesite"] = ""
        return response

    return middleware
