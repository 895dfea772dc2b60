"""The README's tour in one browser: from page to page by links, without a reload, and nothing breaks on the way."""

import re

import pytest
from playwright.sync_api import expect

from authcompare.learning.lessons import steps
from authcompare.mechanisms.registry import mechanisms

LOGOUT = "replay-after-logout"
ALL = len(mechanisms())


class Tour:
    """A visitor who clicks through the pages. Controls are found by role, address and data attributes, not by text."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        page.goto(url)
        self.ready("#doors")

    def ready(self, selector):
        self.page.wait_for_selector(f"{selector}[data-ready]")
        return self

    def follow(self, path, ready):
        self.page.locator(f"header nav a[href='{path}']").click()
        self.page.wait_for_url(f"{self.url}{path}")
        return self.ready(ready) if ready else self

    def settle(self):
        self.page.wait_for_selector("#doors:not([aria-busy])")
        return self

    def act(self, act):
        self.page.click(f".toolbar [data-act={act}]")
        return self.settle()

    def sign_in(self):
        self.page.click("#sign-in .primary")
        return self.settle()

    def choose(self, name, value=None):
        """Press a button for theme, language or view; the page comes again in the new look."""
        button = f"[name={name}]" + (f"[value={value}]" if value else "")
        with self.page.expect_navigation():
            self.page.click(button)
        return self

    def verdicts(self):
        """The mood of each verdict, which is the same in every language."""
        cells = self.page.locator("tr[data-band=verdict] td[data-door][data-mood]")
        return cells.evaluate_all("all => all.map((each) => each.dataset.mood)")


@pytest.fixture
def tour(page, live_server):
    return Tour(page, live_server.url)


@pytest.mark.long
def test_the_tour_of_the_readme_goes_from_step_to_step_in_one_browser(tour, page):
    # 1. and 2. Side by side: sign in to all, sign out, replay the copy, step through it
    tour.sign_in()
    assert len(tour.verdicts()) == ALL
    tour.act("signOut").act("replay")
    assert len(set(tour.verdicts())) > 1, "a copy works where the server keeps no state, and nowhere else"
    page.focus("main")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr[data-now]")).to_have_count(1)
    page.keyboard.press("Escape")

    # 3. Tamper, delete in the browser only, and go on where one is
    tour.sign_in().act("tamper")
    assert len(set(tour.verdicts())) > 1, "a changed credential is believed at one of them"
    tour.act("read").act("forget").act("reset")
    tour.sign_in()

    # 10. Theme and language change after signing in, and the visitor stays signed in
    theme = page.get_attribute("html", "data-theme")
    tour.choose("theme").ready("#doors").settle()
    assert page.get_attribute("html", "data-theme") != theme
    tour.choose("language", "zh-hans").ready("#doors").settle()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    tour.act("read")
    assert len(set(tour.verdicts())) == 1, "all are still open"
    tour.choose("language", "en").ready("#doors")

    # 4. A page for each mechanism, each with variants and a panel of its own
    for mechanism in mechanisms():
        tour.follow(f"/{mechanism.slug}/", "#doors").sign_in()
        assert len(tour.verdicts()) == len(mechanism.shown_variants)

    # 5. Experiments: from the matrix to one of them, predict, run, look at what was sent
    tour.follow("/experiments/", "#matrix")
    page.locator(f"tr[data-experiment='{LOGOUT}'] th a").click()
    tour.ready("#trial")
    columns = page.locator("#columns [data-door]:visible")
    for column in columns.all():
        column.locator("input[type=radio]").first.check()
    page.click("#run")
    expect(page.locator("#columns [data-outcome]:visible")).to_have_count(columns.count())
    expect(page.locator("[data-agrees=false]")).to_have_count(0)
    columns.first.locator(".requests button").first.click()
    expect(page.locator("#viewer .band").first).to_be_visible()
    page.keyboard.press("Escape")

    # 6. Comparison: what was just observed is evidence there
    tour.follow("/comparison/", "#comparison")
    expect(page.locator(".finding").first).to_be_attached()
    assert page.locator(".finding [data-state=seen], .finding[data-state=seen]").count()

    # 7. Walkthrough: predict at each variant, run, and go on
    tour.follow("/walkthrough/", None)
    lesson = next(each for each in steps("en") if each.experiment and not each.experiment.browser)
    page.locator(f"main a[href*='/walkthrough/{lesson.slug}/']").first.click()
    tour.ready("#lesson")
    for column in lesson.variants:
        page.locator(f'#prediction input[name="{column.key}"]').first.check()
    page.locator("#prediction [name=confidence]").first.check()
    page.click("#store")
    page.click("#run")
    expect(page.locator("#columns [data-outcome]")).to_have_count(len(lesson.variants))
    page.click('#stepper a[href="#explain"]')

    # 8. and 9. The classroom's entrance, and the API with a credential from before
    tour.follow("/classroom/", None)
    expect(page.locator("#join")).to_be_visible()
    tour.follow("/api/", "#exchange")
    page.locator(
        "[data-part=body] a[href='/sessions/api/protected/'], a[href='/sessions/api/protected/']"
    ).first.click()
    tour.ready("#exchange")
    page.locator("#form-get button.primary").click()
    expect(page.locator("[data-part=status]")).to_contain_text(re.compile("200"))

    # Back where it began, by the history
    page.go_back()
    page.go_back()
    expect(page.locator("#join")).to_be_visible()
