"""Context processors for every page."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from authcompare.mechanisms.registry import mechanisms


def site(request: HttpRequest) -> dict:
    """Return what header and footer need."""
    return {
        "lab": settings.LAB,
        "mechanisms": mechanisms(),
        "cookie_names": {"csrf": settings.CSRF_COOKIE_NAME, "prefs": settings.PREFS_COOKIE_NAME},
        "languages": [get_language_info(code) for code, name in settings.LANGUAGES],
    }
