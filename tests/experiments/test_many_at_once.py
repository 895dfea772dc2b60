"""A whole class runs experiments at once: nothing fails, and no visitor sees another visitor's data."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import pytest

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms.registry import variants

VISITORS = 20
NAME = re.compile(r"(?:alice|bob|mallory)-([0-9a-f]{6})\b")


class Watched(Actors):
    """Actors who notice every user name in a response that is not from their own sandbox."""

    strangers = frozenset()

    def note(self, response):
        super().note(response)
        response.read()
        mine = {account["username"].partition("-")[2] for account in self.accounts.values()}
        self.strangers |= set(NAME.findall(response.text)) - mine


def visit(server, number):
    """Run all experiments, each at another variant; returns [(text, outcome, expected, foreign names)]."""
    seen = []
    for experiment in all_experiments():
        doors = [door for door in variants() if experiment.concerns(door)]
        door = next(islice(cycle(doors), number, None))
        if not experiment.browser:
            with Watched(server) as actors:
                outcome = experiment.run(actors, door).outcome
            what = f"{experiment.slug} at {door.key} for visitor {number}"
            seen.append((what, outcome, experiment.expected(door), actors.strangers))
    return seen


@pytest.mark.long
def test_twenty_visitors_run_all_experiments_at_once(server):
    with ThreadPoolExecutor(VISITORS) as pool:
        seen = [line for lines in pool.map(visit, [server] * VISITORS, range(VISITORS)) for line in lines]
    assert len(seen) == VISITORS * sum(not experiment.browser for experiment in all_experiments())
    assert [line for line in seen if line[1] != line[2]] == []
    assert [line for line in seen if line[3]] == []
