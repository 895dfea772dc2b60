"""What only a browser can show, run in a real one: opens each experiment's page, as a visitor would, and reads it."""

import json
import os

from authcompare.experiments.base import Observation
from authcompare.server.bootstrap import system_browser

PATIENCE = 120_000  # milliseconds for one experiment: a dozen doors one after the other


class NoBrowserError(Exception):
    """There is no browser here to run them in; says what to do."""


def watch(cells, base_url):
    """Fill the cells of browser experiments, page by page of the server at `base_url`; yields each as it is done."""
    from playwright.sync_api import Error, sync_playwright  # here, since only this needs it, and it takes its time

    experiments = {cell.experiment.slug: cell.experiment for cell in cells}
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=os.environ.get("BROWSER_PATH") or system_browser())
        except Error:
            raise NoBrowserError("no browser starts here: set BROWSER_PATH to a Chromium") from None
        for slug in experiments:
            with browser.new_context() as context:
                try:
                    seen, failure = visit(context.new_page(), f"{base_url}/experiments/{slug}/", slug), ""
                except Error as error:
                    seen, failure = {}, error.message.splitlines()[0]
            for cell in cells:
                if cell.experiment.slug == slug:
                    fill(cell, seen.get(cell.door), failure)
                    yield cell
        browser.close()


def visit(page, url, slug):
    """Run it at all doors; returns what the page keeps of it: {door: {"outcome", "facts", ...}}."""
    page.goto(url)
    page.wait_for_selector("#trial[data-ready]")
    if page.locator("#all").is_visible():
        page.click("#all")
    page.click("#run")
    page.wait_for_selector("#run[aria-disabled=false]", timeout=PATIENCE)
    return json.loads(page.evaluate("key => localStorage.getItem(key)", f"authcompare:evidence:{slug}") or "{}")


def fill(cell, seen, failure):
    if seen:
        cell.observation = Observation(seen["outcome"], [tuple(fact) for fact in seen["facts"]])
    else:
        cell.error = failure or "the page could not finish it"
