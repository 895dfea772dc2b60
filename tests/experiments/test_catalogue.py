"""Every experiment, at every door it concerns: what is observed is what the door promises."""

import re

import pytest
from django.conf import settings

from authcompare.accounts.models import Sandbox
from authcompare.experiments.base import Experiment
from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.runner import observe, plan
from authcompare.mechanisms.registry import mechanisms, variants


def in_process(experiment):
    """Can it run inside a test's transaction, without a browser? Those that wait do so with the apart, side by side."""
    return not (experiment.browser or experiment.apart or experiment.waits)


@pytest.mark.parametrize("slug", [each.slug for each in filter(in_process, all_experiments())])
def test_the_observation_is_the_expectation(slug, variant, db):
    tried = find_experiment(slug)
    if not tried.concerns(variant):
        assert any(tried.concerns(other) for other in variants())
        return
    with Actors() as actors:
        observation = tried.run(actors, variant)
    assert observation.outcome == tried.expected(variant), observation
    assert observation.sent, "it happened on the wire"


@pytest.mark.parametrize("slug", [each.slug for each in all_experiments() if each.attack])
def test_an_attack_has_a_weak_arm_and_a_hardened_one(slug):
    expected = {find_experiment(slug).expected(v) for v in variants() if find_experiment(slug).concerns(v)}
    assert find_experiment(slug).attack in expected, "it succeeds somewhere, or it proves nothing"
    assert len(expected) == 2, "and somewhere it fails"


@pytest.mark.parametrize("slug", [each.slug for each in all_experiments()])
def test_every_expected_outcome_can_be_predicted(slug):
    tried = find_experiment(slug)
    outcomes = {choice.outcome for choice in tried.choices}
    assert {tried.expected(v) for v in variants() if tried.concerns(v)} <= outcomes
    assert len(tried.choices) >= 2
    assert all(str(text) for text in (tried.title, tried.question, tried.explanation))
    assert tried.sources
    assert tried.rows


def test_the_cast_is_thrown_away_afterwards(db):
    with Actors():
        assert Sandbox.objects.count() == 1
    assert not Sandbox.objects.exists()


def test_what_the_server_keeps_is_told_field_by_field_and_adds_up(db):
    """Of what one holds, no more can be read than there is."""
    found = {}
    for door in variants():
        with Actors() as actors:
            found[door] = {
                str(what): value for what, value in find_experiment("where-it-lives").run(actors, door).facts
            }
    for door, facts in found.items():
        assert facts["of them readable without a key"] <= facts["characters you hold"], door
        assert bool(facts["of them readable without a key"]) == door.promises.reveals_user, door
        sizes = [int(size) for size in re.findall(r" (\d+)(?=[,;]|$)", facts["field by field"])]
        assert sum(sizes) == facts["bytes in them"], door
        assert bool(sizes) == door.promises.keeps_server_state, door


SABOTAGE = {  # what one door does no more, and the experiments that must notice
    "sign_out": ({"replay-after-logout"}, lambda door: (type(door), "sign_out")),
    "end_sign_ins": ({"ended-from-elsewhere"}, lambda door: (type(door), "end_sign_ins")),
    "csrf": ({"forged-form", "carrier"}, lambda door: (door.authentication, "csrf")),
}


@pytest.mark.parametrize("broken", SABOTAGE)
def test_a_broken_promise_turns_exactly_the_right_cells_red(broken, db, monkeypatch):
    noticing, part = SABOTAGE[broken]
    door = mechanisms()[0].default
    cells = [cell for cell in plan(filter(in_process, all_experiments())) if cell.variant is door]
    assert len(cells) > 10
    monkeypatch.setattr(*part(door), False if broken == "csrf" else lambda self, *args: None)
    assert {cell.experiment.slug for cell in map(observe, cells) if not cell.agrees} == noticing


def test_the_experiment_that_the_architecture_page_shows_runs_at_every_door(db):
    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    written = re.search(r"## How to add an experiment.*?```python\n(.*?)```", page, re.DOTALL)[1]
    names = {}
    exec(compile(written, "docs/architecture.md", "exec"), names)  # the very lines that a reader copies
    shown = next(v for v in names.values() if isinstance(v, type) and v is not Experiment and issubclass(v, Experiment))
    cells = plan([shown()])
    assert len(cells) == len(variants())
    assert [observe(cell).observation.outcome for cell in cells] == ["none opens"] * len(cells)
