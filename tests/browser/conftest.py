"""Fixtures for tests in Chromium: console errors and requests to other machines fail a test."""

import itertools
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import WSGIRequestHandler
from playwright.sync_api import Page, expect

PATIENCE = 30_000  # milliseconds: several pages, their servers and other tests share the machine
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Chromium writes this line for each 4xx that a script asks for. Asking for some is what this product is for.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _prompt_server():
    """Send each response of the live server at once, not after the browser's delayed ACK (40 ms on Linux)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patience():
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the browser that `manage.py test` found, or Playwright's own where BROWSER_PATH is unset."""
    path = os.environ.get("BROWSER_PATH")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return browser_type_launch_args | {"args": quiet} | ({"executable_path": path} if path else {})


# Drawn on the processor, what turns while an experiment runs would cost as much as the experiment.
STILL = {"locale": "en-US", "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | STILL | {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture
def watch(live_server):
    """Watch pages: at the end, any console error and any request off loopback fails the test."""
    wrong = []

    def on(page: Page):
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if noisy(message) else None)
        page.on("request", lambda request: wrong.append(request.url) if strays(request.url) else None)
        page.set_default_timeout(PATIENCE)
        return page

    yield on
    assert not wrong


def noisy(message):
    return message.type in {"error", "warning"} and not REFUSED.match(message.text)


def strays(url):
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob", "about"} and parts.hostname not in LOOPBACK


@pytest.fixture
def page(page, watch):
    return watch(page)


AXE = "(context) => axe.run(context ?? document, { resultTypes: ['violations'] })"


@pytest.fixture
def axe():
    """Assert that axe finds no accessibility violation on a page."""
    script = Axe().axe_script

    def check(page, context=None):
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        found = AxeResults(page.evaluate(AXE, context))
        assert found.violations_count == 0, found.generate_report()

    return check


def settle(page):
    """End every transition: halfway there, a colour is neither of the two."""
    page.evaluate(
        """() => document.getAnimations()
             .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
             .forEach((each) => each.finish())"""
    )


@pytest.fixture
def axe_in_both_schemes(axe):
    """Assert the same in the light and the dark scheme of the system."""

    def check(page, **options):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            axe(page, **options)

    return check


# By day and by night, on a desk and on a phone, so that two checks in a row differ in both.
LOOKS = [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)]


@pytest.fixture
def axe_in_turn(axe):
    """Check a page in the next look of four, or in so many of them; a page that is too wide for its look fails."""
    looks = itertools.cycle(LOOKS)

    def check(page, times=1):
        for scheme, width in itertools.islice(looks, times):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 844})
            settle(page)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (scheme, width)

    return check


@pytest.fixture
def screenshot(request):
    """Take a picture if --screenshots names a folder."""

    def take(page, name, **options):
        if folder := request.config.getoption("--screenshots"):
            page.screenshot(animations="disabled", path=folder / f"{name}.png", **options)

    return take
