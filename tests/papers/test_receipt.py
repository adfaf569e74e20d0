import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greffe.papers import compiler
from greffe.papers.compiler import PaperError
from greffe.papers.receipt import ATTACHMENT, render_receipt
from greffe.papers.receipt_view import Words, view
from tests.sealing.sample import document, payload

SIGNATURE = {"algorithm": "Ed25519", "key": "20260412-0badc0de", "value": "x"}
ENVELOPE = json.dumps({"payload": payload(), "signature": SIGNATURE}).encode()
LETTER_POINTS = (612, 791)


def _render(lang: Any = "fr", address: str = "", **changes: Any) -> bytes:
    return render_receipt(payload(**changes), ENVELOPE, lang=lang, address=address)


def _text(pdf: bytes) -> str:
    """Return what the pages say, with plain spaces and no marks of layout."""
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def _tags(node: Any) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from _tags(node.K)


@pytest.mark.requirement("BY-02")
@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "fr",
            [
                "Accusé de réception",
                "2021-000123-7F3K",
                "Greffe du Tribunal",
                "Heure du greffe (Vancouver)",
                "jeudi 1er avril 2021",
                "22 h 00",
                "Heure de l’Est",
                "vendredi 2 avril 2021",
                "1 h 00",
                "VB9-16268, Section de la protection des réfugiés",
                "Communication de documents",
                "Amélie Tremblay, conseil",
                "Dans le délai, date limite : jeudi 1er avril 2021",
                "Audience : dimanche 11 avril 2021",
                "mercredi 31 mars 2021",
                "Par messagerie",
                "déclaration signée",
                "Les pages 14 à 20 ne sont pas numérotées.",
                "pris en compte par la personne qui dépose",
                "La suite",
                "Le greffe verse les documents",
                "20260412-0badc0de",
                "greffe verify --keys cles.json accuse.pdf",
                "Il ne prouve pas que leur contenu est vrai.",
            ],
        ),
        (
            "en",
            [
                "Receipt",
                "Registry of the Tribunal",
                "Time at the office (Vancouver)",
                "Thursday 1 April 2021",
                "22:00",
                "Eastern time",
                "Friday 2 April 2021",
                "01:00",
                "VB9-16268, Refugee Protection Division",
                "Disclosure",
                "Amélie Tremblay, counsel",
                "On time, limit: Thursday 1 April 2021",
                "Hearing: Sunday 11 April 2021",
                "signed statement",
                "Document 1, page 14. Pages 14 to 20 have no number.",
                "acknowledged by the filer",
                "What happens next",
                "It does not prove that what they say is true.",
            ],
        ),
    ],
)
def test_receipt_says_what_was_signed(lang: Any, said: list[str]) -> None:
    text = _text(_render(lang))
    assert [words for words in said if words not in text] == []


def test_receipt_shows_each_document_with_its_fingerprint_in_groups() -> None:
    text = _text(_render("en"))
    for listed in payload()["documents"]:
        sha256 = listed["sha256"]
        assert " ".join(sha256[at : at + 8] for at in range(0, 64, 8)) in text
    assert "34,567" in text


def test_receipt_of_an_ordinary_filing_is_one_letter_page() -> None:
    for lang in ("fr", "en"):
        with pypdfium2.PdfDocument(_render(lang)) as pdf:
            assert len(pdf) == 1
            assert tuple(round(side) for side in pdf[0].get_size()) == LETTER_POINTS


@pytest.mark.requirement("BY-02")
def test_receipt_carries_the_signed_bytes_unchanged() -> None:
    with pikepdf.open(io.BytesIO(_render())) as pdf:
        assert list(pdf.attachments) == [ATTACHMENT]
        assert pdf.attachments[ATTACHMENT].get_file().read_bytes() == ENVELOPE
        (related,) = pdf.Root.AF
        assert related.AFRelationship == "/Data"
        assert related.EF.F.Subtype == "/application/json"


def test_receipt_rendered_twice_has_the_same_bytes() -> None:
    first = _render()
    _render("en")
    assert _render() == first


def test_receipt_rendered_by_several_threads_has_the_same_bytes() -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(_render())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(made) == {_render()}
    assert len(made) == 8


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_receipt_is_marked_archival_and_accessible(lang: Any) -> None:
    with pikepdf.open(io.BytesIO(_render(lang))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert pdf.Root.Lang == f"{lang}-CA"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(pdf.docinfo.Title).endswith("2021-000123-7F3K")
        assert str(pdf.docinfo.CreationDate) == "D:20210402050000Z"


@pytest.mark.requirement("BY-06")
def test_receipt_has_headings_and_a_table_with_header_cells() -> None:
    with pikepdf.open(io.BytesIO(_render())) as pdf:
        tags = list(_tags(pdf.Root.StructTreeRoot.K))
    assert tags.count("/H1") + tags.count("/H2") >= 7
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 4
    assert tags.count("/TR") == 1 + len(payload()["documents"])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_receipt_of_a_demonstration_says_that_it_proves_nothing(lang: Any) -> None:
    words = {"fr": "ne prouve rien", "en": "proves nothing"}[lang]
    text = _text(_render(lang, demonstration=True))
    assert words in text
    assert {"fr": "Il prouve", "en": "It proves"}[lang] not in text
    assert words not in _text(_render(lang))


def test_receipt_without_case_office_service_finding_or_limit_is_made() -> None:
    received = payload()["received"] | {"office": None, "date_of_receipt": None}
    bare = {"cases": [], "service": None, "findings": [], "limits": [], "received": received}
    text = _text(_render("en", **bare))
    assert "Not yet matched with a case" in text
    assert "wait to be matched" in text
    assert "Statement of service" not in text
    assert "Time limit " not in text


def test_receipt_of_a_family_shows_every_case() -> None:
    cases = [payload()["cases"][0] | {"file_number": f"VB9-1626{n}"} for n in range(5)]
    text = _text(_render("fr", cases=cases))
    assert all(case["file_number"] in text for case in cases)


@pytest.mark.parametrize(
    ("status", "due", "words"),
    [
        ("late", "2021-03-30", "Hors délai, date limite : mardi 30 mars 2021"),
        ("unknown", None, "Aucune date ne peut être donnée"),
    ],
)
def test_receipt_explains_a_limit_missed_or_unknown(status: str, due: Any, words: str) -> None:
    limit = payload()["limits"][0] | {"status": status, "due": due, "event": None}
    assert words in _text(_render(limits=[limit]))


def test_receipt_of_a_later_attempt_says_when_the_first_was() -> None:
    received = payload()["received"] | {"first_attempt": "2021-04-02T04:59:58.000001Z"}
    assert "First attempt" in _text(_render("en", received=received))
    assert "First attempt" not in _text(_render("en"))


def test_receipt_filed_for_another_says_for_whom() -> None:
    filer = {"name": "Jo Ngũgĩ", "capacity": "delegate", "for": "Amélie Tremblay"}
    assert "Jo Ngũgĩ, délégué, pour Amélie Tremblay" in _text(_render(filed_by=filer))


def test_receipt_gives_the_address_of_the_page_that_verifies() -> None:
    address = "https://greffe.example/fr/receipts/check"
    pdf = _render(address=address)
    assert address in _text(pdf).replace(" ", "")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (link,) = opened.pages[0].Annots
        assert str(link.A.URI) == address


def test_receipt_shows_what_it_cannot_draw_by_number_and_says_so() -> None:
    text = _text(_render("en", documents=[document(1, "中文 a\u202egpj.exe")]))
    assert "‹U+4E2D 6587› a‹U+202E›gpj.exe" in text
    assert "shown by its Unicode number, as ‹U+4E2D›" in text
    assert "Unicode" not in _text(_render("en"))


@pytest.mark.requirement("BY-06")
def test_receipt_keeps_the_extension_of_a_right_to_left_name_at_its_end() -> None:
    """The line is drawn left to right: the extension is right of the Arabic letters."""
    with pypdfium2.PdfDocument(_render(documents=[document(1, "ملف.pdf")])) as pdf:
        page = pdf[0].get_textpage()
        boxes = {
            page.get_text_range(at, 1): page.get_charbox(at)[0] for at in range(page.count_chars())
        }
        at = next(
            index for index in range(page.count_chars()) if page.get_text_range(index, 4) == ".pdf"
        )
        dot = page.get_charbox(at)[0]
    assert boxes["م"] < dot
    assert boxes["ف"] < dot


def test_receipt_wraps_a_name_of_300_characters_inside_the_page() -> None:
    names = ["W" * 300, "ع" * 300, "क" * 300, "ไ" * 300]
    listed = [document(at, name) for at, name in enumerate(names, 1)]
    with pypdfium2.PdfDocument(_render(documents=listed)) as pdf:
        for page in pdf:
            text = page.get_textpage()
            right = max(text.get_charbox(at)[2] for at in range(text.count_chars()))
            assert right < LETTER_POINTS[0] - 50


_any_text = st.text(max_size=60) | st.text(
    st.characters(whitelist_categories=("Lo", "Mn", "Mc", "Cf", "Zs", "Po", "Nd")), max_size=60
)


@settings(max_examples=80, deadline=None)
@given(name=_any_text, person=_any_text)
@example(name="", person="")
@example(name="\ud800\udfff", person="\x00")
@example(name="क्\u200dष\u094d\u200d", person="\u0600\u06dd\u070f")
@example(name="#let x = [*] $ \\ @a <b> //", person='"]#panic("x")')
def test_receipt_of_any_text_is_made_with_the_first_try(name: str, person: str) -> None:
    data = payload(
        documents=[document(1, name)],
        filed_by={"name": person, "capacity": "counsel", "for": name},
    )
    words = view(data, Words("fr", "all"), kid="k")
    issued = compiler.dt.datetime(2021, 4, 2, tzinfo=compiler.dt.UTC)
    assert compiler.typeset("receipt.typ", words, b"{}", issued=issued).startswith(b"%PDF")


@pytest.mark.parametrize("level", ["latin", "ascii"])
def test_receipt_with_fewer_scripts_is_made_and_shows_the_rest_by_number(level: Any) -> None:
    words = view(payload(), Words("fr", level), kid="k")
    issued = compiler.dt.datetime(2021, 4, 2, tzinfo=compiler.dt.UTC)
    text = _text(compiler.typeset("receipt.typ", words, b"{}", issued=issued))
    assert "‹U+0645 0644 0641›" in text


@pytest.mark.parametrize(
    ("changes", "envelope"),
    [
        ({"received": None}, ENVELOPE),
        ({"documents": None}, ENVELOPE),
        ({}, b"not json"),
        ({}, b"{}"),
        ({}, b"\xff"),
    ],
)
def test_receipt_that_cannot_be_made_is_a_paper_error(
    changes: dict[str, Any], envelope: bytes
) -> None:
    with pytest.raises(PaperError):
        render_receipt(payload(**changes), envelope, lang="fr")
