"""Experiments that need a browser, in a real one: each at every variant, the cross-site one under both host names."""

import re

import pytest
from playwright.sync_api import expect

from authcompare.experiments.registry import all_experiments, find_experiment
from sessions_demo.authentication import SessionAuthentication

IN_BROWSER = [tried.slug for tried in all_experiments() if tried.browser]
A_MINUTE = 60_000  # milliseconds: a dozen doors one after the other, on a busy machine
# An attack makes Chromium write these lines into the console of the other site's window.
REPELLED = re.compile(r"Failed to load resource: |Access to fetch at .* has been blocked by CORS policy")


class Trial:
    """The page of one experiment, used as a visitor would."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.noise = []
        page.on("popup", lambda popup: popup.on("console", self.heard))

    def heard(self, message):
        if message.type in {"error", "warning"} and not REPELLED.match(message.text):
            self.noise.append(message.text)

    def open(self, slug, host="localhost", door=""):
        """The page, with the doors that it begins with, and this one."""
        url = self.url.replace("127.0.0.1", host).replace("localhost", host)
        self.page.goto(f"{url}/experiments/{slug}/#{door}")
        self.page.wait_for_selector("#trial[data-ready]")
        return self

    def everywhere(self):
        if self.page.locator("#all").is_visible():
            self.page.click("#all")
        return self

    def run(self):
        self.page.click("#run")
        self.page.wait_for_selector("#run[aria-disabled=false]", timeout=A_MINUTE)
        return self

    def column(self, door):
        return self.page.locator(f"#columns [data-door='{door}']")

    @property
    def outcomes(self):
        """{door: (outcome, expected)}, at the doors that are shown."""
        shown = [column for column in self.page.locator("#columns [data-door]").all() if column.is_visible()]
        name, *told = "data-door", "data-outcome", "data-expected"
        return {column.get_attribute(name): tuple(map(column.get_attribute, told)) for column in shown}

    def facts(self, door):
        terms = self.column(door).locator("dl.facts")
        return dict(zip(terms.locator("dt").all_inner_texts(), terms.locator("dd").all_inner_texts(), strict=True))

    @property
    def left_over(self):
        """Return the names of the cookies and entries that the experiment left in this browser."""
        cookies = {cookie["name"] for cookie in self.page.context.cookies() if cookie["value"].strip('"')}
        stored = self.page.evaluate("Object.keys(localStorage)")
        return (cookies - {"ac_csrf", "ac_visitor"}) | set(stored)


@pytest.fixture
def trial(page, live_server):
    return Trial(page, live_server.url)


@pytest.mark.parametrize("slug", IN_BROWSER)
def test_what_this_browser_sees_is_what_every_door_promises_and_nothing_is_left_over(page, server, slug):
    trial = Trial(page, server).open(slug).everywhere().run()
    tried, seen = find_experiment(slug), trial.outcomes
    assert seen
    assert {door: outcome for door, (outcome, _) in seen.items()} == {door: due for door, (_, due) in seen.items()}
    if tried.attack:
        weak = [outcome == tried.attack for outcome, due in seen.values() if due == tried.attack]
        hardened = [outcome == tried.attack for outcome, due in seen.values() if due != tried.attack]
        assert weak
        assert all(weak)
        assert hardened
        assert not any(hardened)
    assert not trial.left_over
    assert page.context.pages == [page], "the other site's window is closed"
    assert not trial.noise


# Stolen by a script


def test_a_script_reads_a_token_from_storage_and_overhears_it_and_acts_either_way(trial):
    trial.open("steal-by-script").run()
    token, session = trial.facts("token default"), trial.facts("session db")
    assert token["the credential was part of it"].startswith("yes")
    assert token["seen in the page's own request"].startswith("Authorization, ")
    assert token["sent from another machine"] == "200"
    assert session["the credential was part of it"] == "no"
    assert session["sent from another machine"] == "nothing to send"
    assert (
        token["the script's edit in the open page"] == session["the script's edit in the open page"] == "200, changed"
    )


def test_a_session_cookie_without_httponly_is_found_out(trial, settings):
    settings.SESSION_COOKIE_HTTPONLY = False
    trial.open("steal-by-script").run()
    outcome, expected = trial.outcomes["session db"]
    assert (outcome, expected) == ("takes the credential away", "can only act while the page is open")
    expect(trial.column("session db")).to_have_attribute("data-agrees", "false")


# From another site


def test_the_weak_variant_is_weak_every_time(trial):
    trial.open("cross-site")
    for _ in range(2):
        trial.run()
        seen = trial.outcomes
        assert seen.pop("session unprotected")[0] == "changes the note"
        assert {outcome for outcome, _ in seen.values()} == {"changes nothing"}


NEITHER = "no credential, 401, unchanged"


def test_which_requests_carry_a_cookie_and_which_change_the_note(page, server):
    trial = Trial(page, server).open("cross-site", "127.0.0.1", door="session-db").run()
    assert trial.facts("session db") == {
        "a form, from another site": NEITHER,
        "a script's request, from another site": NEITHER,
        "a link, from another site": "credential sent, 200, unchanged",
        "its own PATCH, by a script of another site": "blocked by the browser, unchanged",
        "a form, from another port": "credential sent, 403, unchanged",
        "a script's request, from another port": "credential sent, 403, unchanged",
        "a link, from another port": "credential sent, 200, unchanged",
    }
    assert trial.facts("session unprotected") == {
        "a form, from another site": "credential sent, 200, changed",
        "a script's request, from another site": NEITHER,
        "a link, from another site": "credential sent, 200, unchanged",
        "its own PATCH, by a script of another site": "blocked by the browser, unchanged",
        "a form, from another port": "credential sent, 200, changed",
        "a script's request, from another port": "credential sent, 200, changed",
        "a link, from another port": "credential sent, 200, unchanged",
    }
    own = "its own PATCH, by a script of another site"
    assert {what for name, what in trial.facts("token default").items() if name != own} == {NEITHER}


def test_a_door_without_csrf_check_whose_cookie_crosses_sites_is_found_out(trial, settings, monkeypatch):
    settings.SESSION_COOKIE_SAMESITE = None
    monkeypatch.setattr(SessionAuthentication, "csrf", False)
    trial.open("cross-site", door="session-db").run()
    assert trial.outcomes["session db"] == ("changes the note", "changes nothing")


def test_a_blocked_window_is_told_with_what_to_do(trial, page):
    page.add_init_script("window.open = () => null")
    trial.open("cross-site").run()
    expect(trial.column("session unprotected")).to_contain_text("Allow pop-up windows here")
    assert not trial.left_over


def test_a_window_closed_too_early_is_told_with_what_to_do(trial, page):
    page.on("popup", lambda popup: popup.close())
    trial.open("cross-site").run()
    expect(trial.column("session unprotected")).to_contain_text("leave the window open")


OTHER = """async (url) => {
  const { needOtherSite } = await import('/static/experiments/js/browser-cast.js');
  try { return needOtherSite(new URL(url)) } catch ({ message }) { return message }
}"""


HERE_AND_THERE = {
    "http://localhost:8000": "http://127.0.0.1:8000",
    "http://127.0.0.1:8000": "http://localhost:8000",
    "http://[::1]:8000": "http://localhost:8000",
    "http://demo.localhost": "http://127.0.0.1",
}


def test_a_machine_has_two_names_and_on_a_network_there_is_no_other_site(trial, page):
    trial.open("cross-site")
    assert {here: page.evaluate(OTHER, here) for here in HERE_AND_THERE} == HERE_AND_THERE
    for here in ("http://192.168.1.5:8000", "https://notlocalhost.example"):
        assert " http://localhost" in page.evaluate(OTHER, here), "a sentence, not an address"


# The other site's page

ORDER = """([from, url]) => new Promise((resolve) => {
  addEventListener('message', ({ data }) => { if (data.elsewhere === 'ready') {
    popup.postMessage({ how: 'fetch', url, fields: {} }, '*');
    resolve();
  } });
  globalThis.popup = window.open(from + '/lab/elsewhere/');
})"""


def test_it_speaks_for_no_page_of_its_own_origin_and_aims_at_nobody_else(trial, page, live_server):
    here, there = live_server.url, live_server.url.replace("localhost", "127.0.0.1")
    form = "/lab/form/session/db/"
    trial.open("cross-site")
    for origin, aim, obeys in ((there, here, True), (here, here, False), (there, there, False)):
        sent = []
        page.context.on("request", lambda request, sent=sent: sent.append(request.url))
        with page.expect_popup() as opened:
            page.evaluate(ORDER, [origin, aim + form])
        popup = opened.value
        popup.wait_for_load_state("networkidle")
        assert (aim + form in sent) == obeys, (origin, aim)
        popup.close()


def test_it_is_accessible(page, live_server, axe):
    page.goto(f"{live_server.url}/lab/elsewhere/")
    axe(page)


# Attributes of cookies


def test_the_table_of_attributes(trial):
    facts = trial.open("cookie-attributes").run().facts("cookie plain")
    sent = "4 of 4 stored, 2 visible to scripts; sent with another site's script {}, link {}, form {}"
    young, lax, strict, none = sent.format(0, 4, 4), sent.format(0, 4, 0), sent.format(0, 0, 0), sent.format(4, 4, 4)
    third_party_kept_back = sent.format(0, 4, 4)
    assert facts["no SameSite"] == facts["no SameSite; Secure"] == young
    assert facts["SameSite=Lax"] == facts["SameSite=Lax; Secure"] == lax
    assert facts["SameSite=Strict"] == facts["SameSite=Strict; Secure"] == strict
    assert facts["SameSite=None"] == "none of 4 stored"
    assert facts["SameSite=None; Secure"] in {none, third_party_kept_back}
    assert facts["with an expiry time, of those whose expiry time scripts see"] in {"7 of 14", "0 of 0"}
    assert facts["deviations from the standard"] == "none"


def test_a_browser_that_did_otherwise_would_be_noticed(trial, page):
    """HttpOnly taken off on the way: then scripts see what they should not."""

    def without(route):
        answer = route.fetch()
        headers = answer.headers | {"set-cookie": answer.headers["set-cookie"].replace("HttpOnly; ", "")}
        route.fulfill(response=answer, headers=headers)

    page.route("**/lab/try/", without)
    trial.open("cookie-attributes").run()
    assert trial.outcomes["cookie plain"] == ("otherwise", "as the standard says")
    assert "HttpOnly" in trial.facts("cookie plain")["deviations from the standard"]


# Sizes


def test_where_a_cookie_a_header_and_local_storage_end(page, server):
    trial = Trial(page, server).open("size").run()
    cookie, header = trial.facts("session db"), trial.facts("token default")
    assert cookie["the largest cookie that the browser stores, in bytes of name and value"] == "4096"
    assert cookie["one byte more"] == "dropped, without an error"
    assert cookie["bytes of it that reach the server"] == "4096"
    assert int(header["a header that the server accepts, in bytes"]) > 2 * 4096
    assert header["the response to that one"] == "431"
    assert 5_000_000 < int(cookie["localStorage stores, in characters"]) < 5_300_000
    assert cookie["a thousand more"] == "QuotaExceededError"
