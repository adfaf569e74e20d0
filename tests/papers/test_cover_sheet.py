"""The cover sheet on paper: what it says, and codes that a reader gives back."""

import dataclasses
import datetime as dt
import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from greffe.papers.codes import LONGEST, MARKER, PREFIX, data_code
from greffe.papers.compiler import PaperError
from greffe.papers.cover_sheet import CoverSheet, render_cover_sheet
from greffe.papers.texts import Lang

pytestmark = pytest.mark.requirement("MC-18")

AT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.timezone(dt.timedelta(hours=-8)))
SHEET = CoverSheet(
    registry="Electronic registry",
    file_number="VC6-01377",
    kind="Written submissions",
    received_at=AT,
    place="Vancouver",
    method="Fax",
    received_by="Odile Gagnon",
    filed_by="Daniel Okafor",
    audience="The parties and the tribunal",
    code=PREFIX + "abc",
)


def made(lang: Lang = "en", **changes: Any) -> bytes:
    return render_cover_sheet(dataclasses.replace(SHEET, **changes), lang=lang, issued=AT)


def words(document: bytes) -> str:
    page = pypdfium2.PdfDocument(document)[0]
    return str(page.get_textpage().get_text_range()).replace("\u00a0", " ")


def codes(document: bytes) -> set[str]:
    image = pypdfium2.PdfDocument(document)[0].render(scale=150 / 72).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("Cover sheet", "Monday 2 March 2026, 22:05 (Vancouver)", "Received by")),
        ("fr", ("Page couverture", "lundi 2 mars 2026, 22 h 05 (Vancouver)", "Reçu par")),
    ],
)
@pytest.mark.requirement("BY-06")
def test_sheet_says_in_words_what_its_code_says(lang: Lang, said: tuple[str, ...]) -> None:
    page = words(made(lang))
    for expected in (*said, "VC6-01377", "Odile Gagnon", "Daniel Okafor"):
        assert expected in page


def test_both_codes_are_read_back_from_the_page() -> None:
    assert codes(made()) == {PREFIX + "abc", MARKER}


def test_longest_text_is_read_back_at_the_resolution_of_a_scanner() -> None:
    longest = PREFIX + "Zq8-" * ((LONGEST - len(PREFIX)) // 4)
    assert longest in codes(made(code=longest))


def test_sheet_is_one_page_with_its_language_and_words_for_its_codes() -> None:
    with pikepdf.open(io.BytesIO(made("fr"))) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "fr-CA"
        alts = [
            str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o
        ]
    assert len(alts) == 2
    assert all("Code à barres" in alt for alt in alts)


def test_name_that_no_font_draws_is_shown_by_number() -> None:
    assert "U+1F5FF" in words(made(filed_by="\U0001f5ff"))


@pytest.mark.parametrize("code", ["abc", PREFIX + "x" * LONGEST])
def test_text_that_is_no_sheets_or_too_long_makes_no_sheet(code: str) -> None:
    with pytest.raises(PaperError):
        made(code=code)
    with pytest.raises(ValueError, match="cover sheet"):
        data_code(code)
