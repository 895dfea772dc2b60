"""One shape for every error of the API, {"code", "detail"} and on 400 "errors"; a friendly page for everything else."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, NotAuthenticated, ValidationError
from rest_framework.views import exception_handler as drf_exception_handler


def speaks_json(request):
    """Is this an address of the API, whose clients read JSON? Everything under an api/ folder is, and a few more."""
    return "/api/" in request.path or request.path.startswith(("/lab/", "/wire/", "/.well-known/", "/healthz"))


def exception_handler(error, context):
    """DRF's EXCEPTION_HANDLER: its statuses and headers, our shape."""
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, NotAuthenticated):  # DRF says that none was provided: a dead one may well have been
        detail = _("Nothing that opens this door came with the request.")
        response.data = {"code": "not_authenticated", "detail": detail}
    elif isinstance(error, ValidationError):
        response.data = {
            "code": "invalid",
            "detail": _("Some of what was sent is missing or not acceptable: see errors."),
            "errors": by_field(error.detail),
        }
    else:
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        response.data = {"code": getattr(detail, "code", None) or "error", "detail": str(detail)}
    return response


def by_field(detail):
    """DRF's validation details as {field: [message, ...]}, nested ones under dotted names."""
    if not isinstance(detail, dict):
        detail = {"non_field_errors": detail}
    flat = {}
    for field, found in detail.items():
        if isinstance(found, dict):
            flat |= {f"{field}.{name}": messages for name, messages in by_field(found).items()}
        else:
            messages = found if isinstance(found, (list, tuple)) else [found]
            flat[str(field)] = [str(message) for message in messages if isinstance(message, (str, ErrorDetail))]
    return flat


def answer(request, status, code, detail):
    """The error as this request's client expects it."""
    if speaks_json(request):
        response = JsonResponse({"code": code, "detail": detail}, status=status)
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "error.html", {"status": status, "detail": detail}, status=status)


def bad_request(request, exception=None):
    return answer(request, 400, "bad_request", _("The server can not make sense of this request."))


def forbidden(request, exception=None):
    return answer(request, 403, "permission_denied", _("You are not allowed to see this."))


def not_found(request, exception=None):
    return answer(request, 404, "not_found", _("There is nothing at this address."))


def server_error(request):
    return answer(request, 500, "error", _("Something went wrong on our side. It has been logged."))


def too_large(request):
    return answer(request, 413, "too_large", _("That is more than this server accepts in one request."))


def length_required(request):
    return answer(request, 411, "length_required", _("Send the body whole, with its length in Content-Length."))


def not_utf8(request):
    return answer(request, 415, "unsupported_media_type", _("Text is sent to this server as UTF-8."))


def not_allowed(request):
    return answer(request, 405, "method_not_allowed", _("This can not be done at this address."))


def csrf_failure(request, reason=""):
    detail = _("This form was not sent from a page of this site, or the page was too old. Reload it and try again.")
    return answer(request, 403, "csrf_failed", detail)
