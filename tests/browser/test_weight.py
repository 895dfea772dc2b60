"""The weight of the first page, and its layout shift."""

LIGHT = 150_000  # bytes, uncompressed, of everything it loads


def test_the_first_page_is_light_and_nothing_moves_after_it_is_painted(page, live_server):
    weight = {}
    page.on("response", lambda response: weight.update({response.url: len(response.body())}) if response.ok else None)
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.moved += e.value; }))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(live_server.url)
    page.wait_for_selector("#doors[data-ready]")
    page.wait_for_load_state("networkidle")
    assert sum(weight.values()) < LIGHT, weight
    assert page.evaluate("window.moved") < 0.01
