"""What can be taken away from a class, and what deletes itself."""

import csv
import io
import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from authcompare.accounts.models import Sandbox, User
from authcompare.learning.models import Classroom, Learner, Prediction, Run
from authcompare.learning.questions import questions
from tests.people import Somebody, right_choices, staff, voted_stop, wrong_choices

STEP = voted_stop().step
NAMES = ["Anna", "Bob", "Carol", "Dave"]
SEVERAL = 12  # learners: by chance in the order in which they joined once in half a billion times


@pytest.fixture
def teacher(db, clock, settings):
    settings.CLASSROOM_KEPT = 60 * 60  # sooner than any sandbox goes by itself
    return staff()


@pytest.fixture
def lesson(clock, teacher, code):
    """Four learners have taken the pre-test, voted twice on a step, and run it."""
    learners = [Somebody() for _name in NAMES]
    for learner, nickname in zip(learners, NAMES, strict=True):
        learner.join(code, nickname)
        asked = {each.misconception: each.right for each in questions("pre", "en")}
        assert learner.post("/walkthrough/api/test/", round="pre", choices=asked).status_code == 200
    clock.shift(60)
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    for n, learner in enumerate(learners):
        learner.predict(STEP, right_choices(STEP) if n == 0 else wrong_choices(STEP), confidence=3)
    teacher.change(code, "vote", action="close")
    clock.shift(60)
    teacher.change(code, "vote", action="open", round=2)
    for learner in learners:
        learner.predict(STEP, round=2)
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="run")
    for learner in learners:
        assert learner.run(STEP)["right"] is True
        assert learner.post("/lab/api/sandbox/").status_code == 201
    return learners


def rows(teacher, code):
    answer = teacher.get(f"/classroom/{code}/export.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_export_has_answers_rounds_confidence_times_runs_and_gain(teacher, code, lesson):
    found = teacher.export(code)
    votes = [each for each in found["answers"] if each["step"] == STEP.slug]
    assert len(votes) == 2 * len(NAMES) * len(STEP.doors)
    assert {each["round"] for each in votes} == {"first vote", "second vote"}
    assert {each["confidence"] for each in votes if each["round"] == "first vote"} == {3}
    assert {each["seconds"] for each in votes} == {60, 120}
    assert sum(each["right"] for each in votes if each["round"] == "first vote") == len(STEP.doors)
    assert all(each["right"] for each in found["answers"] if each["round"] == "pre-test")
    assert {each["observed"] for each in found["runs"]} == {STEP.experiment.expected(STEP.doors[0])}
    first, second = found["votes"]
    assert (first["percent_right"], second["percent_right"], second["gain"]) == (25, 100, 1.0)
    assert found["misconceptions"][0].keys() >= {"misconception", "before", "after", "of", "gain"}


def test_both_files_say_the_same(teacher, code, lesson):
    found = teacher.export(code)
    of_kind = {}
    for row in rows(teacher, code):
        of_kind.setdefault(row["record"], []).append(row)
    for kind in ("answer", "run", "vote", "misconception"):
        told = [{key: "" if value is None else str(value) for key, value in each.items()} for each in found[f"{kind}s"]]
        assert told == [{key: row[key] for key in each} for row, each in zip(of_kind[kind], told, strict=True)]


def test_nobody_is_named_in_it(teacher, code, lesson):
    for kind in ("csv", "json"):
        text = teacher.get(f"/classroom/{code}/export.{kind}").text
        known = [*NAMES, code, "tina", *Learner.objects.values_list("rejoin", flat=True)]
        assert not [each for each in known if each in text]
    assert {each["learner"] for each in teacher.export(code)["answers"]} == {"L01", "L02", "L03", "L04"}


def test_the_numbers_of_the_learners_do_not_tell_who_joined_when(teacher, code):
    joined = [Somebody() for _n in range(SEVERAL)]
    for n, learner in enumerate(joined):
        learner.join(code, f"N{n}")
        learner.post("/walkthrough/api/test/", round="pre", choices={"nothing-kept": n % 4})
    order = [each["learner"] for each in teacher.export(code)["answers"]]
    assert sorted(order) == [f"L{n:02}" for n in range(1, SEVERAL + 1)]
    assert order != sorted(order)
    assert [row["learner"] for row in rows(teacher, code) if row["record"] == "answer"] == order


def test_a_kind_of_file_that_is_not_there_is_not_found(teacher, code):
    assert teacher.get(f"/classroom/{code}/export.xlsx").status_code == 404


# Deleting itself


def everything(code):
    return [
        Classroom.objects.filter(code=code).count(),
        Learner.objects.filter(classroom__code=code).count(),
        Prediction.objects.filter(learner__classroom__code=code).count(),
        Run.objects.filter(learner__classroom__code=code).count(),
        Sandbox.objects.filter(learner__classroom__code=code).count(),
    ]


def test_a_class_deletes_itself_with_all_that_belongs_to_it(teacher, code, lesson, settings, clock):
    sandboxes = list(Learner.objects.values_list("sandbox", flat=True))
    assert all(everything(code))
    clock.shift(settings.CLASSROOM_KEPT - 200)
    call_command("purge", stdout=io.StringIO())
    assert all(everything(code))
    clock.shift(200)
    said = io.StringIO()
    call_command("purge", stdout=said)
    assert "classes: 1" in said.getvalue()
    assert not any(everything(code))
    assert not Sandbox.objects.filter(pk__in=sandboxes).exists()
    assert not User.objects.filter(sandbox__in=sandboxes).exists()
    assert User.objects.filter(username="tina").exists()


def test_when_its_time_is_up_a_class_is_gone_even_if_nothing_has_deleted_it_yet(teacher, code, lesson, settings, clock):
    clock.shift(settings.CLASSROOM_KEPT)
    teacher.sign_in("tina")
    assert all(everything(code))
    for page in ("console/", "screen/", "export.csv", "export.json"):
        assert teacher.client.get(f"/classroom/{code}/{page}").status_code == 404, page
    assert teacher.change(code, "end").status_code == 404
    assert code not in teacher.client.get("/classroom/", headers={"Accept": "text/html"}).text


def test_opening_a_class_deletes_those_whose_time_is_up_and_no_other(teacher, code, lesson, settings, clock):
    clock.shift(settings.CLASSROOM_KEPT - 300)
    teacher.sign_in("tina")
    fresh = teacher.open()
    assert all(everything(code))
    clock.shift(400)
    teacher.open()
    assert not any(everything(code))
    assert Classroom.objects.filter(code=fresh).exists()


def test_how_long_a_class_is_kept_is_said_in_the_settings(teacher, settings):
    settings.CLASSROOM_KEPT = random.choice([100, 1000])
    teacher.open()
    kept = Classroom.objects.get().expires_at - timezone.now()
    assert abs(kept - timedelta(seconds=settings.CLASSROOM_KEPT)) < timedelta(seconds=10)
