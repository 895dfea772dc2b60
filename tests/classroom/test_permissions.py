"""Who may do what in a class, by trying: every endpoint and page, as everybody who may not."""

import pytest
from django.urls import reverse

from authcompare.accounts.models import Sandbox, User
from authcompare.api.openapi.operations import operation
from authcompare.api.throttling import JoinThrottle
from authcompare.classroom.api import CHANGES
from authcompare.classroom.urls import urlpatterns
from authcompare.experiments.cast import Actor
from authcompare.learning.models import Classroom, Learner, Prediction
from authcompare.mechanisms.registry import mechanisms
from tests.people import Somebody, right_choices, staff, voted_stop, wrong_choices

STEP = voted_stop().step
PAGES = ["screen/", "console/", "export.csv", "export.json"]


def stranger(kind, code):
    """Somebody who has no business in moving this class."""
    if kind == "other staff":
        return staff("other")
    somebody = Somebody()
    if kind == "learner":
        somebody.join(code, "Mallory")
    if kind == "sandbox account":
        door = mechanisms()[0].default
        alice = somebody.post("/lab/api/sandbox/").json()["users"][0]
        assert Actor(door, somebody.client).sign_in(alice["username"], alice["password"]).status_code == 200
    return somebody


everybody_else = pytest.mark.parametrize("kind", ["nobody", "learner", "sandbox account", "other staff"])


def body(name, learner):
    """A body with which the endpoint would do something."""
    view = CHANGES[name]()
    return (
        {"step": STEP.slug}
        if name == "move"
        else {"learner": learner}
        if name == "reset"
        else operation(view, "POST").example or {}
    )


@everybody_else
@pytest.mark.parametrize("name", CHANGES)
def test_nobody_but_its_teacher_changes_a_class(code, anna, kind, name):
    somebody = stranger(kind, code)
    before = list(Classroom.objects.values()), list(Learner.objects.values_list("pk", "step", "reset_at"))
    answer = somebody.change(code, name, **body(name, Learner.objects.first().pk))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_teacher")
    assert before == (list(Classroom.objects.values()), list(Learner.objects.values_list("pk", "step", "reset_at")))


@pytest.mark.parametrize("name", CHANGES)
def test_its_teacher_does_and_so_does_a_superuser(teacher, code, anna, name):
    wanted = body(name, Learner.objects.get().pk)
    if name == "vote":
        teacher.change(code, "move", step=STEP.slug)
    superuser = staff("root", is_superuser=True)
    for allowed in (superuser, teacher) if name != "end" else (teacher,):
        assert allowed.change(code, name, **wanted).status_code == 200


@everybody_else
def test_nobody_but_staff_opens_a_class(code, kind):
    answer = stranger(kind, code).post("/classroom/api/open/", plan=45)
    if kind == "other staff":
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_the_teacher")
        assert Classroom.objects.count() == 1


@everybody_else
@pytest.mark.parametrize("address", PAGES)
def test_nobody_but_its_teacher_sees_a_class_or_takes_its_answers_away(code, anna, kind, address):
    answer = stranger(kind, code).get(f"/classroom/{code}/{address}", Accept="text/html")
    assert answer.status_code == (403 if kind == "other staff" else 302)
    assert "Anna" not in answer.text
    assert code not in answer.text.replace(f"/classroom/{code}/", "")


def test_every_page_of_the_classroom_has_been_tried():
    of_a_class = {
        str(pattern.pattern) for pattern in urlpatterns if pattern.name not in {"classroom", "classroom-join"}
    }
    assert of_a_class == {"<str:code>/screen/", "<str:code>/console/", "<str:code>/export.<str:kind>"}


@pytest.mark.parametrize("name", CHANGES)
def test_another_site_does_not_move_a_class_with_its_teachers_cookies(teacher, code, name):
    answer = teacher.client.post(f"/classroom/api/{code}/{name}/", json=body(name, 1))
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_teacher_who_is_staff_no_more_moves_nothing_any_more(teacher, code):
    User.objects.update(is_staff=False)
    assert teacher.change(code, "hints", on=False).status_code == 403


def test_a_class_that_is_not_there_is_told_to_staff_alone(teacher, code):
    assert teacher.change("XXXXX", "end").json()["code"] == "no_such_class"
    assert Somebody().change("XXXXX", "end").json()["code"] == "not_the_teacher"
    assert teacher.get("/classroom/XXXXX/console/").status_code == 404


def test_one_address_may_try_so_many_codes_and_no_more(code, monkeypatch):
    monkeypatch.setattr(JoinThrottle, "rate", "3/min", raising=False)
    guesses = [Somebody().post("/classroom/api/join/", code=f"XXXX{n}", nickname="x") for n in range(3)]
    assert [each.status_code for each in guesses] == [404, 404, 404]
    for path, body in (("join", {"nickname": "x"}), ("rejoin", {"rejoin": "x"})):
        answer = Somebody().post(f"/classroom/api/{path}/", code=code, **body)
        assert (answer.status_code, answer.json()["code"]) == (429, "throttled")


def test_a_large_class_may_join_within_a_minute_from_one_address_and_some_of_it_twice():
    throttle = JoinThrottle()
    most, seconds = throttle.parse_rate(throttle.get_rate())
    assert most / (seconds / 60) >= 2 * 300


# One learner and another


@pytest.fixture
def mallory(teacher, code, anna):
    """Another learner. Anna has voted, run the step and made herself a sandbox."""
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    assert anna.predict(STEP, wrong_choices(STEP)).status_code == 200
    teacher.change(code, "vote", action="run")
    assert anna.run(STEP)["right"] is False
    assert anna.post("/lab/api/sandbox/").status_code == 201
    return stranger("learner", code)


def kept_of_anna():
    anna = Learner.objects.get(nickname="Anna")
    return list(anna.answers.values()), list(anna.runs.values()), anna.sandbox_id, anna.step, anna.key_hash


def test_whatever_a_learner_does_another_ones_answers_and_accounts_stay_as_they_are(mallory):
    before = kept_of_anna()
    assert all(before)
    assert mallory.predict(STEP).status_code == 200
    assert mallory.run(STEP)["right"] is True
    assert mallory.post("/lab/api/sandbox/").status_code == 201
    assert mallory.post("/walkthrough/api/test/", round="pre", choices={"nothing-kept": 0}).status_code == 200
    assert mallory.post("/walkthrough/api/move/", step=STEP.slug).status_code == 409
    assert mallory.post("/walkthrough/api/reset/").status_code == 204
    assert kept_of_anna() == before
    assert Prediction.objects.filter(learner__nickname="Mallory").count() == 0


def test_nothing_that_a_learner_is_shown_tells_of_another(mallory):
    anna = Learner.objects.get(nickname="Anna")
    said = [anna.sandbox_id, anna.rejoin, anna.key_hash, "Anna", *anna.sandbox.users.values_list("username", flat=True)]
    pages = [
        "walkthrough",
        "walkthrough-summary",
        "walkthrough-summary-file",
        "walkthrough-pre",
        "classroom",
        "classroom-live",
    ]
    addresses = [reverse(name) for name in pages] + [f"/walkthrough/{STEP.slug}/"]
    for address in addresses:
        answer = mallory.get(address, Accept="*/*")
        assert answer.status_code == 200, address
        assert not [each for each in said if each in answer.text], address
    summary = mallory.get("/walkthrough/summary.md").text
    assert STEP.title not in summary  # Mallory has done nothing yet


def test_a_sandbox_can_not_be_thrown_away_by_guessing_at_its_owner(mallory):
    anna = Learner.objects.get(nickname="Anna")
    for id in (str(anna.pk), anna.nickname, anna.rejoin, anna.key_hash, f"{anna.sandbox_id[:4]}…"):
        answer = mallory.client.request("DELETE", "/lab/api/sandbox/", json={"id": id[:32]})
        assert answer.status_code == 404
    assert Sandbox.objects.filter(pk=anna.sandbox_id).exists()


def test_a_sandbox_becomes_a_learners_when_their_own_page_asks_for_it(anna):
    refused = anna.client.post("/lab/api/sandbox/")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    first = anna.post("/lab/api/sandbox/").json()["id"]
    assert Learner.objects.get().sandbox_id == first
    second = anna.post("/lab/api/sandbox/").json()["id"]
    assert Learner.objects.get().sandbox_id == second
    assert not Sandbox.objects.filter(pk=first).exists()


def test_a_cookie_that_somebody_made_up_is_nobodys(mallory):
    for key in ("x", "", Learner.objects.get(nickname="Anna").key_hash):
        answer = Somebody().get("/classroom/api/live/", Cookie=f"ac_learner={key}")
        assert answer.status_code == 404


def test_who_has_answered_is_told_to_nobody(teacher, code, mallory):
    """The teacher sees how many, and who is where: the same words whoever of them has answered."""
    page = f"/classroom/{code}/console/"
    row = lambda: teacher.get(page).text.split('id="people"')[1].split("</section>")[0]  # noqa: E731
    before = row()
    assert mallory.predict(STEP, right_choices(STEP)).status_code == 200
    assert row() == before
    Prediction.objects.all().delete()
    assert row() == before
