"""The page with the doors, used as a visitor would. Doors are found by their column."""

import inspect
import re
import subprocess

import pytest
from playwright.sync_api import expect

from authcompare.mechanisms.registry import mechanisms
from authcompare.note.models import Note
from tokens_demo.authentication import TokenAuthentication

VERDICT = "tr[data-band=verdict] td[data-door='{}'] .verdict"


@pytest.fixture
def doors(page, live_server):
    """The page with three doors, opened and ready, its form filled in with accounts of its own."""
    return Doors(page, live_server.url).open("/")


class Doors:
    """A page with doors, used as a visitor uses it."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self, path):
        self.page.goto(self.url + path)
        self.page.wait_for_selector("#doors[data-ready]")
        return self

    def sign_in(self, **fields):
        for name, value in fields.items():
            self.page.locator(f"#sign-in [name={name}]").fill(value)
        self.page.click("#sign-in .primary")
        return self.settle()

    def all(self, act):
        self.page.click(f".toolbar [data-act={act}]")
        return self.settle()

    def one(self, column, act):
        self.page.click(f"td[data-door='{column}'] [data-act={act}]")
        return self.settle() if act != "edit" else self

    def save(self, title, body):
        self.page.fill("#editor [name=title]", title)
        self.page.fill("#editor [name=body]", body)
        self.page.click("#editor [value=save]")
        return self.settle()

    def settle(self):
        self.page.wait_for_selector("#doors:not([aria-busy])")
        return self

    @property
    def verdicts(self):
        return [
            re.sub(r"^\W+", "", text) for text in self.page.locator("tr[data-band=verdict] .verdict").all_inner_texts()
        ]

    @property
    def answers(self):
        return self.page.locator("tr[data-band=answer] td[data-door]").all_inner_texts()

    @property
    def holds(self):
        return self.page.locator("tr[data-band=holds] td[data-door]").all_inner_texts()


def test_one_sign_in_opens_all_doors_with_one_login_request_each(doors):
    logins = []
    doors.page.on("request", lambda request: logins.append(request.url) if "/login/" in request.url else None)
    doors.sign_in()
    assert doors.verdicts == ["Accepted"] * 3
    assert [url.removeprefix(doors.url) for url in logins] == [f"/{m.slug}/api/login/" for m in mechanisms()]


def test_the_note_is_read_and_edited_through_all_doors(doors):
    doors.sign_in()
    for column in range(3):
        doors.one(column, "edit").save(f"By door {column}", f"written at {column}")
        assert f"By door {column}" in doors.answers[column]
        doors.all("read")
        assert all(f"written at {column}" in answer for answer in doors.answers)
    username = doors.page.input_value("#sign-in [name=username]")
    note = Note.objects.get(owner__username=username)
    assert (note.title, note.body, note.revision) == ("By door 2", "written at 2", 4)


def test_an_edit_for_all_goes_through_each_door(doors):
    doors.sign_in().page.click(".toolbar [data-act=edit]")
    doors.save("For all", "three times")
    assert doors.verdicts == ["Accepted"] * 3
    assert [f"revision {n}" in answer for n, answer in zip((2, 3, 4), doors.answers, strict=True)] == [True] * 3


def test_an_edit_of_what_changed_at_another_door_is_told_so(doors):
    doors.sign_in()
    doors.one(0, "edit").save("First", "first")
    doors.one(1, "edit").save("Second", "second")
    assert doors.verdicts[1] == "Not saved: the note has changed"
    assert "412" in doors.answers[1]


def test_a_cancelled_edit_sends_nothing(doors):
    doors.sign_in().one(0, "edit")
    doors.page.keyboard.press("Escape")
    expect(doors.page.locator("#editor")).to_be_hidden()
    doors.all("read")
    assert all("revision 1" in answer for answer in doors.answers)


def test_after_sign_out_every_door_refuses_this_browser(doors):
    doors.sign_in().all("signOut")
    assert doors.verdicts == ["Signed out"] * 3
    doors.all("read")
    assert doors.verdicts == ["Refused"] * 3
    assert all("401" in answer for answer in doors.answers)


def test_the_copy_of_a_credential_outlives_sign_out_where_the_server_keeps_no_state(doors):
    doors.sign_in().all("signOut").all("replay")
    assert doors.verdicts == ["Copy refused", "Copy accepted", "Copy accepted"]


def test_one_door_is_signed_out_alone(doors):
    doors.sign_in().one(0, "signOut").all("read")
    assert doors.verdicts == ["Refused", "Accepted", "Accepted"]


def test_a_wrong_password_is_refused_at_every_door(doors):
    doors.sign_in(password="wrong")
    assert doors.verdicts == ["Refused"] * 3
    assert all("wrong_credentials" in answer for answer in doors.answers)


def test_the_page_shows_what_the_browser_holds(doors):
    doors.sign_in()
    session, cookie, token = doors.holds
    jar = {cookie["name"]: cookie for cookie in doors.page.context.cookies()}
    assert jar["ac_session"]["httpOnly"]
    assert jar["ac_session"]["sameSite"] == "Lax"
    key = jar["ac_session"]["value"]
    assert key not in session
    assert f"ac_session={key[:4]}…{key[-4:]}" in session
    assert f"prefs={jar['prefs']['value']}" in cookie
    stored = doors.page.evaluate("JSON.parse(localStorage['authcompare.token.default']).access")
    assert f"{len(stored)} characters" in token
    assert "expires in" in session


def test_editing_the_name_in_the_plain_cookie_makes_somebody_else_of_you(doors):
    doors.sign_in()
    alice = doors.page.input_value("#sign-in [name=username]")
    bob = alice.replace("alice", "bob")
    doors.page.evaluate("name => { document.cookie = `prefs=name%3D${name}; path=/` }", bob)
    doors.one(1, "read")
    assert bob in doors.answers[1]


def test_what_is_open_stays_open_over_a_reload(doors):
    doors.sign_in()
    doors.open("/")
    assert all("expires in" in held or "no expiry time" in held for held in doors.holds)


def test_a_visitor_who_holds_nothing_is_not_refused_anything_on_arrival(page, live_server):
    refused = []
    page.on("response", lambda response: refused.append(response.url) if response.status >= 400 else None)
    Doors(page, live_server.url).open("/")
    assert not refused


def test_new_accounts_replace_the_old(doors):
    before = doors.page.input_value("#sign-in [name=username]")
    doors.page.click("[data-act=reset]")
    expect(doors.page.locator("#sign-in [name=username]")).not_to_have_value(before)
    assert not Note.objects.filter(owner__username=before).exists()


def test_a_server_that_does_not_answer_is_told_so(context, live_server):
    page = context.new_page()  # not watched: Chromium reports the requests that fail here
    doors = Doors(page, live_server.url).open("/")
    page.route("**/api/**", lambda route: route.abort())
    doors.sign_in()
    assert doors.verdicts == ["No response"] * 3


def test_everything_can_be_done_from_the_keyboard(doors):
    doors.page.focus("#sign-in [name=password]")
    doors.page.keyboard.press("Enter")
    doors.page.wait_for_selector(VERDICT.format(2))
    doors.settle()
    doors.page.focus(".toolbar [data-act=signOut]")
    doors.page.keyboard.press("Space")
    expect(doors.page.locator(VERDICT.format(2))).to_contain_text("Signed out")
    doors.settle()


def test_on_a_phone_one_door_is_shown_and_every_verdict(doors):
    doors.page.set_viewport_size({"width": 390, "height": 844})
    doors.sign_in()
    tabs = doors.page.locator(".tab")
    assert all("Accepted" in text for text in tabs.all_inner_texts())
    shown = doors.page.locator("tr[data-band=holds] td[data-door]:visible")
    assert shown.count() == 1
    tabs.nth(2).click()
    expect(shown).to_have_attribute("data-door", "2")
    assert doors.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("slug", [m.slug for m in mechanisms()])
def test_each_mechanism_has_a_page_of_its_variants(page, live_server, slug):
    mechanism = next(m for m in mechanisms() if m.slug == slug)
    doors = Doors(page, live_server.url).open(f"/{slug}/").sign_in()
    assert doors.verdicts == ["Accepted"] * len(mechanism.shown_variants)


# ---- what is laid open ----

BANDS = ["holds", "travels", "does", "state", "answer", "verdict"]


def band(doors, name):
    return doors.page.locator(f"tr[data-band={name}] td[data-door]").all_inner_texts()


def test_six_bands_show_what_really_happened(doors):
    doors.sign_in()
    jar = {cookie["name"]: cookie["value"] for cookie in doors.page.context.cookies()}
    travels = band(doors, "travels")
    assert jar["ac_session"] in travels[0], "the server saw the HttpOnly cookie, and so does its owner"
    assert jar["prefs"] in travels[1]
    assert "Authorization: Bearer" in travels[2]
    assert all("authentication ✓ alice-" in text for text in band(doors, "does"))
    assert all("queries: " in text for text in band(doors, "does"))
    assert "session row" in band(doors, "state")[0]
    assert band(doors, "state")[1] == "nothing"
    assert "token family" in band(doors, "state")[2]


def test_sign_out_shows_what_the_server_deleted(doors):
    doors.sign_in().all("signOut")
    state = band(doors, "state")
    assert "deleted" in state[0]
    assert "changed" in state[2]
    assert "ac_session=" in band(doors, "answer")[0], "the Set-Cookie that empties the cookie"


def test_a_set_cookie_is_split_into_attributes_with_their_meaning(doors):
    doors.sign_in().one(0, "signOut")
    doors.page.locator("td[data-door='0'] .set-cookie summary").first.click()
    shown = doors.page.locator("td[data-door='0'] .set-cookie").first.inner_text()
    assert "Max-Age=0" in shown
    assert "the browser deletes it immediately" in shown


def test_a_token_is_read_in_its_three_parts_without_a_key(doors):
    doors.sign_in()
    doors.page.locator("tr[data-band=holds] td[data-door='2'] summary").click()
    shown = band(doors, "holds")[2]
    assert '"token_type": "access"' in shown
    assert '"alg"' in shown


def test_tampering_is_believed_where_nothing_is_checked(doors):
    doors.sign_in().all("tamper")
    assert doors.verdicts == ["Change refused", "Change accepted", "Change refused"]
    assert "bob-" in doors.answers[1]
    assert "clean client" in doors.answers[0]
    doors.one(2, "read")
    assert doors.verdicts[2] == "Accepted", "the page put the right token back"


def test_deleting_in_the_browser_only_leaves_every_copy_good(doors):
    doors.sign_in().all("forget")
    assert doors.verdicts == ["Copy accepted"] * 3
    assert all("No credential" in held for held in doors.holds)


def test_an_expired_credential_is_refused_where_the_server_checks_its_end(doors):
    doors.sign_in()
    doors.page.set_default_timeout(40_000)
    doors.all("expire")
    assert doors.verdicts == ["Refused", "Copy accepted", "Refused"]


def test_reset_starts_anew(doors):
    doors.sign_in().all("reset")
    expect(doors.page.locator("#status")).to_contain_text("New accounts")
    assert doors.verdicts == []
    assert doors.page.evaluate("document.cookie").find("alice") == -1


def test_the_curl_command_reproduces_the_request(doors):
    doors.sign_in()
    for column in range(3):
        doors.one(column, "curl")
        command = doors.page.locator("#viewer pre").inner_text()
        answer = subprocess.run(["bash", "-c", f"{command} -s"], capture_output=True, text=True, check=True).stdout
        assert "200 OK" in answer.splitlines()[0]
        assert '"owner":"alice-' in answer
        doors.page.click("#viewer [data-close]")


def test_the_code_shown_is_the_code_that_answers(doors):
    doors.sign_in().one(2, "code")
    expect(doors.page.locator("#viewer")).to_contain_text("tokens_demo/authentication.py")
    shown = doors.page.locator("#viewer").inner_text()
    assert inspect.getsource(TokenAuthentication.find_user).strip() in shown
    assert doors.page.locator("#viewer .highlight .k").count() > 3
    doors.page.keyboard.press("Escape")
    doors.one(2, "signOut").one(2, "code")
    expect(doors.page.locator("#viewer")).to_contain_text("def sign_out")


def test_the_arrow_keys_step_all_columns_and_send_nothing(doors):
    doors.sign_in()
    doors.page.focus("main")
    sent = []
    # Chromium looks its icon up again, in its own cache, whenever the address changes.
    doors.page.on("request", lambda request: sent.append(request.url) if "icon.svg" not in request.url else None)
    seen = []
    for _ in range(9):
        doors.page.keyboard.press("ArrowRight")
        seen.append(doors.page.locator(".step-button[aria-current]").inner_text())
        assert doors.page.locator("tr[data-now]").count() == 1
        assert seen[-1] in doors.page.inner_text("#status")
    assert len(set(seen)) == 9
    doors.page.keyboard.press("ArrowLeft")
    assert doors.page.locator(".step-button[aria-current]").inner_text() == seen[-2]
    doors.page.keyboard.press("Escape")
    expect(doors.page.locator("tr[data-now]")).to_have_count(0)
    assert not sent


def test_the_verdict_stays_hidden_until_its_step(doors):
    doors.sign_in()
    doors.page.focus("main")
    doors.page.keyboard.press("ArrowRight")
    expect(doors.page.locator(VERDICT.format(0))).to_be_hidden()
    doors.page.keyboard.press("ArrowLeft")
    doors.page.click(".stepper li:last-child button")
    expect(doors.page.locator(VERDICT.format(0))).to_be_visible()


def test_a_step_has_an_address_that_shows_the_same_to_somebody_else(doors, browser, watch):
    doors.sign_in().page.focus("main")
    for _ in range(4):
        doors.page.keyboard.press("ArrowRight")
    context = browser.new_context()
    elsewhere = Doors(watch(context.new_page()), doors.url).open(doors.page.url.removeprefix(doors.url))
    assert elsewhere.page.locator(".step-button[aria-current]").inner_text() == "Authentication"
    assert band(elsewhere, "travels") == band(doors, "travels")
    context.close()


def test_on_a_projector_each_step_fits_in_letters_of_24_px(page, live_server):
    page.context.add_cookies([{"name": "prefs", "value": "view%3Dprojector", "url": live_server.url}])
    doors = Doors(page, live_server.url).open("/").sign_in().all("signOut").all("replay")
    page.focus("main")
    for step in range(9):
        assert page.evaluate("document.documentElement.scrollHeight") <= 721, step
        small = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((e) =>
                 e.checkVisibility({ visibilityProperty: true }) && parseFloat(getComputedStyle(e).fontSize) < 24 &&
                 [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
                 && !e.matches(".step-button")).map((e) => e.outerHTML)"""
        )
        assert not small
        page.keyboard.press("ArrowRight")
    assert doors.verdicts == ["Copy refused", "Copy accepted", "Copy accepted"]


def test_without_scripts_a_door_is_opened_read_and_closed_by_forms(browser, live_server, watch, sandbox):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/")
    door = page.locator("tr[data-band=actions] td[data-door='0'] noscript")
    door.locator("[name=username]").fill(sandbox["alice"]["username"])
    door.locator("[name=password]").fill(sandbox["alice"]["password"])
    door.locator("button").first.click()
    assert sandbox["alice"]["username"] in page.content()
    page.goto(f"{live_server.url}/")
    door.locator("a").click()
    assert "Only I should be able to read this." in page.content()
    page.goto(f"{live_server.url}/")
    door.locator("button").last.click()
    page.goto(f"{live_server.url}/sessions/api/protected/")
    assert "not_authenticated" in page.content()
    context.close()
