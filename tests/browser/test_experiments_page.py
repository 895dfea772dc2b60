"""The pages of the experiments, used as a visitor would."""

import re

import pytest
from playwright.sync_api import expect

from authcompare.accounts.models import Sandbox
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.mechanisms.registry import mechanisms, variants

LOGOUT = find_experiment("replay-after-logout")


class Matrix:
    """The index, ready to be run."""

    def __init__(self, page, url, row):
        self.page = page
        page.goto(f"{url}/experiments/?row={row}" if row else f"{url}/experiments/")
        page.wait_for_selector("#matrix[data-ready]")

    def run(self, selector="#run-all"):
        self.page.click(selector)
        return self.settle()

    def settle(self):
        self.page.wait_for_selector("#matrix:not([aria-busy])")
        return self

    @property
    def states(self):
        """{(experiment, door): state}."""
        return {
            tuple(line[:2]): line[2]
            for line in self.page.locator("td[data-door]").evaluate_all(
                "all => all.map((e) => [e.parentElement.dataset.experiment, e.dataset.door, e.dataset.state])"
            )
        }

    @property
    def summary(self):
        return self.page.inner_text("#summary")


class Trial:
    """The page of one experiment. Doors are found by their names, as "token default"."""

    def __init__(self, page, url, slug, anchor=""):
        self.page = page
        page.goto(f"{url}/experiments/{slug}/{anchor}")
        page.wait_for_selector("#trial[data-ready]")

    def column(self, door):
        return self.page.locator(f"#columns [data-door='{door}']")

    def predict(self, door, outcome):
        self.column(door).locator(f"input[value='{outcome}']").check()
        return self

    def run(self, selector="#run"):
        self.page.click(selector)
        self.page.wait_for_selector("#run[aria-disabled=false]")
        return self

    @property
    def shown(self):
        return self.page.locator("#columns [data-door]:visible").evaluate_all("all => all.map((e) => e.dataset.door)")


@pytest.fixture
def matrix(page, live_server):
    return lambda row="": Matrix(page, live_server.url, row)


@pytest.fixture
def trial(page, live_server):
    return lambda slug=LOGOUT.slug, anchor="": Trial(page, live_server.url, slug, anchor)


def name(door):
    return f"{door.mechanism.name} {door.slug}"


DEFAULTS = [name(mechanism.default) for mechanism in mechanisms()]


@pytest.fixture
def forgetful(monkeypatch):
    """Doors that promise an end at sign-out, and do not keep it: {their names}."""

    def nothing(self, request, response):
        pass

    broken = next(door for door in variants() if door.promises.ends_at_sign_out)
    monkeypatch.setattr(type(broken), "sign_out", nothing)
    return {name(door) for door in variants() if door.promises.ends_at_sign_out and type(door).sign_out is nothing}


# ---- the matrix ----


def test_one_button_fills_the_matrix_and_the_server_remembers(matrix, page, screenshot, axe):
    shown = matrix("integrity")
    expect(page.locator("#never-run")).to_be_visible()
    assert set(shown.states.values()) == {"waiting"}
    shown.run()
    expect(page.locator("#never-run")).to_be_hidden()
    expected = {
        (tried.slug, name(door)): "open" if tried.attack == tried.expected(door) else "agrees"
        for tried in all_experiments()
        if "integrity" in tried.rows
        for door in variants()
        if tried.concerns(door)
    }
    assert shown.states == expected
    open_doors = list(expected.values()).count("open")
    assert shown.summary == (
        f"{len(expected)} as promised · 0 not · attacks: weak arms {open_doors} of {open_doors} · "
        f"hardened 0 of {len(expected) - open_doors}"
    )
    assert Evidence.objects.count() == len(expected)
    axe(page)
    screenshot(page, "experiments-run", full_page=True)
    page.reload()
    page.wait_for_selector("#matrix[data-ready]")
    assert shown.states == expected
    expect(page.locator("#last-run")).to_contain_text(re.compile("now|second"))


def test_a_door_that_breaks_its_promise_is_red_in_the_matrix_and_loud_on_the_page(
    matrix, trial, page, forgetful, screenshot
):
    shown = matrix("lifetime").run(f"[data-run='{LOGOUT.slug}']")
    red = {door for (_slug, door), state in shown.states.items() if state == "differs"}
    assert red == forgetful
    assert f"{len(red)} not" in shown.summary
    assert f"hardened {len(red)} of" in shown.summary
    expect(page.locator("td[data-state=differs]").first).to_contain_text("NOT as promised")
    assert sum(state == "waiting" for state in shown.states.values()), "one row was run, and no other"
    page.locator("td[data-state=differs] a").first.click()
    page.wait_for_selector("#trial[data-ready]")
    door = trial().run().column(min(forgetful & set(DEFAULTS)))
    expect(door).to_have_attribute("data-agrees", "false")
    expect(door).to_contain_text("NOT as promised. This door promises: A refusal: sign-out ended it.")
    expect(page.locator("#status")).to_contain_text("NOT as promised: 1.")
    screenshot(page, "experiment-broken", full_page=True)


def test_a_run_can_be_stopped_and_what_was_not_run_is_still_waiting(matrix, page):
    shown = matrix()
    page.click("#run-all")
    page.wait_for_selector("td[data-state=agrees]")
    page.click("#stop")
    shown.settle()
    states = list(shown.states.values())
    assert states.count("waiting") > len(states) / 2
    expect(page.locator("#status")).to_contain_text("Stopped:")
    expect(page.locator("#run-all")).to_be_focused()


def busy(route):
    route.fulfill(status=429, headers={"Retry-After": "7"}, json={"code": "throttled", "detail": "Too many."})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (busy, "Too many runs at once: wait 7 seconds, then run it again."),
        (lambda route: route.abort(), "The server does not answer: see that it is running, then run it again."),
    ],
)
def test_a_server_that_does_not_answer_ends_the_run_with_one_line_that_says_what_to_do(
    context, live_server, answer, said
):
    page = context.new_page()  # not watched: Chromium reports the requests that fail here
    shown = Matrix(page, live_server.url, "confidentiality")
    page.route("**/lab/api/run/", answer)
    shown.run()
    expect(page.locator("#summary")).to_contain_text(said)
    assert list(shown.states.values()).count("waiting") > 3, "it did not go on"
    page.unroute("**/lab/api/run/")
    shown.run()
    assert set(shown.states.values()) == {"agrees"}


def test_a_page_that_finds_no_place_comes_again_soon_and_then_less_and_less_often(page, live_server):
    page.goto(f"{live_server.url}/experiments/read-it/")
    page.wait_for_selector("#trial[data-ready]")
    full = [{"status": 429, "headers": {"Retry-After": "1"}, "json": {"code": "busy"}} for _ in range(4)]
    page.route("**/lab/api/run/", lambda route: route.fulfill(**full.pop()) if full else route.fallback())
    run = """async () => {
        const { runOnServer } = await import("/static/experiments/js/runner.js");
        const { setTimeout: later } = window;
        const pauses = [];
        Math.random = () => 0.5;
        window.setTimeout = (what, when) => { pauses.push(when); return later(what, 0); };
        const { agrees } = await runOnServer("read-it", { mechanism: "session", variant: "db" });
        return { agrees, pauses };
    }"""
    assert page.evaluate(run) == {"agrees": True, "pauses": [1000, 2000, 4000, 4000]}


def test_what_many_characters_tell_has_a_line_of_its_own(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    facts = Trial(page, live_server.url, "where-it-lives").run().column("session db").locator(".facts")
    wide, all_of_it = facts.locator("dd").last.bounding_box(), facts.bounding_box()
    assert wide["width"] > 0.95 * all_of_it["width"]
    assert facts.locator("dd").first.bounding_box()["width"] < wide["width"]


def test_arrow_keys_go_from_cell_to_cell_over_the_empty_ones(matrix, page):
    matrix("security")
    line = page.locator("tr[data-experiment='forged-form']")
    line.locator("th a").focus()
    empty = line.locator("td:not([data-door]):not(.run-row)").count()
    assert empty, "there are doors that it does not concern"
    for cell in line.locator("td[data-door] a").all():
        page.keyboard.press("ArrowRight")
        expect(cell).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(line.locator("[data-run]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    above = page.locator("tr[data-experiment]").nth(
        page.locator("tr[data-experiment]").evaluate_all(
            "all => all.findIndex((e) => e.dataset.experiment === 'forged-form')"
        )
        - 1
    )
    expect(above.locator(".run-row > *")).to_be_focused()
    page.keyboard.press("Home")  # not ours: the page's
    line.locator("td[data-door] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#trial[data-ready]")
    assert "/experiments/forged-form/#" in page.url


def test_what_this_browser_saw_itself_is_in_its_matrix(matrix, page):
    tried = next(tried for tried in all_experiments() if tried.browser)
    doors = [door for door in variants() if tried.concerns(door)]
    kept = {name(door): {"outcome": tried.expected(door), "expected": "?", "facts": [], "at": ""} for door in doors}
    shown = matrix(tried.rows[0])
    assert {state for (slug, _door), state in shown.states.items() if slug == tried.slug} == {"browser"}
    page.evaluate("([key, kept]) => localStorage.setItem(key, JSON.stringify(kept))",
                  [f"authcompare:evidence:{tried.slug}", kept])  # fmt: skip
    page.reload()
    page.wait_for_selector("#matrix[data-ready]")
    assert {s for (slug, _door), s in shown.states.items() if slug == tried.slug} <= {"agrees", "open"}


def test_without_scripts_evidence_filters_and_pages_are_there(browser, live_server, watch):
    door = variants()[0]
    Evidence.objects.create(experiment=LOGOUT.slug, mechanism=door.mechanism.name, variant=door.slug,
                            expected="refused", outcome="refused")  # fmt: skip
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/experiments/")
    expect(page.locator("noscript .notice")).to_be_visible()
    expect(page.locator("#run-all")).to_be_hidden()
    page.click(".filter a[href='?row=lifetime']")
    expect(page.locator(".filter [aria-current]")).to_contain_text("Lifetime")
    expect(page.locator("td[data-state=agrees]")).to_contain_text("as promised: A refusal")
    page.click("td[data-state=agrees] a")
    expect(page.locator("#trial")).to_be_hidden()
    page.click("#after summary")
    expect(page.locator(".explanation")).to_be_visible()
    context.close()


# ---- one experiment ----


def test_predict_run_and_be_told(trial, page):
    shown = trial()
    right, wrong, silent = DEFAULTS
    expect(page.locator("#after .explanation")).to_be_hidden()
    assert shown.shown == DEFAULTS
    shown.predict(right, "refused").predict(wrong, "refused")
    expect(page.locator("#status")).to_have_text("Predictions made: 2 of 3.")
    shown.run()
    expect(shown.column(right)).to_have_attribute("data-outcome", "refused")
    expect(shown.column(right)).to_contain_text("You were right.")
    expect(shown.column(wrong)).to_have_attribute("data-outcome", "let in")
    expect(shown.column(wrong)).to_contain_text("Not as you said.")
    expect(shown.column(wrong).locator("q")).to_have_text("Sign-out always ends a credential on the server.")
    expect(shown.column(silent)).to_contain_text("You predicted nothing.")
    expect(page.locator("#status")).to_have_text("Your predictions: 1 of 2 right.")
    expect(page.locator("#after .explanation")).to_be_visible()
    assert page.locator("[data-agrees=true]").count() == 3
    assert not Sandbox.objects.exists(), "the accounts were thrown away"


def test_predictions_and_what_was_seen_survive_a_reload_until_they_are_made_again(trial, page):
    shown = trial().predict(DEFAULTS[0], "let in").run()
    page.reload()
    page.wait_for_selector("#trial[data-ready]")
    expect(shown.column(DEFAULTS[0])).to_contain_text("You said: The note")
    expect(shown.column(DEFAULTS[0]).locator(".requests button").first).to_be_visible()
    expect(page.locator("#after .explanation")).to_be_visible()
    page.click("#again")
    expect(page.locator("[data-outcome]")).to_have_count(0)
    expect(page.locator("#columns input:checked")).to_have_count(0)
    page.reload()
    page.wait_for_selector("#trial[data-ready]")
    expect(page.locator("[data-outcome]")).to_have_count(0)


def test_the_hardened_arm_stands_beside_the_weak_one_and_all_doors_are_one_click_away(trial, page, axe):
    shown = trial("forged-form").run()
    weak = next(door for door in variants() if find_experiment("forged-form").expected(door) == "let in")
    assert name(weak) in shown.shown
    expect(shown.column(name(weak)).locator(".seen")).to_contain_text("The attack succeeds:")
    before = shown.shown
    shown.run("#after [data-harder]")
    added = [door for door in shown.shown if door not in before]
    assert [door.split()[0] for door in added] == [weak.mechanism.name]
    expect(shown.column(added[0]).locator(".seen")).to_contain_text("The attack fails:")
    assert page.locator("[data-harder]:visible").count() == 0
    shown.run("#all")
    assert page.locator("[data-agrees=true]").count() == sum(map(find_experiment("forged-form").concerns, variants()))
    axe(page)


def test_with_the_keyboard_alone(trial, page):
    trial()
    page.focus("#trial input")
    page.keyboard.press("ArrowDown")  # a radio group: an arrow chooses
    page.keyboard.press("Tab")  # the next group
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # from anywhere in the form: run
    page.wait_for_selector("[data-outcome]")
    page.wait_for_selector("#run[aria-disabled=false]")
    expect(page.locator("#run")).to_be_focused()
    expect(page.locator(".judgement")).to_have_count(2)
    page.locator(".requests button").first.focus()
    page.keyboard.press("Enter")
    here = page.locator("#viewer [aria-current=step]")
    expect(here).to_have_text(re.compile("^1 POST 200"))
    expect(page.locator("#viewer .band").first).to_contain_text("login/")
    page.keyboard.press("ArrowRight")
    expect(here).to_have_text(re.compile("^2 "))
    expect(page.locator("#viewer .band").first).not_to_contain_text("login/")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # there is none before the first
    expect(here).to_have_text(re.compile("^1 "))
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator(".requests button").first).to_be_focused()


def test_each_request_can_be_looked_at_on_the_wire_and_sent_again_with_curl(trial, page, axe):
    shown = trial().run()
    column = shown.column(DEFAULTS[0])
    paths = column.locator(".requests button").evaluate_all("all => all.map((e) => e.title)")
    assert len(paths) >= 3
    column.get_by_text("Step through on the wire").click()
    for path in paths:
        expect(page.locator("#viewer .band").first).to_contain_text(path)
        expect(page.locator("#viewer .band").nth(1)).to_contain_text("authentication")
        page.keyboard.press("ArrowRight")
    axe(page)
    page.click("#viewer [data-close]")
    column.get_by_text("curl transcript").click()
    text = page.inner_text("#viewer pre")
    assert text.count("curl ") == len(paths)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain HTTP
    page.click("#viewer .primary")
    expect(page.locator("#viewer .primary")).to_have_text(re.compile("Copied|Selected"))
    assert page.evaluate("getSelection().toString()").count("curl ") == len(paths)


def test_an_exchange_that_is_kept_no_more_is_said_to_be_gone(trial, page):
    shown = trial().run()
    page.route("**/wire/*/", lambda route: route.fulfill(status=404, json={"code": "not_found", "detail": "gone"}))
    shown.column(DEFAULTS[0]).get_by_text("Step through on the wire").click()
    expect(page.locator("#viewer")).to_contain_text("No exchange was kept of this one.")


def test_a_run_that_fails_says_what_to_do_and_can_be_done_again_alone(context, live_server, monkeypatch):
    broken = variants()[0]
    ours = type(LOGOUT).run

    def run(self, actors, variant):
        return 1 / 0 if variant is broken else ours(self, actors, variant)

    monkeypatch.setattr(type(LOGOUT), "run", run)
    page = context.new_page()  # not watched: Chromium reports the 503
    shown = Trial(page, live_server.url, LOGOUT.slug).run()
    column = shown.column(name(broken))
    expect(column).to_contain_text("The experiment failed before it ended. Run it again.")
    expect(page.locator("[data-agrees=true]")).to_have_count(2)
    monkeypatch.undo()
    column.get_by_text("Run again").click()
    expect(column).to_have_attribute("data-agrees", "true")


def test_an_address_can_name_a_door_that_is_not_among_the_first(trial):
    door = next(door for door in variants() if name(door) not in DEFAULTS)
    shown = trial(anchor=f"#{door.mechanism.name}-{door.slug}")
    assert name(door) in shown.shown
    expect(shown.column(name(door))).to_be_focused()


def test_before_it_replaces_the_visitors_sign_in_a_page_says_so(trial, page):
    trial("steal-by-script")
    expect(page.locator("#alters")).to_be_visible()
    trial("cookie-attributes")
    expect(page.locator("#alters")).to_be_hidden()


def test_on_a_projector_question_and_columns_fit_in_letters_of_24_px(page, live_server):
    page.context.add_cookies([{"name": "prefs", "value": "view%3Dprojector", "url": live_server.url}])
    shown = Trial(page, live_server.url, LOGOUT.slug)
    for step in ("predict", "run"):
        if step == "run":
            for door in DEFAULTS:
                shown.predict(door, "refused")
            shown.run()
        bottom = page.evaluate("document.getElementById('columns').getBoundingClientRect().bottom + scrollY")
        assert bottom <= 720, step
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        small = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((e) =>
                 e.checkVisibility({ visibilityProperty: true }) && parseFloat(getComputedStyle(e).fontSize) < 24 &&
                 [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())).map((e) => e.outerHTML)"""
        )
        assert not small
