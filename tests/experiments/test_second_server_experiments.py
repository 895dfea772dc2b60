"""Experiments that need second servers, or time, run in this process: what they see, and would see otherwise."""

import pytest

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import fill, plan
from authcompare.mechanisms.registry import variants
from authcompare.server import second_servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_second_server_is_left():
    yield
    second_servers.stop_all()


def seen(slug, door):
    with Actors() as actors:
        return find_experiment(slug).run(actors, door)


@pytest.fixture
def extended():
    return next(door for door in variants() if door.promises.extended_by_use)


def test_each_sees_what_is_expected_at_every_door():
    cells = plan([each for each in all_experiments() if each.apart or each.waits])
    assert len(cells) > 4 * len(variants())
    for cell in fill(cells):
        assert cell.agrees, f"{cell.experiment.slug} at {cell.door}: {cell.error or cell.observation}"
        assert cell.observation.sent


@pytest.mark.parametrize(
    ("seconds", "outcome"), [("600", "use extends it without end"), ("2", "ends at its time, used or not")]
)
def test_a_server_with_another_absolute_end_is_found_out(seconds, outcome, extended, monkeypatch):
    monkeypatch.setitem(second_servers.SHORT_LIFETIMES, "SESSION_ABSOLUTE_LIFETIME", seconds)
    assert seen("idle-or-absolute", extended).outcome == outcome


def test_clients_that_are_refused_are_found_out(monkeypatch):
    door = next(door for door in variants() if door.transport.sent_automatically and door.authentication.csrf)
    monkeypatch.setattr("authcompare.experiments.catalogue.other_clients.CSRF_HEADER", "X-Forgotten")
    assert seen("other-clients", door).outcome == "only the browser gets in"


def test_without_curl_the_others_are_compared_and_it_says_so(monkeypatch):
    door = variants()[0]
    with_curl = seen("other-clients", door)
    monkeypatch.setenv("PATH", "")
    without = seen("other-clients", door)
    assert with_curl.outcome == without.outcome
    assert len(without.sent) < len(with_curl.sent)
    assert [n for label, n in without.facts if "not installed" in label] == [0]
