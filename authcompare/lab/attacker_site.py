"""Another site, for what only a browser can show: an attacker's page, what it aims at, and what came of it.

This server answers under several names. To a browser localhost and 127.0.0.1 are two sites, so the same page is a
stranger's when it is opened under the other name. It exists in the lab only.
"""

import re

from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.renderers import JSONRenderer

from authcompare.mechanisms.registry import find_variant
from authcompare.note.api import NoteView

RECEIPT = re.compile(r"[\w-]{16,40}", re.ASCII)  # a random name, made up by whoever will ask for it
KEPT = 60  # seconds


def steered(response):
    """Lets the page that opened this window go on steering it, which another origin's page otherwise can not."""
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@require_safe
@csp_replace({"connect-src": ["*"], "form-action": ["*"]})
def page(request):
    """WEAK on purpose: a page that may send anything anywhere, as an attacker's own page does.

    It obeys only a page of another origin of this very machine that has opened it, and aims at nobody else.
    """
    return steered(render(request, "lab/attacker_site.html"))


class FormView(NoteView):
    """The note, for a form that works without scripts: a form knows no PATCH."""

    recorded = False  # nobody is told the exchange's id: a form shows no headers
    renderer_classes = [JSONRenderer]

    def post(self, request):
        return self.patch(request)


@csrf_exempt  # as every view of the API: its door asks for the token
def form(request, mechanism, variant):
    """The same resource behind the same door, and a receipt of what came."""
    door = find_variant(mechanism, variant)
    if door is None:
        raise Http404
    view = FormView.as_view(variant=door, authentication_classes=[door.authentication])
    response = steered(view(request))
    keep_receipt(request, response)
    return response


def keep_receipt(request, response):
    """What came along, for the page that can not see it: the browser hides another site's answer. No value is kept."""
    name = request.GET.get("receipt", "")
    if RECEIPT.fullmatch(name):
        came = {
            "method": request.method,
            "status": response.status_code,
            "cookies": {name: len(name) + len(value) for name, value in request.COOKIES.items()},
            "authorization": "Authorization" in request.headers,
        }
        cache.set(f"receipt:{name}", came, KEPT)


@require_safe
def receipt(request, name):
    came = cache.get(f"receipt:{name}") if RECEIPT.fullmatch(name) else None
    return JsonResponse({"came": came}, headers={"Cache-Control": "no-store"})
