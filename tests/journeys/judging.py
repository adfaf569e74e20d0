"""What every page must be: one heading, its language, no width of its own, nothing axe finds."""

from playwright.sync_api import expect

from tests.journeys.walking import Visit
from tests.support import axe

WIDTHS = {"telephone": 320, "desk at 200 %": 640, "desk": 1280}

# The page is told of its new width in its own time.
AT_WIDTH = """width => innerWidth === width || new Promise((done) => {
  addEventListener("resize", () => innerWidth === width && done(true));
})"""


def judged(name: str, who: Visit) -> str:
    """Hold a page against everything that every page must be; give its name."""
    page = who.page
    page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    heading = page.get_by_role("heading", level=1).inner_text()
    assert page.locator("html").get_attribute("lang") == who.lang, name
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(AT_WIDTH, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    page.emulate_media(color_scheme="dark")
    assert axe.violations(page, rules=["color-contrast"]) == [], f"{name} ({heading}), dark"
    page.emulate_media(color_scheme="light")
    assert axe.violations(page) == [], f"{name} ({heading})"
    return name
