"""Names of files: safe to keep and to show, with their accents, whatever was sent."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.documents.names import LONGEST, clean_name

ACCENTED = "Décision – n° 2, « pièce » œuvre ñ Ẑ 李 رحیمی.pdf"


@pytest.mark.security(19)
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jane\\Bureau\\preuve.pdf", "preuve.pdf"),
        ("/home/jane/preuve.pdf", "preuve.pdf"),
        ("..", "document"),
        ("", "document"),
        ("a/", "a"),
        ("\x00preuve\x00.pdf", "preuve.pdf"),
        ("preuve\r\nX-Header.pdf", "preuveX-Header.pdf"),
        ("fdp\u202e.exe", "fdp.exe"),
        ("\u2066preuve\u2069\u200f.pdf", "preuve.pdf"),
        ("preuve\ud800.pdf", "preuve.pdf"),
        ("  deux   espaces  .pdf  ", "deux espaces .pdf"),
        (".pdf", "pdf"),
    ],
)
def test_name_that_could_mislead_is_made_plain(sent: str, kept: str) -> None:
    assert clean_name(sent).text == kept
    assert clean_name(sent).changed


def test_accents_and_scripts_are_kept() -> None:
    cleaned = clean_name(ACCENTED)
    assert cleaned.text == ACCENTED
    assert not cleaned.changed


def test_accents_written_in_two_characters_are_joined_without_being_a_change() -> None:
    cleaned = clean_name(unicodedata.normalize("NFD", "Pièce jointe été.pdf"))
    assert cleaned.text == "Pièce jointe été.pdf"
    assert not cleaned.changed


def test_name_of_300_characters_is_shortened_and_keeps_its_ending() -> None:
    cleaned = clean_name("é" * 296 + ".pdf")
    assert len(cleaned.text) == LONGEST
    assert cleaned.text.endswith("….pdf")
    assert cleaned.changed


def test_long_name_without_an_ending_is_shortened() -> None:
    assert len(clean_name("x" * 300).text) <= LONGEST


@given(st.text(max_size=400))
def test_any_text_gives_a_safe_name_and_cleaning_again_changes_nothing(sent: str) -> None:
    name = clean_name(sent).text
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set("/\\\x00\r\n\t")
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not {unicodedata.category(character) for character in name} & hidden
    again = clean_name(name)
    assert (again.text, again.changed) == (name, False)


@given(st.text(st.characters(categories=["L", "N", "M"]), min_size=1, max_size=100))
def test_letters_of_any_script_stay(letters: str) -> None:
    sent = unicodedata.normalize("NFC", f"a{letters}.pdf")
    assert clean_name(sent).text == sent
