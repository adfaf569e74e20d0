"""An officer reads what counsel filed: pages, keys, size, search, in Chromium in both languages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.site import PASSWORD
from tests.journeys.test_pages import judged
from tests.journeys.walking import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-14"),
    pytest.mark.requirement("BY-06"),
    pytest.mark.security(20),
]

FILED = "TAMReview.pdf"  # 23 pages
PEOPLE = {
    "en": ("okafor", "VC6-01377", "registry-vancouver"),
    "fr": ("tremblay", "MC6-02345", "greffe-montreal"),
}
SAID = {
    "en": ("Page 2 of 23", "is not one of them", "is on", "Text of this page", "Next page"),
    "fr": (
        "Page 2 de 23",
        "n’en fait pas partie",
        "figure sur",
        "Texte de cette page",
        "Page suivante",
    ),
}


def file_something(counsel: Visit, corpus: Path) -> str:
    """Have counsel file a document; give the address of its reader, without the language."""
    username, number, _ = PEOPLE[counsel.lang]
    counsel.sign_in(username)
    counsel.open_case(number)
    counsel.choose_type("rpd-disclosure")
    counsel.add(corpus / FILED)
    counsel.go_on_from_files()
    if counsel.page.url.endswith("/service/"):
        counsel.state_service()
    counsel.skip_dates()
    counsel.submit()
    submission = counsel.page.url.rstrip("/").rpartition("/")[2]
    return f"registry/submissions/{submission}/documents/1/"


def sign_in_to_read(officer: Visit, address: str) -> None:
    """Ask for the reader, sign in, and be there."""
    officer.go(address)
    officer.at(officer.words["sign in"])
    officer.page.fill("#id_login", PEOPLE[officer.lang][2])
    officer.page.fill("#id_password", PASSWORD)
    officer.follow(officer.button("sign in"))
    officer.at(FILED)


def at_page(officer: Visit, page: int, **others: str) -> None:
    """Be at a page of the document, with its image drawn and its keys at work."""
    wanted = "&".join(f"{name}={value}" for name, value in ({"page": page} | others).items())
    officer.page.wait_for_url(re.compile(re.escape(f"?{wanted}#reader") + "$"))
    expect(officer.page.locator(".reader-frame img")).to_have_js_property("complete", True)
    assert officer.page.locator(".reader-frame img").evaluate("image => image.naturalWidth") > 700


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_officer_reads_a_document_with_keys_size_and_search(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    address = file_something(visit(lang), corpus)
    officer = visit(lang, viewport={"width": 1280, "height": 900})
    sign_in_to_read(officer, address)
    page, said = officer.page, SAID[lang]
    assert judged("first page", officer)
    page.keyboard.press("ArrowRight")
    at_page(officer, 2)
    expect(page.get_by_role("region", name=said[0], exact=True)).to_be_visible()
    page.keyboard.press("j")
    at_page(officer, 3)
    page.keyboard.press("k")
    at_page(officer, 2)
    page.keyboard.press("+")
    at_page(officer, 2, zoom="100")
    page.keyboard.press("+")
    at_page(officer, 2, zoom="150")
    assert judged("enlarged", officer)
    page.keyboard.press("-")
    at_page(officer, 2, zoom="100")
    page.keyboard.press("-")
    at_page(officer, 2)
    page.keyboard.press("/")
    expect(page.locator("#reader-q")).to_be_focused()
    page.keyboard.type("management")
    officer.follow_key("Enter")
    expect(page.locator(".reader-hits")).to_contain_text(said[2])
    last = page.locator(".reader-found a").last
    found = last.inner_text().strip().split()[-1]
    officer.follow(last)
    at_page(officer, int(found), q="management")
    expect(page.locator(".reader-text mark").first).to_have_text("management", ignore_case=True)
    assert judged("found", officer)
    keys_can_be_turned_off(officer)
    officer.go(f"{address}?page=99")
    expect(page.locator(".reader .notice")).to_contain_text(said[1])
    assert judged("a page that is not there", officer)


def keys_can_be_turned_off(officer: Visit) -> None:
    """Single letters must not move somebody who dictates (WCAG 2.1.4)."""
    page = officer.page
    page.locator("[data-keys] summary").click()
    page.locator("[data-keys-on]").uncheck()
    page.reload()
    here = page.url
    page.keyboard.press("k")
    page.keyboard.press("ArrowLeft")
    page.locator("[data-keys] summary").click()
    expect(page.locator("[data-keys-on]")).not_to_be_checked()
    assert page.url == here
    page.locator("[data-keys-on]").check()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_officer_reads_a_document_without_javascript_on_a_telephone(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    address = file_something(visit(lang), corpus)
    officer = visit(lang, java_script_enabled=False, viewport={"width": 320, "height": 800})
    sign_in_to_read(officer, address)
    page, said = officer.page, SAID[lang]
    officer.follow(officer.link(said[4]))
    page.wait_for_url("**?page=2#reader")
    page.locator("#reader-page").fill("23")
    officer.follow(page.locator(".reader-go button"))
    page.wait_for_url(lambda url: "page=23" in url)
    page.locator("#reader-q").fill("management")
    officer.follow(page.locator(".reader-search button"))
    expect(page.locator(".reader-hits")).to_contain_text(said[2])
    page.get_by_text(said[3], exact=True).click()
    expect(page.locator("[data-keys]")).to_be_hidden()
    assert page.locator(".reader-frame img").get_attribute("alt")
