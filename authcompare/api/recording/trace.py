"""The trace of one request: its steps, its SQL statements, and the server-side state before and after."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.http import HttpRequest

from authcompare.api.recording.redaction import readable_body, redact_value

State = dict[str, dict[str, Any]]  # {name of a database row: {field: text}}


class RecordedMechanism(Protocol):
    """A mechanism, as the recorder needs it."""

    name: str


class RecordedTransport(Protocol):
    """A transport, as the recorder needs it."""

    def collect(self, answer: Mapping[str, Any], cookies: Mapping[str, str]) -> str | None: ...


class RecordedVariant(Protocol):
    """A variant, as the recorder needs it: this package imports no mechanism."""

    slug: str
    mechanism: RecordedMechanism

    @property
    def transport(self) -> RecordedTransport: ...

    def server_state(self, credentials: Sequence[str]) -> State: ...


class Trace:
    """The record of the current request while it is being answered. Times are milliseconds since it arrived."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.steps: list[dict[str, Any]] = []
        self.queries: list[dict[str, Any]] = []
        self.paused = False
        self.recorded = False
        self.variant: RecordedVariant | None = None
        self.credential: str | None = None
        self.body = ""
        self.before: State = {}

    def record(self, request: HttpRequest, variant: RecordedVariant | None, credential: str | None) -> None:
        """Keep this exchange: a request to `variant` that presents `credential`, both None if there is none."""
        self.recorded, self.variant, self.credential = True, variant, credential
        self.body = readable_body(request)
        self.before = self.server_state([credential])

    def server_state(self, credentials: Sequence[str | None]) -> State:
        """Return what the server stores behind these credentials now; the statements for it are not recorded."""
        known = list(dict.fromkeys(credential for credential in credentials if credential))
        if self.variant is None or not known:
            return {}
        with self.pause():
            return self.variant.server_state(known)

    def elapsed(self) -> float:
        """Return the milliseconds since the request arrived."""
        return round((time.perf_counter() - self.began) * 1000, 3)

    def begin(self, name: str, detail: str = "") -> None:
        """Begin a step; end the previous one if it is still open."""
        self.end()
        self.steps.append({"name": name, "detail": detail, "at": self.elapsed(), "took": None})

    def end(self, **facts: Any) -> None:
        """End the open step, and note its result."""
        if self.steps and self.steps[-1]["took"] is None:
            self.steps[-1] |= {"took": round(self.elapsed() - self.steps[-1]["at"], 3), **facts}

    def query(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run a statement and record it: a wrapper for django.db.connection.execute_wrapper."""
        if self.paused:
            return execute(sql, params, many, context)
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries.append(
                {
                    "sql": sql,
                    "params": [redact_value(value) for value in (params or ())] if not many else [],
                    "took": round((time.perf_counter() - began) * 1000, 3),
                    "step": len(self.steps) - 1,
                }
            )

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave out the recorder's own statements: they are not the variant's."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False


CURRENT: ContextVar[Trace | None] = ContextVar("current trace", default=None)


def current() -> Trace | None:
    """Return the trace of the current request, or None if nothing is recorded."""
    return CURRENT.get()


@contextmanager
def step(name: str, detail: str = "") -> Iterator[dict[str, Any]]:
    """Record a step of the current request; yield a dict for its result."""
    trace = current()
    facts: dict[str, Any] = {}
    if trace:
        trace.begin(name, detail)
    yield facts
    if trace:  # after an exception, the exception handler ends the step and adds the reason
        trace.end(**facts)
