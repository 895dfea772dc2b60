"""The preference cookie at work: the site's theme and language, chosen by the server before the first byte."""

from django.utils import translation
from django.utils.cache import patch_vary_headers

from cookies_demo.preferences import Preferences


def preferences(get_response):
    """Sets `request.preferences`, and the language for as long as this request lasts."""

    def middleware(request):
        request.preferences = Preferences.of(request)
        language = request.preferences.language or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        # The same address looks different for another visitor: shared caches must know.
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return middleware
