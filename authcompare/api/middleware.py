"""The log of requests, the limits on what a request may send, and what a page says to a method it does not know."""

import codecs
import json
import logging
import time

from django.conf import settings

from authcompare.api.exceptions import length_required, not_allowed, not_utf8, too_large

log = logging.getLogger("authcompare.request")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and whatever was passed as `extra={"data": {...}}`."""

    def format(self, record):
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


def request_log(get_response):
    """Logs each request once, by its route and never by its full address, headers or body: no credential gets in. A
    view that is asked all the time says `request.unlogged = True`."""

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


def body_limit(get_response):
    """Refuses a body over DATA_UPLOAD_MAX_MEMORY_SIZE before it is read (DRF's JSON parser does not look at it), and
    one of untold length, which WSGI can not tell from none: an edit would seem done, and nothing have changed."""

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


def only_utf8(get_response):
    """Refuses text in another encoding: a request could name any codec that Python has, even "hex" and "zip"."""

    def middleware(request):
        try:
            codec = codecs.lookup(request.content_params.get("charset", "utf-8"))
        except LookupError:
            codec = None
        if codec is None or codec.name != "utf-8":
            return not_utf8(request)
        return get_response(request)

    return middleware


def friendly_405(get_response):
    """Django refuses a method with an empty answer."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            friendly = not_allowed(request)
            friendly["Allow"] = response["Allow"]
            return friendly
        return response

    return middleware
