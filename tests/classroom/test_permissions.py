"""The permissions of a class: every endpoint and page, tried by each unauthorised visitor."""

import pytest
from django.urls import reverse

from authcompare.accounts.models import Sandbox, User
from authcompare.api.throttling import JoinThrottle
from authcompare.classroom.api import CHANGES
from authcompare.classroom.urls import urlpatterns
from authcompare.experiments.cast import Actor
from authcompare.learning.models import Classroom, Learner, Prediction
from authcompare.mechanisms.registry import mechanisms
from tests.people import Somebody, right_choices, staff, voted_stop, wrong_choices

STEP = voted_stop().step
PAGES = ["screen/", "console/", "export.csv", "export.json"]


def unauthorised(kind, code):
    """Return a visitor without the right to change this class."""
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


each_unauthorised = pytest.mark.parametrize("kind", ["visitor", "learner", "sandbox account", "other staff"])


def body(name, learner):
    """Return a body that changes the class."""
    own = {"move": {"step": STEP.slug}, "reset": {"learner": learner}}
    return own.get(name) or getattr(CHANGES[name].request_serializer, "example", {})


@each_unauthorised
@pytest.mark.parametrize("name", CHANGES)
def test_only_its_teacher_changes_a_class(code, anna, kind, name):
    somebody = unauthorised(kind, code)
    before = list(Classroom.objects.values()), list(Learner.objects.values_list("pk", "step", "reset_at"))
    answer = somebody.change(code, name, **body(name, Learner.objects.first().pk))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_teacher")
    assert before == (list(Classroom.objects.values()), list(Learner.objects.values_list("pk", "step", "reset_at")))


@pytest.mark.parametrize("name", CHANGES)
def test_its_teacher_and_a_superuser_change_a_class(teacher, code, anna, name):
    wanted = body(name, Learner.objects.get().pk)
    if name == "vote":
        teacher.change(code, "move", step=STEP.slug)
    superuser = staff("root", is_superuser=True)
    for allowed in (superuser, teacher) if name != "end" else (teacher,):
        assert allowed.change(code, name, **wanted).status_code == 200


@each_unauthorised
def test_only_staff_opens_a_class(code, kind):
    answer = unauthorised(kind, code).post("/classroom/api/open/", plan=45)
    if kind == "other staff":
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_the_teacher")
        assert Classroom.objects.count() == 1


@each_unauthorised
@pytest.mark.parametrize("address", PAGES)
def test_only_its_teacher_sees_or_exports_a_class(code, anna, kind, address):
    answer = unauthorised(kind, code).get(f"/classroom/{code}/{address}", Accept="text/html")
    assert answer.status_code == (403 if kind == "other staff" else 302)
    assert "Anna" not in answer.text
    assert code not in answer.text.replace(f"/classroom/{code}/", "")


def test_these_tests_cover_every_page_of_a_class():
    of_a_class = {
        str(pattern.pattern) for pattern in urlpatterns if pattern.name not in {"classroom", "classroom-join"}
    }
    assert of_a_class == {"<str:code>/screen/", "<str:code>/console/", "<str:code>/export.<str:kind>"}


@pytest.mark.parametrize("name", CHANGES)
def test_another_site_cannot_change_a_class_with_its_teacher_s_cookies(teacher, code, name):
    answer = teacher.client.post(f"/classroom/api/{code}/{name}/", json=body(name, 1))
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_teacher_without_staff_status_changes_nothing(teacher, code):
    User.objects.update(is_staff=False)
    assert teacher.change(code, "hints", on=False).status_code == 403


def test_only_staff_learns_that_a_class_does_not_exist(teacher, code):
    assert teacher.change("XXXXX", "end").json()["code"] == "no_such_class"
    assert Somebody().change("XXXXX", "end").json()["code"] == "not_the_teacher"
    assert teacher.get("/classroom/XXXXX/console/").status_code == 404


def test_one_address_cannot_guess_many_codes(code, monkeypatch):
    monkeypatch.setattr(JoinThrottle, "rate", "3/min", raising=False)
    guesses = [Somebody().post("/classroom/api/join/", code=f"XXXX{n}", nickname="x") for n in range(3)]
    assert [each.status_code for each in guesses] == [404, 404, 404]
    for path, body in (("join", {"nickname": "x"}), ("rejoin", {"rejoin": "x"})):
        answer = Somebody().post(f"/classroom/api/{path}/", code=code, **body)
        assert (answer.status_code, answer.json()["code"]) == (429, "throttled")


def test_a_large_class_can_join_twice_within_a_minute_from_one_address():
    throttle = JoinThrottle()
    most, seconds = throttle.parse_rate(throttle.get_rate())
    assert most / (seconds / 60) >= 2 * 300


# Two learners


@pytest.fixture
def mallory(teacher, code, anna):
    """Return another learner, after Anna has voted, run the step and created a sandbox."""
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    assert anna.predict(STEP, wrong_choices(STEP)).status_code == 200
    teacher.change(code, "vote", action="run")
    assert anna.run(STEP)["right"] is False
    assert anna.post("/lab/api/sandbox/").status_code == 201
    return unauthorised("learner", code)


def stored_data_of_anna():
    anna = Learner.objects.get(nickname="Anna")
    return list(anna.predictions.values()), list(anna.runs.values()), anna.sandbox_id, anna.step, anna.key_hash


def test_no_action_of_a_learner_changes_another_learner_s_data(mallory):
    before = stored_data_of_anna()
    assert all(before)
    assert mallory.predict(STEP).status_code == 200
    assert mallory.run(STEP)["right"] is True
    assert mallory.post("/lab/api/sandbox/").status_code == 201
    assert mallory.post("/walkthrough/api/test/", round="pre", choices={"nothing-kept": 0}).status_code == 200
    assert mallory.post("/walkthrough/api/move/", step=STEP.slug).status_code == 409
    assert mallory.post("/walkthrough/api/reset/").status_code == 204
    assert stored_data_of_anna() == before
    assert Prediction.objects.filter(learner__nickname="Mallory").count() == 0


def test_no_page_shows_a_learner_data_of_another(mallory):
    anna = Learner.objects.get(nickname="Anna")
    secrets = [
        anna.sandbox_id,
        anna.rejoin,
        anna.key_hash,
        "Anna",
        *anna.sandbox.users.values_list("username", flat=True),
    ]
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
        assert not [each for each in secrets if each in answer.text], address
    summary = mallory.get("/walkthrough/summary.md").text
    assert STEP.title not in summary  # Mallory has not predicted yet


def test_no_guess_about_its_owner_deletes_a_sandbox(mallory):
    anna = Learner.objects.get(nickname="Anna")
    for id in (str(anna.pk), anna.nickname, anna.rejoin, anna.key_hash, f"{anna.sandbox_id[:4]}…"):
        answer = mallory.client.request("DELETE", "/lab/api/sandbox/", json={"id": id[:32]})
        assert answer.status_code == 404
    assert Sandbox.objects.filter(pk=anna.sandbox_id).exists()


def test_a_learner_s_own_page_creates_the_learner_s_sandbox(anna):
    refused = anna.client.post("/lab/api/sandbox/")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    first = anna.post("/lab/api/sandbox/").json()["id"]
    assert Learner.objects.get().sandbox_id == first
    second = anna.post("/lab/api/sandbox/").json()["id"]
    assert Learner.objects.get().sandbox_id == second
    assert not Sandbox.objects.filter(pk=first).exists()


def test_a_forged_cookie_identifies_no_learner(mallory):
    for key in ("x", "", Learner.objects.get(nickname="Anna").key_hash):
        answer = Somebody().get("/classroom/api/live/", Cookie=f"ac_learner={key}")
        assert answer.status_code == 404


def test_the_console_does_not_reveal_the_learners_who_have_answered(teacher, code, mallory):
    """The teacher sees only the number of answers: the learners' rows stay the same."""
    page = f"/classroom/{code}/console/"
    row = lambda: teacher.get(page).text.split('id="people"')[1].split("</section>")[0]  # noqa: E731
    before = row()
    assert mallory.predict(STEP, right_choices(STEP)).status_code == 200
    assert row() == before
    Prediction.objects.all().delete()
    assert row() == before
