import dataclasses
import datetime as dt
import io
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.papers import invitation as paper
from greffe.papers.invitation import (
    CodeLetter,
    FaxCover,
    Head,
    Invitation,
    render_code_letter,
    render_fax_cover,
    render_invitation,
)
from greffe.papers.receipt_view import Words
from greffe.papers.texts import Lang

pytestmark = pytest.mark.requirement("MC-01")

VANCOUVER = ZoneInfo("America/Vancouver")
HEAD = Head(
    lang="en",
    demonstration=False,
    counsel=True,
    name="Amélie Tremblay",
    address="100 Example Street, Suite 4\nVancouver BC  V5K 0A1",
    office="Vancouver",
    region="Western Region",
    sender="",
    file_numbers=["VB9-16268"],
    reference="3F0C-9A21",
    portal_email="west@example.org",
    portal_telephone="1-833-777-2433",
    issued=dt.datetime(2026, 11, 23, 10, 0, tzinfo=VANCOUVER),
)
REPLY_BY = dt.date(2026, 12, 22)
GROUPS = ("K7WM", "2CPX", "9TQR")


def _head(**changes: Any) -> Head:
    return dataclasses.replace(HEAD, **changes)


def _invitation(**changes: Any) -> bytes:
    return render_invitation(Invitation(_head(**changes), REPLY_BY, ["Lawyer", "Notary"]))


def _code(**changes: Any) -> bytes:
    until = dt.datetime(2026, 12, 22, 23, 59, tzinfo=VANCOUVER)
    letter = CodeLetter(
        _head(**changes), GROUPS, until, "https://greffe.example/", "+1 ••• ••• 0123"
    )
    return render_code_letter(letter)


def _fax(**changes: Any) -> bytes:
    return render_fax_cover(FaxCover(_head(**changes), "+1 604 555 0100", 3))


def _pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = [page.get_textpage().get_text_bounded() for page in opened]
    return [" ".join(text.replace("\u200b", "").split()) for text in texts]


@pytest.mark.requirement("BY-06")
@pytest.mark.requirement("MC-02")
@pytest.mark.parametrize(
    ("lang", "letter", "form"),
    [
        (
            "en",
            [
                "Invitation to the portal",
                "Amélie Tremblay 100 Example Street, Suite 4 Vancouver BC V5K 0A1",
                "return it by Tuesday 22 December 2026",
                "remote meeting",
                "invitation code",
                "text message",
                "west@example.org, 1-833-777-2433",
                "write to the office that handles the case",
            ],
            [
                "Lawyer",
                "Regulator",
                "Membership number",
                "Firm or organization",
                "Mobile telephone",
            ],
        ),
        (
            "fr",
            [
                "Invitation au portail",
                "au plus tard le mardi 22 décembre 2026",
                "rencontre à distance",
                "code d’invitation",
                "SMS",
                "west@example.org, 1-833-777-2433",
                "écrivez au bureau chargé du dossier",
            ],
            ["Organisme de réglementation", "Numéro de membre", "Téléphone mobile", "Signature"],
        ),
    ],
)
def test_invitation_says_what_to_do_and_encloses_the_form(
    lang: Lang, letter: list[str], form: list[str]
) -> None:
    first, second = _pages(_invitation(lang=lang))
    assert [words for words in letter if words not in first] == []
    assert [words for words in form if words not in second] == []
    assert "3F0C-9A21" in first
    assert "3F0C-9A21" in second


@pytest.mark.requirement("MC-17")
@pytest.mark.parametrize("lang", get_args(Lang))
def test_claimant_gets_larger_type_and_is_asked_nothing_of_a_regulator(lang: Lang) -> None:
    plain, counsel = _invitation(lang=lang, counsel=False), _invitation(lang=lang)
    asked = {
        "en": ("Lawyer", "Regulator", "Membership", "Firm"),
        "fr": ("réglementation", "membre", "Cabinet"),
    }[lang]
    assert [words for words in asked if words in _pages(plain)[1]] == []
    assert _type_size(plain) > _type_size(counsel)


def _type_size(pdf: bytes) -> float:
    """The height of most characters of a first page."""
    with pypdfium2.PdfDocument(pdf) as opened:
        text = opened[0].get_textpage()
        boxes = [text.get_charbox(n, loose=True) for n in range(text.count_chars())]
    heights = sorted(round(top - bottom, 1) for _, bottom, _, top in boxes if top > bottom)
    return max(set(heights), key=heights.count)


@pytest.mark.requirement("MC-04")
@pytest.mark.parametrize("counsel", [True, False])
@pytest.mark.parametrize("lang", get_args(Lang))
def test_letter_with_the_code_gives_it_in_groups_with_its_end_and_the_portal(
    lang: Lang, *, counsel: bool
) -> None:
    (page,) = _pages(_code(lang=lang, counsel=counsel))
    assert "K7WM 2CPX 9TQR" in page
    assert "https://greffe.example/" in page
    assert "+1 ••• ••• 0123" in page
    until = {
        "en": "until Tuesday 22 December 2026, 23:59 (Vancouver)",
        "fr": "jusqu’au mardi 22 décembre 2026, 23 h 59 (Vancouver)",
    }[lang]
    assert until in page


def test_code_stands_on_no_other_paper_and_in_no_field_of_the_file() -> None:
    for pdf in (_invitation(), _fax()):
        assert "K7WM" not in " ".join(_pages(pdf))
    with pikepdf.open(io.BytesIO(_code())) as pdf:
        told = str(pdf.docinfo.Title) + pdf.Root.Metadata.read_bytes().decode()
    assert "K7WM" not in told


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["To", "Amélie Tremblay", "+1 604 555 0100", "included 3", "Private"]),
        ("fr", ["À", "Amélie Tremblay", "+1 604 555 0100", "celle-ci 3", "Confidentiel"]),
    ],
)
def test_fax_says_for_whom_it_is_and_how_many_pages(lang: Lang, said: list[str]) -> None:
    (page,) = _pages(_fax(lang=lang))
    assert [words for words in said if words not in page] == []


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("make", [_invitation, _code, _fax])
@pytest.mark.parametrize("lang", get_args(Lang))
def test_letters_are_marked_archival_and_accessible(make: Any, lang: Lang) -> None:
    with pikepdf.open(io.BytesIO(make(lang=lang))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert pdf.Root.Lang == f"{lang}-CA"
        assert str(pdf.docinfo.Title).endswith("3F0C-9A21")
        assert str(pdf.docinfo.CreationDate) == "D:20261123180000Z"


@pytest.mark.parametrize("make", [_invitation, _code, _fax])
def test_letter_made_twice_has_the_same_bytes_and_a_demonstration_says_so(make: Any) -> None:
    assert make() == make()
    assert "invites nobody" in " ".join(_pages(make(demonstration=True)))
    assert "invites nobody" not in " ".join(_pages(make()))


_any_text = st.text(max_size=60) | st.text(
    st.characters(whitelist_categories=("Lo", "Mn", "Mc", "Cf", "Zs", "Po", "Nd")), max_size=60
)


@settings(max_examples=30, deadline=None)
@given(name=_any_text, address=_any_text)
def test_letter_to_any_name_and_address_is_made_with_the_first_try(name: str, address: str) -> None:
    said = Invitation(_head(name=name, address=address), REPLY_BY)
    data = paper._invitation(said, Words("en", "all", "invitation")) | {"note": None}
    made = paper.typeset("invitation.typ", data, b"", issued=HEAD.issued)
    assert made.startswith(b"%PDF")
