"""A real Chromium against a real server, strict about what the page does on the side."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
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
    """Without it each answer of the live server waits, 40 ms on Linux, for the browser's delayed ACK."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patience():
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The browser that `manage.py test` found; Playwright's own where BROWSER_PATH is unset."""
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
    """Watches pages: at the end, any console error and any request off loopback fails the test."""
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


@pytest.fixture
def axe():
    """Asserts that a page has no accessibility violation that axe can find."""

    def check(page, **options):
        found = Axe().run(page, **options)
        assert found.violations_count == 0, found.generate_report()

    return check


def settle(page):
    """Ends every transition: halfway there, a colour is neither of the two."""
    page.evaluate(
        """() => document.getAnimations()
             .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
             .forEach((each) => each.finish())"""
    )


@pytest.fixture
def axe_in_both_schemes(axe):
    """The same by day and by night: what a page without a choice of its own follows."""

    def check(page, **options):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            axe(page, **options)

    return check


@pytest.fixture
def screenshot(request):
    """Takes a picture, where a folder for them was named (--screenshots)."""

    def take(page, name, **options):
        if folder := request.config.getoption("--screenshots"):
            page.screenshot(animations="disabled", path=folder / f"{name}.png", **options)

    return take
