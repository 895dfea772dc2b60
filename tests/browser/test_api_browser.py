"""The browsable API and the documentation, used as a visitor would."""

import re
from collections import Counter

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from authcompare.accounts.models import User
from authcompare.accounts.sandbox import create_sandbox
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note

SCRIPTED = {variant for variant in variants() if not variant.transport.sent_automatically}
# The page depends on the transport alone, so one variant of each is enough.
OF_EACH_CARRIER = list({variant.transport: variant for variant in reversed(variants())}.values())


class Api:
    """A page of the browsable API, used as a visitor uses it."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self, path):
        self.page.goto(self.url + path)
        self.page.wait_for_selector("#exchange[data-ready]")
        return self

    def part(self, name):
        return self.page.locator(f"[data-part={name}]")

    def form(self, id):
        return self.page.locator(f"#form-{id}")

    def send(self, id, status):
        self.form(id).locator("button.primary").click()
        return self.answered(status)

    def answered(self, status):
        expect(self.page.locator("#exchange:not([aria-busy])")).to_be_visible()
        expect(self.part("status")).to_contain_text(str(status))
        expect(self.part("status")).to_contain_text("ms")
        return self

    def sign_in_here(self):
        self.page.locator("#sign-in-here summary").click()
        expect(self.page.locator("#sign-in-here [name=username]")).to_have_value(re.compile("alice-"))
        self.page.locator("#sign-in-here button").click()
        return self.answered(200)

    @property
    def sent(self):
        return self.part("sent").inner_text()

    @property
    def username(self):
        return self.page.locator("#sign-in-here [name=username]").input_value()

    def note(self):
        return Note.objects.get(owner__username=self.username)


@pytest.fixture
def api(page, live_server):
    return Api(page, live_server.url)


@pytest.mark.parametrize("door", OF_EACH_CARRIER, ids=lambda door: f"{door.mechanism.name}-{door.slug}")
def test_the_note_is_read_and_changed_without_leaving_the_page_of_the_door(api, door):
    api.open(f"{door.path}protected/")
    expect(api.part("status")).to_contain_text("401")
    api.sign_in_here().send("get", 200)
    expect(api.part("headers")).to_contain_text(f"Authenticated-By: {door.mechanism.name}")
    title = api.form("patch").locator("[name=title]")
    expect(title).to_have_value(api.note().title)
    title.fill("Changed in a browser")
    api.send("patch", 200)
    expect(api.part("body")).to_contain_text('"revision": 2')
    assert api.note().title == "Changed in a browser"
    assert ("Authorization: Bearer" in api.sent) == (door in SCRIPTED)
    assert ("X-CSRFToken" in api.sent) == door.transport.sent_automatically
    assert '"title":"Changed in a browser"' in api.sent


def test_an_edit_of_an_older_revision_is_refused_until_the_condition_is_taken_off(api):
    api.open("/sessions/api/protected/").sign_in_here().send("get", 200)
    Note.objects.filter(owner__username=api.username).update(revision=7)
    api.form("patch").locator("[name=title]").fill("Mine")
    api.send("patch", 412)
    expect(api.part("body")).to_contain_text("precondition_failed")
    api.form("patch").locator("[data-condition]").uncheck()
    api.send("patch", 200)
    assert (api.note().title, api.note().revision) == ("Mine", 8)


def test_a_note_that_is_known_already_is_not_sent_again(api):
    api.open("/sessions/api/protected/").sign_in_here().send("get", 200)
    api.form("get").locator("[data-condition]").check()
    api.send("get", 304)
    assert "If-None-Match" in api.sent
    assert api.part("body").inner_text() == ""


def test_without_the_csrf_token_nothing_is_changed_where_the_browser_sends_the_credential(api):
    api.open("/sessions/api/protected/").sign_in_here().send("get", 200)
    api.form("patch").locator("[name=title]").fill("Forged")
    api.form("patch").locator("[data-csrf]").uncheck()
    api.send("patch", 403)
    assert "X-CSRFToken" not in api.sent
    assert api.note().revision == 1
    api.form("patch").locator("[data-csrf]").check()
    api.send("patch", 200)


def test_a_token_never_gets_into_an_address_and_can_be_cleared(api, page):
    asked = []
    page.on("request", lambda request: asked.append(request))
    api.open("/tokens/api/protected/").sign_in_here().send("get", 200)
    token = page.locator("#access").input_value()
    assert token.count(".") == 2
    assert not [request.url for request in asked if token in request.url]
    page.locator("[data-act=clear]").click()
    api.send("get", 401)
    assert "Authorization" not in api.sent
    page.locator("#access").fill("broken")
    api.send("get", 401)
    expect(api.part("headers")).to_contain_text('WWW-Authenticate: Bearer realm="authcompare", error="invalid_token"')


def test_the_cookie_jar_stays_at_home_where_only_a_header_counts(api, page):
    api.open("/sessions/api/protected/").sign_in_here()
    api.open("/tokens/api/protected/").sign_in_here()
    with page.expect_request("**/tokens/api/protected/") as asked:
        api.send("get", 200)
    headers = asked.value.all_headers()
    assert headers["authorization"].startswith("Bearer ")
    assert "cookie" not in headers


def test_a_token_signed_in_for_on_one_page_fills_in_the_others(api, page):
    api.open("/tokens/api/login/")
    expect(api.form("post").locator("[name=username]")).to_have_value(re.compile("alice-"))
    api.send("post", 200)
    api.open("/tokens/api/protected/").send("get", 200)

    api.open("/tokens/api/verify/")
    page.get_by_role("button", name="token default: refresh").click()
    api.send("post", 200)
    expect(api.part("body")).to_contain_text('"token_type": "refresh"')

    api.open("/tokens/api/refresh/")
    page.get_by_role("button", name="token default: refresh").click()
    api.send("post", 200).send("post", 200)  # the field holds the new one by then
    api.open("/tokens/api/protected/").send("get", 200)

    api.open("/tokens/api/logout/")
    page.get_by_role("button", name="token default: refresh").click()
    api.send("post", 204)
    expect(page.locator("#access")).to_have_value("")
    api.open("/tokens/api/protected/").send("get", 401)


def test_the_tokens_of_the_side_by_side_page_are_found(api, page, live_server):
    page.goto(live_server.url)
    page.wait_for_selector("#doors[data-ready]")
    page.click("#sign-in .primary")
    page.wait_for_selector("#doors[data-ready]:not([aria-busy])")
    api.open("/tokens/api/protected/").send("get", 200)


def test_behind_all_doors_at_once_the_first_that_finds_its_own_decides(api, page):
    api.open("/api/protected/").sign_in_here().send("get", 200)
    expect(api.part("headers")).to_contain_text("Authenticated-By: session")
    page.context.clear_cookies()
    page.locator("#door").select_option(label="Token: token in a header")
    page.locator("#sign-in-here button").click()
    expect(page.locator("#access")).to_have_value(re.compile(r"\w+\.\w+\."))
    api.send("get", 200)
    expect(api.part("headers")).to_contain_text("Authenticated-By: token")


def test_json_may_be_written_by_hand_and_broken_json_is_sent_as_it_is(api):
    api.open("/sessions/api/protected/").sign_in_here().send("get", 200)
    form = api.form("patch")
    form.locator("[data-as-json]").check()
    expect(form.locator("[name=title]")).to_be_hidden()
    expect(form.locator("[data-json]")).to_have_value(re.compile('"title": "The private note of alice-'))
    form.locator("[data-json]").fill('{"title": ')
    api.send("patch", 400)
    expect(api.part("body")).to_contain_text("parse_error")
    form.locator("[data-json]").fill('{"owner": "bob"}')
    api.send("patch", 400)
    expect(api.part("body")).to_contain_text('"owner"')
    form.locator("[data-json]").fill('{"title": "By hand"}')
    api.send("patch", 200)
    form.locator("[data-as-json]").uncheck()
    expect(form.locator("[name=title]")).to_have_value("By hand")


def test_a_delete_is_sent_only_when_it_is_confirmed(api, page):
    api.open("/sessions/api/devices/").sign_in_here().send("get", 200)
    form = api.form("delete-one")
    mine = form.locator("option").first.get_attribute("value")
    form.locator("[name=device]").fill(mine)
    form.locator("button.primary").click()
    expect(page.locator("#confirm")).to_contain_text(f"DELETE /sessions/api/devices/{mine}/")
    page.keyboard.press("Escape")
    api.send("get", 200)
    form.locator("button.primary").click()
    page.get_by_role("button", name="Send DELETE").click()
    expect(api.part("body")).to_contain_text('"ended": 1')
    api.send("get", 401)


def test_the_answer_is_read_out_and_its_addresses_are_links(api, page):
    api.open("/api/").send("get", 200)
    expect(page.get_by_role("status")).to_contain_text("200 OK")
    with page.expect_navigation(url=f"{api.url}/sessions/api/protected/"):
        api.part("body").get_by_role("link", name="/sessions/api/protected/").click()


def test_it_is_used_by_keyboard_alone(api, page):
    api.open("/sessions/api/login/")
    expect(api.form("post").locator("[name=username]")).to_have_value(re.compile("alice-"))
    api.form("post").locator("[name=username]").focus()
    page.keyboard.press("Enter")
    api.answered(200)


def test_an_answer_that_is_no_json_and_none_at_all_are_said_to_be_so(context, live_server):
    api = Api(context.new_page(), live_server.url)  # not watched: the browser complains about what is wrong on purpose
    api.open("/sessions/api/login/")
    expect(api.form("post").locator("[name=username]")).to_have_value(re.compile("alice-"))
    api.page.route("**/sessions/api/login/", lambda route: route.fulfill(status=502, body="<h1>proxy</h1>"))
    api.send("post", 502)
    expect(api.part("body")).to_have_text("<h1>proxy</h1>")
    api.page.unroute("**/sessions/api/login/")
    api.page.route("**/sessions/api/login/", lambda route: route.abort())
    api.form("post").locator("button.primary").click()
    expect(api.part("status")).to_contain_text("the server is not reachable")
    expect(api.part("body")).to_be_hidden()


def test_without_scripts_nothing_is_shown_that_would_not_work(browser, live_server, watch):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(f"{live_server.url}/sessions/api/protected/")
    expect(page.locator("noscript .notice")).to_contain_text("Scripts are off")
    expect(page.locator("#form-patch")).to_be_hidden()
    expect(page.locator("#sign-in-here")).to_be_hidden()
    expect(page.locator("#form-get button")).to_be_visible()
    context.close()


# Looks


def test_axe_finds_nothing_in_the_browsable_api(api, page, axe_in_turn):
    for path in ("/api/", "/api/protected/", "/tokens/api/verify/", "/lab/api/account/"):
        api.open(path)
        axe_in_turn(page, times=2)
    for path in ("/sessions/api/protected/", "/tokens/api/devices/"):
        api.open(path).sign_in_here().send("get", 200)
        axe_in_turn(page, times=2)


# The documentation


@pytest.fixture
def docs(page, live_server):
    page.goto(live_server.url + reverse("docs"))
    page.wait_for_selector(".opblock-tag")
    return page


def unfold(page, tag, operation):
    page.locator(f"#operations-tag-{tag}").click()
    page.locator(f"#operations-{tag}-{operation} .opblock-summary-control").click()
    return page.locator(f"#operations-{tag}-{operation}")


def test_nobody_is_shut_out_of_the_documentation(docs, axe_in_both_schemes):
    axe_in_both_schemes(docs)
    unfold(docs, "Session", "sessionsProtectedPatch").locator(".execute").wait_for()
    # Unfolded, Swagger UI's own markup has selects without a name and a button inside a button.
    axe_in_both_schemes(docs, context={"exclude": [["#swagger-ui"]]})


def test_every_operation_is_there_when_its_group_unfolds(docs, client):
    document = client.get("/api/schema/?format=json", headers={"Accept": "*/*"}).json()
    groups = Counter(tag for item in document["paths"].values() for said in item.values() for tag in said["tags"])
    for name, count in groups.items():
        group = docs.locator(f"[data-tag='{name}']")
        group.click()
        # One group at a time: of a hundred operations and more, Swagger UI draws those in sight only.
        expect(docs.locator(".opblock")).to_have_count(count)
        group.click()
        expect(docs.locator(".opblock")).to_have_count(0)


def test_a_session_is_tried_out_from_the_documentation_csrf_token_and_all(docs):
    _, users = create_sandbox()
    alice = users[0]
    login = unfold(docs, "Session", "sessionsLoginPost")
    login.locator("textarea").fill(f'{{"username": "{alice["username"]}", "password": "{alice["password"]}"}}')
    login.locator(".execute").click()
    expect(login.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")

    docs.locator("#operations-Session-sessionsProtectedPatch .opblock-summary-control").click()
    change = docs.locator("#operations-Session-sessionsProtectedPatch")
    change.locator("textarea").fill('{"title": "From the documentation"}')
    change.locator(".execute").click()
    expect(change.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
    assert User.objects.get(username=alice["username"]).note.title == "From the documentation"


def test_a_token_is_tried_out_from_the_documentation(docs):
    _, users = create_sandbox()
    login = unfold(docs, "Token", "tokensLoginPost")
    login.locator("textarea").fill(f'{{"username": "{users[0]["username"]}", "password": "{users[0]["password"]}"}}')
    with docs.expect_response("**/tokens/api/login/") as answered:
        login.locator(".execute").click()
    docs.locator(".btn.authorize").first.click()
    box = docs.locator(".auth-container", has_text="token (http, Bearer)")
    box.get_by_label("auth-bearer-value").fill(answered.value.json()["access"])
    box.locator("button[type=submit]").click()
    docs.locator(".close-modal").click()
    docs.locator("#operations-Token-tokensProtectedGet .opblock-summary-control").click()
    reading = docs.locator("#operations-Token-tokensProtectedGet")
    reading.locator(".execute").click()
    expect(reading.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")


def test_a_page_of_a_door_leads_to_its_place_in_the_documentation(api, page):
    api.open("/tokens/api/stateless/protected/")
    page.get_by_role("link", name="Documentation", exact=True).click()
    expect(page.locator("#operations-Token-tokensStatelessProtectedGet .execute")).to_be_visible()
