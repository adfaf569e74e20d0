"""File numbers and client ids as people type them."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greffe.law.identifiers import FileNumber, parse_client_id, parse_file_number

DASHES = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Pd"]
SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\u3000", "\t"]
MARKS = ["\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u202a", "\u202c"]
DIGITS = st.text("0123456789", min_size=5, max_size=5)
SEPARATORS = st.text(st.sampled_from([*DASHES, "\u2212", "\u00ad", *SPACES, *MARKS]), max_size=5)
PADDING = st.text(st.sampled_from([*SPACES, *MARKS]), max_size=3)

ID_PREFIXES = {"0001": "west", "0003": "central", "0018": "east"}
LETTERS = {"V": "west", "T": "central", "M": "east"}
DECADES = {"A": 2000, "B": 2010, "C": 2020}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("TB7-12345", FileNumber("TB7-12345", "central", 2017)),
        ("TB7 ‑ 12345", FileNumber("TB7-12345", "central", 2017)),
        ("tb7–12345", FileNumber("TB7-12345", "central", 2017)),
        ("VA9-02166", FileNumber("VA9-02166", "west", 2009)),
        ("MC0 09011", FileNumber("MC0-09011", "east", 2020)),
        ("TB712345", FileNumber("TB7-12345", "central", 2017)),
        ("0018-C1-01234", FileNumber("0018-C1-01234", "east", 2021, "ID")),
        ("0003 — b9 — 00001", FileNumber("0003-B9-00001", "central", 2019, "ID")),
    ],
)
def test_file_number_is_read_however_it_is_typed(typed: str, read: FileNumber) -> None:
    assert parse_file_number(typed) == read
    assert str(read) == read.text


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "TB7-1234",
        "TB7-123456",
        "XB7-12345",
        "TD7-12345",
        "TBB-12345",
        "TB7-1234O",
        "12345678",
        "0002-C1-01234",
        "0018-C1-1234",
        "TB7-12345 TB7-12346",
        "TB7/12345",
        "TB7-١٢٣٤٥",
        "T B7-12345",
    ],
)
def test_file_number_that_is_none_is_not_guessed(typed: str) -> None:
    assert parse_file_number(typed) is None


@given(
    st.sampled_from("VTM"), st.sampled_from("ABC"), st.integers(0, 9), DIGITS, SEPARATORS, PADDING
)
def test_file_number_survives_every_separator(
    letter: str, decade: str, year: int, serial: str, separator: str, padding: str
) -> None:
    number = parse_file_number(f"{padding}{letter}{decade}{year}{separator}{serial}{padding}")
    assert number == FileNumber(
        f"{letter}{decade}{year}-{serial}", LETTERS[letter], DECADES[decade] + year
    )


@given(
    st.sampled_from(sorted(ID_PREFIXES)),
    st.sampled_from("ABC"),
    st.integers(0, 9),
    DIGITS,
    SEPARATORS,
)
def test_file_number_of_the_id_survives_every_separator(
    prefix: str, decade: str, year: int, serial: str, separator: str
) -> None:
    number = parse_file_number(f"{prefix}{separator}{decade}{year}{separator}{serial}".lower())
    assert number == FileNumber(
        f"{prefix}-{decade}{year}-{serial}", ID_PREFIXES[prefix], DECADES[decade] + year, "ID"
    )


@given(st.text(max_size=100))
@example("-" * 64)
@example("T" * 100_000)
def test_file_number_read_from_anything_reads_itself_again(typed: str) -> None:
    number = parse_file_number(typed)
    assert number is None or parse_file_number(number.text) == number


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0123456789", "01-2345-6789"),
        ("01-2345-6789", "01-2345-6789"),
        ("12345678", "1234-5678"),
        ("0000 0001", "0000-0001"),
        ("0012‑3456", "0012-3456"),
    ],
)
def test_client_id_is_text_with_its_leading_zeros(typed: str, read: str) -> None:
    assert parse_client_id(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "1234567", "123456789", "12345678901", "1234-567A", "12-34-5678", "TB7-12345"]
)
def test_client_id_that_is_none_is_not_guessed(typed: str) -> None:
    assert parse_client_id(typed) is None


@given(st.text("0123456789", min_size=8, max_size=8), st.text("0123456789", max_size=2), SEPARATORS)
def test_client_id_survives_every_separator(eight: str, two: str, separator: str) -> None:
    groups = [two, eight[:4], eight[4:]] if two else [eight[:4], eight[4:]]
    read = parse_client_id(separator.join(groups))
    assert read == (None if len(two) == 1 else "-".join(groups))


@given(st.text(max_size=100))
def test_client_id_read_from_anything_is_digits_of_the_right_length(typed: str) -> None:
    read = parse_client_id(typed)
    assert read is None or (len(read.replace("-", "")) in {8, 10} and parse_client_id(read) == read)
