import dataclasses
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.papers import notice as paper
from greffe.papers.notice import Called, Limit, NoticeToAppear, render_notice
from greffe.papers.receipt_view import Words

pytestmark = pytest.mark.requirement("MC-16")

VANCOUVER = ZoneInfo("America/Vancouver")
NOTICE = NoticeToAppear(
    lang="fr",
    demonstration=False,
    file_number="VB9-16268",
    division="Section de la protection des réfugiés",
    people=[Called("Farzana Rahimi · فرزانه رحیمی", "demandeure d’asile", "1234567890")],
    counsel=["Amélie Tremblay"],
    starts_at=dt.datetime(2021, 4, 1, 13, 5, tzinfo=VANCOUVER),
    zone="America/Vancouver",
    minutes=150,
    hearing_office="Vancouver",
    place="Salle 1700",
    office="Vancouver",
    region="Région de l’Ouest",
    limits=[
        Limit("Communication", dt.date(2021, 3, 22), dt.date(2021, 3, 23), False, "art. 34(3)a)"),
        Limit("Réponse", dt.date(2021, 3, 26), None, True, "art. 34(3)b)"),
    ],
    portal_email="west@example.org",
    portal_telephone="1-833-777-2433",
    address="https://greffe.example/fr/portal/",
    issued=dt.datetime(2021, 3, 24, 10, 0, tzinfo=VANCOUVER),
)


def _text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def _render(**changes: Any) -> bytes:
    return render_notice(dataclasses.replace(NOTICE, **changes))


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "fr",
            [
                "Avis de convocation",
                "jeudi 1er avril 2021",
                "13 h 05",
                "heure du Pacifique (UTC−7)",
                "2 h 30 min",
                "Identificateur de client : 1234567890",
                "Salle 1700",
                "lundi 22 mars 2021",
                "mardi 23 mars 2021 selon une autre lecture de la règle",
                "expiré lorsque cet avis a été délivré",
                "Au sujet du portail seulement : west@example.org, 1-833-777-2433",
                "Délivré le mercredi 24 mars 2021",
            ],
        ),
        (
            "en",
            [
                "Notice to appear",
                "Thursday 1 April 2021",
                "13:05",
                "Pacific time (UTC−7)",
                "2 h 30 min",
                "Client ID: 1234567890",
                "Monday 22 March 2021",
                "Tuesday 23 March 2021 on another reading of the rule",
                "passed when this notice was issued",
                "About the portal only: west@example.org, 1-833-777-2433",
                "Issued Wednesday 24 March 2021",
            ],
        ),
    ],
)
def test_notice_says_everything_in_its_language(lang: Any, said: list[str]) -> None:
    text = _text(_render(lang=lang))
    assert [words for words in said if words not in text] == []


@pytest.mark.parametrize(
    ("zone", "day", "said"),
    [
        ("America/Toronto", dt.date(2026, 3, 6), "Eastern time (UTC−5)"),
        ("America/Toronto", dt.date(2026, 3, 9), "Eastern time (UTC−4)"),
        ("America/St_Johns", dt.date(2026, 1, 5), "Newfoundland time (UTC−3:30)"),
        ("America/Edmonton", dt.date(2021, 7, 5), "Mountain time (UTC−6)"),
        ("Asia/Kathmandu", dt.date(2026, 1, 5), "local time of Vancouver (UTC+5:45)"),
    ],
)
def test_zone_is_told_in_words_as_it_is_on_that_day(zone: str, day: dt.date, said: str) -> None:
    """The clocks of Toronto change on Sunday 8 March 2026."""
    starts_at = dt.datetime.combine(day, dt.time(9), tzinfo=ZoneInfo(zone))
    text = _text(_render(lang="en", zone=zone, starts_at=starts_at))
    assert said in text
    assert "09:00" in text


def test_notice_without_counsel_place_client_id_or_limits_says_so() -> None:
    bare = {"counsel": [], "place": "", "limits": [], "people": [Called("Jo", "claimant")]}
    text = _text(_render(lang="en", minutes=45, **bare))
    assert "None on the record" in text
    assert "The office will tell you the room" in text
    assert "count no time limit from the date of this hearing alone" in text
    assert "Client ID" not in text
    assert "45 min" in text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_notice_of_a_demonstration_calls_nobody_and_says_so(lang: Any) -> None:
    words = {"fr": "il ne convoque personne", "en": "calls nobody"}[lang]
    assert words in _text(_render(lang=lang, demonstration=True))
    assert words not in _text(_render(lang=lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_notice_is_marked_archival_and_accessible(lang: Any) -> None:
    with pikepdf.open(io.BytesIO(_render(lang=lang))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert pdf.Root.Lang == f"{lang}-CA"
        assert str(pdf.docinfo.Title).endswith("VB9-16268")
        assert str(pdf.docinfo.CreationDate) == "D:20210324170000Z"


def test_notice_made_twice_has_the_same_bytes() -> None:
    assert _render() == _render()


_any_text = st.text(max_size=60) | st.text(
    st.characters(whitelist_categories=("Lo", "Mn", "Mc", "Cf", "Zs", "Po", "Nd")), max_size=60
)


@settings(max_examples=40, deadline=None)
@given(name=_any_text, place=_any_text)
def test_notice_of_any_name_and_place_is_made_with_the_first_try(name: str, place: str) -> None:
    called = [Called(name, "claimant", "12345678")]
    said = dataclasses.replace(NOTICE, people=called, place=place, counsel=[name])
    data = paper.view(said, Words("fr", "all", "notice"))
    assert paper.typeset("notice.typ", data, b"", issued=said.issued).startswith(b"%PDF")
