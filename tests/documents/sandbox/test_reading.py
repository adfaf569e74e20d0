"""Pages of real and of hostile files: shown, refused with a code, and nothing else comes of it."""

import io
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import PIL.Image
import pytest

from greffe.documents.sandbox import drawing, reading
from greffe.documents.sandbox.launcher import Limits
from greffe.documents.sandbox.reading import ReadingError, Shown, find, show
from tests.documents import hostile

SMALL = Limits(memory=768 << 20, cpu_seconds=4, wall_seconds=60.0, output=16 << 20)

pytestmark = [pytest.mark.requirement("MC-14"), pytest.mark.security(20)]


def written(words: str, *, font: str = "Helvetica", pages: int = 1) -> bytes:
    """A PDF with these words on each page, in letters that it does not bring; {n} is the page."""
    resources = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/%b" % font.encode()
    resources += b"/Encoding/WinAnsiEncoding>>>>>>"
    kids = b" ".join(b"%d 0 R" % (3 + 2 * n) for n in range(pages))
    objects = [hostile.CATALOG, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages)]
    for n in range(pages):
        said = words.replace("{n}", str(n + 1)).encode("cp1252")
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources%b>>"
            % (4 + 2 * n, resources),
            hostile.stream(b"BT /F 24 Tf 72 700 Td (%b) Tj ET" % said),
        ]
    return hostile.pdf(objects)


def place(data: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "document.pdf"
    path.write_bytes(data)
    return path


def picture(shown: Shown) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(shown.image))


def ink(shown: Shown) -> int:
    """How many dots of the page are dark."""
    return sum(picture(shown).convert("L").histogram()[:128])


def code_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(ReadingError) as caught:
        attempt()
    return caught.value.code


@pytest.mark.parametrize("width", reading.WIDTHS)
def test_page_is_drawn_as_wide_as_asked(tmp_path: Path, width: int) -> None:
    shown = show(place(written("Greffe"), tmp_path), 1, width=width, strict=True)
    image = picture(shown)
    assert image.format == "JPEG"
    assert abs(image.width - width) <= 1
    assert abs(image.height - width * 792 / 612) <= 1
    assert ink(shown) > width / 10


def test_text_of_the_page_comes_with_it_and_alone(tmp_path: Path) -> None:
    path = place(written("Décision no {n}", pages=3), tmp_path)
    assert show(path, 2, width=800).text.strip() == "Décision no 2"
    alone = show(path, 3, width=None)
    assert (alone.image, alone.text.strip()) == (b"", "Décision no 3")


@pytest.mark.parametrize("font", ["Helvetica", "LiberationSans", "DejaVuSans", "NoSuchFont"])
def test_letters_that_the_document_does_not_bring_are_drawn(tmp_path: Path, font: str) -> None:
    """Also those that a file of this machine has, which cannot be opened in the sandbox."""
    assert (
        ink(show(place(written("Sphinx of black quartz", font=font), tmp_path), 1, width=800)) > 500
    )


def test_what_was_typed_into_a_form_is_on_the_page(tmp_path: Path) -> None:
    """Also where the program that filled it left the drawing of it to whoever shows it."""

    def form(value: bytes) -> bytes:
        fonts = b"<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        return hostile.pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/DR%b>>>>" % fonts,
                hostile.ONE_PAGE,
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Annots[4 0 R]>>",
                b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/F 4/P 3 0 R/Rect[72 600 540 640]"
                b"/DA(/Helv 24 Tf 0 g)/V(%b)>>" % value,
            ]
        )

    filled = show(place(form(b"Quellmalz"), tmp_path), 1, width=800)
    empty = show(place(form(b""), tmp_path), 1, width=800)
    assert ink(filled) > ink(empty) + 200


@pytest.mark.parametrize("page", [0, -1, 4, 10**9])
def test_page_that_is_not_there_is_refused(tmp_path: Path, page: int) -> None:
    path = place(hostile.ordinary(pages=3), tmp_path)
    assert code_of(lambda: show(path, page, width=800)) == "no-page"


def test_password_is_told(tmp_path: Path) -> None:
    with io.BytesIO() as out, pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
        path = place(out.getvalue(), tmp_path)
    assert code_of(lambda: show(path, 1, width=800)) == "password"
    assert code_of(lambda: find(path, "x")) == "password"


@pytest.mark.parametrize("data", [b"no PDF at all", b"", hostile.ordinary()[:60]])
def test_what_does_not_open_is_damaged(tmp_path: Path, data: bytes) -> None:
    path = place(data, tmp_path)
    assert code_of(lambda: show(path, 1, width=800)) == "damaged"


@pytest.mark.parametrize(
    "box", [b"0 0 1 14400", b"0 0 14400 1", b"0 0 200000 200000", b"0 0 0 0", b"9 9 -9 -9"]
)
def test_page_of_an_absurd_shape_is_drawn_smaller(tmp_path: Path, box: bytes) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%b]>>" % box
    path = place(hostile.pdf([hostile.CATALOG, hostile.ONE_PAGE, page]), tmp_path)
    image = picture(show(path, 1, width=2000))
    assert image.width * image.height <= drawing.MOST_PIXELS * 1.01 + drawing.MOST_SIDE
    assert max(image.size) <= drawing.MOST_SIDE + 1


@pytest.mark.security(19)
@pytest.mark.parametrize(
    "make", [hostile.content_bomb, hostile.laughing_forms], ids=lambda make: make.__name__
)
def test_page_that_exhausts_is_ended_and_told(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = place(make(), tmp_path)
    assert code_of(lambda: show(path, 1, width=800, limits=SMALL)) == "too-complex"
    assert show(place(written("still here"), tmp_path), 1, width=800).text.strip() == "still here"


@pytest.mark.security(19)
@pytest.mark.parametrize(
    "make",
    [
        hostile.page_tree_loop,
        hostile.deep_page_tree,
        hostile.many_pages_promised,
        hostile.one_page_many_times,
        hostile.xref_loop,
        hostile.length_loop,
        hostile.nested_arrays,
    ],
    ids=lambda make: make.__name__,
)
def test_hostile_structure_gets_a_page_or_a_code(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = place(make(), tmp_path)
    try:
        shown = show(path, 1, width=800, limits=SMALL)
    except ReadingError as error:
        assert error.code in {"damaged", "no-page", "cannot-show", "too-complex"}  # noqa: PT017 - either is right
    else:
        assert picture(shown).width


def test_killed_while_it_draws_is_told(tmp_path: Path) -> None:
    path, met = place(hostile.laughing_forms(), tmp_path), []
    waiting = waiting_process(tmp_path)
    before = children(waiting)

    def draw() -> None:
        met.append(code_of(lambda: show(path, 1, width=800, limits=SMALL)))

    thread = threading.Thread(target=draw)
    thread.start()
    while not (new := children(waiting) - before):
        thread.join(0.01)
    os.kill(int(new.pop()), signal.SIGKILL)
    thread.join()
    assert met == ["too-complex"]


def waiting_process(tmp_path: Path) -> int:
    """The process that waits for documents; asked for a page, so that there is one."""
    show(place(hostile.ordinary(), tmp_path.parent), 1, width=None)
    process = reading._forks._process
    assert process is not None
    return process.pid


def children(process: int) -> set[str]:
    return set(Path(f"/proc/{process}/task/{process}/children").read_text().split())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json\n",
        b"[]\n",
        b'{"sizes": "x"}\n',
        b'{"sizes": [3, 3]}\nabc',
        b'{"sizes": [5, 0]}\n<svg>',
        b'{"error": "no-such-code"}\n',
    ],
)
def test_answer_of_a_process_taken_over_is_no_page(
    tmp_path: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading._forks, "run", lambda *_, **__: answer)
    path = place(hostile.ordinary(), tmp_path)
    assert code_of(lambda: show(path, 1, width=800)) == "too-complex"


def test_text_has_no_control_characters() -> None:
    assert reading.clean("a\r\nb\x00\x1b[31m\u2028c\ud800\td") == "a\nb[31m\u2028c\td"


def test_text_has_one_empty_line_at_most() -> None:
    assert reading.clean("a \r\n \r\n\r\n\n  b\nc") == "a\n\n  b\nc"


def test_words_are_found_with_their_pages(tmp_path: Path) -> None:
    path = place(written("Déposé à Montréal, page {n}, montréal", pages=60), tmp_path)
    hits = find(path, "  MONTREAL ", strict=True)
    assert [hit.page for hit in hits.found] == [*range(1, drawing.MOST_PAGES + 1)]
    assert (hits.until, hits.pages, hits.complete) == (50, 60, False)
    first = hits.found[0]
    assert (first.before, first.match, first.count) == ("Déposé à ", "Montréal", 2)
    only = find(path, "page 57,")
    assert [hit.page for hit in only.found] == [57]
    assert only.complete


def test_document_without_words_is_told_apart_from_one_without_these(tmp_path: Path) -> None:
    assert not find(place(hostile.ordinary(), tmp_path), "x").text
    hits = find(place(written("something"), tmp_path), "xyz")
    assert (hits.text, hits.found) == (True, ())


def _corpus() -> list[Any]:
    folder = os.environ.get("GREFFE_CORPUS")
    if not folder:
        reason = "GREFFE_CORPUS is not set: the folder of real PDFs"
        return [pytest.param({}, id="none", marks=pytest.mark.skip(reason=reason))]
    rows = json.loads((Path(folder) / "MANIFEST.json").read_text())
    return [
        pytest.param(row | {"path": Path(folder) / row["file"]}, id=row["file"])
        for row in rows
        if row["qpdf"] != "password"  # refused when it was filed
    ]


@pytest.mark.parametrize("row", _corpus())
def test_file_of_the_corpus_is_shown_where_its_manifest_says_it_opens(row: dict[str, Any]) -> None:
    if row["pdfium"] == "ok":
        assert picture(show(row["path"], 1, width=800)).width
    else:
        codes = {"damaged", "no-page", "cannot-show"}
        assert code_of(lambda: show(row["path"], 1, width=800)) in codes
