"""The panel of the tokens page, used as a visitor uses it: the inspector and the family tree."""

import re

import jwt
import pytest
from playwright.sync_api import expect

from tokens_demo.inspector import samples

SECRET = "a secret of the right length: 32 bytes and some"


@pytest.fixture
def panel(page, live_server):
    return Panel(page, live_server.url).open()


class Panel:
    """The panel below the doors."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self):
        self.page.goto(f"{self.url}/tokens/")
        self.page.wait_for_selector("#doors[data-ready]")
        self.page.wait_for_selector("#inspector[data-ready]")
        self.page.wait_for_selector("#family[data-ready]")
        return self

    @property
    def verdict(self):
        return self.page.locator("#judgement .verdict")

    @property
    def token(self):
        return self.page.input_value("#token")

    @property
    def rows(self):
        return self.page.locator("#kin tbody tr")

    def judged(self, title):
        expect(self.verdict).to_contain_text(title)
        return self

    def example(self, name):
        with self.page.expect_response("**/tokens/api/inspect/"):
            self.page.click(f"[data-example={name}]")
        return self

    def change(self, field, old, new):
        """Edits a part's JSON."""
        text = self.page.input_value(f"#{field}")
        assert old in text
        self.page.fill(f"#{field}", text.replace(old, new))
        return self

    def do(self, act):
        self.page.click(f"[data-do={act}]")
        return self

    def sign_in(self):
        with self.page.expect_response("**/tokens/api/family/"):
            self.page.click("#sign-in .primary")
        self.page.wait_for_selector("#doors:not([aria-busy])")
        expect(self.rows.first).to_contain_text("refresh token")
        return self

    def family(self, act):
        self.page.click(f"[data-family={act}]")
        self.page.wait_for_selector("#family:not([aria-busy])")
        return self

    def door(self, title):
        with self.page.expect_response("**/tokens/api/family/"):
            self.page.select_option("#family-door", label=title)
        return self


# ---- The bench


def test_the_articles_token_is_there_and_its_signature_is_wrong(panel):
    assert panel.token == samples.ARTICLE
    assert panel.page.input_value("#key") == "my_secret_key"
    panel.judged("Wrong signature")
    assert "John Doe" in panel.page.input_value("#payload")
    panel.example("default-secret").judged("Valid")


def test_each_example_is_shown_at_a_click(panel):
    for example in samples.EXAMPLES:
        with panel.page.expect_response("**/tokens/api/inspect/") as answer:
            panel.page.click(f"[data-example={example.slug}]")
        found = answer.value.json()
        assert found["outcome"] == example.outcome, example.slug
        panel.judged(found["title"])
        expect(panel.page.locator(f"[data-example={example.slug}]")).to_have_attribute("aria-current", "true")
        expect(panel.page.locator("#judgement")).to_have_attribute(
            "data-mood", {"valid": "good", "no_key": "plain"}.get(example.outcome, "bad")
        )
        if found["error"]:
            expect(panel.page.locator("#judgement code")).to_contain_text(found["error"])
        failed = panel.page.locator("#checks [data-state=failed]")
        expect(failed).to_have_count(0 if found["accepted"] else 1)
        expect(panel.page.locator("#cautions li")).to_have_count(len(found["warnings"]))


def test_the_verdict_follows_as_one_types(panel):
    panel.page.fill("#token", jwt.encode({"sub": "7"}, SECRET))
    panel.judged("Wrong signature")
    panel.page.fill("#key", SECRET)
    panel.judged("Valid")
    panel.page.fill("[name=require]", "exp")
    panel.judged("Missing claim")
    panel.page.fill("[name=require]", "")
    panel.page.fill("[name=algorithms]", "HS512")
    panel.judged("Algorithm not allowed")
    panel.page.fill("[name=algorithms]", "HS51")
    panel.judged("Not verified")
    expect(panel.page.locator("#judgement")).to_contain_text("Unknown algorithm")


def test_the_three_parts_are_in_their_colours_and_the_field_holds_the_same_text(panel):
    parts = panel.page.locator("[data-paint] span")
    assert [parts.nth(i).text_content() for i in range(3)] == samples.ARTICLE.split(".")
    colours = {parts.nth(i).evaluate("span => getComputedStyle(span).color") for i in range(3)}
    assert len(colours) == 3
    boxes = panel.page.evaluate("""() => ["#token", "[data-paint]"].map((one) => {
      const { x, y, width, height } = document.querySelector(one).getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    })""")
    assert boxes[0] == boxes[1]


def test_a_part_that_is_changed_breaks_the_signature_and_signing_mends_it(panel):
    panel.example("hs256").judged("Valid")
    before = panel.token
    panel.change("payload", '"reader"', '"admin"').judged("Wrong signature")
    assert panel.token.split(".")[2] == before.split(".")[2]
    panel.do("sign").judged("Valid")
    expect(panel.page.locator("#sign-says")).to_have_text("Signed.")
    claims = jwt.decode(panel.token, options={"verify_signature": False})
    assert claims["role"] == "admin"


def test_another_algorithm_signs_when_the_header_names_it(panel):
    panel.example("hs256").change("header", "HS256", "HS512").judged("Wrong signature").do("sign").judged("Valid")
    assert jwt.get_unverified_header(panel.token)["alg"] == "HS512"


def test_alg_none_can_be_made_and_is_refused(panel):
    panel.example("hs256").change("header", "HS256", "none").do("sign").judged("Algorithm not allowed")
    assert panel.token.endswith(".")


def test_a_public_key_that_is_to_sign_is_told_so(panel):
    panel.example("rs256").judged("Valid").do("sign")
    expect(panel.page.locator("#sign-says")).to_contain_text("public key")


def test_no_digit_is_lost_between_token_and_field(panel):
    token = jwt.encode({"n": 1}, SECRET).split(".")
    payload = '{"n":12345678901234567890,"f":1.0,"s":"a \\" { , } \\u00e9","e":{},"l":[]}'
    panel.page.fill("#token", f"{token[0]}.{samples.encoded(payload.encode())}.{token[2]}")
    shown = panel.page.input_value("#payload")
    assert "12345678901234567890" in shown
    panel.page.fill("#payload", shown + " ")
    assert panel.token.split(".")[1] == samples.encoded(payload.encode())


def test_a_verdict_changes_when_the_tokens_time_comes(panel):
    panel.page.clock.install()
    panel.example("expiring").judged("Valid")
    expect(panel.page.locator("#claims tr", has_text="exp").locator(".time")).to_contain_text("in ")
    now = panel.page.evaluate("Date.now()")
    expired = {"outcome": "expired", "accepted": False, "title": "Expired", "why": "Its time is up.", "checks": []}
    expired |= {"error": "E", "message": "m", "warnings": [], "key": "", "call": "", "header": [], "payload": []}
    panel.page.route("**/tokens/api/inspect/", lambda route: route.fulfill(json=expired | {"now": now / 1000}))
    panel.page.clock.fast_forward(11_000)
    panel.judged("Expired")


def test_times_are_told_in_words(panel):
    panel.example("expired").judged("Expired")
    row = panel.page.locator("#claims tr", has=panel.page.locator("th", has_text=re.compile("^exp$")))
    expect(row.locator(".time")).to_have_text("4 minutes ago")
    expect(row.locator("a")).to_have_attribute("href", "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4")


def test_times_are_told_in_the_pages_language(panel):
    panel.page.click("[name=language][value=zh-hans]")
    panel.page.wait_for_selector("#inspector[data-ready]")
    panel.example("expired")
    expect(panel.page.locator("#claims .time", has_text="4分钟前")).to_be_visible()


def test_an_emptied_bench_says_what_to_do(panel):
    panel.do("empty").judged("No token")
    assert panel.token == ""
    assert panel.page.input_value("#payload") == ""
    panel.page.fill("#token", "abc")
    panel.judged("Not a token")


def test_the_token_is_copied_without_a_clipboard(panel):
    panel.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    panel.page.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString(); })")
    panel.do("copy")
    expect(panel.page.locator("[data-do=copy]")).to_have_text("Copied")
    assert panel.page.evaluate("window.copied") == samples.ARTICLE


def test_my_token_comes_from_the_door_above_and_its_server_judges_it(panel):
    panel.do("mine").judged("No token")
    panel.sign_in().do("mine").judged("Not verified")
    stored = panel.page.evaluate("JSON.parse(localStorage['authcompare.token.default']).access")
    assert panel.token == stored
    expect(panel.page.locator("#key-says")).to_contain_text("answers: valid")


def test_a_server_that_does_not_answer_is_told_so(context, live_server):
    panel = Panel(context.new_page(), live_server.url).open()  # not watched: the failing requests are the point
    panel.page.route("**/tokens/api/**", lambda route: route.abort())
    panel.page.fill("#key", "x")
    panel.judged("Not verified")
    expect(panel.page.locator("#judgement")).to_contain_text("cannot be reached")


def test_what_is_typed_stays_off_the_address_and_out_of_storage(panel):
    panel.page.fill("#key", "very private indeed")
    panel.judged("Wrong signature").do("sign")
    expect(panel.page.locator("#sign-says")).to_have_text("Signed.")
    assert "private" not in panel.page.url
    kept = panel.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert "very private" not in kept


def test_only_a_new_verdict_is_announced(panel):
    panel.page.evaluate("""() => {
      window.said = 0;
      new MutationObserver(() => { window.said += 1; })
        .observe(document.querySelector(".judgement-words"), { childList: true });
    }""")
    with panel.page.expect_response("**/tokens/api/inspect/"):
        panel.page.fill("#key", "another wrong one")
    with panel.page.expect_response("**/tokens/api/inspect/"):
        panel.page.click("#inspector .primary")
    assert panel.page.evaluate("window.said") == 0
    panel.page.fill("#key", "your-256-bit-secret")
    panel.judged("Valid")
    assert panel.page.evaluate("window.said") == 1


def test_the_bench_works_from_the_keyboard(panel):
    panel.page.focus("[data-example=expired]")
    panel.page.keyboard.press("Enter")
    panel.judged("Expired")
    expect(panel.page.locator("[data-example=expired]")).to_be_focused()
    panel.page.focus("[name=leeway]")
    panel.page.keyboard.press("ControlOrMeta+a")
    panel.page.keyboard.type("3600")
    panel.judged("Valid")


def test_without_scripts_the_form_is_answered_by_the_api(browser, live_server, watch):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/tokens/")
    page.click("[data-example=none]")
    assert page.input_value("#token").endswith(".")
    expect(page.locator("#family")).to_be_hidden()
    page.click("#inspector .primary")
    expect(page.locator("body")).to_contain_text("wrong_algorithm")
    assert samples.ARTICLE not in page.url
    context.close()


# ---- The family


def test_before_a_sign_in_there_is_no_family(panel):
    expect(panel.page.locator("#tree")).to_contain_text("sign in above")
    expect(panel.page.locator("[data-family=refresh]")).to_be_disabled()
    expect(panel.page.locator("[data-family=replay]")).to_be_disabled()


def test_a_sign_in_above_begins_a_family_and_refreshing_lengthens_it(panel):
    panel.sign_in()
    expect(panel.page.locator("#tree .kin[data-type=refresh]")).to_have_count(1)
    before = panel.page.evaluate("localStorage['authcompare.token.default']")
    panel.family("refresh").family("refresh")
    expect(panel.page.locator("#tree .kin[data-type=refresh]")).to_have_count(3)
    expect(panel.page.locator("#tree .kin[data-type=refresh][data-mood=used]")).to_have_count(2)
    expect(panel.rows).to_have_count(6)
    assert panel.page.evaluate("localStorage['authcompare.token.default']") != before


def test_a_refreshed_token_opens_the_door_above(panel):
    panel.sign_in().family("refresh")
    panel.page.click("td[data-door='0'] [data-act=read]")
    panel.page.wait_for_selector("#doors:not([aria-busy])")
    expect(panel.page.locator("td[data-door='0'] .verdict")).to_contain_text("Accepted")


def test_an_old_refresh_token_that_comes_back_ends_the_whole_family(panel):
    panel.sign_in().family("refresh").family("refresh").family("replay")
    expect(panel.page.locator("#family[data-ended]")).to_be_visible()
    expect(panel.page.locator("#family-says")).to_contain_text("token_reused")
    expect(panel.page.locator("#tree .back").first).to_be_attached()
    denied = panel.page.locator("#kin tr[data-mood=bad]")
    expect(denied).to_have_count(1)
    expect(denied).to_contain_text("used refresh token")
    expect(panel.page.locator("#kin tr[data-mood=loose]")).to_have_count(3)
    panel.family("refresh")
    expect(panel.page.locator("#family-says")).to_contain_text("Refused")


def test_where_the_server_remembers_access_tokens_they_end_too(panel):
    panel.sign_in().door("revocable token")
    panel.family("refresh").family("replay")
    expect(panel.page.locator("#kin tr[data-mood=bad]")).to_have_count(3)
    expect(panel.page.locator("#kin tr[data-mood=loose]")).to_have_count(0)


def test_signing_out_above_ends_the_family_below(panel):
    panel.sign_in()
    with panel.page.expect_response("**/tokens/api/family/"):
        panel.page.click("td[data-door='0'] [data-act=signOut]")
    expect(panel.page.locator("#kin tr[data-mood=bad]")).to_contain_text("signed out")
    expect(panel.page.locator("[data-family=refresh]")).to_be_disabled()


def test_another_sign_in_begins_another_family(panel):
    panel.sign_in().family("refresh").family("replay").sign_in()
    expect(panel.page.locator("#tree .kin[data-type=refresh]")).to_have_count(1)
    expect(panel.page.locator("#family[data-ended]")).to_have_count(0)
    expect(panel.page.locator("[data-family=replay]")).to_be_disabled()


def test_picture_and_table_say_the_same(panel):
    panel.sign_in().family("refresh")
    titles = panel.page.locator("#tree .kin title").all_text_contents()
    table = [
        f"{row.locator('th .mono').get_attribute('title')}: {row.locator('.kin-state').text_content()}"
        for row in panel.rows.all()
    ]
    assert [title.split(" ", 1)[1] for title in titles] == table


# ---- Both


def test_axe_finds_nothing(panel, axe_in_turn):
    panel.sign_in()
    for name, title in (("expired", "Expired"), ("default-secret", "Valid"), ("no-key", "Not verified")):
        panel.example(name).judged(title)
        axe_in_turn(panel.page)
    panel.family("refresh").family("replay")
    axe_in_turn(panel.page, times=4)


def test_the_panel_fits_a_phone(panel):
    panel.page.set_viewport_size({"width": 390, "height": 844})
    panel.sign_in().family("refresh").family("refresh")
    for each in ("#inspector", "#family"):
        assert panel.page.locator(each).evaluate("one => one.getBoundingClientRect().right <= innerWidth")
        wide = """one => [...one.querySelectorAll("*")]
          .filter((node) => node.getBoundingClientRect().right > innerWidth)
          .filter((node) => !node.closest(".tree-scroll, .example-group, .claims-scroll, .visually-hidden"))
          .map((node) => node.outerHTML)"""
        assert panel.page.locator(each).evaluate(wide) == []
