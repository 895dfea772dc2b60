"""Every experiment, at every door it concerns: what is observed is what the door promises."""

import pytest

from authcompare.experiments.base import Actors
from authcompare.experiments.syllabus import experiment, syllabus
from authcompare.mechanism import variants
from authcompare.models import Sandbox


@pytest.mark.parametrize("slug", [each.slug for each in syllabus()])
def test_the_observation_is_the_expectation(slug, variant, db):
    tried = experiment(slug)
    if not tried.concerns(variant):
        assert any(tried.concerns(other) for other in variants())
        return
    with Actors() as actors:
        observation = tried.run(actors, variant)
    assert observation.outcome == tried.expected(variant), observation
    assert observation.sent, "it happened on the wire"


@pytest.mark.parametrize("slug", [each.slug for each in syllabus() if each.attack])
def test_an_attack_has_a_weak_arm_and_a_hardened_one(slug):
    expected = {experiment(slug).expected(v) for v in variants() if experiment(slug).concerns(v)}
    assert experiment(slug).attack in expected, "it succeeds somewhere, or it proves nothing"
    assert len(expected) == 2, "and somewhere it fails"


@pytest.mark.parametrize("slug", [each.slug for each in syllabus()])
def test_every_expected_outcome_can_be_predicted(slug):
    tried = experiment(slug)
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


def test_a_door_that_breaks_its_promise_is_found_out(db, monkeypatch):
    broken = next(v for v in variants() if v.ends_at_sign_out)
    monkeypatch.setattr(type(broken), "sign_out", lambda self, request, response: None)
    with Actors() as actors:
        observation = experiment("replay-after-logout").run(actors, broken)
    assert observation.outcome != experiment("replay-after-logout").expected(broken)
