"""A class in real browsers: a teacher and three learners, each in a context of their own."""

import re
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from authcompare.learning.models import Learner, Prediction
from tests.browser.conftest import STILL
from tests.people import right_choices, staff, voted_stop, wrong_choices

STOP = voted_stop(3)  # taking it back: the heart of the lesson
STEP = STOP.step
# Pages poll every 1.5 seconds, which is too slow for a hundred waits.
HURRY = """const { setTimeout: later } = window;
  window.setTimeout = (what, when, ...more) => later(what, when === 1500 ? 400 : when, ...more);"""
DESK, WALL, PHONE = {"width": 1280, "height": 800}, {"width": 1280, "height": 720}, {"width": 390, "height": 844}


@pytest.fixture
def window(browser, live_server, watch):
    """Opens a page in a context of its own: `window(viewport, theme="dark")`."""
    contexts = []

    def window(viewport=DESK, cookies=None, watched=True, hurried=True, **prefs):
        context = browser.new_context(viewport=viewport, **STILL)
        contexts.append(context)
        if hurried:
            context.add_init_script(HURRY)
        said = "%26".join(f"{name}%3D{value}" for name, value in prefs.items())
        kept = {"prefs": said, **(cookies or {})}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in kept.items()])
        return watch(context.new_page()) if watched else context.new_page()

    yield window
    for context in contexts:
        with suppress(Exception):
            context.close()


class Teacher:
    def __init__(self, window, url, **how):
        self.somebody = staff()
        cookies = {name: self.somebody.client.cookies[name] for name in ("ac_session", "ac_csrf")}
        self.page = window(cookies=cookies, **how)
        self.code = self.open(url)
        self.url = f"{url}/classroom/{self.code}"
        self.page.goto(f"{self.url}/console/")

    def open(self, url):
        return self.somebody.open()

    def screen(self):
        screen = self.page.context.new_page()
        screen.set_viewport_size(WALL)
        screen.goto(f"{self.url}/screen/")
        return screen

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def go(self, stop=STOP):
        self.page.click(f"#go-{stop.slug}")
        expect(self.page.locator("#now h2")).to_have_text(stop.title)


class Pupil:
    def __init__(self, page, url, code, nickname):
        self.page, self.nickname = page, nickname
        page.goto(f"{url}/classroom/{code}/")
        page.fill("#join [name=nickname]", nickname)
        page.press("#join [name=nickname]", "Enter")
        page.wait_for_selector("#joined:not([hidden])")
        self.rejoin = page.inner_text("#rejoin-code")
        page.click("#begin")
        expect(page.locator("#class-bar")).to_contain_text(nickname)

    def follow(self, stop=STOP):
        self.page.wait_for_url(re.compile(f"/walkthrough/{stop.slug}/"))
        self.page.wait_for_selector("#lesson[data-ready]")

    def predict(self, choices, confidence=3):
        expect(self.page.locator("#class-vote")).to_have_attribute("data-state", "open")
        for door, outcome in choices.items():
            self.page.check(f'#prediction [name="{door}"][value="{outcome}"]')
        self.page.check(f'[name=confidence][value="{confidence}"]')
        with self.page.expect_response("**/walkthrough/api/predict/") as answer:
            self.page.click("#store")
        assert answer.value.status == 200, answer.value.text()

    def vote(self, choices):
        self.predict(choices)
        expect(self.page.locator("#status")).to_contain_text("Saved")


@pytest.fixture
def teacher(window, live_server):
    return Teacher(window, live_server.url)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_class_joins_votes_discusses_votes_again_and_runs(teacher, window, live_server, axe, screenshot):
    console, screen = teacher.page, teacher.screen()
    screenshot(screen, "classroom-screen")
    looks = [(PHONE, {}), (PHONE, {"theme": "dark"}), (DESK, {})]
    pupils = [
        Pupil(window(viewport, **prefs), live_server.url, teacher.code.lower(), name)
        for name, (viewport, prefs) in zip(["Anna", "Bob", "李小龙"], looks, strict=True)
    ]
    expect(console.locator("#people tbody tr")).to_have_count(3)
    expect(screen.locator(".joined")).to_contain_text("3")

    teacher.go()
    for pupil in pupils:
        pupil.follow()
        expect(pupil.page.locator("#store")).to_be_hidden()
    teacher.press("Open the vote")
    for n, pupil in enumerate(pupils):
        pupil.vote(right_choices(STEP) if n == 0 else wrong_choices(STEP))
        assert pupil.page.locator("#run").get_attribute("aria-disabled") == "true"
    expect(console.locator(".answered")).to_contain_text("3 of 3")
    expect(screen.locator(".answered")).to_contain_text("3 of 3")
    for page in (console, screen):
        expect(page.locator(".histogram")).to_have_count(0)
    assert fits(pupils[0].page)
    screenshot(pupils[0].page, "classroom-phone")

    teacher.press("Close the vote")
    expect(console.locator(".advice")).to_contain_text("33% right. Let neighbours with different answers discuss")
    expect(screen.locator(".histogram")).to_be_visible()
    expect(pupils[0].page.locator(".class-votes").first).to_be_visible()
    axe(screen)
    axe(pupils[1].page)
    assert not screen.locator("[data-right]").count()  # what is right, the wall does not say
    assert screen.evaluate("[scrollX, document.documentElement.scrollHeight]") == [0, WALL["height"]]
    screenshot(screen, "classroom-screen-closed")
    for pupil in pupils:
        expect(pupil.page.locator("#class-vote")).to_have_attribute("data-state", "closed")
        assert pupil.page.locator("#run").get_attribute("aria-disabled") == "true"

    teacher.press("Open the second vote")
    expect(pupils[0].page.locator(".class-votes")).to_have_count(0)
    for pupil in pupils:
        pupil.vote(right_choices(STEP))
    teacher.press("Close the vote")
    expect(console.locator("#now")).to_contain_text("Gain from the first vote to the second: 1.00")
    axe(console)
    screenshot(console, "classroom-console", full_page=True)

    teacher.press("Unlock the run")
    for pupil in pupils[:1]:
        expect(pupil.page.locator("#run")).to_have_attribute("aria-disabled", "false")
        pupil.page.goto(pupil.page.url.split("#")[0] + "#observe")
        pupil.page.click("#run")
        expect(pupil.page.locator("#run-status")).to_contain_text(
            f"{len(STEP.variants)} of {len(STEP.variants)} predictions were right"
        )
    console.set_viewport_size(PHONE)
    assert fits(console)
    console.set_viewport_size(DESK)
    teacher.press("End the class")
    axe(console)
    console.click("#sure [value=yes]")
    expect(console.locator("#now")).to_contain_text("This class has ended")
    for pupil in pupils:
        expect(pupil.page.locator("#class-vote")).to_contain_text("The class has ended")


def test_everything_can_be_done_with_the_keyboard(teacher, window, live_server):
    learner = window()
    learner.goto(f"{live_server.url}/classroom/")
    learner.keyboard.type(teacher.code.lower())  # the code is asked for first
    learner.keyboard.press("Tab")
    learner.keyboard.type("Anna")
    learner.keyboard.press("Enter")
    expect(learner.locator("#joined-title")).to_be_focused()
    learner.keyboard.press("Tab")
    learner.keyboard.press("Enter")
    expect(learner.locator("#class-bar")).to_contain_text("Anna")

    console = teacher.page
    expect(console.locator("#people tbody tr")).to_have_count(1)
    console.focus(f"#go-{STEP.slug}")
    console.keyboard.press("Enter")
    expect(console.locator("#do-next")).to_have_text("Open the vote")
    console.focus("#do-next")
    for then in ("Close the vote", "Open the second vote"):
        console.keyboard.press("Enter")
        expect(console.locator("#do-next")).to_have_text(then)
        expect(console.locator("#do-next")).to_be_focused()  # the button is drawn again, and keeps the focus
    console.focus("#reset-all")
    console.keyboard.press("Enter")
    expect(console.locator("#sure")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#sure")).to_be_hidden()
    assert Learner.objects.get().step == STEP.slug  # a cancelled reset changes nothing


def test_a_page_asks_often_enough_to_know_within_two_seconds(window, live_server):
    teacher = Teacher(window, live_server.url, hurried=False)
    pupil = Pupil(window(PHONE, hurried=False), live_server.url, teacher.code, "Anna")
    asked = {"live": [], "again": []}
    for page in (pupil.page, teacher.page):
        page.on("request", lambda request: [
            when.append(time.monotonic()) for what, when in asked.items() if what in request.url
        ])  # fmt: skip
    for page, what in ((pupil.page, "live"), (teacher.page, "again")):
        while len(asked[what]) < 3:
            page.wait_for_event("request")
    for when in asked.values():
        assert min(after - before for before, after in pairwise(when)) < 1.8


def test_a_lost_connection_is_told_and_comes_back_by_itself(window, live_server):
    teacher = Teacher(window, live_server.url, watched=False)  # what the browser says of the network is no fault here
    pupil = Pupil(window(PHONE, watched=False), live_server.url, teacher.code, "Anna")
    sides = [(teacher.page, "#connection"), (pupil.page, "#class-connection")]
    for page, place in sides:
        page.context.set_offline(True)
        expect(page.locator(place)).to_have_attribute("data-state", "lost")
        expect(page.locator(place)).to_contain_text("connection lost")
    for page, place in sides:
        page.context.set_offline(False)
        expect(page.locator(place)).to_have_attribute("data-state", "on")
    teacher.go()
    pupil.follow()


def test_whoever_closed_the_browser_comes_back_with_the_rejoin_code(teacher, window, live_server):
    pupil = Pupil(window(PHONE), live_server.url, teacher.code, "Anna")
    teacher.go()
    pupil.follow()
    page = window(PHONE)
    page.goto(f"{live_server.url}/classroom/{teacher.code}/")
    page.click("#joining summary")
    page.fill("#rejoin [name=rejoin]", pupil.rejoin.lower())
    page.click("#rejoin button")
    page.wait_for_url(re.compile(f"/walkthrough/{STEP.slug}/"))
    expect(page.locator("#class-bar")).to_contain_text("Anna")
    page.reload()
    expect(page.locator("#class-bar")).to_contain_text("Anna")
    assert f"/walkthrough/{STEP.slug}/" in page.url
    expect(pupil.page.locator("#class-connection")).to_contain_text(
        "You are not in a class"
    )  # her other browser is out


def test_what_is_wrong_with_a_code_or_a_nickname_is_said_beside_it(teacher, window, live_server):
    Pupil(window(), live_server.url, teacher.code, "Anna")
    page = window(PHONE)
    page.goto(f"{live_server.url}/classroom/XXXXX/")
    page.fill("#join [name=nickname]", "anna")
    page.click("#join button")
    expect(page.locator("#join .status")).to_contain_text("no class")
    expect(page.locator("#join [name=code]")).to_be_focused()
    page.fill("#join [name=code]", teacher.code)
    page.click("#join button")
    expect(page.locator("#join .status")).to_contain_text("add a letter")
    expect(page.locator("#join [name=nickname]")).to_be_focused()


def test_one_learner_is_reset_with_one_button_and_begins_anew(teacher, window, live_server):
    pupil = Pupil(window(PHONE), live_server.url, teacher.code, "Anna")
    teacher.go()
    pupil.follow()
    teacher.press("Open the vote")
    pupil.vote(right_choices(STEP))
    pupil.page.evaluate("localStorage.setItem('authcompare.sandbox', '{}')")
    teacher.press("Reset Anna")
    teacher.page.click("#sure [value=yes]")
    expect(pupil.page.locator("#prediction :checked")).to_have_count(0)
    assert Prediction.objects.count() == 0
    assert pupil.page.evaluate("localStorage.getItem('authcompare.sandbox')") is None
    pupil.vote(right_choices(STEP))


def test_hints_go_and_come_with_the_teachers_button(teacher, window, live_server):
    pupil = Pupil(window(PHONE), live_server.url, teacher.code, "Anna")
    teacher.go()
    pupil.follow()
    expect(pupil.page.locator("#hint")).to_be_visible()
    teacher.press("Switch hints off")
    expect(pupil.page.locator("#hint")).to_be_hidden()
    teacher.press("Switch hints on")
    expect(pupil.page.locator("#hint")).to_be_visible()


def test_a_class_that_runs_free_does_not_follow(teacher, window, live_server):
    pupil = Pupil(window(PHONE), live_server.url, teacher.code, "Anna")
    teacher.press("Switch to self-paced")
    expect(teacher.page.locator("#do-mode")).to_contain_text("Switch to teacher-paced")
    pupil.page.goto(f"{live_server.url}/walkthrough/{STEP.slug}/")
    pupil.page.wait_for_selector("#lesson[data-ready]")
    expect(pupil.page.locator("#store")).to_be_visible()
    expect(teacher.page.locator("#people")).to_contain_text(STEP.title)
    teacher.press("Switch to teacher-paced")
    pupil.page.wait_for_url("**/walkthrough/pre-test/**")


def test_a_teacher_whom_an_experiment_has_signed_out_is_told_and_comes_back(teacher):
    page = teacher.page
    session = next(each for each in page.context.cookies() if each["name"] == "ac_session")
    page.context.clear_cookies(name="ac_session")
    expect(page.get_by_role("link", name="You are signed out here. Sign in again.")).to_be_visible()
    page.context.add_cookies([session])
    expect(page.locator("#connection")).to_have_text("connected")


@pytest.mark.parametrize(("viewport", "theme"), [(PHONE, "light"), (DESK, "dark")])
def test_joining_and_teaching_are_accessible_in_every_look(window, live_server, axe, screenshot, viewport, theme):
    teacher = Teacher(window, live_server.url, theme=theme)
    name = "phone" if viewport is PHONE else theme
    teacher.page.set_viewport_size(viewport)
    page = window(viewport, theme=theme)
    page.goto(f"{live_server.url}/classroom/{teacher.code}/")
    axe(page)
    screenshot(page, f"classroom-join-{name}")
    for address in ("/classroom/", f"/classroom/{teacher.code}/console/", f"/classroom/{teacher.code}/screen/"):
        teacher.page.goto(live_server.url + address)
        axe(teacher.page)
        assert fits(teacher.page), address
