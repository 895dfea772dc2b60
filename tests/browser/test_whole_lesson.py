"""The whole lesson of 45 minutes in real browsers: a teacher leads two learners through every stop of it."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from django.utils import translation
from playwright.sync_api import Error, expect

from authcompare.classroom.exports import ROUNDS
from authcompare.classroom.schedule import planned_stops
from authcompare.learning.lessons import languages
from authcompare.learning.models import Prediction
from authcompare.learning.questions import questions
from tests.browser.test_classroom import DESK, PHONE, Pupil, Teacher, window  # noqa: F401 (a fixture)
from tests.people import right_choices, wrong_choices

PLAN = 45
TWICE = "take-it-back"  # the step at which the class votes again
NAMES = ["Anna", "李小龙"]


def ask_now(page):
    """Make the page poll now, as it does when it comes back online."""
    with suppress(Error):  # it is on its way to the next page
        page.evaluate("dispatchEvent(new Event('online'))")


class Leader(Teacher):
    """A teacher who uses the buttons of the pages, in any language."""

    def open(self, url):
        self.page.goto(f"{url}/classroom/")
        self.page.select_option("#open [name=plan]", str(PLAN))
        self.page.select_option("#open [name=mode]", "led")
        self.page.click("#open button")
        self.page.wait_for_url("**/screen/")
        return self.page.url.split("/")[-3]

    def on(self, stop):
        with self.page.expect_response("**/move/"):
            self.page.click(f'#step-on[data-step="{stop.slug}"]')

    def vote(self, action, round=None):
        with self.page.expect_response("**/vote/"):
            self.page.click(f'#now [data-action="{action}"]' + (f'[data-round="{round}"]' if round else ""))

    def sees(self, stop, answered=None):
        ask_now(self.page)
        expect(self.page.locator("#now h2")).to_have_text(stop.title)
        if answered is not None:
            expect(self.page.locator("#now .answered b")).to_have_text(str(answered))


class Follower(Pupil):
    """A learner who remembers every choice: the export of the class must contain the same."""

    def __init__(self, page, *where):
        super().__init__(page, *where)
        self.said = {}  # {(step, round): choices}

    def at(self, stop):
        ask_now(self.page)
        self.page.wait_for_url(f"**/walkthrough/{stop.slug}/**")
        self.page.wait_for_selector("#lesson[data-ready]" if stop.step else "#test[data-ready]")
        expect(self.page.locator("h1")).to_have_text(stop.title)

    def told(self, state):
        ask_now(self.page)
        expect(self.page.locator("#class-vote")).to_have_attribute("data-state", state)

    def votes(self, step, round, choices):
        self.told("open")
        self.predict(choices)
        self.said[step.slug, round] = choices

    def runs(self, step):
        self.page.click('#stepper a[href="#observe"]')
        self.page.click("#run")

    def has_seen(self, step):
        """Assert that the observations are the expected ones."""
        doors = self.page.locator("#columns .column")
        expect(self.page.locator("#columns [data-outcome]")).to_have_count(len(step.variants))
        seen = {each["door"]: each for each in doors.evaluate_all("all => all.map((each) => ({ ...each.dataset }))")}
        assert {door: each["outcome"] for door, each in seen.items()} == right_choices(step), step.slug
        assert {each["agrees"] for each in seen.values()} == {"true"}, step.slug

    def hands_in(self, test, asked, right):
        """Answer all questions, this many of them right."""
        choices = {each.misconception: (each.right + (n >= right)) % len(each.options) for n, each in enumerate(asked)}
        for item, option in choices.items():
            self.page.check(f'#test [name="{item}"][value="{option}"]')
        self.page.click("#test .primary")
        expect(self.page.locator("#score strong")).to_have_text(str(right))
        self.said["", test] = {item: option + 1 for item, option in choices.items()}  # exports count from 1


def vote(teacher, pupils, stop, round, wrong):
    """Let every learner predict, this many of them wrongly."""
    step = stop.step
    teacher.vote("open", round)
    for n, pupil in enumerate(pupils):
        pupil.votes(step, round, (wrong_choices if n < wrong else right_choices)(step))
    teacher.sees(stop, answered=len(pupils))
    expect(teacher.page.locator(".histogram")).to_have_count(0)  # no result influences an open vote
    teacher.vote("close")
    for pupil in pupils:
        pupil.told("closed")
        expect(pupil.page.locator("#run")).to_have_attribute("aria-disabled", "true")
    expect(teacher.page.locator(".histogram")).to_have_count(round)


def experience(teacher, pupils, stop):
    """Let the class vote on a step and run it: all learners, or one if it runs in the browser."""
    twice = stop.slug == TWICE
    vote(teacher, pupils, stop, Prediction.FIRST, wrong=1)
    if twice:
        vote(teacher, pupils, stop, Prediction.SECOND, wrong=0)
    teacher.vote("run")
    runners = pupils[:1] if stop.step.experiment.browser else pupils
    for pupil in pupils:
        pupil.told("run")
        expect(pupil.page.locator("#run")).to_have_attribute("aria-disabled", "false")
    for pupil in runners:
        pupil.runs(stop.step)
    for pupil in runners:
        pupil.has_seen(stop.step)
    return {(stop.slug, door, outcome): len(runners) for door, outcome in right_choices(stop.step).items()}


class Lesson:
    """A class with a teacher and two learners, led from stop to stop."""

    def __init__(self, open_window, url, language):
        with translation.override(language):
            self.stops = planned_stops(PLAN, language)
        self.language = language
        self.teacher = Leader(open_window, url, language=language, hurried=False)
        pages = [open_window(each, language=language, hurried=False) for each in (DESK, PHONE)]
        self.pupils = [Follower(page, url, self.teacher.code, name) for page, name in zip(pages, NAMES, strict=True)]
        self.observed = {}  # {(step, variant, outcome): number of learners}

    def asked(self, test):
        return questions("pre" if test == Prediction.PRE else "post", self.language)

    def lead_through(self, stops):
        for stop in stops:
            if stop is not self.stops[0]:
                self.teacher.on(stop)
            self.teacher.sees(stop)
            for pupil in self.pupils:
                pupil.at(stop)
            if stop.has_vote:
                self.observed |= experience(self.teacher, self.pupils, stop)
            elif stop.test is not None:
                asked = self.asked(stop.test)
                for n, pupil in enumerate(self.pupils):
                    pupil.hands_in(stop.test, asked, n + 1 if stop.test == Prediction.PRE else len(asked) - n)
                self.teacher.sees(stop, answered=len(self.pupils))


@pytest.mark.parametrize("language", languages()[1:])
def test_a_class_is_led_through_its_first_vote_in_every_other_language(window, live_server, language):  # noqa: F811
    lesson = Lesson(window, live_server.url, language)
    first = next(number for number, stop in enumerate(lesson.stops) if stop.has_vote)
    lesson.lead_through(lesson.stops[: first + 1])
    assert lesson.observed


@pytest.mark.long
def test_a_class_is_led_through_the_whole_lesson(window, live_server):  # noqa: F811
    lesson = Lesson(window, live_server.url, languages()[0])
    lesson.lead_through(lesson.stops)
    teacher, pupils, observed = lesson.teacher, lesson.pupils, lesson.observed
    asked = lesson.asked(Prediction.POST)

    for pupil in pupils:
        expect(pupil.page.locator("#gain")).to_be_visible()
    ideas = teacher.page.locator(".ideas tbody tr")
    expect(ideas).to_have_count(len(asked))
    # The first question was right before, and is now; the second was wrong for one of two, and is right now.
    expect(ideas.nth(0).locator("td").last).to_have_text("–")
    expect(ideas.nth(1).locator("td").last).to_contain_text("1")
    screen = teacher.screen()
    teacher.vote("close")
    expect(screen.locator(".ideas tbody tr")).to_have_count(len(asked))
    teacher.page.click("#do-end")
    teacher.page.click("#sure [value=yes]")
    expect(teacher.page.locator("#do-end")).to_have_count(0)
    for pupil in pupils:
        pupil.told("ended")

    with teacher.page.expect_download() as download:
        teacher.page.click("#json")
    exported = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert exported["learners"] == len(pupils)
    assert given(exported["answers"]) == said(pupils)
    assert Counter((each["step"], each["item"], each["observed"]) for each in exported["runs"]) == observed
    assert {each["of"] for each in exported["misconceptions"]} == {len(pupils)}
    (second,) = [each for each in exported["votes"] if each["gain"] is not None]
    assert (second["step"], second["percent_right"], second["gain"]) == (TWICE, 100, 1)


def said(pupils):
    """Return {(step, round): [the choices of one learner, ...]} of all rounds of all stops."""
    return {
        (step, ROUNDS[round]): sorted(sorted(pupil.said[step, round].items()) for pupil in pupils)
        for step, round in pupils[0].said
    }


def given(answers):
    """Return the same from the export of a class."""
    found = {}
    for each in answers:
        learners = found.setdefault((each["step"], each["round"]), {})
        learners.setdefault(each["learner"], []).append((each["item"], each["chosen"]))
    return {where: sorted(map(sorted, learners.values())) for where, learners in found.items()}
