"""Below the session doors: my logins, the row behind my cookie, and what a view can do to it."""

import re

import pytest
from playwright.sync_api import expect

from sessions_demo.models import Session


@pytest.fixture
def panel(page, live_server):
    """The page before the visitor signs in."""
    return Panel(page, live_server.url).open()


class Panel:
    """The panel, used as a visitor uses it."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self):
        self.page.goto(f"{self.url}/sessions/")
        self.page.wait_for_selector("#doors[data-ready]")
        self.page.wait_for_selector("#session-panel[data-ready]")
        return self

    def sign_in(self):
        self.page.click("#sign-in .primary")
        self.page.wait_for_selector("#doors:not([aria-busy])")
        expect(self.logins).to_have_count(1)
        return self

    @property
    def logins(self):
        return self.page.locator(".logins li")

    def elsewhere(self):
        before = self.logins.count()
        self.page.click("#elsewhere button")
        expect(self.logins).to_have_count(before + 1)
        return self

    def run(self, slug):
        """Run one act, wait for its new result, and return its element."""
        act = self.page.locator(f".act[data-slug={slug}]")
        act.locator(".act-result").evaluate("place => place.replaceChildren()")
        act.locator(".run").click()
        expect(act.locator(".outcome")).to_be_visible()
        expect(act.locator(".run")).to_be_enabled()
        return act.locator(".act-result")

    def cells(self, result, row):
        """Return the cells of one line of the comparison: before, in the view, next request."""
        return result.get_by_role("row", name=re.compile(f"^{row}")).locator("td").all_inner_texts()


# Active sign-ins


def test_who_is_not_signed_in_has_no_logins_and_is_told_why(panel):
    expect(panel.logins).to_have_count(0)
    expect(panel.page.locator("#logins .empty-part")).to_contain_text("You are not signed in")


def test_signing_in_above_lists_this_login_and_signing_out_empties_the_list(panel):
    panel.sign_in()
    expect(panel.logins).to_contain_text("Chrome on Linux")
    expect(panel.logins).to_contain_text("this browser")
    panel.page.click(".toolbar [data-act=signOut]")
    expect(panel.logins).to_have_count(0)


def test_another_login_can_be_made_and_ended_without_hurting_this_one(panel):
    panel.sign_in().elsewhere()
    other = panel.page.locator(".logins li:not([data-current])")
    expect(other).to_contain_text("the lab's clean client")
    other.locator("[data-end]").click()
    expect(panel.logins).to_have_count(1)
    expect(panel.page.locator("#logins-status")).to_contain_text("Sign-ins ended: 1")
    expect(panel.logins).to_contain_text("this browser")


def test_all_others_are_ended_at_once(panel):
    panel.sign_in().elsewhere().elsewhere()
    panel.page.click("#end-others")
    expect(panel.logins).to_have_count(1)
    expect(panel.page.locator("#logins-status")).to_contain_text("Sign-ins ended: 2")
    assert Session.objects.count() == 1
    expect(panel.page.locator("#end-others")).to_be_disabled()


def test_ending_this_login_signs_out_here(panel):
    panel.sign_in()
    panel.page.locator(".logins li[data-current] [data-end]").click()
    expect(panel.page.locator("#logins .empty-part")).to_be_visible()
    assert "ac_session" not in {cookie["name"] for cookie in panel.page.context.cookies()}
    assert not Session.objects.exists()


def test_a_password_that_is_not_known_here_is_asked_for(panel):
    panel.sign_in()
    panel.page.evaluate("localStorage.removeItem('authcompare.sandbox')")
    panel.page.evaluate("document.dispatchEvent(new CustomEvent('authcompare:redrawn'))")
    field = panel.page.locator("#elsewhere [name=password]")
    expect(field).to_be_visible()
    field.fill("wrong")
    panel.page.click("#elsewhere button")
    expect(panel.page.locator("#logins-status")).to_contain_text("Wrong user name or password")
    expect(panel.logins).to_have_count(1)


# The row


def test_the_row_is_shown_as_the_database_has_it_and_the_id_in_part(panel):
    panel.sign_in()
    row = Session.objects.get()
    expect(panel.page.locator("[data-column=public_id] td").first).to_have_text(row.public_id)
    expect(panel.page.locator("#session-data")).to_have_text(row.session_data)
    expect(panel.page.locator("[data-column=session_key]")).to_contain_text(f"{row.session_key[:4]}…")
    assert row.session_key not in panel.page.inner_html("#session-panel")


def test_the_row_is_shown_anew_after_it_has_changed(panel):
    panel.sign_in().run("put")
    expect(panel.page.locator(".entries")).to_contain_text("{'apples': 1}")


# The view changes the row


def test_what_is_put_in_is_there_in_the_next_request(panel):
    result = panel.sign_in().run("put")
    expect(result.locator(".outcome")).to_contain_text("Saved:")
    expect(result).to_contain_text("Max-Age=")
    expect(result).to_contain_text("UPDATE")
    assert panel.cells(result, "basket") == ["–", '{"apples":1}', '{"apples":1}']


def test_a_change_inside_a_value_is_lost(panel):
    panel.sign_in().run("put")
    result = panel.run("nested")
    expect(result.locator(".outcome")).to_contain_text("Lost")
    expect(result).to_contain_text("not sent")
    expect(result).not_to_contain_text("UPDATE")
    assert panel.cells(result, "basket") == ['{"apples":1}', '{"apples":2}', '{"apples":1}']
    assert panel.cells(result, "modified") == ["false", "false", "false"]


def test_the_same_change_is_kept_when_the_view_says_so(panel):
    panel.sign_in().run("put")
    result = panel.run("modified")
    expect(result.locator(".outcome")).to_contain_text("Saved:")
    assert panel.cells(result, "basket") == ['{"apples":1}', '{"apples":2}', '{"apples":2}']


def test_saving_without_a_change_writes_and_sends_no_cookie(panel):
    result = panel.sign_in().run("save")
    expect(result.locator(".outcome")).to_contain_text("Saved again")
    expect(result).to_contain_text("not sent")
    expect(result).to_contain_text("UPDATE")


def test_another_id_holds_the_same_data(panel):
    panel.sign_in().run("put")
    result = panel.run("cycle")
    expect(result.locator(".outcome")).to_contain_text("New id")
    before, _inside, after = panel.cells(result, "id")
    assert before != after
    assert panel.cells(result, "basket") == ['{"apples":1}'] * 3


def test_flush_signs_out(panel):
    result = panel.sign_in().run("flush")
    expect(result.locator(".outcome")).to_contain_text("Deleted")
    expect(result).to_contain_text("delete it")
    expect(panel.logins).to_have_count(0)
    assert not Session.objects.exists()


def test_without_a_session_there_is_nothing_to_do_it_to(panel):
    expect(panel.run("put").locator(".outcome")).to_contain_text("Sign in above first")


def test_without_a_basket_there_is_nothing_to_change(panel):
    expect(panel.sign_in().run("nested").locator(".outcome")).to_contain_text("has no basket")


def test_the_source_beside_each_button_is_what_ran(panel):
    for slug, line in {"cycle": "session.cycle_key()", "modified": "session.modified = True"}.items():
        expect(panel.page.locator(f".act[data-slug={slug}] pre")).to_contain_text(line)


# For everybody


def test_all_of_it_can_be_done_from_the_keyboard(panel):
    panel.sign_in()
    panel.page.focus("#elsewhere button")
    panel.page.keyboard.press("Enter")
    expect(panel.logins).to_have_count(2)
    panel.page.focus("#end-others")
    panel.page.keyboard.press("Space")
    expect(panel.logins).to_have_count(1)
    panel.page.focus(".act[data-slug=put] .run")
    panel.page.keyboard.press("Enter")
    expect(panel.page.locator(".act[data-slug=put] .outcome")).to_be_visible()
    expect(panel.page.locator(".act[data-slug=put] .run")).to_be_focused()


def test_an_outcome_is_told_to_who_can_not_see_it(panel):
    panel.sign_in().run("put")
    expect(panel.page.get_by_role("status").filter(has_text="Put a value: Saved")).to_have_count(1)


def test_a_server_that_does_not_answer_is_told_so(context, live_server):
    page = context.new_page()  # not watched: Chromium reports the requests that fail here
    panel = Panel(page, live_server.url).open().sign_in()
    page.route("**/api/**", lambda route: route.abort())
    page.click(".logins [data-end]")
    expect(page.locator("#logins-status")).to_contain_text("cannot be reached")
    page.locator(".act[data-slug=put] .run").click()
    expect(page.locator("#acts-status")).to_contain_text("cannot be reached")
    expect(panel.page.locator(".logins [data-end]").first).to_be_enabled()


def test_without_scripts_the_logins_are_listed_and_a_form_runs_an_act(browser, live_server, watch, sandbox):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/sessions/")
    form = page.locator("td[data-door='0'] .plain-form")
    form.locator("[name=username]").fill(sandbox["alice"]["username"])
    form.locator("[name=password]").fill(sandbox["alice"]["password"])
    form.locator("button").click()
    page.goto(f"{live_server.url}/sessions/")
    expect(page.locator(".logins li")).to_have_count(1)
    page.locator(".act[data-slug=put] .run").click()
    page.goto(f"{live_server.url}/sessions/")
    expect(page.locator(".entries")).to_contain_text("{'apples': 1}")
    context.close()


def test_axe_finds_nothing_and_nothing_is_cut_off(page, live_server, axe_in_turn, screenshot):
    panel = Panel(page, live_server.url).open().sign_in().elsewhere()
    for slug in ("put", "nested", "modified", "save", "cycle"):
        panel.run(slug)
    screenshot(page, "sessions-panel-1280", full_page=True)
    axe_in_turn(page, times=4)
    screenshot(page, "sessions-panel-390", full_page=True)
