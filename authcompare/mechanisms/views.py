"""The pages: the three doors side by side, and each mechanism's own. What they show is derived from the registry."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from authcompare.mechanisms.registry import mechanisms

BANDS = (
    ("holds", _("Browser holds")),
    ("travels", _("What travels")),
    ("does", _("Server does")),
    ("state", _("Server holds")),
    ("answer", _("Comes back")),
    ("verdict", _("Verdict")),
)
LIFETIMES = (15, 5 * 60, 60 * 60)  # seconds: short enough to watch, usual, a lesson


@require_safe
@ensure_csrf_cookie
def side_by_side(request):
    """The default door of every mechanism, in one row."""
    return doors(request, "mechanisms/side_by_side.html", [mechanism.default for mechanism in mechanisms()])


@require_safe
@ensure_csrf_cookie
def mechanism_page(request, slug):
    """All doors of one mechanism, in one row."""
    found = next((mechanism for mechanism in mechanisms() if mechanism.slug == slug), None)
    if found is None:
        raise Http404
    return doors(
        request, "mechanisms/mechanism.html", found.shown_variants, mechanism=found, **found.panel_context(request)
    )


def doors(request, template, shown, **context):
    held = [i for i, variant in enumerate(shown) if opens(variant, request)]
    return render(request, template, {"doors": shown, "held": held, "bands": BANDS, "lifetimes": LIFETIMES, **context})


def opens(variant, request):
    """Would this door let in whoever opens this page? The page's script can not see an HttpOnly cookie."""
    try:
        return bool(variant.authentication().authenticate(Request(request)))
    except APIException:
        return False
