"""The experiments: what they promise, and what one of them observes when a variant breaks its promise.

`tests/management/test_compare.py` runs every experiment at every variant.
"""

import re

import pytest
from django.conf import settings

from authcompare.accounts.models import Sandbox
from authcompare.experiments.base import Experiment
from authcompare.experiments.cast import Actors
from authcompare.experiments.judging import judge
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import run
from authcompare.experiments.trial import plan
from authcompare.mechanisms.registry import mechanisms, variants


def in_process(experiment):
    """Return True if the experiment runs within a test's transaction, without waiting."""
    return not (experiment.browser or experiment.apart or experiment.waits)


def test_an_experiment_in_process_observes_what_is_expected(db):
    """Each experiment at one variant: first its weakest, where it has one."""
    for experiment in filter(in_process, all_experiments()):
        trials = plan([experiment])
        weak = [trial for trial in trials if trial.variant.lab]
        trial = run((weak or trials)[0])
        assert trial.agrees, f"{experiment.slug} at {trial.variant.key}: {trial.error or trial.observation}"
        assert trial.observation.sent, f"{experiment.slug} has sent no request"


def test_an_attack_has_a_weak_and_a_hardened_variant():
    for attack in (each for each in all_experiments() if each.attack):
        expected = {attack.expected(v) for v in variants() if attack.concerns(v)}
        assert attack.attack in expected, f"{attack.slug} succeeds nowhere, so it proves nothing"
        assert len(expected) == 2, f"{attack.slug} fails nowhere"


def test_every_expected_outcome_can_be_predicted():
    for experiment in all_experiments():
        outcomes = {choice.outcome for choice in experiment.choices}
        assert {experiment.expected(v) for v in variants() if experiment.concerns(v)} <= outcomes, experiment.slug
        assert len(experiment.choices) >= 2, experiment.slug
        texts = (experiment.title, experiment.question, experiment.explanation)
        assert all(str(text) for text in texts), experiment.slug
        assert experiment.sources, experiment.slug
        assert experiment.rows, experiment.slug


def test_every_wrong_prediction_has_a_misconception_of_its_own():
    for experiment in all_experiments():
        for trial in plan([experiment]):
            for choice in experiment.choices:
                judgement = judge(experiment, trial.variant, choice.outcome, trial.expected)
                assert judgement.right == (choice.outcome == trial.expected), experiment.slug
                assert bool(judgement.misconception) != judgement.right, choice.text
        ideas = [str(choice.misconception) for choice in experiment.choices if choice.misconception]
        assert len(set(ideas)) == len(ideas), experiment.slug


def test_the_sandbox_is_deleted_afterwards(db):
    with Actors():
        assert Sandbox.objects.count() == 1
    assert not Sandbox.objects.exists()


def test_the_servers_data_is_listed_field_by_field_and_adds_up(db):
    for door in variants():
        with Actors() as actors:
            facts = {str(label): value for label, value in find_experiment("where-it-lives").run(actors, door).facts}
        assert facts["of them readable without a key"] <= facts["characters in your browser"], door
        assert bool(facts["of them readable without a key"]) == door.promises.reveals_user, door
        sizes = [int(size) for size in re.findall(r" (\d+)(?=[,;]|$)", facts["field by field"])]
        assert sum(sizes) == facts["bytes in them"], door
        assert bool(sizes) == door.promises.keeps_server_state, door


SABOTAGE = {  # what one variant no longer does: (the experiments that must notice it, the part to replace)
    "sign_out": ({"replay-after-logout"}, lambda door: (type(door), "sign_out")),
    "end_sign_ins": ({"ended-from-elsewhere"}, lambda door: (type(door), "end_sign_ins")),
    "csrf": ({"forged-form", "carrier"}, lambda door: (door.authentication, "csrf")),
}


@pytest.mark.parametrize("broken", SABOTAGE)
def test_a_broken_promise_fails_exactly_the_right_trials(broken, db, monkeypatch):
    noticing, part = SABOTAGE[broken]
    door = mechanisms()[0].default
    trials = [trial for trial in plan(filter(in_process, all_experiments())) if trial.variant is door]
    assert len(trials) > 10
    monkeypatch.setattr(*part(door), False if broken == "csrf" else lambda self, *args: None)
    assert {trial.experiment.slug for trial in map(run, trials) if not trial.agrees} == noticing


def test_the_experiment_of_the_architecture_page_runs_at_every_variant(db):
    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    written = re.search(r"## How to add an experiment.*?```python\n(.*?)```", page, re.DOTALL)[1]
    names = {}
    exec(compile(written, "docs/architecture.md", "exec"), names)  # the lines that a reader copies
    shown = next(v for v in names.values() if isinstance(v, type) and v is not Experiment and issubclass(v, Experiment))
    trials = plan([shown()])
    assert len(trials) == len(variants())
    assert [run(trial).observed for trial in trials] == ["none opens"] * len(trials)
