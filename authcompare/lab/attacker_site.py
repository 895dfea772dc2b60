"""An attacker's site: its page, the form that it attacks, and receipts of what the server got.

To a browser, localhost and 127.0.0.1 are two sites. This server answers under both names, so that its own page is
another site under the other name. It exists in the lab only.
"""

import re

from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from authcompare.mechanisms.registry import find_variant
from authcompare.note.api import NoteView

RECEIPT = re.compile(r"[\w-]{16,40}", re.ASCII)  # a random name, which the page chooses
RETENTION_SECONDS = 60


def controllable(response: HttpResponse) -> HttpResponse:
    """Let a page of another origin that opened this window control it."""
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@require_safe
@csp_replace({"connect-src": ["*"], "form-action": ["*"]})
def page(request: HttpRequest) -> HttpResponse:
    """Show an attacker's page. WEAK on purpose: it may send anything anywhere.

    It obeys only the page that opened it, from another origin of this machine, and attacks this machine only.
    """
    return controllable(render(request, "lab/attacker_site.html"))


class FormView(NoteView):
    """The note for a plain form, which cannot send PATCH."""

    recorded = False  # a form shows no headers, so no page would learn the exchange's id
    renderer_classes = [JSONRenderer]

    def post(self, request: Request) -> HttpResponse:
        return self.patch(request)


@csrf_exempt  # as every view of the API: its authenticator checks the token
def form(request: HttpRequest, mechanism: str, variant: str) -> HttpResponse:
    """Serve the note behind this variant, and keep a receipt of the request."""
    found = find_variant(mechanism, variant)
    if found is None:
        raise Http404
    view = FormView.as_view(variant=found, authentication_classes=[found.authentication])
    response = controllable(view(request))
    keep_receipt(request, response)
    return response


def keep_receipt(request: HttpRequest, response: HttpResponse) -> None:
    """Keep what the request contained, without values: the browser hides another site's response from the page."""
    name = request.GET.get("receipt", "")
    if RECEIPT.fullmatch(name):
        receipt = {
            "method": request.method,
            "status": response.status_code,
            "cookies": {name: len(name) + len(value) for name, value in request.COOKIES.items()},
            "authorization": "Authorization" in request.headers,
        }
        cache.set(f"receipt:{name}", receipt, RETENTION_SECONDS)


@require_safe
def receipt(request: HttpRequest, name: str) -> JsonResponse:
    """Return the receipt of this name, or null."""
    came = cache.get(f"receipt:{name}") if RECEIPT.fullmatch(name) else None
    return JsonResponse({"came": came}, headers={"Cache-Control": "no-store"})
