"""Error responses: {"code", "detail"} and on 400 "errors" in the API, a page elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail, NotAuthenticated, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

NOTHING_SENT = gettext_lazy("No credentials were sent.")
NOT_VALID = gettext_lazy("The credential is not valid. Sign in again.")
INVALID = gettext_lazy("Some fields are missing or not valid. See errors.")
TOO_LARGE = gettext_lazy("The request body is larger than this server accepts. Send less.")


def is_api(request: HttpRequest) -> bool:
    """Return whether this URL belongs to the API, whose clients read JSON."""
    return "/api/" in request.path or request.path.startswith(("/lab/", "/wire/", "/.well-known/", "/healthz"))


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception with DRF's status and headers, and this project's body (DRF's EXCEPTION_HANDLER)."""
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, NotAuthenticated):
        response.data = {"code": "not_authenticated", "detail": str(reason(context["view"], context["request"]))}
    elif isinstance(error, ValidationError):
        response.data = {"code": "invalid", "detail": str(INVALID), "errors": by_field(error.detail)}
    else:
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        response.data = {"code": getattr(detail, "code", None) or "error", "detail": str(detail)}
    return response


def reason(view: Any, request: Any) -> str:
    """Return why no user was found: nothing was sent, or a credential that its authenticator does not accept."""
    readers = view.get_readers() if hasattr(view, "get_readers") else []
    refused = [reader for reader in readers if hasattr(reader, "transport") and reader.transport.extract(request)]
    return getattr(refused[0], "refusal", NOT_VALID) if refused else NOTHING_SENT


def by_field(detail: Any) -> dict[str, list[str]]:
    """Return DRF's validation details as {field: [message, ...]}, nested ones under dotted names."""
    if not isinstance(detail, dict):
        detail = {"non_field_errors": detail}
    flat = {}
    for field, messages in detail.items():
        if isinstance(messages, dict):
            flat |= {f"{field}.{name}": nested for name, nested in by_field(messages).items()}
        else:
            messages = messages if isinstance(messages, (list, tuple)) else [messages]
            flat[str(field)] = [str(message) for message in messages if isinstance(message, (str, ErrorDetail))]
    return flat


def answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Return the error as JSON in the API, as a page elsewhere."""
    if is_api(request):
        response = JsonResponse({"code": code, "detail": detail}, status=status)
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "error.html", {"status": status, "detail": detail}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, "bad_request", _("The server cannot read this request."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403, "permission_denied", _("You do not have permission to see this page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404, "not_found", _("There is no page at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500, "error", _("The server failed, and logged the error. Try again."))


def too_large(request: HttpRequest) -> HttpResponse:
    return answer(request, 413, "too_large", str(TOO_LARGE))


def length_required(request: HttpRequest) -> HttpResponse:
    return answer(request, 411, "length_required", _("The body has no length. Send it whole, with Content-Length."))


def not_utf8(request: HttpRequest) -> HttpResponse:
    return answer(request, 415, "unsupported_media_type", _("This encoding is not supported. Send text as UTF-8."))


def not_allowed(request: HttpRequest) -> HttpResponse:
    return answer(request, 405, "method_not_allowed", _("Method not allowed."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that Django's CSRF check refused (CSRF_FAILURE_VIEW)."""
    if reason.startswith(("Origin checking failed", "Referer checking failed")):
        detail = _("Another site sent this form. If the site is yours, add its origin to CSRF_TRUSTED_ORIGINS.")
    else:
        detail = _("The form's CSRF token is missing or out of date. Reload the page and try again.")
    return answer(request, 403, "csrf_failed", detail)
