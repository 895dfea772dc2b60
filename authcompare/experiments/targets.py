"""Targets of the experiments: a running server, or this process with a temporary database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from authcompare.experiments.registry import all_experiments
from authcompare.experiments.trial import plan
from authcompare.server import second_servers

TIMEOUT_SECONDS = 10


class UnusableServerError(Exception):
    """The experiments cannot run at this server; the message says why."""


def check_server(url: str) -> None:
    """Raise UnusableServerError unless this project runs at `url`, in its lab, with all its variants."""
    try:
        response = httpx.get(f"{url}/api/", headers={"Accept": "application/json"}, timeout=TIMEOUT_SECONDS)
        doors = response.json()["doors"]
    except httpx.HTTPError:
        raise UnusableServerError(f"{url} does not answer: is it running?") from None
    except (ValueError, KeyError):
        raise UnusableServerError(f"{url} answers, but is not authcompare") from None
    expected = {(trial.variant.mechanism.name, trial.variant.slug) for trial in plan(all_experiments())}
    present = {(door["mechanism"], door["variant"]) for door in doors}
    if not any(door["lab"] for door in doors):
        raise UnusableServerError(f"{url} runs without its lab: start it with LAB=1")
    if missing := expected - present:
        raise UnusableServerError(f"{url} is another version: it has no variant {' '.join(min(missing))}")


@contextmanager
def temporary_database() -> Iterator[None]:
    """Use an empty database, as Django's test runner does: sandbox accounts stay apart from this site's data."""
    with tempfile.TemporaryDirectory(prefix="authcompare-", ignore_cleanup_errors=True) as folder:
        if connection.vendor == "sqlite":  # a file, because threads cannot share an in-memory database safely
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder, "compare.sqlite3"))
        before = setup_databases(verbosity=0, interactive=False)
        try:
            yield
        finally:
            second_servers.stop_all()
            teardown_databases(before, verbosity=0)
