"""The walkthrough over HTTP: predictions, runs, tests and pages, for learners without an account."""

import html
import json
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from authcompare.accounts.models import Sandbox, User
from authcompare.accounts.sandbox import create_sandbox
from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.learning import learners
from authcompare.learning.lessons import PLANS, LessonError, planned_steps, steps
from authcompare.learning.models import Classroom, Learner, Prediction, Run, hash_key
from authcompare.learning.questions import normalised_gain, questions
from authcompare.walkthrough import views
from tests.mechanisms.test_openapi import conforms, described

STEP = "verify-it"  # its experiment expects: let in at one variant, refused at the others
RIGHT = {"session db": "refused", "cookie plain": "let in", "token default": "refused"}
WRONG = {"session db": "let in", "cookie plain": "refused", "token default": "let in"}
IN_BROWSER = "keep-it"
ENGLISH = [step for step in steps("en") if step.experiment]


def config_of(page):
    """Return the configuration of a step's script."""
    return json.loads(re.search(r'<script id="config".*?>(.*?)</script>', page)[1])


class Visitor:
    """A browser at the walkthrough."""

    def __init__(self, language="en"):
        self.client = Client()
        self.client.headers["Accept-Language"] = language
        self.client.get("/walkthrough/", headers={"Accept": "text/html"})

    def post(self, what, **body):
        token = {CSRF_HEADER: self.client.cookies["ac_csrf"]}
        return self.client.post(f"/walkthrough/api/{what}/", json=body, headers=token)

    def page(self, address=""):
        return self.client.get(f"/walkthrough/{address}", headers={"Accept": "text/html"})

    def predict(self, choices=RIGHT, confidence=2, step=STEP, **more):
        return self.post("predict", step=step, choices=choices, confidence=confidence, **more)

    def run(self, door, step=STEP):
        mechanism, variant = door.split()
        return self.post("run", step=step, mechanism=mechanism, variant=variant)

    def answer(self, round, right=0):
        """Take a test with so many right answers, and all others wrong."""
        asked = questions(round, "en")
        chosen = {
            each.misconception: each.right if i < right else (each.right + 1) % len(each.options)
            for i, each in enumerate(asked)
        }
        return self.post("test", round=round, choices=chosen)

    @property
    def config(self):
        return config_of(self.page(f"{STEP}/").text)

    @property
    def learner(self):
        return Learner.objects.get(key_hash=hash_key(self.client.cookies["ac_learner"]))


@pytest.fixture
def visitor(db):
    return Visitor()


@pytest.fixture
def teacher(db):
    return User.objects.create_superuser("teacher", password="the teacher's password")


@pytest.fixture
def classroom(teacher):
    return Classroom.objects.create(teacher=teacher, step=STEP)


@pytest.fixture
def member(classroom, visitor):
    """Return a visitor who has joined the class."""
    _learner, key = learners.create_learner(classroom=classroom, nickname="Anna")
    visitor.client.cookies.set("ac_learner", key, domain="localhost.local")
    return visitor


def code(response, status):
    assert response.status_code == status, response.text
    return response.json()["code"]


# Predict, then run


def test_a_run_needs_a_stored_prediction(visitor):
    for door in RIGHT:
        assert code(visitor.run(door), 409) == "predict_first"
    assert not Run.objects.exists()
    assert not Learner.objects.exists()


@pytest.mark.parametrize("confidence", [None, 0, 4, True, 2.5, "very"])
def test_a_run_needs_a_stored_confidence(visitor, confidence):
    response = visitor.predict(confidence=confidence)
    assert code(response, 400) == "invalid"
    assert "confidence" in response.json()["errors"]
    assert code(visitor.run("session db"), 409) == "predict_first"


def test_a_run_is_compared_with_the_prediction(visitor):
    assert visitor.predict(RIGHT).status_code == 200
    for door, outcome in RIGHT.items():
        result = visitor.run(door).json()
        assert (result["outcome"], result["predicted"], result["right"]) == (outcome, outcome, True)
        assert result["agrees"]
        assert result["misconception"] == ""
        assert result["sent"]
    assert visitor.learner.runs.get().outcomes == RIGHT


def test_a_wrong_prediction_gets_the_misconception_behind_it(visitor):
    visitor.predict(WRONG)
    result = visitor.run("cookie plain").json()
    assert (result["outcome"], result["predicted"], result["right"]) == ("let in", "refused", False)
    assert result["misconception"] == "The server notices every change that a client makes."


@pytest.mark.parametrize("step", ENGLISH, ids=lambda step: step.slug)
def test_every_step_takes_every_prediction_and_knows_the_misconception_behind_a_wrong_one(visitor, step):
    for choice in step.experiment.choices:
        choices = {variant.key: choice.outcome for variant in step.variants}
        assert visitor.predict(choices, step=step.slug).status_code == 200
        if any(step.experiment.expected(variant) != choice.outcome for variant in step.variants):
            assert choice.misconception, choice.text


def test_a_prediction_can_be_updated_until_the_step_is_run(visitor):
    visitor.predict(WRONG, 1)
    visitor.predict(RIGHT, 3)
    stored = visitor.learner.predictions.get()
    assert (stored.choices, stored.confidence) == (RIGHT, 3)
    visitor.run("session db")
    assert code(visitor.predict(WRONG), 409) == "already_run"
    assert visitor.learner.predictions.get().choices == RIGHT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"step": "nowhere"}, "step"),
        ({"step": "the-table"}, "step"),
        ({"choices": {}}, "choices"),
        ({"choices": {"session db": "refused"}}, "choices"),
        ({"choices": RIGHT | {"session header": "refused"}}, "choices"),
        ({"choices": RIGHT | {"session db": "something else"}}, "choices"),
        ({"choices": list(RIGHT)}, "choices"),
        ({"round": 0}, "round"),
        ({"round": 9}, "round"),
    ],
)
def test_an_invalid_prediction_is_rejected_and_not_stored(visitor, body, field):
    response = visitor.post("predict", **({"step": STEP, "choices": RIGHT, "confidence": 2} | body))
    assert code(response, 400) == "invalid"
    assert set(response.json()["errors"]) == {field}
    assert not Learner.objects.exists()


def test_a_step_runs_only_at_its_own_variants(visitor):
    visitor.predict()
    assert "variant" in visitor.run("token cookie").json()["errors"]
    assert "variant" in visitor.run("token nothing").json()["errors"]


def test_a_browser_reports_its_observation_after_the_prediction(visitor):
    report = {"step": IN_BROWSER, "mechanism": "token", "variant": "default", "outcome": "takes the credential away"}
    assert code(visitor.post("observed", **report), 409) == "predict_first"
    choices = dict.fromkeys(("session db", "cookie plain", "token default"), "can do nothing")
    visitor.predict(choices, step=IN_BROWSER)
    assert code(visitor.run("token default", IN_BROWSER), 409) == "browser_only"
    result = visitor.post("observed", **report).json()
    assert result["agrees"]
    assert not result["right"]
    assert result["misconception"] == "A script cannot use a credential that it cannot read."
    assert visitor.learner.runs.get().outcomes == {"token default": "takes the credential away"}
    assert "outcome" in visitor.post("observed", **report | {"outcome": "explodes"}).json()["errors"]
    assert "step" in visitor.post("observed", **report | {"step": STEP, "outcome": "let in"}).json()["errors"]


def test_every_unsafe_method_needs_the_csrf_token(visitor):
    for what in ("predict", "run", "observed", "move", "test", "reset"):
        assert code(visitor.client.post(f"/walkthrough/api/{what}/", json={}), 403) == "csrf_failed"


def test_the_responses_match_the_openapi_document(visitor):
    document = described()
    report = {"step": IN_BROWSER, "mechanism": "token", "variant": "default", "outcome": "takes the credential away"}
    for what, response in [
        ("run", visitor.run("session db")),
        ("move", visitor.post("move", step=STEP)),
        ("predict", visitor.predict()),
        ("predict", visitor.predict(step="nowhere")),
        ("run", visitor.run("session db")),
        ("predict", visitor.predict()),
        ("observed", visitor.post("observed", **report)),
        ("predict", visitor.predict(dict.fromkeys(RIGHT, "can do nothing"), step=IN_BROWSER)),
        ("observed", visitor.post("observed", **report)),
        ("run", visitor.run("token default", IN_BROWSER)),
        ("move", visitor.post("move", step=STEP)),
        ("test", visitor.answer("pre", 2)),
        ("test", visitor.answer("pre", 2)),
        ("reset", visitor.post("reset")),
    ]:
        conforms(document, "POST", f"/walkthrough/api/{what}/", response)


# Learners


def test_reading_the_pages_creates_no_learner(visitor):
    for address in ("", f"{STEP}/", "pre-test/", "post-test/", "summary/", "summary.md", "handout/"):
        assert visitor.page(address).status_code == 200, address
    assert "ac_learner" not in visitor.client.cookies
    assert not Learner.objects.exists()


def test_the_first_prediction_creates_a_learner_and_the_database_stores_no_key(visitor):
    line = visitor.predict().headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(re.split("; ?", line))
    key = visitor.client.cookies["ac_learner"]
    assert len(key) * 6 >= 128  # bits: base64
    assert Learner.objects.get().key_hash == hash_key(key) != key
    assert "Set-Cookie" not in visitor.predict().headers
    assert Learner.objects.count() == 1


def test_over_https_the_cookie_has_the_host_prefix(visitor, settings):
    settings.HTTPS, settings.LEARNER_COOKIE_NAME = True, "__Host-ac_learner"
    line = visitor.predict().headers["Set-Cookie"].strip()
    assert line.startswith("__Host-ac_learner=")
    assert "Secure" in line
    assert "Domain" not in line


def test_a_forged_key_identifies_no_learner(visitor):
    visitor.predict()
    for forged in ("", "x", "0" * 64, visitor.learner.key_hash, "\x00", "é"):
        stranger = Visitor()
        stranger.client.cookies.set(
            "ac_learner", forged.encode("latin-1", "ignore").decode("latin-1"), domain="localhost.local"
        )
        if forged.isascii() and "\x00" not in forged:
            assert code(stranger.run("session db"), 409) == "predict_first"


def test_a_learner_sees_no_data_of_another_learner(visitor):
    visitor.predict(WRONG)
    visitor.run("session db")
    visitor.answer("pre", 3)
    stranger = Visitor()
    stranger.predict(RIGHT)
    assert stranger.config["prediction"]["choices"] == RIGHT
    assert stranger.config["outcomes"] == {}
    assert "Your summary is empty" not in stranger.page("summary/").text
    assert "answers were right" not in stranger.page("pre-test/").text


def test_a_returning_learner_finds_predictions_observations_and_step(visitor):
    visitor.predict(WRONG, 3)
    visitor.run("token default")
    visitor.post("move", step="take-it-back")
    config = visitor.config
    assert config["prediction"] == {"round": 1, "choices": WRONG, "confidence": 3}
    assert config["outcomes"] == {
        "token default": {
            "expected": "refused",
            "outcome": "refused",
            "agrees": True,
            "predicted": "let in",
            "right": False,
            "misconception": "A client can change everything that it stores.",
        }
    }
    assert "Continue: Does signing out stop a copy?" in visitor.page().text
    visitor.client.cookies.delete("ac_learner")
    assert visitor.config["prediction"] is None
    assert "Continue" not in visitor.page().text


@pytest.mark.parametrize("step", ENGLISH, ids=lambda step: step.slug)
def test_the_page_gives_no_result_and_no_misconception_away_before_the_prediction(visitor, step):
    page = html.unescape(visitor.page(f"{step.slug}/").text)
    config = config_of(page)
    assert config["outcomes"] == {}
    assert all(set(choice) == {"outcome", "text"} for choice in config["choices"])
    for variant in config["variants"]:
        assert not {"expected", "expected_text", "weak"} & set(variant)
    for choice in step.experiment.choices:
        assert not choice.misconception or str(choice.misconception) not in page
    assert "weak on purpose" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_stored_prediction_alone_reveals_nothing(visitor):
    visitor.predict(WRONG)
    page = html.unescape(visitor.page(f"{STEP}/").text)
    assert config_of(page)["outcomes"] == {}
    assert "The server notices every change that a client makes." not in page


def test_a_step_is_stored_only_for_a_learner_who_has_predicted(visitor):
    assert code(visitor.post("move", step=STEP), 409) == "predict_first"
    visitor.predict()
    assert visitor.post("move", step=STEP).json() == {"step": STEP}
    assert visitor.learner.step == STEP
    since = visitor.learner.step_since
    visitor.post("move", step=STEP)
    assert visitor.learner.step_since == since  # a reload keeps the time


def test_a_reset_deletes_a_learner_outside_a_class(visitor):
    visitor.predict()
    visitor.run("session db")
    visitor.answer("pre", 1)
    made, _users = create_sandbox()
    Learner.objects.update(sandbox=made)
    assert visitor.post("reset").status_code == 204
    assert not Learner.objects.exists()
    assert not Prediction.objects.exists()
    assert not Run.objects.exists()
    assert not Sandbox.objects.filter(pk=made.pk).exists()
    assert "ac_learner" not in visitor.client.cookies
    assert visitor.post("reset").status_code == 204  # without a learner


def test_a_reset_keeps_a_learner_in_the_class_and_changes_no_other(member, classroom):
    learners.create_learner(classroom=classroom, nickname="Ben")[0].predictions.create(step=STEP, choices=RIGHT)
    member.answer("pre", 1)
    member.post("reset")
    assert member.learner.classroom == classroom
    assert not member.learner.predictions.exists()
    assert Prediction.objects.count() == 1


def test_an_inactive_learner_outside_a_class_is_deleted(visitor, clock, classroom):
    visitor.predict()
    learners.create_learner(classroom=classroom, nickname="Anna")
    clock.shift(learners.RETENTION.total_seconds() - 60)
    assert learners.delete_inactive_learners() == 0
    clock.shift(120)
    assert learners.delete_inactive_learners() == 1
    assert Learner.objects.get().nickname == "Anna"


# In a class


def test_in_a_teacher_paced_class_a_prediction_needs_an_open_vote(member, classroom):
    assert code(member.predict(), 409) == "vote_closed"
    classroom.change(vote="open", vote_step="take-it-back")
    assert code(member.predict(), 409) == "vote_closed"
    classroom.change(vote="open", vote_step=STEP)
    assert member.predict().status_code == 200
    assert code(member.predict(round=2), 409) == "vote_closed"
    assert code(member.run("session db"), 409) == "vote_open"
    classroom.change(vote="closed")
    assert code(member.predict(WRONG), 409) == "vote_closed"
    assert member.learner.predictions.get().choices == RIGHT


def test_the_second_vote_is_stored_beside_the_first_and_counts(member, classroom):
    classroom.change(vote="open", vote_step=STEP)
    member.predict(WRONG, 1)
    classroom.change(vote_round=2)
    member.predict(RIGHT, 3, round=2)
    classroom.change(vote="run")
    assert member.run("cookie plain").json()["right"]
    assert [each.choices for each in member.learner.predictions.order_by("round")] == [WRONG, RIGHT]


def test_in_a_teacher_paced_class_only_the_teacher_moves(member, classroom):
    assert code(member.post("move", step="take-it-back"), 409) == "led"
    assert "Your teacher chooses the step." in member.page(f"{STEP}/").text
    classroom.change(mode="free")
    assert member.post("move", step="take-it-back").status_code == 200
    assert member.predict().status_code == 200


def test_an_ended_class_locks_no_run(member, classroom):
    classroom.change(vote="closed", vote_step=STEP)
    Classroom.objects.update(ended_at=classroom.created_at)
    assert member.predict().status_code == 200
    assert member.run("session db").status_code == 200


def test_a_member_of_a_class_sees_its_plan(member, classroom):
    assert "17 of" not in member.page().text
    assert classroom.plan == 45
    shown = re.findall(r'<a href="/walkthrough/([\w-]+)/">', member.page().text.partition('class="left-out"')[0])
    assert [slug for slug in shown if slug not in {"pre-test", "post-test", "summary"}][-1] == planned_steps(45, "en")[
        -1
    ].slug


def test_the_teacher_sees_the_plan_of_the_class(teacher, classroom):
    browser = Browser(headers={"host": "localhost"})
    browser.force_login(teacher)
    minutes = next(step.minutes for step in steps("en") if step.slug == STEP)
    for address in (f"/walkthrough/{STEP}/", f"/walkthrough/{STEP}/notes/?plan=90"):
        assert browser.get(address).context["plan"] == 45
    classroom.change(ended_at=classroom.created_at)
    assert browser.get(f"/walkthrough/{STEP}/").context["minutes"] == minutes[90]


# Tests and gain


def test_the_pre_test_shows_the_score_and_no_solution(visitor):
    result = visitor.answer("pre", 3)
    assert result.json() == {"right": 3, "of": len(questions("pre", "en"))}
    page = visitor.page("pre-test/").text
    for question in questions("pre", "en"):
        assert question.why not in page
        assert question.text not in page


def test_a_test_is_taken_once(visitor):
    visitor.answer("pre", 3)
    assert code(visitor.answer("pre", 8), 409) == "already_answered"
    assert visitor.answer("post", 5).json()["right"] == 5


def test_the_post_test_shows_all_solutions_and_the_gain(visitor):
    of = len(questions("pre", "en"))
    visitor.answer("pre", 2)
    visitor.answer("post", of - 2)
    page = visitor.page("post-test/").text
    for each in ("pre", "post"):
        for question in questions(each, "en"):
            assert question.why in page.replace("&quot;", '"').replace("&#x27;", "'")
    assert f"learned {round((of - 4) / (of - 2) * 100)}%" in page
    assert f"Before: 2 of {of}. After: {of - 2} of {of}." in visitor.page("summary/").text


def test_a_question_without_an_answer_counts_as_wrong(visitor):
    first = questions("pre", "en")[0]
    result = visitor.post("test", round="pre", choices={first.misconception: first.right})
    assert result.json() == {"right": 1, "of": len(questions("pre", "en"))}


@pytest.mark.parametrize(
    "choices", [{}, {"unheard-of": 0}, {"nothing-kept": 99}, {"nothing-kept": -1}, {"nothing-kept": "1x"}]
)
def test_an_invalid_answer_is_rejected(visitor, choices):
    assert "choices" in visitor.post("test", round="pre", choices=choices).json()["errors"]
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "of", "expected"),
    [(0, 8, 8, 1), (4, 6, 8, 0.5), (3, 3, 8, 0), (4, 2, 8, -0.5), (8, 8, 8, None), (8, 6, 8, None)],
)
def test_the_gain_is_the_learned_share_of_what_was_not_known(before, after, of, expected):
    assert normalised_gain(before, after, of) == expected


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (8, 8, "knew everything before"),
        (3, 3, "As many as before"),
        (5, 4, "Fewer than before"),
        (3, 5, "learned 40%"),
    ],
)
def test_the_gain_is_explained_in_words(visitor, before, after, text):
    visitor.answer("pre", before)
    visitor.answer("post", after)
    assert text in visitor.page("post-test/").text


# The pages


def test_the_overview_lists_every_step_of_a_plan_with_its_minutes(visitor):
    for plan in PLANS:
        page = visitor.page(f"?plan={plan}").text.partition("On paper")[0]
        listed = page.partition("Not in this plan")[0]
        for step in steps("en"):
            linked = f'"/walkthrough/{step.slug}/?plan={plan}"' in listed
            assert linked == (plan in step.minutes), step.slug
        assert len(re.findall(r"\d+ min</span>|\d+ min\s*</span>", listed)) == len(planned_steps(plan, "en"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_step_opens_in_every_language_and_links_to_the_next(db, language):
    visitor = Visitor(language)
    found = steps(language)
    for step, after in zip(found, [*found[1:], None], strict=True):
        page = visitor.page(f"{step.slug}/").text
        assert step.title in page.replace("&quot;", '"')
        for section in step.sections:
            assert f'id="{section}"' in page
        assert ('rel="next"' in page) == bool(after)
        if after:
            assert f'href="/walkthrough/{after.slug}/" rel="next"' in page


def test_a_step_outside_the_plan_can_be_opened(visitor):
    left_out = next(step for step in steps("en") if 45 not in step.minutes)
    assert visitor.page(f"{left_out.slug}/?plan=45").status_code == 200


def test_the_code_section_shows_the_article_s_code_before_ours(visitor):
    page = visitor.page(f"{STEP}/").text
    assert "The code that runs here" in page
    assert "NoteView.get" in page
    assert page.index("check(request)") < page.index("NoteView.get")


def test_an_unknown_step_is_not_found(visitor):
    assert visitor.page("nowhere/").status_code == 404


def test_outside_the_lab_the_walkthrough_is_not_found_and_the_page_gives_the_reason(outside_the_lab, db):
    for address in ("", f"{STEP}/", "pre-test/", "summary/", "handout/", f"{STEP}/notes/"):
        response = Client().get(f"/walkthrough/{address}", headers={"Accept": "text/html"})
        assert response.status_code == 404
        assert "LAB=1" in response.text
    assert Client().post("/walkthrough/api/reset/", json={}).status_code == 404
    assert "/walkthrough/" not in Client().get("/", headers={"Accept": "text/html"}).text


def test_a_page_names_a_broken_lesson_file(visitor, monkeypatch):
    def broken(*arguments):
        raise LessonError("05-send-it.md: invalid YAML")

    monkeypatch.setattr(views, "planned_steps", broken)
    response = visitor.page()
    assert response.status_code == 500
    assert "05-send-it.md: invalid YAML" in response.text


def test_the_summary_has_predictions_observations_and_misconceptions_and_fills_in_the_table(visitor):
    assert "Your summary is empty" in visitor.page("summary/").text
    visitor.predict(WRONG, 3)
    for door in WRONG:
        visitor.run(door)
    page = visitor.page("summary/").text
    assert "0 of 3 predictions were right" in page
    assert "The server notices every change that a client makes." in page
    assert "sure" in page
    row = re.search(r'#integrity".*?</tr>', page, re.DOTALL)[0]
    assert row.count("No: the server notices every change.") == 2
    assert row.count("Yes: you can read the other user") == 1
    assert "not observed yet" in re.search(r'#lifetime".*?</tr>', page, re.DOTALL)[0]


def test_the_summary_is_also_a_markdown_file(visitor):
    visitor.predict(RIGHT)
    visitor.run("cookie plain")
    response = visitor.page("summary.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert 'filename="authcompare-summary.md"' in response.headers["Content-Disposition"]
    assert "\n## Verified or refused\n" in response.text
    answer = "Yes: you can read the other user's note."
    assert f"| plain preference cookie | {answer} | {answer} | ✓ |" in response.text
    assert "<" not in response.text.replace("<br>", "")


# On paper, and for the teacher


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_learner_s_booklet_has_every_question_and_no_solution(visitor, language):
    page = visitor.page(f"handout/?language={language}").text
    plain = page.replace("&quot;", '"').replace("&#x27;", "'")
    assert f'<html lang="{language}">' in page
    assert "☒" not in page
    for step in steps(language):
        assert step.title in plain
        assert step.notes_html not in page
        assert step.sections["explain"].html not in page
        assert step.sections["observe"].html not in page
    for round in ("pre", "post"):
        for question in questions(round, language):
            assert question.text in plain
            assert question.why not in plain


def test_the_teacher_s_booklet_has_the_solutions_and_is_for_staff(visitor, teacher, sandbox):
    browser = Browser(headers={"host": "localhost"})
    address = "/walkthrough/handout/?edition=teacher"
    assert browser.get(address).status_code == 302
    browser.force_login(User.objects.get(username=sandbox["alice"]["username"]))
    assert browser.get(address).status_code == 302
    browser.force_login(teacher)
    page = browser.get(address).content.decode()
    assert page.count("☒") == sum(len(step.variants) for step in steps("en")) + 2 * len(questions("pre", "en"))
    for step in steps("en"):
        assert step.notes_html in page
        assert step.sections["explain"].html in page


def test_an_unknown_edition_or_language_is_not_found(visitor):
    assert visitor.page("handout/?edition=secret").status_code == 404
    assert visitor.page("handout/?language=xx").status_code == 404


@pytest.mark.parametrize("edition", ["learner", "teacher"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_command_writes_a_booklet_that_needs_no_server(tmp_path, edition, language):
    file = tmp_path / "booklet.html"
    call_command("handout", edition=edition, language=language, output=str(file))
    text = file.read_text(encoding="utf-8")
    assert "size: A4" in text
    assert not re.search(r'<(link|script|img)\b|src="|url\(', text)
    assert ("☒" in text) == (edition == "teacher")


def test_the_command_needs_the_lab(settings):
    settings.LAB = False
    with pytest.raises(CommandError, match="LAB=1"):
        call_command("handout")


def test_the_notes_are_for_staff_and_have_every_step(teacher, sandbox):
    browser = Browser(headers={"host": "localhost"})
    address = f"/walkthrough/{STEP}/notes/"
    assert browser.get(address).status_code == 302
    browser.force_login(User.objects.get(username=sandbox["alice"]["username"]))
    assert browser.get(address).status_code == 302
    browser.force_login(teacher)
    page = browser.get(address).content.decode()
    for step in steps("en"):
        assert step.notes_html in page
    assert "/notes/" in browser.get(f"/walkthrough/{STEP}/").content.decode()


def test_the_learner_s_pages_have_no_notes(visitor):
    step = next(each for each in steps("en") if each.slug == STEP)
    assert step.notes_html not in visitor.page(f"{STEP}/").text
    assert settings.LEARNER_COOKIE_NAME not in visitor.page(f"{STEP}/").text
