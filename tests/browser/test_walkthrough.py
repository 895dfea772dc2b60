"""The walkthrough in a real Chromium: by keyboard, on a phone, on a projector, on paper."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from authcompare.accounts.models import User
from authcompare.learning.lessons import planned_steps, steps
from authcompare.learning.models import Learner, Prediction
from authcompare.learning.questions import questions

STEP = "verify-it"
RIGHT = {"session db": "refused", "cookie plain": "let in", "token default": "refused"}
WRONG = {"session db": "let in", "cookie plain": "refused", "token default": "let in"}
IN_BROWSER = "keep-it"
A4 = re.compile(rb"/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]")  # points

# For a step on a projector: goes through all its screens with the arrow key, and tells what does not fit on the wall.
SCREENS = """() => {
    const found = [];
    const smallest = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const sizes = [];
      while (walker.nextNode()) {
        const { parentElement: parent, data } = walker.currentNode;
        if (!data.trim() || !parent.checkVisibility() || parent.closest(".visually-hidden, h2, script")) continue;
        const size = parseFloat(getComputedStyle(parent).fontSize);
        if (size) sizes.push(size); // a dot without its word has none
      }
      return Math.min(...sizes);
    };
    for (;;) {
      const { scrollHeight, scrollWidth } = document.documentElement;
      found.push({ where: location.hash, scrollHeight, scrollWidth, smallest: smallest(),
        text: document.querySelector(".part[data-now]").innerText.length });
      const last = document.querySelector("#stepper li:last-child [aria-current]");
      if (last && new Set(last.dataset.screens.split("/")).size === 1) return found;
      document.querySelector("#on").click();
    }
}"""


class Step:
    """The page of a step."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self, slug=STEP, anchor=""):
        self.page.goto(f"{self.url}/walkthrough/{slug}/{anchor}")
        self.page.wait_for_selector("#lesson[data-ready]")
        return self

    def predict(self, choices=RIGHT, confidence=2):
        for door, outcome in choices.items():
            self.page.check(f'input[name="{door}"][value="{outcome}"]')
        self.page.check(f'input[name="confidence"][value="{confidence}"]')
        self.page.click("#store")
        expect(self.page.locator("#observe")).to_be_visible()
        return self

    def run(self):
        self.page.click("#run")
        return self.settle()

    def settle(self):
        columns = self.page.locator("#columns .column").count()
        expect(self.page.locator("#columns [data-outcome]")).to_have_count(columns)
        expect(self.page.locator("#run")).to_have_attribute("aria-disabled", "false")
        return self

    def go(self, part):
        self.page.click(f'#stepper a[href="#{part}"]')
        return self

    @property
    def shown(self):
        return self.page.locator(".part:visible").evaluate_all("all => all.map((part) => part.id)")

    @property
    def outcomes(self):
        return {
            each["door"]: each["outcome"]
            for each in self.page.locator("#columns .column").evaluate_all("all => all.map((e) => ({ ...e.dataset }))")
        }


@pytest.fixture
def step(page, live_server):
    return Step(page, live_server.url)


@pytest.fixture
def staff(context, live_server):
    """The browser's owner is a teacher."""
    client = Client()
    client.force_login(User.objects.create_superuser("teacher", password="the teacher's password"))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])


def look(context, live_server, **chosen):
    prefs = "%26".join(f"{key}%3D{value}" for key, value in chosen.items())
    context.add_cookies([{"name": "prefs", "value": prefs, "url": live_server.url}])


# Predict, observe, explain


def test_a_step_is_gone_through_with_the_keyboard_alone(step):
    page = step.open().page
    assert step.shown == ["predict"]
    page.focus("#main")
    reached = []
    while "store" not in reached:
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.name || document.activeElement.id")
        reached.append(here)
        assert len(reached) < 40, reached
        if here in RIGHT and reached.count(here) == 1:
            page.keyboard.press("Space")
            if page.evaluate("document.activeElement.value") != RIGHT[here]:
                page.keyboard.press("ArrowDown")
        if here == "confidence":
            page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#run")).to_be_focused()
    page.keyboard.press("Enter")
    assert step.settle().outcomes == RIGHT
    expect(page.locator("#run-status")).to_have_text("3 of 3 predictions were right.")
    for key, part in [
        ("ArrowRight", "explain"),
        ("ArrowRight", "code"),
        ("ArrowLeft", "explain"),
        ("ArrowLeft", "observe"),
    ]:
        page.keyboard.press(key)
        assert step.shown == [part]
        assert page.url.endswith(f"#{part}")


def test_the_arrow_keys_lead_on_to_the_next_step_and_back_to_the_end_of_the_one_before(step):
    page = step.open(STEP, "#code").page
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/walkthrough/take-it-back/**")
    page.wait_for_selector("#lesson[data-ready]")
    assert step.shown == ["predict"]
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/walkthrough/{STEP}/#code")
    expect(page.locator("#code")).to_be_visible()


def test_an_arrow_key_that_chooses_an_answer_does_not_turn_the_page(step):
    page = step.open().page
    page.check('input[name="session db"] >> nth=0')
    page.keyboard.press("ArrowRight")
    assert step.shown == ["predict"]
    assert page.is_checked('input[name="session db"] >> nth=1')


def test_run_is_locked_until_a_prediction_is_stored(step):
    asked = set()  # a busy server is asked again
    step.page.on("request", lambda request: asked.add(request.post_data) if "/api/run/" in request.url else None)
    page = step.open().go("observe").page
    expect(page.locator("#run")).to_have_attribute("aria-disabled", "true")
    page.focus("#run")
    page.keyboard.press("Enter")
    expect(page.locator("#run-status")).to_have_text("Predict first. Then you can run the experiment.")
    assert not asked
    step.go("predict").predict().run()
    assert len(asked) == len(RIGHT)


def test_a_prediction_without_a_confidence_is_not_stored(step):
    page = step.open().page
    for door, outcome in RIGHT.items():
        page.check(f'input[name="{door}"][value="{outcome}"]')
    page.click("#store")
    assert step.shown == ["predict"]
    assert not Learner.objects.exists()


def test_what_gives_the_result_away_is_covered_until_it_was_run(step):
    page = step.open(STEP, "#explain").page
    expect(page.locator("#explain .prose")).to_be_hidden()
    expect(page.locator("#explain .veil")).to_be_visible()
    page.click("#explain [data-unveil]")
    expect(page.locator("#explain .prose")).to_be_visible()
    step.open(STEP).predict()
    expect(page.locator("#observe .prose")).to_be_hidden()
    step.run()
    expect(page.locator("#observe .prose")).to_be_visible()


def test_a_wrong_prediction_meets_the_idea_behind_it_before_the_explanation(step):
    page = step.open().predict(WRONG, 3).run().go("explain").page
    said = page.locator("#verdicts li").all_inner_texts()
    assert len(said) == 3
    assert all("You predicted:" in each for each in said)
    assert "The server notices every change that a client makes." in said[1]
    assert (
        page.locator("#verdicts").evaluate(
            "(node) => node.compareDocumentPosition(document.querySelector('#explain .prose'))"
        )
        & 4
    )


def test_who_reloads_is_where_they_were_with_what_they_predicted_and_saw(step, page, context):
    step.open().predict(WRONG).run().go("explain")
    page.reload()
    page.wait_for_selector("#lesson[data-ready]")
    assert step.shown == ["explain"]
    assert step.outcomes == RIGHT
    step.go("observe")
    assert page.locator(".requests button").count() > 3  # this tab remembers how it came about
    step.page = context.new_page()
    step.open()
    assert step.shown == ["observe"]
    assert step.outcomes == RIGHT  # any other tab what came of it
    step.go("predict")
    assert step.page.is_checked('input[name="token default"][value="let in"]')
    assert step.page.is_disabled('input[name="token default"][value="let in"]')
    step.page.goto(f"{step.url}/walkthrough/")
    assert "Continue: Verified or refused" in step.page.inner_text("main")


def test_every_part_has_an_address_of_its_own(step):
    for part in ("code", "predict", "explain", "observe"):
        step.open(STEP, f"#{part}")  # the first by loading the page, the others by its changed address
        expect(step.page.locator(f'#stepper a[href="#{part}"]')).to_have_attribute("aria-current", "step")
        assert step.shown == [part]


def test_what_only_a_browser_shows_is_seen_by_this_one_and_reported(step):
    said = dict.fromkeys(("session db", "cookie plain", "token default"), "takes the credential away")
    step.open(IN_BROWSER).predict(said).run()
    assert step.outcomes == said | {"session db": "can only act while the page is open"}
    assert Learner.objects.get().runs.get().outcomes == step.outcomes


def test_hints_come_one_at_a_time(step):
    page = step.open().page
    for n in (1, 2, 3):
        expect(page.locator("#hints li")).to_have_count(n - 1)
        assert page.inner_text("#hint") == f"Hint {n} of 3"
        page.click("#hint")
        expect(page.locator("#hints li").last).to_be_focused()
    expect(page.locator("#hint")).to_be_hidden()


def test_the_time_that_is_left_is_told_and_then_the_time_that_is_over(step):
    minutes = next(each.minutes[45] for each in steps("en") if each.slug == STEP)
    step.page.clock.install()
    step.page.goto(f"{step.url}/walkthrough/{STEP}/?plan=45")
    step.page.wait_for_selector("#lesson[data-ready]")
    assert re.fullmatch(rf"({minutes}:00|{minutes - 1}:5\d) left", step.page.inner_text("#time"))
    step.page.clock.fast_forward(minutes * 60_000 + 30_000)
    assert re.fullmatch(r"0:3\d over", step.page.inner_text("#time"))


def test_the_short_plan_leaves_steps_out(step):
    short = [each.slug for each in planned_steps(45, "en")]
    page = step.page
    page.goto(f"{step.url}/walkthrough/{short[2]}/?plan=45")
    expect(page.locator('[rel="next"]')).to_have_attribute("href", f"/walkthrough/{short[3]}/?plan=45")
    expect(page.locator('[rel="prev"]')).to_have_attribute("href", f"/walkthrough/{short[1]}/?plan=45")


def test_a_server_that_does_not_answer_is_told_and_asked_again(context, live_server):
    page = context.new_page()  # not watched: Chromium reports the requests that fail here
    step = Step(page, live_server.url).open()
    page.route("**/walkthrough/api/**", lambda route: route.abort())
    for door, outcome in RIGHT.items():
        page.check(f'input[name="{door}"][value="{outcome}"]')
    page.check('input[name="confidence"][value="1"]')
    page.click("#store")
    expect(page.locator("#status")).to_contain_text("The server does not answer")
    page.unroute("**/walkthrough/api/**")
    step.predict()
    page.route("**/walkthrough/api/run/", lambda route: route.abort())
    page.click("#run")
    expect(page.locator(".failure")).to_have_count(3)
    page.unroute("**/walkthrough/api/run/")
    assert step.run().outcomes == RIGHT


def test_without_scripts_the_lesson_can_be_read(browser, live_server):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/walkthrough/{STEP}/")
        for part in ("predict", "observe", "explain", "code"):
            assert page.locator(f"#{part} .prose").is_visible()
        assert not page.locator("#prediction").is_visible()


# The tests, the summary, the reset


def test_both_tests_and_the_gain_between_them(page, live_server):
    def take(round, right):
        page.goto(f"{live_server.url}/walkthrough/{round}-test/")
        page.wait_for_selector("#test[data-ready]")
        for i, asked in enumerate(questions(round, "en")):
            option = asked.right if i < right else (asked.right + 1) % len(asked.options)
            page.check(f'input[name="{asked.misconception}"][value="{option}"]')
        of = len(questions(round, "en"))
        expect(page.locator("#status")).to_have_text(f"{of} of {of} answered.")
        page.click("#test .primary")
        expect(page.locator("#score")).to_have_text(f"{right} of {of} answers were right.")

    take("pre", 2)
    assert page.locator(".solved").count() == 0
    take("post", 5)
    assert page.locator(".solved").count() == 2 * len(questions("pre", "en"))
    expect(page.locator("#gain")).to_contain_text("You learned 50%")
    assert Prediction.objects.count() == 2


def test_an_empty_test_is_not_handed_in(page, live_server):
    page.goto(f"{live_server.url}/walkthrough/pre-test/")
    page.wait_for_selector("#test[data-ready]")
    page.click("#test .primary")
    expect(page.locator("#status")).to_contain_text("Answer at least one")
    assert not Prediction.objects.exists()


def test_the_lab_is_reset_only_after_a_second_question(step, page):
    step.open().predict().run()
    page.goto(f"{step.url}/walkthrough/summary/")
    assert "3 of 3 predictions were right" in page.inner_text("main")
    page.click("#reset")
    page.click("#confirm [value=cancel]")
    expect(page.locator("#confirm")).to_be_hidden()
    assert Learner.objects.get().runs.exists()
    page.click("#reset")
    page.click("#confirm [value=reset]")
    page.wait_for_url("**/walkthrough/")
    assert not Learner.objects.exists()
    step.open()
    assert step.shown == ["predict"]
    assert page.locator("input:checked").count() == 0


# On the wall, and the teacher's second window


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_on_the_projector_no_step_scrolls_and_every_letter_is_large(step, context, live_server, language):
    look(context, live_server, theme="light", language=language, view="projector")
    for each in steps(language):
        page = step.open(each.slug, "#predict").page
        if page.locator("[data-unveil]").count():
            page.evaluate("document.querySelector('[data-unveil]').click()")
        screens = page.evaluate(SCREENS)
        parts = [screen["where"].partition(".")[0] for screen in screens]
        assert list(dict.fromkeys(parts)) == [f"#{name}" for name in each.sections], each.slug
        for screen in screens:
            where = f"{each.slug} {screen}"
            assert screen["scrollHeight"] <= 720, where
            assert screen["scrollWidth"] <= 1280, where
            assert screen["smallest"] >= 24, where
            assert screen["text"], where


def test_on_the_projector_a_run_fits_as_well(step, context, live_server):
    look(context, live_server, theme="light", language="en", view="projector")
    said = dict.fromkeys(("session db", "cookie plain", "token default"), "a statement here, a list there")
    page = step.open("where-it-lies").predict(said).run().page
    screens = page.evaluate(SCREENS)
    assert {"#observe", "#explain"} <= {screen["where"] for screen in screens}
    for screen in screens:
        assert screen["scrollHeight"] <= 720, screen
        assert screen["smallest"] >= 24, screen


def test_a_pointer_for_speakers_steps_the_projector(step, context, live_server):
    look(context, live_server, theme="light", language="en", view="projector")
    page = step.open("the-table").page
    page.keyboard.press("PageDown")
    assert step.shown == ["observe"]
    page.keyboard.press("PageUp")
    assert step.shown == ["predict"]


def test_the_notes_follow_the_window_that_presents_and_can_step_it(step, context, staff, watch):
    page = step.open().page
    with context.expect_page() as opened:
        page.click("text=Notes")
    notes = watch(opened.value)
    notes.wait_for_selector("body[data-following]")
    assert notes.inner_text("h1:visible") == "Verified or refused"
    expect(notes.locator("#part")).to_have_text("Predict")
    page.keyboard.press("ArrowRight")
    expect(notes.locator("#part")).to_have_text("Observe")
    notes.keyboard.press("ArrowLeft")
    expect(page.locator("#predict")).to_be_visible()
    step.open("take-it-back")
    expect(notes.locator("h1:visible")).to_have_text("Does signing out stop a copy?")
    assert "/take-it-back/notes/" in notes.url
    expect(notes.locator("#time")).to_contain_text("left")
    notes.reload()
    expect(notes.locator("h1:visible")).to_have_text("Does signing out stop a copy?")


# Every look


def every_part(step):
    """Goes through a step, and yields each state that it can be in."""
    step.open()
    step.page.click("#hint")
    yield "predict"
    step.predict(WRONG)
    yield "locked"
    step.run()
    yield "observe"
    for part in ("explain", "code"):
        step.go(part)
        yield part
    step.page.goto(f"{step.url}/walkthrough/summary/")
    yield "summary"
    step.page.goto(f"{step.url}/walkthrough/?plan=45")
    yield "overview"


def every_other_page(step):
    """Opens the pages that look alike in every look, before anything and when they are done."""
    page, url = step.page, step.url
    for address in ("", "summary/", "handout/"):
        page.goto(f"{url}/walkthrough/{address}")
        yield address
    for round in ("pre", "post"):
        page.goto(f"{url}/walkthrough/{round}-test/")
        yield f"{round}-test"
        asked = questions(round, "en")[0]
        page.wait_for_selector("#test[data-ready]")
        page.check(f'input[name="{asked.misconception}"][value="{asked.right}"]')
        page.click("#test .primary")
        page.wait_for_selector("#score")
        yield f"{round}-test answered"


def test_a_step_in_every_state_is_accessible_and_nothing_sticks_out(step, axe_in_turn, screenshot):
    for place in every_part(step):
        axe_in_turn(step.page, times=4 if place in {"predict", "observe"} else 1)
        for name, width in (("phone", 390), ("desk", 1280)):
            step.page.set_viewport_size({"width": width, "height": 844})
            assert step.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
            if place in {"overview", "predict", "observe", "summary"}:
                screenshot(step.page, f"walkthrough-{place}-{name}", full_page=True)


def test_every_other_page_is_accessible_and_fits_on_a_phone(step, axe):
    step.page.set_viewport_size({"width": 390, "height": 844})
    for place in every_other_page(step):
        axe(step.page)
        assert step.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place


def test_the_teachers_pages_are_accessible(step, staff, axe):
    step.open().page.goto(f"{step.url}/walkthrough/{STEP}/notes/")
    axe(step.page)
    step.page.goto(f"{step.url}/walkthrough/handout/?edition=teacher")
    axe(step.page)


# On paper


def test_the_booklet_and_the_summary_come_out_on_a4(step, page):
    page.goto(f"{step.url}/walkthrough/handout/")
    booklet = page.pdf(prefer_css_page_size=True)
    assert A4.search(booklet)
    assert booklet.count(b"/Type /Page\n") > len(steps("en"))
    step.open().predict().run()
    page.goto(f"{step.url}/walkthrough/summary/")
    page.emulate_media(media="print")
    expect(page.locator("#reset")).to_be_hidden()
    assert A4.search(page.pdf(prefer_css_page_size=True))
