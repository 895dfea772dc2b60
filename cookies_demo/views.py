"""Changing theme and language, by a form on every page."""

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cookies_demo.preferences import Preferences


@require_POST
def preferences(request):
    """Writes what was chosen into the preference cookie and goes back to the page (`next`). A form, not the API."""
    chosen = {key: request.POST[key] for key in ("theme", "language", "view") if key in request.POST}
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    Preferences.of(request).changed(**chosen).write(response)
    return response
