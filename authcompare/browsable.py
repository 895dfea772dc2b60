"""DRF's browsable API in our own frame, working under the strict Content-Security-Policy."""

from rest_framework.renderers import BrowsableAPIRenderer


class BrowsableRenderer(BrowsableAPIRenderer):
    """Our template; the forms in it are sent by a script of ours, since a form alone can neither PATCH nor send an
    Authorization header."""

    template = "rest_framework/api.html"
