"""Experiments that need a browser, run in a real one: open each experiment's page, and read its results."""

import os
from collections.abc import Iterable, Iterator

from authcompare.experiments.base import Observation
from authcompare.experiments.trial import Trial
from authcompare.server.bootstrap import system_browser

TIMEOUT_MILLISECONDS = 120_000  # for one experiment at a dozen variants, one after the other

RESULTS = """() => Object.fromEntries([...document.querySelectorAll("#columns [data-outcome]")].map((column) => [
  column.dataset.door,
  {
    outcome: column.dataset.outcome,
    facts: [...column.querySelectorAll("dl.facts dt")].map((dt) => [dt.textContent, dt.nextSibling.textContent]),
  },
]))"""


class NoBrowserError(Exception):
    """No browser starts here; the message says what to do."""


def run_all_in_browser(trials: Iterable[Trial], base_url: str) -> Iterator[Trial]:
    """Run these trials in Chromium on the server at `base_url`, and yield each one when it is done."""
    from playwright.sync_api import Error, sync_playwright  # a slow import that only this function needs

    trials = list(trials)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=os.environ.get("BROWSER_PATH") or system_browser())
        except Error:
            raise NoBrowserError("no browser starts here: set BROWSER_PATH to a Chromium") from None
        for slug in dict.fromkeys(trial.experiment.slug for trial in trials):
            with browser.new_context() as context:
                try:
                    results, failure = visit(context.new_page(), f"{base_url}/experiments/{slug}/"), ""
                except Error as error:
                    results, failure = {}, error.message.splitlines()[0]
            for trial in trials:
                if trial.experiment.slug == slug:
                    fill(trial, results.get(trial.variant.key), failure)
                    yield trial
        browser.close()


def visit(page, url: str) -> dict:
    """Run the experiment of this page at all its variants; returns {variant key: {"outcome", "facts"}}."""
    page.goto(url)
    page.wait_for_selector("#trial[data-ready]")
    if page.locator("#all").is_visible():
        page.click("#all")
    page.click("#run")
    page.wait_for_selector("#run[aria-disabled=false]", timeout=TIMEOUT_MILLISECONDS)
    return page.evaluate(RESULTS)


def fill(trial: Trial, result: dict | None, failure: str) -> None:
    """Write a page's result, or its failure, into the trial."""
    if result:
        trial.observation = Observation(result["outcome"], [tuple(fact) for fact in result["facts"]])
    else:
        trial.error = failure or "the page did not finish it"
