"""The side-by-side page and the page of each mechanism, both drawn from the registry."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import mechanisms

# Shared links name a band ("#step=travels"), so the keys stay as they are.
BANDS = (
    ("holds", _("Browser stores")),
    ("travels", _("Request")),
    ("does", _("Server processing")),
    ("state", _("Server stores")),
    ("answer", _("Response")),
    ("verdict", _("Verdict")),
)
LIFETIMES_SECONDS = (15, 5 * 60, 60 * 60)  # short enough to watch, usual, one lesson


@require_safe
@ensure_csrf_cookie
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Show the default variant of every mechanism, one column each."""
    return render_variants(request, "mechanisms/side_by_side.html", [mechanism.default for mechanism in mechanisms()])


@require_safe
@ensure_csrf_cookie
def mechanism_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the variants of one mechanism, one column each."""
    mechanism = next((each for each in mechanisms() if each.slug == slug), None)
    if mechanism is None:
        raise Http404
    context = mechanism.panel_context(request)
    return render_variants(
        request, "mechanisms/mechanism.html", mechanism.shown_variants, mechanism=mechanism, **context
    )


def render_variants(request: HttpRequest, template: str, variants: list[Variant], **context) -> HttpResponse:
    """Render the table of these variants."""
    context |= {
        "doors": variants,
        "signed_in": [i for i, variant in enumerate(variants) if is_signed_in(variant, request)],
        "bands": BANDS,
        "lifetimes": LIFETIMES_SECONDS,
    }
    return render(request, template, context)


def is_signed_in(variant: Variant, request: HttpRequest) -> bool:
    """Return whether the variant accepts the page's own request. The page's script cannot read an HttpOnly cookie."""
    try:
        return bool(variant.authentication().authenticate(Request(request)))
    except APIException:
        return False
