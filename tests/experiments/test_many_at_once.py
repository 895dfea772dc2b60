"""Visitors experiment at once against one server: every run ends as expected, and no visitor sees another's data."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms.registry import variants

VISITORS = 6
SHARE = 3  # each visitor runs every third experiment, so two visitors at a time run the same one
# Waiting for an expiry time or for a second server shows nothing about isolation.
EXPERIMENTS = [each for each in all_experiments() if not (each.browser or each.waits or each.apart)]
NAME = re.compile(r"(?:alice|bob|mallory)-([0-9a-f]{6})\b")


class Watched(Actors):
    """Actors that record each name of another sandbox in a response."""

    strangers = frozenset()

    def note(self, response):
        super().note(response)
        response.read()
        mine = {account["username"].partition("-")[2] for account in self.accounts.values()}
        self.strangers |= set(NAME.findall(response.text)) - mine


def visit(server, number):
    """Run one visitor's share: [(label, observed outcome, expected outcome, names of other sandboxes)]."""
    runs = []
    for experiment in EXPERIMENTS[number % SHARE :: SHARE]:
        concerned = [variant for variant in variants() if experiment.concerns(variant)]
        variant = concerned[number % len(concerned)]
        with Watched(server) as actors:
            outcome = experiment.run(actors, variant).outcome
        label = f"{experiment.slug} at {variant.key} for visitor {number}"
        runs.append((label, outcome, experiment.expected(variant), actors.strangers))
    return runs


@pytest.mark.long
def test_visitors_who_experiment_at_once_do_not_disturb_each_other(server):
    with ThreadPoolExecutor(VISITORS) as pool:
        runs = [run for share in pool.map(visit, [server] * VISITORS, range(VISITORS)) for run in share]
    assert len(runs) == len(EXPERIMENTS) * VISITORS // SHARE
    assert [run for run in runs if run[1] != run[2]] == []
    assert [run for run in runs if run[3]] == []
