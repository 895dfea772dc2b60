"""A class: joining it, moving it, voting in it, and what its teacher sees of it."""

import re

import pytest

from authcompare.api.http_client import Client
from authcompare.classroom.vote_results import advice, gained, tally
from authcompare.learning.models import Classroom, Learner, Prediction
from tests.people import Somebody, right_choices, stops, voted_stop, wrong_choices

STEP = voted_stop().step


@pytest.fixture
def voting(teacher, code):
    """The class votes on STEP."""
    teacher.change(code, "move", step=STEP.slug)
    assert teacher.change(code, "vote", action="open").status_code == 200


def learners(code, *names):
    found = [Somebody() for _name in names]
    for learner, nickname in zip(found, names, strict=True):
        learner.join(code, nickname)
    return found


def console(teacher, code):
    """What the console says, without its tags."""
    page = teacher.get(f"/classroom/{code}/console/", Accept="text/html")
    assert page.status_code == 200
    main = page.text.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


# Joining


def test_a_learner_joins_with_a_code_and_a_nickname_and_nothing_else(code):
    learner = Somebody()
    answer = learner.post("/classroom/api/join/", code=code, nickname="Anna")
    assert answer.status_code == 201
    assert answer.json()["nickname"] == "Anna"
    assert answer.json()["step"] == stops()[0].slug
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert learner.client.cookies["ac_learner"] not in str(Learner.objects.values().get())


def test_a_code_may_be_typed_in_small_letters_and_with_spaces(code):
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
def test_a_nickname_is_tidied(code, typed, shown):
    assert Somebody().join(code, typed)["nickname"] == shown


@pytest.mark.parametrize("nickname", ["", " \u3000", "\u200b\u202e", "x" * 25])
def test_a_nickname_that_shows_nothing_or_is_too_long_is_refused(code, nickname):
    answer = Somebody().post("/classroom/api/join/", code=code, nickname=nickname)
    assert answer.status_code == 400
    assert "nickname" in answer.json()["errors"]


@pytest.mark.parametrize("nickname", ["Anna", "anna", " ANNA "])
def test_a_nickname_is_there_once_in_a_class(code, anna, nickname):
    answer = Somebody().post("/classroom/api/join/", code=code, nickname=nickname)
    assert (answer.status_code, answer.json()["code"]) == (409, "nickname_taken")


def test_the_same_nickname_may_be_in_another_class(teacher, anna):
    assert Somebody().join(teacher.open())["nickname"] == "Anna"


def test_a_code_of_no_class_and_the_code_of_one_that_is_over_are_told_apart(teacher, code):
    answer = Somebody().post("/classroom/api/join/", code="XXXXX", nickname="Anna")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_class")
    teacher.change(code, "end")
    answer = Somebody().post("/classroom/api/join/", code=code, nickname="Anna")
    assert (answer.status_code, answer.json()["code"]) == (410, "class_ended")


def test_the_rejoin_code_makes_somebody_who_they_were_and_the_old_cookie_is_worth_nothing(code):
    lost, found = Somebody(), Somebody()
    rejoin = lost.join(code)["rejoin"]
    answer = found.post("/classroom/api/rejoin/", code=code, rejoin=rejoin.lower())
    assert (answer.status_code, answer.json()["nickname"]) == (200, "Anna")
    assert found.live().status_code == 200
    assert lost.live().status_code == 404
    assert Learner.objects.count() == 1


def test_a_rejoin_code_of_another_class_brings_nobody_back(teacher, code):
    rejoin = Somebody().join(teacher.open())["rejoin"]
    assert Somebody().post("/classroom/api/rejoin/", code=code, rejoin=rejoin).status_code == 404


def test_whoever_joins_or_comes_back_must_do_so_from_a_page_of_this_site(code):
    for path in ("join", "rejoin"):
        answer = Client().post(f"/classroom/api/{path}/", json={"code": code, "nickname": "Anna", "rejoin": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_page_of_the_lesson_shows_who_somebody_is_in_the_class(code, anna):
    page = anna.get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text
    assert 'id="class-bar"' in page
    assert code in page
    assert "Anna" in page
    assert 'id="class-bar"' not in Somebody().get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text


# Moving


def test_the_teacher_moves_everybody_and_nobody_moves_alone(teacher, code, anna):
    assert teacher.change(code, "move", step=STEP.slug).status_code == 200
    assert anna.live().json()["step"] == STEP.slug
    assert Learner.objects.get().step == STEP.slug
    refused = anna.post("/walkthrough/api/move/", step=stops()[3].slug)
    assert (refused.status_code, refused.json()["code"]) == (409, "led")


def test_whoever_joins_late_is_where_the_class_is(teacher, code):
    teacher.change(code, "move", step=STEP.slug)
    assert Somebody().join(code)["step"] == STEP.slug


def test_a_class_that_runs_free_is_where_each_learner_is_until_it_is_led_again(teacher, code, anna):
    teacher.change(code, "mode", mode="free")
    assert anna.post("/walkthrough/api/move/", step=STEP.slug).status_code == 200
    assert Learner.objects.get().step == STEP.slug
    teacher.change(code, "mode", mode="led")
    assert Learner.objects.get().step == stops()[0].slug


def test_a_step_that_is_not_in_the_plan_is_refused(teacher, code):
    for step in ("nowhere", "the-secret"):
        answer = teacher.change(code, "move", step=step)
        assert answer.status_code == 400
        assert "step" in answer.json()["errors"]


def test_hints_are_there_when_the_teacher_allows_them(teacher, code, anna):
    assert anna.live().json()["hints"] is True
    teacher.change(code, "hints", on=False)
    assert anna.live().json()["hints"] is False


def test_the_console_says_who_is_where_for_how_long_and_who_is_away(teacher, code, anna, clock):
    teacher.change(code, "mode", mode="free")
    anna.post("/walkthrough/api/move/", step=STEP.slug)
    assert f"Anna {STEP.title} 0 min here" in console(teacher, code)
    clock.shift(60 * (STEP.minutes[45] + 1))
    late = console(teacher, code)
    assert f"Anna {STEP.title} {STEP.minutes[45] + 1} min longer than planned away for" in late
    anna.live()
    assert "longer than planned here" in console(teacher, code)


# Voting


def test_votes_are_taken_while_the_vote_is_open_and_not_before_or_after(teacher, code, anna):
    teacher.change(code, "move", step=STEP.slug)
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    teacher.change(code, "vote", action="open")
    assert anna.predict(STEP).status_code == 200
    assert anna.predict(STEP, wrong_choices(STEP)).status_code == 200  # changed one's mind
    assert anna.predict(STEP, round=2).json()["code"] == "vote_closed"
    teacher.change(code, "vote", action="close")
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    assert Prediction.objects.get().choices == wrong_choices(STEP)


def test_nothing_runs_before_the_teacher_says_so_and_then_it_does(teacher, code, anna, voting):
    anna.predict(STEP)
    assert anna.run(STEP)["code"] == "vote_open"
    teacher.change(code, "vote", action="close")
    assert anna.run(STEP)["code"] == "vote_open"  # neighbours discuss
    teacher.change(code, "vote", action="run")
    assert anna.run(STEP)["right"] is True
    teacher.change(code, "vote", action="open", round=2)
    assert anna.predict(STEP, round=2).json()["code"] == "already_run"


def test_who_comes_after_the_votes_predicts_for_themselves_and_runs(teacher, code, voting):
    early, late = learners(code, "early", "late")
    early.predict(STEP)
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="run")
    assert early.predict(STEP, wrong_choices(STEP)).json()["code"] == "vote_closed"
    assert late.run(STEP)["code"] == "predict_first"
    assert late.predict(STEP).json()["round"] == Prediction.LATE
    assert late.run(STEP)["right"] is True
    assert early.live().json()["histogram"] == {door: {outcome: 1} for door, outcome in right_choices(STEP).items()}


def test_how_the_votes_fell_is_told_when_the_vote_is_closed_and_not_before(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    anna.predict(STEP)
    bob.predict(STEP, wrong_choices(STEP))
    assert "histogram" not in anna.live().json()
    assert anna.live().json()["answered"] == 2
    before = console(teacher, code)
    assert "2 of 2 have answered" in before
    assert "First vote" not in before
    teacher.change(code, "vote", action="close")
    door, right = next(iter(right_choices(STEP).items()))
    assert anna.live().json()["histogram"][door][right] == 1
    after = console(teacher, code)
    assert "50% right. Let neighbours discuss" in after
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


def test_only_who_took_part_in_both_votes_counts_for_the_gain(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    anna.predict(STEP, wrong_choices(STEP))
    teacher.change(code, "vote", action="close")
    teacher.change(code, "vote", action="open", round=2)
    bob.predict(STEP, round=2)
    classroom = Classroom.objects.get()
    votes = [tally(classroom, STEP, round) for round in (1, 2)]
    assert [vote.share for vote in votes] == [0, 100]
    assert gained(*votes) is None


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "explain"), (29, "explain"), (30, "discuss"), (70, "discuss"), (71, "on"), (100, "on")],
)
def test_the_advice_follows_the_share_of_right_answers(share, said):
    assert advice(share) == said


def test_a_vote_counts_who_was_sure_and_wrong(code, anna, voting):
    anna.predict(STEP, wrong_choices(STEP), confidence=3)
    vote = tally(Classroom.objects.get(), STEP, 1)
    assert (vote.sure_and_wrong, vote.share) == (1, 0)


def test_there_is_nothing_to_vote_on_where_nothing_is_tried_or_everybody_goes_alone(teacher, code):
    assert teacher.change(code, "vote", action="open").json()["code"] == "no_vote"
    teacher.change(code, "move", step=STEP.slug)
    assert teacher.change(code, "vote", action="close").json()["code"] == "no_vote"
    teacher.change(code, "mode", mode="free")
    assert teacher.change(code, "vote", action="open").json()["code"] == "no_vote"


def test_moving_on_ends_a_vote(teacher, code, anna, voting):
    teacher.change(code, "move", step=voted_stop(1).slug)
    assert anna.predict(STEP).json()["code"] == "vote_closed"
    assert anna.live().json()["vote"]["state"] == "none"


# Tests


def test_the_class_sees_its_gain_for_each_idea_after_the_post_test(teacher, code):
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


def test_one_learner_is_reset_and_nobody_else(teacher, code, voting):
    anna, bob = learners(code, "Anna", "Bob")
    for learner in (anna, bob):
        learner.predict(STEP)
        assert learner.post("/lab/api/sandbox/").status_code == 201
    wanted = Learner.objects.get(nickname="Anna")
    assert teacher.change(code, "reset", learner=wanted.pk).status_code == 200
    wanted.refresh_from_db()
    assert (wanted.answers.count(), wanted.sandbox) == (0, None)
    other = Learner.objects.get(nickname="Bob")
    assert other.answers.count() == 1
    assert other.sandbox is not None
    assert anna.live().json()["reset"]
    assert bob.live().json()["reset"] is None


def test_the_whole_class_is_reset_in_one_go_and_everybody_stays(teacher, code, anna, voting):
    anna.predict(STEP)
    assert teacher.change(code, "reset").json()["step"] == stops()[0].slug
    assert Prediction.objects.count() == 0
    assert anna.live().json()["vote"]["state"] == "none"
    assert Learner.objects.get().step == stops()[0].slug


def test_a_learner_of_another_class_is_not_reset(teacher, code, anna):
    other = teacher.open()
    assert teacher.change(other, "reset", learner=Learner.objects.get().pk).status_code == 404


def test_a_class_that_has_ended_stays_as_it_is_and_its_learners_go_on_alone(teacher, code, anna, voting):
    anna.predict(STEP)
    assert teacher.change(code, "end").json()["ended"] is True
    assert anna.live().json()["ended"] is True
    assert anna.run(STEP)["right"] is True
    assert anna.post("/walkthrough/api/move/", step=STEP.slug).status_code == 200
    for what, body in (("move", {"step": STEP.slug}), ("vote", {"action": "open"}), ("reset", {}), ("end", {})):
        answer = teacher.change(code, what, **body)
        assert (answer.status_code, answer.json()["code"]) == (410, "class_ended")
    assert "This class has ended" in console(teacher, code)
    assert teacher.export(code)["learners"] == 1


def test_outside_the_lab_there_is_no_classroom(outside_the_lab, db):
    for path in ("/classroom/", "/classroom/XXXXX/", "/classroom/XXXXX/console/"):
        assert Client().get(path).status_code == 404
    assert Client().get("/classroom/api/live/").status_code == 404
