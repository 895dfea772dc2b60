"""Theme and language, driven by the plain preference cookie."""

import pytest
from playwright.sync_api import expect

PAPER = {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 22, 26)"}


def paper(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_server_renders_the_theme_so_nothing_flashes(page, live_server, theme):
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    page.context.add_cookies([{"name": "prefs", "value": f"theme%3D{theme}", "url": live_server.url}])
    response = page.goto(live_server.url)
    assert f'data-theme="{theme}"' in response.text()
    assert paper(page) == PAPER[theme]


def test_without_a_choice_the_theme_is_the_systems(page, live_server):
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.goto(live_server.url)
        assert paper(page) == PAPER[theme]


def test_what_runs_is_seen_to_move_but_not_by_who_wants_no_motion(page, live_server):
    page.goto(f"{live_server.url}/experiments/")
    page.evaluate("document.querySelector('#matrix td[data-door]').setAttribute('aria-busy', 'true')")
    for motion, moving in (("no-preference", 1), ("reduce", 0)):
        page.emulate_media(reduced_motion=motion)
        running = "document.getAnimations().filter((each) => each.animationName === 'turning').length"
        assert page.evaluate(running) == moving


def test_the_theme_button_goes_round(page, live_server):
    page.goto(live_server.url)
    for theme in ("light", "dark", "auto"):
        page.click("[name=theme]")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_language_button_changes_the_language_and_stays_on_the_page(page, live_server):
    page.goto(f"{live_server.url}/tokens/")
    page.click("[name=language][value=zh-hans]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url == f"{live_server.url}/tokens/"
    page.click("[name=language][value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_scripts_can_read_and_change_the_preferences(page, live_server):
    page.goto(live_server.url)
    page.click("[name=theme]")
    assert "theme%3Dlight" in page.evaluate("document.cookie")
    page.evaluate("document.cookie = 'prefs=theme%3Ddark; path=/'")
    page.reload()
    assert paper(page) == PAPER["dark"]


def test_the_look_outlives_a_name_that_was_to_be_kept_for_seconds(page, live_server):
    page.goto(live_server.url)
    page.click("[name=theme]")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.wait_for_load_state()  # by now its script has kept the look
    page.evaluate("document.cookie = 'prefs=; path=/; max-age=0'")  # as the browser does when the time is up
    page.reload()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_page_works_without_scripts_as_far_as_it_can(browser, live_server, watch):
    context = browser.new_context(java_script_enabled=False)
    page = watch(context.new_page())
    page.goto(live_server.url)
    expect(page.locator("noscript .notice")).to_be_visible()
    page.click("[name=theme]")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    context.close()
