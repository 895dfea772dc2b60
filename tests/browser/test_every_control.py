"""Every control of every page, pressed in Chinese and in the dark: nothing breaks, and everything said is Chinese.

What each control does is tested by name, in English, beside this file.
"""

import re

import pytest

from authcompare.mechanisms.registry import mechanisms

PAGES = {
    "side-by-side": "/",
    **{m.slug: f"/{m.slug}/" for m in mechanisms()},
    "api": "/api/",
    "door": "/sessions/api/protected/",
}
SLOW = {"expire"}  # waits for an end to come at each door; pressed once, in its own test
DIALOGS = {"code", "curl", "edit"}
LONGEST = 150  # presses on one page
# A sentence of English outside of code: three words in a row. (What a short hash begins with, "ffddec…", is no word.)
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,} (?![0-9a-f]{6}…)[a-z]{2,}\b")


@pytest.fixture
def chinese(page, live_server):
    def open(path):
        prefs = "theme%3Ddark%26language%3Dzh-hans"
        page.context.add_cookies([{"name": "prefs", "value": prefs, "url": live_server.url}])
        page.goto(live_server.url + path)
        if page.locator("#doors").count():
            page.wait_for_selector("#doors[data-ready]")
            page.click("#sign-in .primary")
            page.wait_for_selector("#doors:not([aria-busy])")
        return page

    return open


@pytest.fixture
def unanswered(page):
    """The requests that the page has sent and that have no response yet."""
    requests = set()
    page.on("request", lambda request: requests.add(request))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: requests.discard(request))
    return requests


def settle(page, unanswered):
    """Wait until the page has the response to everything that a press has sent."""
    page.wait_for_load_state()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    while unanswered:
        page.wait_for_timeout(5)
    if page.locator("#doors").count():
        page.wait_for_selector("#doors[data-ready]:not([aria-busy])")
    while page.locator("dialog[open]").count():
        page.keyboard.press("Escape")


@pytest.mark.parametrize("name", PAGES)
def test_every_button_can_be_pressed_in_chinese_and_in_the_dark(chinese, unanswered, axe, name):
    page = chinese(PAGES[name])
    page.on("dialog", lambda dialog: dialog.accept())
    assert english(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    buttons = page.locator("main button")
    pressed = 0
    for i in range(min(buttons.count(), LONGEST)):
        button = buttons.nth(i)
        if i >= buttons.count() or button.get_attribute("data-act") in SLOW:
            continue
        if not (button.is_visible() and button.is_enabled()):
            continue
        opens_dialog = button.get_attribute("data-act") in DIALOGS
        button.click()
        if opens_dialog:
            page.wait_for_selector("dialog[open]")
        settle(page, unanswered)
        pressed += 1
    assert pressed >= {"api": 0, "door": 1}.get(name, 20)
    if page.get_attribute("html", "lang") == "zh-hans":  # one of the cookie page's controls writes another language
        assert english(page) == []
    else:
        assert name == "cookies"


def english(page):
    """The sentences on the page that are not Chinese, code aside."""
    said = page.evaluate(
        """() => {
             const skip = ["code", "pre", ".mono", "samp", "kbd", "textarea", ".note", "[lang=en]", "svg", ".highlight",
               ".visually-hidden", "dt", "dd", "time", "option"].join();
             const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
             const found = [];
             while (walker.nextNode()) {
               const node = walker.currentNode;
               const { parentElement: parent, data } = node;
               if (data.trim() && !parent.closest(skip) && parent.checkVisibility()) found.push(data.trim());
             }
             return found;
           }"""
    )
    return [text for text in said if ENGLISH.search(text)]
