"""The recorded runs of Node code in the steps of the lesson: readable in every look, and complete on a projector."""

import pytest

from authcompare.learning.lessons import steps
from authcompare.learning.transcripts import transcript_names, transcripts
from tests.browser.test_walkthrough import look, step  # noqa: F401  a fixture

SLUGS = [each.slug for each in steps("en") if transcript_names(each.body)]


def lines(slug, language):
    """Return every line that the step shows of its transcripts."""
    body = next(each.body for each in steps(language) if each.slug == slug)
    for name in transcript_names(body):
        transcript = transcripts()[name]
        yield from transcript.source
        yield from (line for row in transcript.output for line in row.values())
        yield from (transcript.environment, transcript.command)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_projector_shows_every_line_of_a_transcript_without_scrolling(step, context, live_server, language):  # noqa: F811
    look(context, live_server, theme="light", language=language, view="projector")
    for slug in SLUGS:
        page = step.open(slug, "#code").page
        seen = ""
        while step.shown == ["code"]:
            assert page.evaluate("document.documentElement.scrollHeight") <= 720, slug
            seen += page.inner_text("#code") + "\n"
            number, total = page.get_attribute('#stepper [href="#code"]', "data-screens").split("/")
            if number == total:
                break
            page.keyboard.press("ArrowRight")
        shown = "".join(seen.split())
        assert [line for line in lines(slug, language) if "".join(line.split()) not in shown] == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_transcript_is_accessible_and_fits_on_a_desk_and_on_a_phone(step, axe, width, scheme):  # noqa: F811
    step.page.set_viewport_size({"width": width, "height": 844})
    step.page.emulate_media(color_scheme=scheme)
    for slug in SLUGS:
        page = step.open(slug, "#code").page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), slug
        assert page.evaluate(
            "[...document.querySelectorAll('.transcript *')].every((each) => each.scrollWidth <= each.clientWidth + 1"
            " || getComputedStyle(each).display.startsWith('inline') || each.matches('.visually-hidden'))"
        ), slug
        axe(page)
