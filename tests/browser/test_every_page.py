"""Every page in every look: axe finds nothing, nothing sticks out sideways, and a picture of it is taken."""

import pytest

from authcompare.mechanism import mechanisms

LOOKS = {
    "light": {"theme": "light", "language": "en"},
    "dark": {"theme": "dark", "language": "en"},
    "chinese": {"theme": "light", "language": "zh-hans"},
    "phone": {"theme": "light", "language": "en"},
    "projector": {"theme": "light", "language": "en", "view": "projector"},
}
SIZES = {"phone": {"width": 390, "height": 844}}
PAGES = {
    "side-by-side": "/",
    **{mechanism.slug: f"/{mechanism.slug}/" for mechanism in mechanisms()},
    "api": "/api/",
    "door": "/tokens/api/protected/",
    "docs": "/api/docs/",
    "experiments": "/experiments/",
    "experiment": "/experiments/replay-after-logout/",
    "error": "/nowhere/",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_holds_together(page, live_server, axe, screenshot, name, look):
    if look in SIZES:
        page.set_viewport_size(SIZES[look])
    prefs = "%26".join(f"{key}%3D{value}" for key, value in LOOKS[look].items())
    page.context.add_cookies([{"name": "prefs", "value": prefs, "url": live_server.url}])
    page.goto(live_server.url + PAGES[name])
    if page.locator("#doors").count():
        page.wait_for_selector("#doors[data-ready]")
        page.click("#sign-in .primary")
        page.wait_for_selector("#doors:not([aria-busy])")
        for act in ("signOut", "replay"):
            page.click(f".toolbar [data-act={act}]")
            page.wait_for_selector("#doors:not([aria-busy])")
        if look == "projector":
            page.click(".stepper li:last-child button")
    if page.locator("#trial").count():
        page.wait_for_selector("#trial[data-ready]")
        page.locator("#columns input:visible").first.check()
        page.click("#run")
        page.wait_for_selector("#run[aria-disabled=false]")
    if name == "docs":
        page.wait_for_selector(".swagger-ui .opblock-tag")
    assert page.get_attribute("html", "lang") == LOOKS[look]["language"]
    axe(page, options={"exclude": [["#swagger-ui"]]} if name == "docs" else {})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"{name}-{look}" if look != "light" else name, full_page=look != "projector")
