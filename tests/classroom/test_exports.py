"""The export of a class, and its deletion."""

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
SEVERAL = 12  # learners: by chance in the order of joining once in half a billion times


@pytest.fixture
def teacher(db, clock, settings):
    settings.CLASSROOM_KEPT = 60 * 60  # seconds: less than the life of a sandbox
    return staff()


@pytest.fixture
def lesson(clock, teacher, code):
    """Let four learners take the pre-test, vote twice on a step, and run it."""
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
    assert len(votes) == 2 * len(NAMES) * len(STEP.variants)
    assert {each["round"] for each in votes} == {"first vote", "second vote"}
    assert {each["confidence"] for each in votes if each["round"] == "first vote"} == {3}
    assert {each["seconds"] for each in votes} == {60, 120}
    assert sum(each["right"] for each in votes if each["round"] == "first vote") == len(STEP.variants)
    assert all(each["right"] for each in found["answers"] if each["round"] == "pre-test")
    assert {each["observed"] for each in found["runs"]} == {STEP.experiment.expected(STEP.variants[0])}
    first, second = found["votes"]
    assert (first["percent_right"], second["percent_right"], second["gain"]) == (25, 100, 1.0)
    assert found["misconceptions"][0].keys() >= {"misconception", "before", "after", "of", "gain"}


def test_both_files_have_the_same_records(teacher, code, lesson):
    found = teacher.export(code)
    of_kind = {}
    for row in rows(teacher, code):
        of_kind.setdefault(row["record"], []).append(row)
    for kind in ("answer", "run", "vote", "misconception"):
        texts = [
            {key: "" if value is None else str(value) for key, value in each.items()} for each in found[f"{kind}s"]
        ]
        assert texts == [{key: row[key] for key in each} for row, each in zip(of_kind[kind], texts, strict=True)]


def test_the_export_identifies_no_learner(teacher, code, lesson):
    for kind in ("csv", "json"):
        text = teacher.get(f"/classroom/{code}/export.{kind}").text
        secrets = [*NAMES, code, "tina", *Learner.objects.values_list("rejoin", flat=True)]
        assert not [each for each in secrets if each in text]
    assert {each["learner"] for each in teacher.export(code)["answers"]} == {"L01", "L02", "L03", "L04"}


def test_the_pseudonyms_do_not_reveal_the_order_of_joining(teacher, code):
    joined = [Somebody() for _n in range(SEVERAL)]
    for n, learner in enumerate(joined):
        learner.join(code, f"N{n}")
        learner.post("/walkthrough/api/test/", round="pre", choices={"nothing-kept": n % 4})
    order = [each["learner"] for each in teacher.export(code)["answers"]]
    assert sorted(order) == [f"L{n:02}" for n in range(1, SEVERAL + 1)]
    assert order != sorted(order)
    assert [row["learner"] for row in rows(teacher, code) if row["record"] == "answer"] == order


def test_an_unknown_file_type_is_not_found(teacher, code):
    assert teacher.get(f"/classroom/{code}/export.xlsx").status_code == 404


# Deletion


def everything(code):
    return [
        Classroom.objects.filter(code=code).count(),
        Learner.objects.filter(classroom__code=code).count(),
        Prediction.objects.filter(learner__classroom__code=code).count(),
        Run.objects.filter(learner__classroom__code=code).count(),
        Sandbox.objects.filter(learner__classroom__code=code).count(),
    ]


def test_purge_deletes_an_expired_class_with_its_data(teacher, code, lesson, settings, clock):
    sandboxes = list(Learner.objects.values_list("sandbox", flat=True))
    assert all(everything(code))
    clock.shift(settings.CLASSROOM_KEPT - 200)
    call_command("purge", stdout=io.StringIO())
    assert all(everything(code))
    clock.shift(200)
    output = io.StringIO()
    call_command("purge", stdout=output)
    assert "classes: 1" in output.getvalue()
    assert not any(everything(code))
    assert not Sandbox.objects.filter(pk__in=sandboxes).exists()
    assert not User.objects.filter(sandbox__in=sandboxes).exists()
    assert User.objects.filter(username="tina").exists()


def test_an_expired_class_is_not_found_even_before_it_is_deleted(teacher, code, lesson, settings, clock):
    clock.shift(settings.CLASSROOM_KEPT)
    teacher.sign_in("tina")
    assert all(everything(code))
    for page in ("console/", "screen/", "export.csv", "export.json"):
        assert teacher.client.get(f"/classroom/{code}/{page}").status_code == 404, page
    assert teacher.change(code, "end").status_code == 404
    assert code not in teacher.client.get("/classroom/", headers={"Accept": "text/html"}).text


def test_opening_a_class_deletes_only_expired_classes(teacher, code, lesson, settings, clock):
    clock.shift(settings.CLASSROOM_KEPT - 300)
    teacher.sign_in("tina")
    fresh = teacher.open()
    assert all(everything(code))
    clock.shift(400)
    teacher.open()
    assert not any(everything(code))
    assert Classroom.objects.filter(code=fresh).exists()


def test_the_settings_decide_how_long_a_class_is_stored(teacher, settings):
    settings.CLASSROOM_KEPT = random.choice([100, 1000])
    teacher.open()
    lifetime = Classroom.objects.get().expires_at - timezone.now()
    assert abs(lifetime - timedelta(seconds=settings.CLASSROOM_KEPT)) < timedelta(seconds=10)
