"""The middleware that applies the preference cookie: the server chooses theme and language before it sends a page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cookies_demo.preferences import Preferences

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def preferences(get_response: GetResponse) -> GetResponse:
    """Set `request.preferences`, and activate the language for this request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.preferences = Preferences.of(request)
        language = request.preferences.language or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        # Without Vary, a shared cache would send one visitor's theme and language to another.
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return middleware
