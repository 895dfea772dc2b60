"""Exchange: one request and its response as the server saw them, with what happened in between. In the lab only.

The middleware opens a Trace, whoever has a part in answering adds to it (`step`, `note`), and the middleware closes it
and keeps it for a while under an unguessable id, which the answer carries in its Exchange-Id header: whoever caused an
exchange can open it, and nobody else. Passwords are never recorded. With the lab off nothing of this runs.
"""

import json
import os
import re
import secrets
import time
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import count
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed, SuspiciousOperation
from django.db import connections
from django.http import JsonResponse, RawPostDataException
from django.utils.translation import gettext as _

KEPT = 30 * 60  # seconds
RING = 2048  # exchanges kept per process: the oldest makes room
LONGEST_BODY = 16 * 1024  # characters
LONGEST_VALUE = 300  # characters of one SQL parameter
HIDDEN = "•••"
PASSWORD_HASH = re.compile(r"^[a-z0-9_]+\$\d+\$")

_current = ContextVar("current trace", default=None)
_slots = count(secrets.randbelow(RING))


class Trace:
    """What is being collected about the request in hand. Times are milliseconds since it came in."""

    def __init__(self):
        self.began = time.perf_counter()
        self.steps = []
        self.queries = []
        self.silent = False
        self.variant = None
        self.credential = None
        self.before = None
        self.recorded = False

    def record(self, request, variant, credential):
        """This exchange is worth keeping: one with the door `variant`, which is shown `credential` (or None)."""
        self.recorded = True
        self.request, self.variant, self.credential = request, variant, credential
        self.body = readable_body(request)
        self.before = self.state([credential])

    def state(self, credentials):
        """The server-side state behind these credentials: {name: {field: value}}; the door tells it."""
        with self.unseen():
            found = {}
            for credential in credentials:
                if self.variant and credential:
                    found |= self.variant.state_behind(credential)
            return found

    def now(self):
        return round((time.perf_counter() - self.began) * 1000, 3)

    def begin(self, name, detail=""):
        """A step begins; the one before it, if still open, ends."""
        self.end()
        self.steps.append({"name": name, "detail": detail, "at": self.now(), "took": None})

    def end(self, **facts):
        """The open step ends, with what came of it."""
        if self.steps and self.steps[-1]["took"] is None:
            self.steps[-1] |= {"took": round(self.now() - self.steps[-1]["at"], 3), **facts}

    def query(self, execute, sql, params, many, context):
        """A database wrapper (django.db.connection.execute_wrapper): keeps each statement and its time."""
        if self.silent:
            return execute(sql, params, many, context)
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries.append(
                {
                    "sql": sql,
                    "params": [shown(value) for value in (params or ())] if not many else [],
                    "took": round((time.perf_counter() - began) * 1000, 3),
                    "step": len(self.steps) - 1,
                }
            )

    @contextmanager
    def unseen(self):
        """Queries made for the wire's own sake are not the door's."""
        self.silent = True
        try:
            yield
        finally:
            self.silent = False


def current():
    """The trace of the request in hand, or None: the lab is off, or there is no request."""
    return _current.get()


@contextmanager
def step(name, detail=""):
    """A step of the request in hand; yields a dict for what came of it. Costs nothing where nothing is recorded."""
    trace = current()
    facts = {}
    if trace:
        trace.begin(name, detail)
    yield facts
    if trace:  # where it raised, whoever handles the error ends the step, and says why
        trace.end(**facts)


def shown(value):
    """A SQL parameter as text; password hashes are nobody's business."""
    text = str(value)
    if PASSWORD_HASH.match(text):
        return HIDDEN
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def middleware(get_response):
    """Opens and closes the exchange. Outermost, so that it sees what all other middlewares have added."""
    if not settings.LAB:
        raise MiddlewareNotUsed

    def recorder(request):
        trace = Trace()
        token = _current.set(trace)
        try:
            with ExitStack() as stack:
                for connection in connections.all():
                    stack.enter_context(connection.execute_wrapper(trace.query))
                trace.begin("middleware", "inward")
                response = get_response(request)
                trace.end()
                if trace.recorded:
                    response["Exchange-Id"] = keep(exchange(request, response, trace))
                return response
        finally:
            _current.reset(token)

    return recorder


def granted(variant, response):
    """The credential that this answer hands out, or None."""
    answer = getattr(response, "data", None)
    cookies = {name: morsel.value for name, morsel in response.cookies.items() if morsel["max-age"] != 0}
    return variant and variant.transport.collect(answer if isinstance(answer, dict) else {}, cookies)


def exchange(request, response, trace):
    """All that is kept of it, as plain data for JSON."""
    new = granted(trace.variant, response)
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
            "body": b"".join(response).decode("utf-8", "replace")[:LONGEST_BODY],
        },
        "steps": trace.steps,
        "queries": trace.queries,
        "state": changes(trace.before, trace.state([trace.credential, new])),
        "mechanism": trace.variant and trace.variant.mechanism.name,
        "variant": trace.variant and trace.variant.slug,
        "user": str(request.user) if getattr(request, "user", None) and request.user.is_authenticated else None,
        "took": trace.now(),
        "at": time.time(),
    }


def changes(before, after):
    """Server-side state as one list, [{"of", "field", "before", "after"}, ...]; None where there was or is nothing."""
    lines = []
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name, {}), after.get(name, {})
        for field in [*old, *(field for field in new if field not in old)]:
            lines.append({"of": name, "field": field, "before": old.get(field), "after": new.get(field)})
    return lines


def request_headers(meta):
    """[[name, value], ...] as WSGI hands them over: names in their usual spelling, equal ones joined (RFC 9110
    section 5.2)."""
    bare = {"CONTENT_TYPE", "CONTENT_LENGTH"}
    names = [key for key in meta if key.startswith("HTTP_") or (key in bare and meta[key])]
    return [[key.removeprefix("HTTP_").replace("_", "-").title(), meta[key]] for key in names]


def readable_body(request):
    """The request's body as text, its passwords hidden; "" for what can not be read well enough to hide them."""
    try:
        body = request.body.decode()
    except (ValueError, OSError, RawPostDataException, SuspiciousOperation):  # then it is not recorded
        return ""
    try:
        if request.content_type == "application/json":
            return json.dumps(hide(json.loads(body)), ensure_ascii=False)[:LONGEST_BODY] if body else ""
        if request.content_type == "application/x-www-form-urlencoded":
            return urlencode(hide(dict(parse_qsl(body, keep_blank_values=True))))[:LONGEST_BODY]
    except (ValueError, RecursionError):
        pass
    return ""


def hide(data):
    """A copy without passwords, however deep."""
    if isinstance(data, dict):
        return {key: HIDDEN if "password" in key.lower() else hide(value) for key, value in data.items()}
    return [hide(value) for value in data] if isinstance(data, list) else data


def keep(found):
    """Store an exchange; returns its id: the slot of this process's ring, and a secret that is asked for again."""
    slot = f"{os.getpid() % 16:x}{next(_slots) % RING:03x}"
    secret = secrets.token_urlsafe(16)
    cache.set(f"exchange:{slot}", (secret, found), KEPT)
    return f"{slot}{secret}"


def opened(request, id):
    """The view of /wire/<id>/: the exchange as JSON, for whoever knows its id, since only who caused it was told."""
    found = find(id)
    if found is None:
        detail = _("There is no such exchange, or it is not kept any more: send the request again.")
        return JsonResponse({"code": "not_found", "detail": detail}, status=404, headers={"Cache-Control": "no-store"})
    return JsonResponse(found, headers={"Cache-Control": "no-store"})


def find(id):
    """The exchange with this id, or None when there is none, or none any more."""
    kept = cache.get(f"exchange:{id[:4]}") if id.isascii() else None
    return kept[1] if kept and secrets.compare_digest(kept[0], id[4:]) else None
