"""Below the cookie doors: every cookie of this site, any cookie one may ask for, and plain beside signed."""

import pytest
from playwright.sync_api import expect

THERE = "/cookies/api/lab/echo/there/"
BLACK = "rgb(21, 22, 26)"  # the paper of the dark theme


@pytest.fixture
def panel(page, live_server):
    return Panel(page, live_server.url).open()


class Panel:
    """The panel, used as a visitor uses it."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self):
        self.page.goto(f"{self.url}/cookies/")
        return self.ready()

    def ready(self):
        self.page.wait_for_selector("#doors[data-ready]")
        self.page.wait_for_selector("#cookie-panel[data-ready]")
        return self

    def sign_in(self):
        self.page.click("#sign-in .primary")
        self.page.wait_for_selector("#doors:not([aria-busy])")
        expect(self.page.locator("#signed-pieces")).to_be_visible()
        return self

    def line(self, name):
        return self.page.locator(f"#jar tr[data-cookie='{name}']")

    def ask(self, **wanted):
        """Ask for a cookie, wait for the result, and return its element."""
        self.page.locator("#try-result").evaluate("place => place.replaceChildren()")
        for name, value in wanted.items():
            field = self.page.locator(f"#try [name={name}]")
            if isinstance(value, bool):
                field.set_checked(value)
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.click("#try .primary")
        expect(self.page.locator("#try-result .outcome")).to_be_visible()
        expect(self.page.locator("#try .primary")).to_be_enabled()
        return self.page.locator("#try-result")

    @property
    def observed(self):
        """Return three times yes or no: sent here, sent there, seen by scripts."""
        return [text.split()[-1] for text in self.page.locator(".observed dd").all_inner_texts()]

    @property
    def jar(self):
        return {cookie["name"]: cookie for cookie in self.page.context.cookies([self.url, self.url + THERE])}

    def write(self, **fields):
        """Write the plain cookie, wait for the response of its variant, and return its element."""
        self.page.locator("#prefs-result").evaluate("place => place.replaceChildren()")
        for name, value in fields.items():
            field = self.page.locator(f"#prefs-editor [name={name}]")
            field.fill(value) if name in {"name", "raw"} else field.select_option(value)
        self.page.click("#prefs-editor .primary")
        expect(self.page.locator("#prefs-result .outcome")).to_be_visible()
        return self.page.locator("#prefs-result")

    @property
    def alice(self):
        return self.page.input_value("#sign-in [name=username]")

    @property
    def bob(self):
        return self.alice.replace("alice", "bob")


# Every cookie of this site


def test_the_table_tells_what_came_back_and_what_scripts_see(panel):
    panel.sign_in()
    jar = panel.jar
    expect(panel.line("prefs_signed")).to_contain_text(f"{len('prefs_signed' + jar['prefs_signed']['value'])} bytes")
    expect(panel.line("prefs_signed")).to_contain_text("Nothing: it is HttpOnly")
    expect(panel.line("prefs").locator(".seen .mono")).to_have_attribute("title", jar["prefs"]["value"])
    expect(panel.line("ac_session")).to_contain_text("even if the browser stores it")


def test_the_table_shows_the_attributes_that_the_browser_tells(panel):
    expect(panel.line("ac_csrf").locator(".known")).to_contain_text("lax")


def test_where_the_browser_tells_no_attributes_the_table_says_so(page, live_server):
    page.add_init_script("delete window.cookieStore; delete Window.prototype.cookieStore")
    panel = Panel(page, live_server.url).open()
    expect(panel.line("ac_csrf")).to_contain_text("hides the attributes")


# Asking for one


def test_a_usual_cookie_is_stored_sent_and_seen(panel):
    result = panel.ask()
    expect(result.locator(".outcome")).to_contain_text("Stored, and sent back to both")
    assert panel.observed == ["yes", "yes", "yes"]
    assert panel.jar["try_a"]["value"] == "hello"
    expect(panel.line("try_a")).to_contain_text("10 bytes")


def test_one_byte_too_many_and_it_is_dropped_silently(panel):
    panel.ask(size="4096")
    assert panel.observed == ["yes", "yes", "yes"]
    result = panel.ask(size="4097")
    expect(result.locator(".outcome")).to_contain_text("dropped it silently")
    assert panel.observed == ["no", "no", "no"]
    assert "try_a" not in panel.jar


def test_a_hidden_cookie_is_sent_and_not_seen(panel):
    panel.ask(httponly=True)
    assert panel.observed == ["yes", "yes", "no"]
    assert panel.jar["try_a"]["httpOnly"]


def test_another_path_is_another_address(panel):
    result = panel.ask(path=THERE)
    expect(result.locator(".outcome")).to_contain_text("one URL only")
    assert panel.observed == ["no", "yes", "no"]
    expect(result.get_by_role("row", name="HttpOnly")).to_contain_text("unknown to every page")


def test_the_host_prefix_demands_secure(panel):
    panel.ask(host=True)
    assert panel.observed == ["no", "no", "no"]
    panel.ask(secure=True)
    assert panel.observed == ["yes", "yes", "yes"]  # over HTTP, but on localhost
    assert panel.jar["__Host-try_a"]["secure"]


def test_same_site_none_demands_secure(panel):
    panel.ask(samesite="None")
    assert panel.observed == ["no", "no", "no"]


def test_a_long_life_is_cut_to_400_days(panel):
    expect(panel.ask(max_age="43200000")).to_contain_text("400 days")
    days = (panel.jar["try_a"]["expires"] - panel.page.evaluate("Date.now() / 1000")) / 86400
    assert 399 < days < 401


def test_what_the_server_refuses_to_ask_for_is_told(panel):
    panel.page.fill("#try [name=value]", "a;b")
    panel.page.click("#try .primary")
    expect(panel.page.locator("#try-status")).to_contain_text("Use visible ASCII characters")


def test_cleaning_up_leaves_nothing_behind_whatever_its_path(panel):
    panel.ask(name="a")
    panel.ask(name="b", path=THERE)
    panel.ask(name="c", path="/", host=True, secure=True)
    assert {"try_a", "try_b", "__Host-try_c"} <= set(panel.jar)
    panel.page.click("#clean-up")
    expect(panel.page.locator("#try-status")).to_contain_text("are deleted")
    assert not [name for name in panel.jar if "try_" in name]
    expect(panel.line("try_a")).to_have_count(0)


# The editor


def test_fields_and_value_follow_each_other(panel):
    editor = panel.page.locator("#prefs-editor")
    editor.locator("[name=theme]").select_option("dark")
    editor.locator("[name=name]").fill("a b&c")
    expect(editor.locator("[name=raw]")).to_have_value("theme%3Ddark%26name%3Da%2Bb%2526c")
    editor.locator("[name=raw]").fill("language%3Den%26name%3Dbob")
    expect(editor.locator("[name=name]")).to_have_value("bob")
    expect(editor.locator("[name=theme]")).to_have_value("")
    expect(panel.page.locator("#prefs-script")).to_contain_text('document.cookie = "prefs=language%3Den%26name%3Dbob')


def test_whoever_writes_a_name_is_believed(panel):
    panel.page.click(f"#names [data-name='{panel.bob}']")
    result = panel.write()
    expect(result).to_contain_text(f"takes you for {panel.bob}")
    expect(result).to_contain_text(f"The private note of {panel.bob}")


def test_an_account_outside_the_sandboxes_is_refused_by_its_name(panel, carol):
    expect(panel.write(name=carol.username)).to_contain_text("Refused: 401")


@pytest.mark.parametrize("raw", ["", "nonsense", "%", "%E4%A", "name", "theme%3Dpurple"])
def test_nonsense_is_refused_and_harms_nothing(panel, raw):
    expect(panel.write(raw=raw)).to_contain_text("Refused: 401")
    panel.page.reload()
    panel.ready()
    expect(panel.page.locator("html")).to_have_attribute("data-theme", "auto")


def test_the_look_follows_the_cookie_after_a_reload(panel):
    panel.write(theme="dark", language="zh-hans")
    with panel.page.expect_navigation():
        panel.page.click("#reload")
    panel.ready()
    expect(panel.page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert panel.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == BLACK


def test_a_semicolon_in_the_value_sets_no_attribute(panel):
    panel.write(raw="name%3Dx; domain=evil.example; path=/nowhere")
    assert panel.jar["prefs"]["path"] == "/"
    assert panel.jar["prefs"]["value"].startswith("name%3Dx%3B")


# Plain beside signed


def test_the_same_edit_is_believed_plain_and_refused_signed(panel):
    panel.sign_in()
    before = panel.jar
    panel.page.click("#edit-both")
    plain, signed = panel.page.locator(".side").nth(0), panel.page.locator(".side").nth(1)
    expect(plain).to_contain_text(f"Accepted: you are {panel.bob}")
    expect(signed).to_contain_text("Refused: 401")
    expect(signed).to_contain_text("signature does not match")
    expect(signed).to_contain_text("The same copy, unchanged: 200")
    assert {name: panel.jar[name]["value"] for name in ("prefs", "prefs_signed")} == {
        name: before[name]["value"] for name in ("prefs", "prefs_signed")
    }, "the visitor's own cookies are as they were"


def test_without_the_cookies_there_is_nothing_to_edit(panel):
    panel.page.click("#edit-both")
    expect(panel.page.locator("#beside-status")).to_contain_text("Sign in above first")


def test_the_signed_cookie_is_shown_in_its_three_pieces(panel):
    panel.sign_in()
    statement, stamp, signature = panel.page.locator("#signed-pieces span").all_inner_texts()
    held = panel.jar["prefs_signed"]["value"]
    assert panel.alice in statement
    assert held.split(":")[1] == stamp
    assert signature.endswith(held[-4:])
    assert held.split(":")[2] not in panel.page.inner_html("#cookie-panel")


# For everybody


def test_all_of_it_can_be_done_from_the_keyboard(panel):
    panel.sign_in()
    panel.page.focus("#try [name=name]")
    panel.page.keyboard.press("Enter")
    expect(panel.page.locator("#try-result .outcome")).to_be_visible()
    panel.page.wait_for_load_state("networkidle")  # the parts that are drawn again have been
    panel.page.locator("#edit-both").press("Enter")
    expect(panel.page.locator(".side")).to_have_count(2)
    expect(panel.page.locator("#edit-both")).to_be_focused()


def test_outcomes_are_told_to_who_can_not_see_them(panel):
    panel.ask()
    expect(panel.page.get_by_role("status").filter(has_text="Stored, and sent back")).to_have_count(1)


def test_a_server_that_does_not_answer_is_told_so(context, live_server):
    page = context.new_page()  # not watched: Chromium reports the requests that fail here
    Panel(page, live_server.url).open().sign_in()
    page.route("**/api/**", lambda route: route.abort())
    page.click("#try .primary")
    expect(page.locator("#try-status")).to_contain_text("cannot be reached")
    page.click("#edit-both")
    expect(page.locator("#beside-status")).to_contain_text("cannot be reached")


def test_without_scripts_the_table_is_there_and_a_form_asks(browser, live_server, watch):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/cookies/")
    page.locator("#try .primary").click()
    page.goto(f"{live_server.url}/cookies/")
    expect(page.locator("#jar tr[data-cookie=try_a]")).to_contain_text("10 bytes")
    context.close()


def test_axe_finds_nothing_and_nothing_is_cut_off(page, live_server, axe_in_turn, screenshot):
    panel = Panel(page, live_server.url).open().sign_in()
    panel.ask(max_age="43200000")
    panel.write(name=panel.alice)
    page.click("#edit-both")
    expect(page.locator(".side")).to_have_count(2)
    screenshot(page, "cookies-panel-1280", full_page=True)
    axe_in_turn(page, times=4)
    screenshot(page, "cookies-panel-390", full_page=True)
