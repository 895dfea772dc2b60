"""The classroom over HTTP: joining, moving, voting, resetting, and the teacher's console."""

import re

import pytest

from authcompare.api.http_client import Client
from authcompare.classroom.vote_results import advice, count_vote, vote_gain
from authcompare.learning.models import Classroom, Learner, Prediction
from tests.people import Somebody, right_choices, stops, voted_stop, wrong_choices

STEP = voted_stop().step


@pytest.fixture
def voting(teacher, code):
    """Open the vote of the class on STEP."""
    teacher.change(code, "move", step=STEP.slug)
    assert teacher.change(code, "vote", action="open").status_code == 200


def learners(code, *names):
    found = [Somebody() for _name in names]
    for learner, nickname in zip(found, names, strict=True):
        learner.join(code, nickname)
    return found


def console(teacher, code):
    """Return the text of the console."""
    page = teacher.get(f"/classroom/{code}/console/", Accept="text/html")
    assert page.status_code == 200
    main = page.text.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


# Joining


def test_joining_needs_only_a_code_and_a_nickname(code):
    learner = Somebody()
    answer = learner.post("/classroom/api/join/", code=code, nickname="Anna")
    assert answer.status_code == 201
    assert answer.json()["nickname"] == "Anna"
    assert answer.json()["step"] == stops()[0].slug
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert learner.client.cookies["ac_learner"] not in str(Learner.objects.values().get())


def test_a_code_may_have_small_letters_and_spaces(code):
    assert (
        Somebody().post("/classroom/api/join/", code=f" {code[:2].lower()} {code[2:]} ", nickname="x").status_code
        == 201
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Anna \t Maria ", "Anna Maria"),
        ("An\u202ena", "Anna"),
        ("An\u0007na\u200b", "Anna"),
        ("Ａｎｎａ", "Anna"),
        ("李小龙", "李小龙"),
        ("<b>Anna</b>", "<b>Anna</b>"),
    ],
)
def test_a_nickname_is_normalised(code, typed, shown):
    assert Somebody().join(code, typed)["nickname"] == shown


@pytest.mark.parametrize("nickname", ["", " \u3000", "\u200b\u202e", "x" * 25])
def test_an_invisible_or_long_nickname_is_rejected(code, nickname):
    answer = Somebody().post("/classroom/api/join/", code=code, nickname=nickname)
    assert answer.status_code == 400
    assert "nickname" in answer.json()["errors"]


@pytest.mark.parametrize("nickname", ["Anna", "anna", " ANNA "])
def test_a_nickname_is_unique_in_a_class(code, anna, nickname):
    answer = Somebody().post("/classroom/api/join/", code=code, nickname=nickname)
    assert (answer.status_code, answer.json()["code"]) == (409, "nickname_taken")


def test_two_classes_may_have_the_same_nickname(teacher, anna):
    assert Somebody().join(teacher.open())["nickname"] == "Anna"


def test_an_unknown_code_and_the_code_of_an_ended_class_get_different_errors(teacher, code):
    answer = Somebody().post("/classroom/api/join/", code="XXXXX", nickname="Anna")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_class")
    teacher.change(code, "end")
    answer = Somebody().post("/classroom/api/join/", code=code, nickname="Anna")
    assert (answer.status_code, answer.json()["code"]) == (410, "class_ended")


def test_the_rejoin_code_restores_a_learner_and_the_old_cookie_stops_working(code):
    lost, found = Somebody(), Somebody()
    rejoin = lost.join(code)["rejoin"]
    answer = found.post("/classroom/api/rejoin/", code=code, rejoin=rejoin.lower())
    assert (answer.status_code, answer.json()["nickname"]) == (200, "Anna")
    assert found.live().status_code == 200
    assert lost.live().status_code == 404
    assert Learner.objects.count() == 1


def test_a_rejoin_code_of_another_class_is_rejected(teacher, code):
    rejoin = Somebody().join(teacher.open())["rejoin"]
    assert Somebody().post("/classroom/api/rejoin/", code=code, rejoin=rejoin).status_code == 404


def test_joining_and_rejoining_need_the_csrf_token(code):
    for path in ("join", "rejoin"):
        answer = Client().post(f"/classroom/api/{path}/", json={"code": code, "nickname": "Anna", "rejoin": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_lesson_page_shows_a_member_the_class_and_the_nickname(code, anna):
    page = anna.get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text
    assert 'id="class-bar"' in page
    assert code in page
    assert "Anna" in page
    assert 'id="class-bar"' not in Somebody().get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text


# Moving


def test_the_teacher_moves_the_class_and_no_learner_moves_alone(teacher, code, anna):
    assert teacher.change(code, "move", step=STEP.slug).status_code == 200
    assert anna.live().json()["step"] == STEP.slug
    assert Learner.objects.get().step == STEP.slug
    refused = anna.post("/walkthrough/api/move/", step=stops()[3].slug)
    assert (refused.status_code, refused.json()["code"]) == (409, "led")


def test_a_late_learner_joins_at_the_current_step(teacher, code):
    teacher.change(code, "move", step=STEP.slug)
    assert Somebody().join(code)["step"] == STEP.slug


def test_a_self_paced_class_gathers_when_it_becomes_teacher_paced(teacher, code, anna):
    teacher.change(code, "mode", mode="free")
    assert anna.post("/walkthrough/api/move/", step=STEP.slug).status_code == 200
    assert Learner.objects.get().step == STEP.slug
    teacher.change(code, "mode", mode="led")
    assert Learner.objects.get().step == stops()[0].slug


def test_a_step_outside_the_plan_is_rejected(teacher, code):
    for step in ("nowhere", "the-secret"):
        answer = teacher.change(code, "move", step=step)
        assert answer.status_code == 400
        assert "step" in answer.json()["errors"]


def test_the_teacher_switches_hints_on_and_off(teacher, code, anna):
    assert anna.live().json()["hints"] is True
    teacher.change(code, "hints", on=False)
    assert anna.live().json()["hints"] is False


def test_the_console_shows_each_learner_s_step_time_and_presence(teacher, code, anna, clock):
    teacher.change(code, "mode", mode="free")
    anna.post("/walkthrough/api/move/", step=STEP.slug)
    assert f"Anna {STEP.title} 0 min here" in console(teacher, code)
    clock.shift(60 * (STEP.minutes[45] + 1))
    late = console(teacher, code)
    assert f"Anna {STEP.title} {STEP.minutes[45] + 1} min longer than planned away for" in late
    anna.live()
    assert "longer than planned here" in console(teacher, code)


# Voting


def test_a_vote_counts_only_while_the_vote_is_open(teacher, code, anna):
    teacher.change(code, "move", step=STEP.slug)
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    teacher.change(code, "vote", action="open")
    assert anna.predict(STEP).status_code == 200
    assert anna.predict(STEP, wrong_choices(STEP)).status_code == 200  # an update
    assert anna.predict(STEP, round=2).json()["code"] == "vote_closed"
    teacher.change(code, "vote", action="close")
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    assert Prediction.objects.get().choices == wrong_choices(STEP)


def test_a_run_is_locked_until_the_teacher_unlocks_it(teacher, code, anna, voting):
    anna.predict(STEP)
    assert anna.run(STEP)["code"] == "vote_open"
    teacher.change(code, "vote", action="close")
    assert anna.run(STEP)["code"] == "vote_open"  # the class discusses
    teacher.change(code, "vote", action="run")
    assert anna.run(STEP)["right"] is True
    teacher.change(code, "vote", action="open", round=2)
    assert anna.predict(STEP, round=2).json()["code"] == "already_run"


def test_a_learner_who_missed_the_votes_predicts_alone_and_runs(teacher, code, voting):
    early, late = learners(code, "early", "late")
    early.predict(STEP)
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="run")
    assert early.predict(STEP, wrong_choices(STEP)).json()["code"] == "vote_closed"
    assert late.run(STEP)["code"] == "predict_first"
    assert late.predict(STEP).json()["round"] == Prediction.LATE
    assert late.run(STEP)["right"] is True
    assert early.live().json()["histogram"] == {door: {outcome: 1} for door, outcome in right_choices(STEP).items()}


def test_the_histogram_appears_when_the_vote_is_closed(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    anna.predict(STEP)
    bob.predict(STEP, wrong_choices(STEP))
    assert "histogram" not in anna.live().json()
    before = console(teacher, code)
    assert "2 of 2 have answered" in before
    assert "First vote" not in before
    teacher.change(code, "vote", action="close")
    door, right = next(iter(right_choices(STEP).items()))
    assert anna.live().json()["histogram"][door][right] == 1
    after = console(teacher, code)
    assert "50% right. Let neighbours with different answers discuss" in after
    assert "First vote · 2 answers" in after
    teacher.change(code, "vote", action="open", round=2)
    assert "histogram" not in anna.live().json()
    assert "First vote" not in console(teacher, code)


def test_the_second_vote_has_a_gain(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    anna.predict(STEP)
    bob.predict(STEP, wrong_choices(STEP))
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="open", round=2)
    for learner in (anna, bob):
        assert learner.predict(STEP, round=2).status_code == 200
    teacher.change(code, "vote", action="close")
    assert "Gain from the first vote to the second: 1.00" in console(teacher, code)


def test_the_gain_counts_only_learners_in_both_votes(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    anna.predict(STEP, wrong_choices(STEP))
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="open", round=2)
    bob.predict(STEP, round=2)
    classroom = Classroom.objects.get()
    votes = [count_vote(classroom, STEP, round) for round in (1, 2)]
    assert [vote.share for vote in votes] == [0, 100]
    assert vote_gain(*votes) is None


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "explain"), (29, "explain"), (30, "discuss"), (70, "discuss"), (71, "on"), (100, "on")],
)
def test_the_advice_follows_the_share_of_right_answers(share, expected):
    assert advice(share) == expected


def test_a_vote_counts_sure_and_wrong_learners(code, anna, voting):
    anna.predict(STEP, wrong_choices(STEP), confidence=3)
    vote = count_vote(Classroom.objects.get(), STEP, 1)
    assert (vote.sure_and_wrong, vote.share) == (1, 0)


def test_a_vote_needs_an_experiment_and_a_teacher_paced_class(teacher, code):
    assert teacher.change(code, "vote", action="open").json()["code"] == "no_vote"
    teacher.change(code, "move", step=STEP.slug)
    assert teacher.change(code, "vote", action="close").json()["code"] == "no_vote"
    teacher.change(code, "mode", mode="free")
    assert teacher.change(code, "vote", action="open").json()["code"] == "no_vote"


def test_moving_to_another_step_ends_a_vote(teacher, code, anna, voting):
    teacher.change(code, "move", step=voted_stop(1).slug)
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    assert anna.live().json()["vote"]["state"] == "none"


# Tests


def test_the_screen_shows_the_gain_after_the_post_test(teacher, code):
    from authcompare.learning.questions import questions

    anna, bob = learners(code, "Anna", "Bob")
    for round, right_of in (("pre", {anna}), ("post", {anna, bob})):
        for learner in (anna, bob):
            choices = {
                each.misconception: each.right if learner in right_of else (each.right + 1) % 2
                for each in questions(round, "en")
            }
            assert learner.post("/walkthrough/api/test/", round=round, choices=choices).status_code == 200
    teacher.change(code, "move", step="post-test")
    screen = f"/classroom/{code}/screen/"
    assert "Gain for each idea" in console(teacher, code)
    assert "Gain for each idea" not in teacher.get(screen).text
    teacher.change(code, "vote", action="close")
    assert "Gain for each idea" in teacher.get(screen).text
    first = teacher.export(code)["misconceptions"][0]
    assert (first["before"], first["after"], first["of"], first["gain"]) == (1, 2, 2, 1.0)


# Resetting, ending


def test_a_reset_of_one_learner_changes_no_other(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    for learner in (anna, bob):
        learner.predict(STEP)
        assert learner.post("/lab/api/sandbox/").status_code == 201
    chosen = Learner.objects.get(nickname="Anna")
    assert teacher.change(code, "reset", learner=chosen.pk).status_code == 200
    chosen.refresh_from_db()
    assert (chosen.predictions.count(), chosen.sandbox) == (0, None)
    other = Learner.objects.get(nickname="Bob")
    assert other.predictions.count() == 1
    assert other.sandbox is not None
    assert anna.live().json()["reset"]
    assert bob.live().json()["reset"] is None


def test_a_reset_of_the_class_keeps_its_learners(teacher, code, anna, voting):
    anna.predict(STEP)
    assert teacher.change(code, "reset").json()["step"] == stops()[0].slug
    assert Prediction.objects.count() == 0
    assert anna.live().json()["vote"]["state"] == "none"
    assert Learner.objects.get().step == stops()[0].slug


def test_a_learner_of_another_class_cannot_be_reset(teacher, code, anna):
    other = teacher.open()
    assert teacher.change(other, "reset", learner=Learner.objects.get().pk).status_code == 404


def test_an_ended_class_does_not_change_and_its_learners_continue_alone(teacher, code, anna, voting):
    anna.predict(STEP)
    assert teacher.change(code, "end").json()["ended"] is True
    assert anna.live().json()["ended"] is True
    assert anna.run(STEP)["right"] is True
    assert anna.post("/walkthrough/api/move/", step=STEP.slug).status_code == 200
    for action, body in (("move", {"step": STEP.slug}), ("vote", {"action": "open"}), ("reset", {}), ("end", {})):
        answer = teacher.change(code, action, **body)
        assert (answer.status_code, answer.json()["code"]) == (410, "class_ended")
    assert "This class has ended" in console(teacher, code)
    assert teacher.export(code)["learners"] == 1


def test_outside_the_lab_the_classroom_is_not_found(outside_the_lab, db):
    for path in ("/classroom/", "/classroom/XXXXX/", "/classroom/XXXXX/console/"):
        assert Client().get(path).status_code == 404
    assert Client().get("/classroom/api/live/").status_code == 404
