"""Experiments that need a second server or time notice a changed server.

`tests/management/test_compare.py` runs every experiment at every variant.
"""

import pytest

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.registry import variants
from authcompare.server import second_servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_second_server_is_left():
    yield
    second_servers.stop_all()


def observe(slug, door):
    with Actors() as actors:
        return find_experiment(slug).run(actors, door)


@pytest.fixture
def extended():
    return next(door for door in variants() if door.promises.extended_by_use)


@pytest.mark.parametrize(
    ("seconds", "outcome"), [("600", "use extends it without end"), ("2", "ends at its time, used or not")]
)
def test_it_notices_a_server_with_another_absolute_lifetime(seconds, outcome, extended, monkeypatch):
    monkeypatch.setitem(second_servers.SHORT_LIFETIMES, "SESSION_ABSOLUTE_LIFETIME", seconds)
    assert observe("idle-or-absolute", extended).outcome == outcome


def test_it_notices_clients_that_are_refused(monkeypatch):
    door = next(door for door in variants() if door.transport.sent_automatically and door.authentication.csrf)
    monkeypatch.setattr("authcompare.experiments.catalogue.other_clients.CSRF_HEADER", "X-Forgotten")
    assert observe("other-clients", door).outcome == "only the browser gets in"


def test_without_curl_it_compares_the_other_clients_and_says_so(monkeypatch):
    door = variants()[0]
    with_curl = observe("other-clients", door)
    monkeypatch.setenv("PATH", "")
    without = observe("other-clients", door)
    assert with_curl.outcome == without.outcome
    assert len(without.sent) < len(with_curl.sent)
    assert [n for label, n in without.facts if "not installed" in label] == [0]
