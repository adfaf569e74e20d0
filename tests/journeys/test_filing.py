"""Counsel's whole journey in Chromium, on the real registry, with PDFs that nobody here made."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.site import PASSWORD
from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.requirement("BY-06")]

COUNSEL = {
    "en": ("okafor", "TC5-10022", "iad-disclosure"),
    "fr": ("tremblay", "MC6-02345", "rpd-disclosure"),
}
HEALTHY, PROTECTED, MENDED = "doc_3_3_pages.pdf", "pr6531_1.pdf", "TAMReview.pdf"


@pytest.mark.requirement("MC-07")
@pytest.mark.requirement("MC-12")
@pytest.mark.requirement("BY-02")
@pytest.mark.requirement("BY-04")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_counsel_files_documents_and_gets_a_receipt_that_verifies_offline(
    visit: Callable[..., Visit], corpus: Path, tmp_path: Path, site: str, lang: str
) -> None:
    counsel = visit(lang)
    username, number, kind = COUNSEL[lang]
    counsel.sign_in(username)
    counsel.open_case(number)
    counsel.choose_type(kind)
    counsel.add(corpus / HEALTHY, corpus / PROTECTED)
    expect(counsel.line(PROTECTED)).to_contain_text(counsel.words["password"])
    expect(counsel.line(PROTECTED).locator(".tag")).to_have_text(counsel.words["must be fixed"])
    counsel.replace(corpus / PROTECTED, corpus / MENDED)
    expect(counsel.line(MENDED).locator(".tag")).to_have_text(counsel.words["ready"])
    counsel.go_on_from_files()
    counsel.state_service()
    counsel.skip_dates()
    counsel.submit()
    receipt = counsel.page.get_by_role("main")
    for said in (number, HEALTHY, MENDED, counsel.words["limit"], "Minister of Immigration"):
        expect(receipt).to_contain_text(said)
    file = counsel.download("download", tmp_path)
    data = counsel.download("data", tmp_path)
    receipt_is_proven_offline(site, tmp_path, file, data)
    receipt_is_checked_in_public(counsel, file, data)
    counsel.go("portal/")
    counsel.open_case(number)
    counsel.follow(counsel.link(counsel.words["history"]))
    expect(counsel.page.locator(".timeline")).to_contain_text(counsel.words["did file"])
    counsel.sign_out()


def receipt_is_proven_offline(site: str, folder: Path, *receipts: Path) -> None:
    keys = folder / "keys.json"
    keys.write_bytes(urlopen(f"{site}/receipts/keys.json", timeout=30).read())
    command = [sys.executable, "-m", "greffe.cli", "verify", "--keys", str(keys)]
    assert subprocess.run([*command, *map(str, receipts)], check=False).returncode == 0
    for receipt in receipts:
        changed = subprocess.run([*command, str(altered(receipt))], check=False)
        assert changed.returncode == 1


def altered(receipt: Path) -> Path:
    """A copy with one byte of its content changed."""
    content = bytearray(receipt.read_bytes())
    place = content.index(HEALTHY.encode()) if receipt.suffix == ".json" else 3000
    content[place] ^= 1
    copy = receipt.with_stem(f"altered-{receipt.stem}")
    copy.write_bytes(content)
    return copy


def receipt_is_checked_in_public(counsel: Visit, *receipts: Path) -> None:
    for receipt in receipts:
        counsel.check_receipt(receipt)
        expect(counsel.page.get_by_text(counsel.words["genuine"])).to_be_visible()
        counsel.check_receipt(altered(receipt))
        expect(counsel.page.get_by_text(counsel.words["worthless"])).to_be_visible()


@pytest.mark.requirement("MC-13")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_counsel_files_documents_without_javascript(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    counsel = visit(lang, java_script_enabled=False, viewport={"width": 320, "height": 800})
    counsel.sign_in("okafor")
    counsel.open_case("VC6-01377")
    counsel.choose_type("rpd-disclosure")
    counsel.add_plainly(corpus / HEALTHY, corpus / PROTECTED)
    expect(counsel.line(PROTECTED)).to_contain_text(counsel.words["password"])
    counsel.replace(corpus / PROTECTED, corpus / MENDED)
    counsel.go_on_from_files()
    counsel.page.wait_for_url("**/review/")
    counsel.submit()
    clock = counsel.page.locator(".summary-list .clock").first
    expect(clock).to_contain_text("Vancouver")
    expect(clock).to_contain_text(counsel.words["eastern"])


def test_counsel_files_documents_with_the_keyboard_alone(
    visit: Callable[..., Visit], corpus: Path
) -> None:
    counsel = visit("en")
    page = counsel.page
    counsel.go("sign-in/")
    tab_to(page, page.locator("#id_login"))
    page.keyboard.type("okafor")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    counsel.follow_key("Enter")
    counsel.at("My cases")
    follow(counsel, counsel.link("TC6-04410"))
    follow(counsel, counsel.link("File documents"))
    press(page, page.locator("input[value=rpd-disclosure]"), "Space")
    follow(counsel, counsel.button("continue"))
    with page.expect_file_chooser() as chooser:
        press(page, counsel.button("choose"), "Enter")
    chooser.value.set_files(corpus / HEALTHY)
    counsel.line(HEALTHY).wait_for()
    follow(counsel, counsel.link("Continue"))
    counsel.at("Review and file")
    for box in page.locator("input[name=acknowledged]").all():
        press(page, box, "Space")
    follow(counsel, counsel.button("file now"))
    counsel.at("Your documents were filed")


def press(page: Page, target: Locator, key: str) -> None:
    """Go to something by Tab, as far as that takes, and press a key on it."""
    tab_to(page, target)
    page.keyboard.press(key)


def follow(counsel: Visit, target: Locator) -> None:
    """Go to what leads to a page by Tab, press Enter on it, and be there."""
    tab_to(counsel.page, target)
    counsel.follow_key("Enter")


def tab_to(page: Page, target: Locator) -> None:
    target.wait_for()
    for _ in range(150):
        if has_focus(target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def has_focus(target: Locator) -> Any:
    return target.evaluate("element => element === document.activeElement")
