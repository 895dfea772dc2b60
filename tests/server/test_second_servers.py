"""Second servers: real processes that share what was wanted and nothing else, and never outlive their use."""

import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime

from authcompare.accounts.models import Sandbox
from authcompare.api.http_client import Client
from authcompare.env import ALGORITHMS
from authcompare.experiments.cast import Actors, NoSecondServerError
from authcompare.mechanisms.registry import find_variant, variants
from authcompare.server import second_servers
from tests.mechanisms.test_openapi import conforms, described

PATIENCE = 20  # seconds: far more than anything here takes, even on a busy machine
ADDRESS = "/lab/api/twin/"
PARENT = """
import django
django.setup()
from authcompare.server import second_servers
print(second_servers.address(second_servers.Wanted("HS256", same_database=False)), flush=True)
input()
"""

pytestmark = pytest.mark.django_db(transaction=True)  # another process sees only what is really in the database


@pytest.fixture(autouse=True)
def _none_is_left():
    yield
    second_servers.stop_all()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where twins make databases of their own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def ask(**wanted):
    return Client().post(ADDRESS, json=wanted)


def url(**wanted):
    return ask(**wanted).raise_for_status().json()["url"]


def answers(url):
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children():
    """The twins of this process, by id."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "second_servers.serve"], capture_output=True, text=True
    )
    return found.stdout.split()


# What it shares


@pytest.mark.parametrize("same_key", [True, False])
@pytest.mark.parametrize("same_database", [True, False])
def test_it_shares_key_and_database_as_wanted_and_nothing_else(same_key, same_database):
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
def test_its_tokens_are_signed_with_the_algorithm_wanted(algorithm):
    with Actors() as actors:
        token = actors.at_second_server(algorithm=algorithm).signed_in(find_variant("token", "default")).credential
    assert jwt.get_unverified_header(token)["alg"] == algorithm


def test_its_own_algorithm_named_or_not_is_the_same_wish(settings):
    assert url() == url(algorithm=settings.JWT_ALGORITHM)


def test_a_short_one_ends_its_credentials_within_seconds():
    with Actors() as actors:
        there = actors.at_second_server(short=True)
        for door in (find_variant("session", "db"), find_variant("token", "default")):
            end = parse_datetime(there.signed_in(door).answer["expires_at"])
            assert end - datetime.now(UTC) <= timedelta(seconds=float(second_servers.SHORT["SESSION_IDLE_LIFETIME"]))


def test_a_database_of_another_kind_is_the_one_in_use_at_the_address_that_the_environment_gives(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setitem(connection.settings_dict, "NAME", "test main")
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@host:5433/main?sslmode=require")
    assert second_servers.database_url() == "postgres://me:secret@host:5433/test%20main?sslmode=require"


def test_what_is_sent_there_is_noted_with_the_rest_and_leaving_it_throws_nothing_away():
    door = variants()[0]
    with Actors() as actors:
        with actors.at_second_server() as there:
            there.signed_in(door)
        assert [sent.path for sent in actors.sent] == [f"{door.path}login/"]
        assert there.base_url in actors.sent[0].curl
        assert Sandbox.objects.filter(pk=actors.id).exists()


# When it begins and ends


def test_all_who_ask_at_once_for_the_same_get_the_same():
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(lambda n: url(), range(10)))) == 1
    assert len(children()) == 1


def test_it_ends_when_nobody_has_asked_for_it_for_a_while_and_another_takes_its_place(folder, monkeypatch):
    monkeypatch.setattr(second_servers, "IDLE", 1)
    first = url(same_database=False)
    assert list(folder.iterdir())
    wait_until(lambda: not answers(first))
    assert not list(folder.iterdir())
    assert not children()
    assert answers(url(same_database=False))


def test_it_does_not_end_while_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(second_servers, "IDLE", 2)
    began, first = time.monotonic(), url()
    while time.monotonic() < began + 3:
        assert url() == first
        time.sleep(0.1)
    assert answers(first)


def test_one_that_was_killed_is_replaced():
    first = url()
    os.kill(int(children()[0]), signal.SIGKILL)
    wait_until(lambda: not answers(first))
    assert answers(url())


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_however_its_parent_ends_it_ends_as_well_and_leaves_nothing(folder, with_signal):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "authcompare.settings"}
    command = [sys.executable, "-c", PARENT]
    parent = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with parent:
        url = parent.stdout.readline().strip()
        assert answers(url)
        assert list(folder.iterdir())
        parent.send_signal(with_signal)
        parent.communicate(timeout=PATIENCE)
    wait_until(lambda: not answers(url))
    assert not list(folder.iterdir())


def test_there_are_not_too_many_and_the_longest_unused_makes_room(monkeypatch):
    monkeypatch.setattr(second_servers, "MOST", 2)
    first, second = url(), url(same_key=False)
    refused = ask(short=True)
    assert (refused.status_code, refused.json()["code"]) == (503, "twin_unavailable")
    conforms(described(), "POST", ADDRESS, refused)
    assert answers(first)
    assert url() == first  # asked for again: now the second is the one that nobody has asked for longest
    monkeypatch.setattr(second_servers, "IN_USE", 0)
    assert answers(url(short=True))
    assert answers(first)
    assert not answers(second)
    assert len(children()) == 2


# What is refused


@pytest.fixture
def logged(caplog):
    logger = logging.getLogger("authcompare")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


def test_one_that_can_not_start_is_said_in_one_sentence_and_the_log_has_the_reason(monkeypatch, logged):
    monkeypatch.setenv("CACHE_URL", "nonsense://")
    refused = ask()
    assert refused.status_code == 503
    conforms(described(), "POST", ADDRESS, refused)
    assert refused.json()["detail"].count(".") == 1
    assert "CACHE_URL" in logged.text
    with Actors() as actors, pytest.raises(NoSecondServerError, match="could not be started"):
        actors.at_second_server()
    monkeypatch.undo()
    assert answers(url())


def test_one_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(second_servers, "PATIENCE", 0.01)
    assert ask().status_code == 503
    assert not children()


def test_it_starts_no_others():
    refused = httpx.post(f"{url()}{ADDRESS}", json={"short": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "itself_a_twin")
    conforms(described(), "POST", ADDRESS, refused)


@pytest.mark.parametrize("body", [{"same_key": "perhaps"}, {"algorithm": "none"}, {"port": 80}, {"short": None}])
def test_a_wish_that_makes_no_sense_is_refused(body):
    refused = ask(**body)
    assert refused.status_code == 400
    conforms(described(), "POST", ADDRESS, refused)
    assert not children()


def test_a_server_that_speaks_https_only_has_none(settings):
    settings.HTTPS = True
    assert "HTTPS" in ask().json()["detail"]
    assert not children()


def test_there_is_none_outside_the_lab(outside_the_lab):
    assert ask().status_code == 404


def test_one_on_another_machine_is_said_to_be_out_of_reach(live_server, monkeypatch):
    monkeypatch.setattr(second_servers, "address", lambda wanted: "http://127.0.0.1:9")  # as that machine calls itself
    with (
        Actors(live_server.url) as actors,
        pytest.raises(NoSecondServerError, match="only be reached from the server's own machine"),
    ):
        actors.at_second_server()


def test_the_answer_is_as_described():
    conforms(described(), "POST", ADDRESS, ask())
