import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.papers import fonts
from greffe.papers.scripts import breakable, isolated, showable


def test_coverage_reads_both_kinds_of_table() -> None:
    latin, arabic, *_ = fonts.coverage()
    assert {ord(each) for each in "Aé€œŸ—…«»’"} <= latin
    assert {ord(each) for each in "ملف"} <= arabic
    assert 0x4E2D not in latin


def test_code_points_of_what_is_no_font_are_refused() -> None:
    with pytest.raises(ValueError, match="cmap"):
        list(fonts.code_points(b"\0" * 12))


@pytest.mark.parametrize(
    "text",
    [
        "Communication – pièces 1 à 14.pdf",
        "e\u0301te\u0301.pdf",
        "ملف الأسرة.pdf",
        "نامه\u200cها",
        "नागरिकता प्रमाण क्\u200dष",
        "បទបង្ហាញ",
        "தமிழ்",
        "తెలుగు",
        "ไทย",
        "Ελληνικά, Кириллица, Tiếng Việt, Ngũgĩ",
    ],
)
def test_showable_keeps_what_a_font_draws(text: str) -> None:
    assert showable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("中文.pdf", "‹U+4E2D 6587›.pdf"),
        ("a\u202egpj.exe", "a‹U+202E›gpj.exe"),
        ("a\x1b[0m", "a‹U+001B›[0m"),
        ("a\r\nb", "a‹U+000D 000A›b"),
        ("a\u200bb", "a‹U+200B›b"),
        ("a\u200db", "a‹U+200D›b"),
        ("\u0301x", "‹U+0301›x"),
        ("a" + "\u0301" * 9, "a‹U+" + " ".join(["0301"] * 9) + "›"),
        ("\ud800", "‹U+D800›"),
        ("\uffff", "‹U+FFFF›"),
        ("‹U+0041›", "‹U+2039›U+0041‹U+203A›"),
        ("🙂", "‹U+1F642›"),
        ("", ""),
    ],
)
def test_showable_shows_the_rest_by_number(text: str, shown: str) -> None:
    assert showable(text) == shown


def test_showable_draws_less_at_lower_levels() -> None:
    assert showable("é ж", "latin") == "é ‹U+0436›"
    assert showable("é ж", "ascii") == "‹U+00E9› ‹U+0436›"


@given(st.text())
def test_showable_of_different_texts_differs(text: str) -> None:
    """Nothing is hidden: the numbers give the text back."""
    assert _restored(showable(text)) == text
    assert showable(showable(text, "ascii"), "ascii").isascii() is not any(
        ord(each) > 126 or ord(each) < 32 for each in text
    )


def _restored(shown: str) -> str:
    restored, numbers = "", False
    for part in shown.replace("›", "‹").split("‹"):
        codes = part.removeprefix("U+").split(" ")
        restored += "".join(chr(int(code, 16)) for code in codes) if numbers else part
        numbers = not numbers
    return restored


def test_isolated_wraps_only_what_could_reorder() -> None:
    assert isolated("Amélie 12") == "Amélie 12"
    assert isolated("ملف") == "\u2068ملف\u2069"
    assert isolated("ملف.pdf", file_name=True) == "\u2066ملف.pdf\u2069"


@given(st.text())
def test_breakable_adds_places_to_break_and_nothing_else(text: str) -> None:
    assert breakable(text).replace("\u200b", "") == text.replace("\u200b", "")


def test_breakable_breaks_long_runs_only() -> None:
    assert breakable("short name.pdf") == "short name.pdf"
    assert max(len(run) for run in breakable("x" * 300).split("\u200b")) == 24
