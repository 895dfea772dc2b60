"""Second servers: processes that share what their options say. They end when unused, and with their parent."""

import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime

from authcompare.accounts.models import Sandbox
from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actors, NoSecondServerError
from authcompare.mechanisms.registry import find_variant, variants
from authcompare.server import second_servers
from authcompare.server.keys import ALGORITHMS
from tests.mechanisms.test_openapi import conforms, described

PATIENCE = 20  # seconds: far more than anything here takes, even on a busy machine
ADDRESS = "/lab/api/twin/"
SECOND_SERVER = """
import django
django.setup()
from authcompare.server import second_servers
print(second_servers.url(second_servers.Options("HS256", same_database=False)), flush=True)
input()
"""
DEMO_SERVER = """
import sys
from authcompare.server.local import LocalServer
with LocalServer.with_own_data(sys.argv[1]) as server:
    print(server.url, flush=True)
    input()
"""

pytestmark = pytest.mark.django_db(transaction=True)  # other processes see committed rows only


@pytest.fixture(scope="module", autouse=True)
def _shared_servers():
    """Let as many servers run as the options of these tests need, and stop them at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_servers, "LIMIT", 20)
        yield
    second_servers.stop_all()


@pytest.fixture
def alone():
    """Start and end a test without second servers. Tests that do not count or end servers share those that run."""
    second_servers.stop_all()
    yield
    second_servers.stop_all()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder in which second servers create their own databases."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def request(**options):
    return Client().post(ADDRESS, json=options)


def url(**options):
    return request(**options).raise_for_status().json()["url"]


def responds(url):
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children():
    """Return the process ids of the second servers of this process."""
    command = r"local.main\(\).* [0-9]+( --scratch-database)?$"  # not the tests' own server, which has workers
    listing = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", command], capture_output=True, text=True)
    return listing.stdout.split()


# Options


@pytest.mark.parametrize("same_key", [True, False])
@pytest.mark.parametrize("same_database", [True, False])
def test_a_second_server_shares_the_key_and_the_database_only_if_the_options_say_so(same_key, same_database):
    believed = next(door for door in variants() if door.promises.shared_needs == {"key"})
    with Actors() as actors:
        shown = believed.transport.present(actors.signed_in(believed).credential)
        there = actors.at_second_server(same_key=same_key, same_database=same_database)
        with there.client() as client:
            known = client.get(f"{believed.path}credential/", headers=shown)
            account = {name: actors.accounts["alice"][name] for name in ("username", "password")}
            entered = client.post(f"{believed.path}login/", json=account)
    assert known.status_code == (200 if same_key else 401)
    assert entered.status_code == (200 if same_database else 401)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_option_algorithm_selects_the_signature_of_its_tokens(algorithm):
    with Actors() as actors:
        token = actors.at_second_server(algorithm=algorithm).signed_in(find_variant("token", "default")).credential
    assert jwt.get_unverified_header(token)["alg"] == algorithm


def test_the_default_algorithm_is_that_of_this_server(settings):
    assert url() == url(algorithm=settings.JWT_ALGORITHM)


def test_with_the_option_short_credentials_expire_within_seconds():
    with Actors() as actors:
        there = actors.at_second_server(short=True)
        for door in (find_variant("session", "db"), find_variant("token", "default")):
            end = parse_datetime(there.signed_in(door).answer["expires_at"])
            assert end - datetime.now(UTC) <= timedelta(
                seconds=float(second_servers.SHORT_LIFETIMES["SESSION_IDLE_LIFETIME"])
            )


def test_a_shared_postgresql_database_has_the_name_in_use_and_the_host_of_the_environment(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setitem(connection.settings_dict, "NAME", "test main")
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@host:5433/main?sslmode=require")
    assert second_servers.database_url() == "postgres://me:secret@host:5433/test%20main?sslmode=require"


def test_requests_to_a_second_server_are_recorded_and_closing_it_keeps_the_sandbox():
    door = variants()[0]
    with Actors() as actors:
        with actors.at_second_server() as there:
            there.signed_in(door)
        assert [sent.path for sent in actors.sent] == [f"{door.path}login/"]
        assert there.base_url in actors.sent[0].curl
        assert Sandbox.objects.filter(pk=actors.id).exists()


# Start and end


def test_simultaneous_requests_with_the_same_options_share_one_server(alone):
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(lambda n: url(), range(10)))) == 1
    assert len(children()) == 1


def test_an_unused_server_ends_and_a_later_request_starts_another(alone, folder, monkeypatch):
    monkeypatch.setattr(second_servers, "IDLE_SECONDS", 1)
    first = url(same_database=False)
    assert list(folder.iterdir())
    wait_until(lambda: not responds(first))
    assert not list(folder.iterdir())
    assert not children()
    assert responds(url(same_database=False))


def test_a_server_in_use_does_not_end(alone, monkeypatch):
    monkeypatch.setattr(second_servers, "IDLE_SECONDS", 2)
    started_at, first = time.monotonic(), url()
    while time.monotonic() < started_at + 3:
        assert url() == first
        time.sleep(0.1)
    assert responds(first)


def test_a_killed_server_is_replaced(alone):
    first = url()
    os.kill(int(children()[0]), signal.SIGKILL)
    wait_until(lambda: not responds(first))
    assert responds(url())


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_second_server_ends_with_its_parent_and_leaves_no_file(folder, with_signal):
    with started_by(SECOND_SERVER) as (parent, url):
        assert list(folder.iterdir())
        parent.send_signal(with_signal)
        parent.communicate(timeout=PATIENCE)
    wait_until(lambda: not responds(url))
    assert not list(folder.iterdir())


def test_a_server_with_workers_ends_with_its_parent(tmp_path):
    with started_by(DEMO_SERVER, str(tmp_path)) as (parent, url):
        parent.kill()
    wait_until(lambda: not responds(url))


@contextmanager
def started_by(code, *arguments):
    """Run code that starts a server and prints its URL; yield (process, url)."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "authcompare.settings"}
    command = [sys.executable, "-c", code, *arguments]
    parent = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with parent:
        url = parent.stdout.readline().strip()
        assert responds(url)
        yield parent, url


def test_the_least_recently_used_server_makes_room_at_the_limit(alone, monkeypatch):
    monkeypatch.setattr(second_servers, "LIMIT", 2)
    first, second = url(), url(same_key=False)
    refused = request(short=True)
    assert (refused.status_code, refused.json()["code"]) == (503, "twin_unavailable")
    conforms(described(), "POST", ADDRESS, refused)
    assert responds(first)
    assert url() == first  # used again, so the second server is the least recently used
    monkeypatch.setattr(second_servers, "IN_USE_SECONDS", 0)
    assert responds(url(short=True))
    assert responds(first)
    assert not responds(second)
    assert len(children()) == 2


# Refusals


@pytest.fixture
def logged(caplog):
    logger = logging.getLogger("authcompare")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


def test_a_failed_start_is_one_sentence_and_the_log_has_the_reason(alone, monkeypatch, logged):
    monkeypatch.setenv("CACHE_URL", "nonsense://")
    refused = request()
    assert refused.status_code == 503
    conforms(described(), "POST", ADDRESS, refused)
    assert refused.json()["detail"].count(".") == 1
    assert "CACHE_URL" in logged.text
    with Actors() as actors, pytest.raises(NoSecondServerError, match="could not be started"):
        actors.at_second_server()
    monkeypatch.undo()
    assert responds(url())


def test_a_start_that_takes_too_long_fails(alone, monkeypatch):
    monkeypatch.setattr(second_servers, "START_SECONDS", 0.01)
    assert request().status_code == 503
    assert not children()


def test_a_second_server_starts_no_other_servers():
    refused = httpx.post(f"{url()}{ADDRESS}", json={"short": True}, trust_env=False)
    assert (refused.status_code, refused.json()["code"]) == (409, "itself_a_twin")
    conforms(described(), "POST", ADDRESS, refused)


def test_invalid_options_are_refused(alone):
    for body in ({"same_key": "perhaps"}, {"algorithm": "none"}, {"port": 80}, {"short": None}):
        refused = request(**body)
        assert refused.status_code == 400, body
        conforms(described(), "POST", ADDRESS, refused)
    assert not children()


def test_a_server_that_accepts_https_only_has_no_second_servers(alone, settings):
    settings.HTTPS = True
    assert "HTTPS" in request().json()["detail"]
    assert not children()


def test_outside_the_lab_there_are_no_second_servers(outside_the_lab):
    assert request().status_code == 404


def test_the_second_server_of_another_machine_is_out_of_reach(live_server, monkeypatch):
    monkeypatch.setattr(second_servers, "url", lambda options: "http://127.0.0.1:9")  # loopback of that machine
    with Actors(live_server.url) as actors, pytest.raises(NoSecondServerError, match="from the server's own machine"):
        actors.at_second_server()


def test_the_response_matches_its_description():
    conforms(described(), "POST", ADDRESS, request())
