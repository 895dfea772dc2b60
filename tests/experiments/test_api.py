"""Only so many experiments run at a time: who comes while all places are taken is told so at once, and comes again."""

from contextlib import ExitStack

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.api import PLACES, reserve_place
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.mechanisms.registry import variants


@pytest.fixture
def taken():
    """All places for experiments that do not wait."""
    with ExitStack() as stack:
        while PLACES[False].acquire(blocking=False):
            stack.callback(PLACES[False].release)
        yield


def run(slug):
    door = next(v for v in variants() if find_experiment(slug).concerns(v))
    return Client().post(
        "/lab/api/run/", json={"experiment": slug, "mechanism": door.mechanism.name, "variant": door.slug}
    )


@pytest.mark.usefixtures("taken", "db")
def test_who_finds_no_place_is_told_when_to_come_again_and_nothing_has_begun():
    refused = run("read-it")
    assert refused.status_code == 429
    assert refused.json()["code"] == "busy"
    assert int(refused.headers["Retry-After"]) >= 1
    assert not Evidence.objects.exists()


@pytest.mark.usefixtures("taken")
def test_experiments_that_only_wait_have_places_of_their_own():
    waiting = next(each for each in all_experiments() if each.waits)
    with reserve_place(waiting):
        pass


def test_a_place_is_free_again_afterwards_also_where_it_went_wrong(db):
    for _n in range(PLACES[False]._value + 1):
        with pytest.raises(ZeroDivisionError), reserve_place(find_experiment("read-it")):
            1 / 0  # noqa: B018
    assert run("read-it").status_code == 200
