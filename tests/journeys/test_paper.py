"""An officer enters paper, prints a cover sheet and places a batch: Chromium, both languages."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.site import PASSWORD
from tests.journeys.walking import Visit
from tests.support.paper import Scan
from tests.support.scenes import pdf

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-18"),
    pytest.mark.requirement("BY-06"),
]

OFFICERS = {
    "en": ("registry-vancouver", "VC6-01377", "Vancouver"),
    "fr": ("greffe-montreal", "MC6-02346", "Montréal"),
}
WORDS = {
    "en": {
        "enter": "Enter paper or fax",
        "add": "Add and continue",
        "continue": "Continue",
        "place": "Place on the case file",
        "placed": "Placed on the case file",
        "future": "cannot be in the future",
        "fix": "Must be fixed",
        "make": "Make the cover sheet",
        "download": "Download the cover sheet (PDF)",
        "holds": "What the batch holds",
        "before": "These pages come before the first cover sheet",
        "ticked": "Place what is ticked",
        "on file": "On file as document",
    },
    "fr": {
        "enter": "Saisir du papier ou une télécopie",
        "add": "Ajouter et continuer",
        "continue": "Continuer",
        "place": "Verser au dossier",
        "placed": "Versé au dossier",
        "future": "ne peuvent pas être à venir",
        "fix": "À corriger",
        "make": "Produire la page couverture",
        "download": "Télécharger la page couverture (PDF)",
        "holds": "Contenu du lot",
        "before": "Ces pages précèdent la première page couverture",
        "ticked": "Verser ce qui est coché",
        "on file": "Au dossier : document",
    },
}


def sign_in(officer: Visit) -> str:
    """Sign in as the officer of this language, open the case; give its address."""
    username, number, _ = OFFICERS[officer.lang]
    officer.go(f"registry/cases/?q={number}")
    officer.page.fill("#id_login", username)
    officer.page.fill("#id_password", PASSWORD)
    officer.follow(officer.button("sign in"))
    officer.follow(officer.link(number))
    officer.page.wait_for_url("**/registry/cases/*-*/")
    return officer.page.url


def fill_in(officer: Visit, on: dt.date) -> None:
    """Say of a document that it came by fax on a day, at nine, from the first person offered."""
    page = officer.page
    page.locator("#id_document_type").select_option("rpd-written-submissions")
    for part, value in enumerate((on.day, on.month, on.year)):
        page.locator(f"#id_received_on_{part}").fill(str(value))
    page.locator("#id_received_time").fill("9:00")
    page.locator("input[name=method][value=fax]").check()
    page.locator("input[name=filed_by]").first.check()


def press(officer: Visit, word: str) -> None:
    name = WORDS[officer.lang][word]
    officer.follow(officer.page.get_by_role("main").get_by_role("button", name=name, exact=True))


def send(officer: Visit, file: Path) -> None:
    officer.page.locator("#upload-files").set_input_files(file)
    press(officer, "add")


def look(officer: Visit, *, pages: int, judge: bool) -> None:
    """Open the second page of the document in a new tab, from its small image; close it again."""
    small = officer.page.locator(".thumbnails img")
    expect(small).to_have_count(min(pages, 3))
    small.last.scroll_into_view_if_needed()
    with officer.page.context.expect_page() as opening:
        officer.page.locator(".thumbnails a").nth(1).click()
    tab = Visit(opening.value, officer.site, officer.lang)
    expect(tab.page.locator("#reader-page")).to_have_value("2")
    if judge:
        image = tab.page.locator(".reader-frame img")
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
        assert judged("paper that waits", tab)
    tab.page.close()


def last_working_day() -> dt.date:
    """A day that is over everywhere, and not long ago."""
    return dt.datetime.now(ZoneInfo("America/Vancouver")).date() - dt.timedelta(days=2)


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("script", [True, False])
def test_officer_enters_a_fax_from_the_scan_to_the_case_file(
    visit: Callable[..., Visit], tmp_path: Path, lang: str, script: bool
) -> None:
    officer, words = visit(lang, java_script_enabled=script), WORDS[lang]
    address, page = sign_in(officer), officer.page
    officer.follow(officer.link(words["enter"]))
    page.wait_for_url("**/paper/")
    if script:
        assert judged("add", officer)
    wrong, right = tmp_path / "faux.pdf", tmp_path / "télécopie.pdf"
    wrong.write_bytes(b"not a PDF")
    right.write_bytes(pdf(3, text=f"{lang} {script}"))
    page.locator("#upload-files").set_input_files([wrong, right])
    press(officer, "add")
    expect(officer.line("faux.pdf")).to_contain_text(words["fix"])
    if script:
        assert judged("details", officer)
    officer.follow(officer.line("faux.pdf").locator("button"))
    expect(officer.line("faux.pdf")).to_have_count(0)
    fill_in(officer, dt.datetime.now(ZoneInfo("America/Toronto")).date() + dt.timedelta(days=2))
    press(officer, "continue")
    expect(page.locator(".error-summary")).to_contain_text(words["future"])
    if script:
        assert judged("details, wrong", officer)
    look(officer, pages=3, judge=script)
    fill_in(officer, last_working_day())
    press(officer, "continue")
    expect(page.get_by_role("main")).to_contain_text(OFFICERS[lang][2])
    for box in page.locator("input[name=confirmed]").all():
        box.check()
    if script:
        assert judged("review", officer)
    press(officer, "place")
    officer.at(words["placed"])
    if script:
        assert judged("placed", officer)
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text("télécopie.pdf")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_officer_prints_a_cover_sheet_and_places_what_was_scanned_under_it(
    visit: Callable[..., Visit], tmp_path: Path, lang: str
) -> None:
    officer, words = visit(lang), WORDS[lang]
    address, page = sign_in(officer), officer.page
    page.goto(f"{address}cover-sheet/")
    assert judged("cover sheet", officer)
    fill_in(officer, last_working_day())
    press(officer, "make")
    assert judged("cover sheet is ready", officer)
    link = officer.link(words["download"]).get_attribute("href")
    answer = page.context.request.get(f"{officer.site}{link}")
    assert answer.headers["content-type"] == "application/pdf"
    scan = tmp_path / "lot.pdf"
    scan.write_bytes(Scan().blank().pages_of(answer.body(), turned=180).blank(2).bytes())
    officer.go("registry/paper/batch/")
    assert judged("batch", officer)
    send(officer, scan)
    # The page finds by itself that the worker has read the scan.
    page.get_by_role("heading", name=words["holds"]).wait_for()
    main = page.get_by_role("main")
    expect(main).to_contain_text(words["before"])
    expect(main).to_contain_text(OFFICERS[lang][1])
    assert judged("what the batch holds", officer)
    look(officer, pages=2, judge=True)
    expect(page.locator("input[name=place]")).not_to_be_checked()  # it was scanned upside down
    page.locator("input[name=place]").check()
    press(officer, "ticked")
    expect(main).to_contain_text(re.compile(words["on file"].replace(" ", r"\s")))
    assert judged("the batch is placed", officer)
