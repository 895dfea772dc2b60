"""Middleware: the request log, limits on the request body, and an explained 405."""

import codecs
import json
import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from authcompare.api.exceptions import length_required, not_allowed, not_utf8, too_large

GetResponse = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("authcompare.request")


class JsonFormatter(logging.Formatter):
    """Format a record as one line of JSON: time, level, logger, message, and the fields of `extra={"data": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def request_log(get_response: GetResponse) -> GetResponse:
    """Log each request once, unless the view sets `request.unlogged = True`.

    The line holds the route, and neither the full URL nor headers or body, so that no credential gets into the log.
    """

    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        if getattr(request, "unlogged", False):
            return response
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "data": {
                    "method": request.method if request.method.isalpha() else "?",
                    "route": match.route if match else None,
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    "authenticated_by": getattr(request, "authenticated_by", None),
                }
            },
        )
        return response

    return middleware


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a body over DATA_UPLOAD_MAX_MEMORY_SIZE, and one without a length.

    DRF's JSON parser ignores the setting. WSGI reads a body without Content-Length as empty: an edit would seem to
    succeed and change nothing.
    """

    def middleware(request):
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return length_required(request)
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return too_large(request)
        return get_response(request)

    return middleware


def only_utf8(get_response: GetResponse) -> GetResponse:
    """Refuse text that is not UTF-8: a request could name any codec of Python, even "hex" and "zip"."""

    def middleware(request):
        try:
            codec = codecs.lookup(request.content_params.get("charset", "utf-8"))
        except LookupError:
            codec = None
        if codec is None or codec.name != "utf-8":
            return not_utf8(request)
        return get_response(request)

    return middleware


def friendly_405(get_response: GetResponse) -> GetResponse:
    """Explain a 405, which Django answers with an empty body."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            explained = not_allowed(request)
            explained["Allow"] = response["Allow"]
            return explained
        return response

    return middleware
