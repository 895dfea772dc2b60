"""The comparison in a real browser: in every look, on paper, before a class, with what only this browser has seen."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from playwright.sync_api import expect

from authcompare.experiments.models import BrowserObservation, Evidence
from authcompare.experiments.observations import set_visitor
from authcompare.experiments.registry import all_experiments
from authcompare.experiments.trial import plan

LOOKS = {
    "light": ("theme%3Dlight", 1280, 720),
    "chinese": ("theme%3Ddark%26language%3Dzh-hans", 1280, 720),
    "phone": ("theme%3Dlight", 390, 844),
    "projector": ("theme%3Dlight%26view%3Dprojector", 1280, 720),
}
STEPS = "#rows a:visible"


@pytest.fixture
def seen(transactional_db):
    """All that the server can run was seen here, as promised."""
    Evidence.objects.bulk_create(
        Evidence(
            experiment=trial.experiment.slug,
            mechanism=trial.variant.mechanism.name,
            variant=trial.variant.slug,
            expected=trial.expected,
            outcome=trial.expected,
            facts=[["bytes of the credential", 32], ["milliseconds per request (median)", 3.4]],
        )
        for trial in plan(each for each in all_experiments() if not each.browser)
    )


@pytest.fixture
def comparison(page, live_server, seen):
    """Open the page in a look; `own` is what this browser observed: {experiment: {variant key: outcome}}."""

    def open(look="light", query="", own=None):
        prefs, width, height = LOOKS[look]
        page.set_viewport_size({"width": width, "height": height})
        page.context.add_cookies([{"name": "prefs", "value": prefs, "url": live_server.url}])
        if own:
            visitor = "0123456789abcdef" * 2
            name = settings.VISITOR_COOKIE_NAME
            set_visitor(signed := HttpResponse(), visitor)
            page.context.add_cookies([{"name": name, "value": signed.cookies[name].value, "url": live_server.url}])
            BrowserObservation.objects.all().delete()
            BrowserObservation.objects.bulk_create(
                BrowserObservation(
                    visitor=visitor,
                    experiment=slug,
                    mechanism=key.split()[0],
                    variant=key.split()[1],
                    outcome=outcome,
                    facts=[["tried", 3]],
                )
                for slug, outcomes in own.items()
                for key, outcome in outcomes.items()
            )
        page.goto(f"{live_server.url}/comparison/{query}")
        page.wait_for_selector("#comparison[data-ready]")
        return page

    return open


def in_browser(but=()):
    """Return what a browser observes if everything is as expected, except these: [(experiment, variant, outcome)]."""
    found = {}
    for cell in plan(each for each in all_experiments() if each.browser):
        found.setdefault(cell.experiment.slug, {})[cell.variant.key] = cell.expected
    for slug, door, outcome in but:
        found[slug][door] = outcome
    return found


def states(page):
    return page.eval_on_selector_all(".finding", "all => all.map(one => one.dataset.state)")


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_is_accessible_and_holds_together(comparison, axe, screenshot, look):
    page = comparison(look, "?clients=browser&end=at-once&servers=apart", own=in_browser())
    if look != "projector":
        expect(page.locator(".best")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"comparison-{look}" if look != "light" else "comparison", full_page=look != "projector")


def test_whatever_is_wrong_or_missing_is_accessible_too(comparison, axe):
    Evidence.objects.filter(experiment="tamper").update(outcome="let in")
    Evidence.objects.filter(experiment="cost").delete()
    page = comparison()
    assert {"differs", "open", "browser", "seen"} == set(states(page))
    axe(page)


def test_on_a_phone_rows_are_cards_that_name_their_mechanism(comparison):
    page = comparison("phone")
    card = page.locator("#location td").first
    expect(card.locator(".who")).to_have_text("Session")
    expect(card.locator(".who")).to_be_visible()
    widths = page.eval_on_selector_all("#location td", "all => all.map(one => one.getBoundingClientRect())")
    assert all(340 < box["width"] <= 390 for box in widths)
    assert len({box["top"] for box in widths}) == 3


def test_the_table_fits_on_two_sheets_of_paper(comparison):
    page = comparison(own=in_browser())
    for options in ({"format": "A4"}, {"prefer_css_page_size": True}):
        pdf = page.pdf(**options)
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 2
    page.emulate_media(media="print")
    expect(page.locator("#comparison")).to_be_visible()
    expect(page.locator(".evidence li").first).to_be_visible()
    expect(page.locator("header nav")).to_be_hidden()
    expect(page.locator("#choose")).to_be_hidden()


# ---- what only this browser has seen


def test_without_it_verdicts_wait_and_with_it_they_hold(comparison):
    page = comparison()
    waiting = states(page).count("browser")
    assert waiting > 3
    expect(page.locator("[data-count=browser] strong")).to_have_text(str(waiting))
    page = comparison(own=in_browser())
    assert set(states(page)) == {"seen"}
    expect(page.locator("[data-count=browser]")).to_have_count(0)
    expect(page.locator("[data-count=seen] strong")).to_have_text(str(len(states(page))))


def test_what_this_browser_saw_can_be_read_where_it_counts(comparison):
    page = comparison(own=in_browser())
    piece = page.locator("#size .piece[data-door='cookie plain']")
    piece.locator("summary").click()
    expect(piece.locator(".seen")).to_contain_text("“At about 4 KB")
    expect(piece.locator(".facts")).to_contain_text("tried")
    expect(piece.locator(".when time")).to_contain_text(re.compile("now|ago"))
    cell = page.locator("#theft-steal-by-script td[data-mechanism=cookie]")
    expect(cell.locator(".group")).to_have_count(2)
    expect(cell.locator("[data-mark=succeeds]")).to_contain_text("plain preference cookie (lab)")
    expect(cell.locator("[data-mark=fails]")).to_contain_text("signed cookie")


def test_a_contradiction_seen_in_this_browser_is_loud_and_stands_open(comparison):
    page = comparison(own=in_browser(but=[("size", "cookie plain", "nowhere")]))
    assert states(page).count("differs") == 1
    finding = page.locator("#size td[data-mechanism=cookie] .finding")
    expect(finding).to_have_attribute("data-state", "differs")
    expect(finding.locator(".state")).to_have_text("contradicted by observations Run it")
    expect(finding.locator(".state a")).to_have_attribute("href", re.compile("/experiments/size/$"))
    expect(finding.locator(".needed")).to_be_visible()
    expect(page.locator("[data-count=differs]")).to_contain_text("1 contradicted")
    page = comparison(own=in_browser(but=[("cross-site", "token default", "changes the note")]))
    expect(page.locator("#cross-site [data-mark=differs]")).to_contain_text("NOT as expected: The note changes.")


def test_the_reasons_of_the_helper_know_what_this_browser_saw(comparison):
    page = comparison(query="?scripts=others")
    reason = page.locator(".best [data-experiment=steal-by-script] .seen")
    expect(reason).to_have_text("needs a browser, not run yet")
    page = comparison(query="?scripts=others", own=in_browser())
    expect(reason).to_contain_text("“Not read it, but act as you")


# ---- controls


def test_a_piece_of_evidence_unfolds_to_what_was_seen_and_leads_to_its_experiment(comparison, live_server):
    page = comparison()
    piece = page.locator("#location .piece").first
    expect(piece.locator(".piece-body")).to_be_hidden()
    piece.locator("summary").press("Enter")
    expect(piece.locator(".seen")).to_have_text("“Your browser stores an id. The server stores the data behind it.”")
    expect(piece.locator(".links a").nth(1)).to_have_attribute("href", re.compile("^https://"))
    piece.get_by_role("link", name="Open the experiment").click()
    expect(page).to_have_url(f"{live_server.url}/experiments/where-it-lives/")


def test_the_links_go_to_their_rows_and_the_row_stands_below_the_sticky_head(comparison):
    page = comparison()
    page.get_by_role("link", name="Several servers", exact=True).first.click()
    expect(page).to_have_url(re.compile("#scale-out$"))
    head = page.locator("#comparison thead th").first.bounding_box()
    title = page.locator("#scale-out th").first.bounding_box()
    assert head["y"] + head["height"] <= title["y"] + 12
    assert title["y"] < 200
    expect(page.locator("#rows [aria-current]")).to_have_text("Several servers")


def test_the_downloads_are_files_with_sensible_names(comparison):
    page = comparison()
    for title, name in (("Markdown", "md"), ("CSV", "csv"), ("JSON", "json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=title, exact=True).click()
        assert download.value.suggested_filename == f"authcompare-comparison.{name}"


def test_print_opens_the_print_dialog(comparison):
    page = comparison()
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")


def test_the_settings_can_be_copied_over_plain_http(comparison):
    page = comparison(query="?servers=apart")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".recipe").get_by_role("button", name="Copy").click()
    expect(page.locator(".recipe button")).to_have_text("Copied")
    assert "JWTStatelessUserAuthentication" in page.evaluate("getSelection().toString()")


def test_the_helper_works_without_scripts_and_its_answer_has_an_address(browser, live_server, watch, seen):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/comparison/")
    page.get_by_label("Apps, scripts and other servers, too").check()
    page.get_by_label("Yes: after sign-out, a new password, or from another device").check()
    page.get_by_role("button", name="Recommend a door").click()
    expect(page).to_have_url(f"{live_server.url}/comparison/?clients=many&end=at-once#choose")
    expect(page.locator(".best h3")).to_contain_text("revocable token")
    expect(page.locator("#recipe")).to_contain_text("CHECK_REVOKE_TOKEN")
    expect(page.get_by_label("Apps, scripts and other servers, too")).to_be_checked()
    page.get_by_role("link", name="Start again").click()
    expect(page.locator(".best")).to_have_count(0)
    context.close()


# ---- before a class


@pytest.mark.parametrize("own", [in_browser(), {}], ids=["everything-seen", "waiting-for-a-browser"])
def test_each_step_fits_the_projector_and_every_letter_is_large(comparison, own):
    page = comparison("projector", own=own)
    steps = page.locator(STEPS).count()
    assert steps > 20
    for n in range(steps):
        if n:
            page.keyboard.press("ArrowRight")
        expect(page.locator(STEPS).nth(n)).to_have_attribute("aria-current", "true")
        where = page.url.partition("#")[2] or "the first"
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), f"{where} does not fit"
        assert page.evaluate(SMALLEST) >= 24, where
        assert page.locator("#comparison tbody td:visible").count() >= 1
    page.keyboard.press("ArrowRight")
    expect(page.locator(STEPS).last).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(STEPS).nth(steps - 2)).to_have_attribute("aria-current", "true")


SMALLEST = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = Infinity;
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    const { width, height } = parent.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (data.trim() && size && width > 1 && height > 1 && parent.checkVisibility()) least = Math.min(least, size);
  }
  return least;
}"""


def test_a_row_of_several_steps_begins_with_its_first(comparison):
    page = comparison("projector", "#revocation")
    expect(page.locator("#rows [aria-current]")).to_contain_text("Revocation: ")
    expect(page.locator("#comparison tbody tr:visible")).to_have_count(1)
