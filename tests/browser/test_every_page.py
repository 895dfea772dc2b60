"""Pages in every look: axe finds nothing, and nothing sticks out sideways."""

import pytest

from authcompare.mechanisms.registry import mechanisms
from tests.browser.conftest import settle

# Each set of preferences with the looks in which a page is tested: {name: (colour scheme, size)}.
LOOKS = {
    "english": ({"language": "en"}, {"light": ("light", None), "phone": ("light", (390, 844))}),
    "chinese": ({"language": "zh-hans"}, {"chinese": ("dark", None)}),  # colours do not depend on the language
    "projector": ({"language": "en", "view": "projector"}, {"projector": ("light", None)}),
}
# Their own tests, beside this file, see these in both colour schemes and on a phone.
LOOKED_AT = {
    **{mechanism.slug: f"/{mechanism.slug}/" for mechanism in mechanisms()},
    "api": "/api/",
    "door": "/tokens/api/protected/",
    "docs": "/api/docs/",
}
SEEN_IN_CHINESE = {*LOOKED_AT} - {"docs"}  # by test_every_control
PAGES = {
    **LOOKED_AT,
    "side-by-side": "/",
    "experiments": "/experiments/",
    "experiment": "/experiments/replay-after-logout/",
    "error": "/nowhere/",
}


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        (name, asked)
        for name in PAGES
        for asked in LOOKS
        if name not in {"english": LOOKED_AT, "chinese": SEEN_IN_CHINESE}.get(asked, ())
    ],
)
def test_a_page_is_accessible_and_holds_together(page, live_server, axe, screenshot, name, asked):
    preferences, looks = LOOKS[asked]
    prefs = "%26".join(f"{key}%3D{value}" for key, value in preferences.items())
    page.context.add_cookies([{"name": "prefs", "value": prefs, "url": live_server.url}])
    page.goto(live_server.url + PAGES[name])
    use(page, name, asked)
    assert page.get_attribute("html", "lang") == preferences["language"]
    for look, (scheme, size) in looks.items():
        page.emulate_media(color_scheme=scheme)
        if size:
            page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        settle(page)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
        screenshot(page, f"{name}-{look}" if look != "light" else name, full_page=look != "projector")


def use(page, name, asked):
    """Use the page as a visitor does, so that it shows results."""
    if page.locator("#doors").count():
        page.wait_for_selector("#doors[data-ready]")
        page.click("#sign-in .primary")
        page.wait_for_selector("#doors:not([aria-busy])")
        for act in ("signOut", "replay"):
            page.click(f".toolbar [data-act={act}]")
            page.wait_for_selector("#doors:not([aria-busy])")
        if asked == "projector":
            page.click(".stepper li:last-child button")
    if page.locator("#trial").count():
        page.wait_for_selector("#trial[data-ready]")
        page.locator("#columns input:visible").first.check()
        page.click("#run")
        page.wait_for_selector("#run[aria-disabled=false]")
    if name == "docs":
        page.wait_for_selector(".swagger-ui .opblock-tag")
