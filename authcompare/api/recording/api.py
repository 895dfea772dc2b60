"""The API of recorded exchanges: /wire/<id>/."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from authcompare.api.recording.store import find_exchange


def exchange(request: HttpRequest, id: str) -> JsonResponse:
    """Answer with the exchange as JSON. Its unguessable id is in the response that it belongs to, and nowhere else."""
    found = find_exchange(id)
    if found is None:
        detail = _("This exchange does not exist or has expired. Send the request again.")
        return JsonResponse({"code": "not_found", "detail": detail}, status=404, headers={"Cache-Control": "no-store"})
    return JsonResponse(found, headers={"Cache-Control": "no-store"})
