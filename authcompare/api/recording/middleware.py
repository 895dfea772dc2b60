"""The middleware that records exchanges. It runs in the lab only."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from authcompare.api.recording.redaction import MAX_BODY_CHARACTERS
from authcompare.api.recording.store import save_exchange
from authcompare.api.recording.trace import CURRENT, RecordedVariant, State, Trace

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def record_exchange(get_response: GetResponse) -> GetResponse:
    """Record each exchange that a view marks with `Trace.record`. Install it outermost, to see all headers."""
    if not settings.LAB:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        trace = Trace()
        token = CURRENT.set(trace)
        try:
            with ExitStack() as stack:
                for connection in connections.all():
                    stack.enter_context(connection.execute_wrapper(trace.query))
                trace.begin("middleware", "inward")
                response = get_response(request)
                trace.end()
                if trace.recorded:
                    response["Exchange-Id"] = save_exchange(to_dict(request, response, trace))
                return response
        finally:
            CURRENT.reset(token)

    return middleware


def to_dict(request: HttpRequest, response: HttpResponseBase, trace: Trace) -> dict[str, Any]:
    """Return the exchange as plain data for JSON."""
    after = trace.server_state([trace.credential, issued_credential(trace.variant, response)])
    user = getattr(request, "user", None)
    return {
        "request": {
            "method": request.method,
            "path": request.get_full_path(),
            "protocol": request.META.get("SERVER_PROTOCOL", ""),
            "headers": request_headers(request.META),
            "body": trace.body,
        },
        "response": {
            "status": response.status_code,
            "reason": response.reason_phrase,
            "headers": [
                *([name, value] for name, value in response.items()),
                *(["Set-Cookie", morsel.output(header="").strip()] for morsel in response.cookies.values()),
            ],
            "body": b"".join(response).decode("utf-8", "replace")[:MAX_BODY_CHARACTERS],
        },
        "steps": trace.steps,
        "queries": trace.queries,
        "state": state_changes(trace.before, after),
        "mechanism": trace.variant and trace.variant.mechanism.name,
        "variant": trace.variant and trace.variant.slug,
        "user": str(user) if user and user.is_authenticated else None,
        "took": trace.elapsed(),
    }


def issued_credential(variant: RecordedVariant | None, response: HttpResponseBase) -> str | None:
    """Return the credential that this response issues, or None."""
    if variant is None:
        return None
    answer = getattr(response, "data", None)
    cookies = {name: morsel.value for name, morsel in response.cookies.items() if morsel["max-age"] != 0}
    return variant.transport.collect(answer if isinstance(answer, dict) else {}, cookies)


def state_changes(before: State, after: State) -> list[dict[str, Any]]:
    """Return the server-side state as [{"of", "field", "before", "after"}], with None for a missing value."""
    changes = []
    for name in before | after:
        old, new = before.get(name, {}), after.get(name, {})
        for field in old | new:
            changes.append({"of": name, "field": field, "before": old.get(field), "after": new.get(field)})
    return changes


def request_headers(meta: Mapping[str, Any]) -> list[list[str]]:
    """Return [[name, value], ...] from WSGI's environment, which joins equal names (RFC 9110 section 5.2)."""
    bare = {"CONTENT_TYPE", "CONTENT_LENGTH"}
    names = [key for key in meta if key.startswith("HTTP_") or (key in bare and meta[key])]
    return [[key.removeprefix("HTTP_").replace("_", "-").title(), meta[key]] for key in names]
