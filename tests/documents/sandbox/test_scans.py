"""A scan is split at its cover sheets, in a process that it can do no harm."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from greffe.documents.sandbox.launcher import Limits
from greffe.documents.sandbox.scans import ScanError, Split, split_scan
from greffe.papers.codes import PREFIX, marker_code
from tests.support.paper import Scan, printed

pytestmark = pytest.mark.requirement("MC-18")

ONE, TWO = PREFIX + "one" * 80, PREFIX + "two" * 80


@pytest.fixture
def split(tmp_path: Path) -> Callable[..., Split]:
    """Split bytes as the registry does with what is in its store."""

    def split_(content: bytes, **options: object) -> Split:
        path = tmp_path / "scan.pdf"
        path.write_bytes(content)
        with path.open("rb") as file:
            return split_scan(file.fileno(), strict=True, **options)  # type: ignore[arg-type]  # a test's own

    return split_


def scan_of_two() -> Scan:
    first = Scan().pages_of(printed(ONE)).blank(2)
    return first.pages_of(printed(TWO)).blank(1)


def page_count(document: bytes) -> int:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return len(pdf.pages)


def test_scan_is_split_at_each_sheet_and_the_sheets_are_left_out(
    split: Callable[..., Split],
) -> None:
    found = split(scan_of_two().bytes())
    assert found.pages == 5
    assert [(s.sheet, s.text, s.pages) for s in found.sections] == [
        (1, ONE, (2, 3)),
        (4, TWO, (5,)),
    ]
    assert [page_count(s.document) for s in found.sections] == [2, 1]


def test_split_document_names_its_scan_by_hash_and_pages(split: Callable[..., Split]) -> None:
    content = scan_of_two().bytes()
    found = split(content)
    with pikepdf.open(io.BytesIO(found.sections[0].document)) as pdf:
        assert str(pdf.docinfo["/SourceSHA256"]) == hashlib.sha256(content).hexdigest()
        assert str(pdf.docinfo["/SourcePages"]) == "2-3"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_sheet_scanned_at_any_turn_is_read(split: Callable[..., Split], turned: int) -> None:
    found = split(Scan().pages_of(printed(ONE), turned).blank().bytes())
    assert [(s.text, s.turned) for s in found.sections] == [(ONE, turned == 180)]


@pytest.mark.parametrize("skewed", [2, -3])
def test_sheet_drawn_as_a_noisy_skewed_picture_is_read(
    split: Callable[..., Split], skewed: int
) -> None:
    found = split(as_picture(printed(ONE), skewed))
    assert [(s.sheet, s.text) for s in found.sections] == [(1, ONE)]


def as_picture(document: bytes, degrees: float) -> bytes:
    """The first page as a scanner gives it: grey, at 200 dots per inch, a little askew, dusty."""
    import pypdfium2
    from PIL import Image, ImageDraw

    page = pypdfium2.PdfDocument(document)[0]
    image: Image.Image = page.render(scale=200 / 72, grayscale=True).to_pil()
    image = image.rotate(degrees, fillcolor=255)
    pen = ImageDraw.Draw(image)
    for dust in range(0, image.width, 37):
        pen.point((dust, (dust * 53) % image.height), fill=0)
    out = io.BytesIO()
    image.save(out, "PDF", resolution=200)
    return out.getvalue()


def test_pages_before_the_first_sheet_are_a_part_of_their_own_without_a_document(
    split: Callable[..., Split],
) -> None:
    found = split(Scan().blank(2).pages_of(printed(ONE)).blank().bytes())
    assert [(s.sheet, s.pages, bool(s.document)) for s in found.sections] == [
        (0, (1, 2), False),
        (3, (4,), True),
    ]


def test_two_sheets_in_a_row_make_an_empty_part(split: Callable[..., Split]) -> None:
    scan = Scan().pages_of(printed(ONE)).pages_of(printed(TWO)).blank()
    found = split(scan.bytes())
    assert [(s.text, s.pages, bool(s.document)) for s in found.sections] == [
        (ONE, (), False),
        (TWO, (3,), True),
    ]


def test_scan_without_a_sheet_gives_no_document(split: Callable[..., Split]) -> None:
    found = split(Scan().blank(3).bytes())
    assert [(s.sheet, s.pages, s.document) for s in found.sections] == [(0, (1, 2, 3), b"")]


def test_sheet_with_its_first_code_torn_off_still_ends_the_document_before_it(
    split: Callable[..., Split],
) -> None:
    torn = Scan().pages_of(printed(ONE)).blank().pages_of(without_data_code()).blank(2)
    found = split(torn.bytes())
    assert [(s.sheet, s.text, s.pages) for s in found.sections] == [
        (1, ONE, (2,)),
        (3, None, (4, 5)),
    ]
    assert found.sections[1].document == b""


def without_data_code() -> bytes:
    """A sheet of which only the second code is left."""
    import typst

    source = (
        "#set page(width: 216mm, height: 279mm)\n#align(center + bottom, image(bytes(sys.inputs."
        'marker), format: "svg", width: 118mm, height: 18mm, fit: "stretch"))'
    )
    made = typst.compile(source.encode(), sys_inputs={"marker": marker_code()})
    assert isinstance(made, bytes)
    return made


def test_code_that_is_not_a_sheets_splits_nothing(split: Callable[..., Split]) -> None:
    import typst
    import zxingcpp

    code = zxingcpp.create_barcode("IMM 0008 / form data", zxingcpp.BarcodeFormat.QRCode)
    source = '#image(bytes(sys.inputs.code), format: "svg", width: 70mm)'
    other = typst.compile(source.encode(), sys_inputs={"code": str(code.to_svg())})
    assert isinstance(other, bytes)
    found = split(Scan().pages_of(printed(ONE)).pages_of(other).blank().bytes())
    assert [(s.text, s.pages) for s in found.sections] == [(ONE, (2, 3))]


@pytest.mark.security(19)
def test_split_document_holds_nothing_of_the_pages_of_another(
    split: Callable[..., Split],
) -> None:
    """Some scanners give all pages one list of pictures, and pages that link to each other."""
    scan = scan_of_two()
    pages = scan.document.pages
    pictures = pikepdf.Dictionary()
    for number, secret in ((2, b"first person's paper"), (5, b"second person's paper")):
        picture = scan.document.make_stream(secret * 20)
        picture.stream_dict.Type, picture.stream_dict.Subtype = (
            pikepdf.Name.XObject,
            pikepdf.Name.Form,
        )
        picture.stream_dict.BBox = [0, 0, 1, 1]
        pictures[f"/P{number}"] = scan.document.make_indirect(picture)
        pages[number - 1].Contents = scan.document.make_stream(f"/P{number} Do".encode())
    for number in (2, 5):
        pages[number - 1].Resources = pikepdf.Dictionary(XObject=pictures)
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        Dest=[pages[4].obj, pikepdf.Name.Fit],
    )
    pages[1].Annots = [scan.document.make_indirect(link)]
    pages[1].PieceInfo = pikepdf.Dictionary(Next=pages[4].obj)
    found = split(scan.bytes())
    first, second = (everything(s.document) for s in found.sections)
    assert b"first person" in first
    assert b"second person" not in first
    assert b"second person" in second
    assert b"first person" not in second


def everything(document: bytes) -> bytes:
    """The bytes of every stream in a document."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        return b"".join(stream.read_bytes() for stream in streams)


@pytest.mark.security(18)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"not a PDF at all", "damaged", id="not a PDF"),
        pytest.param(b"%PDF-1.7\n" + b"\0" * 2000, "damaged", id="damaged"),
    ],
)
def test_scan_that_cannot_be_read_is_told_by_its_code(
    split: Callable[..., Split], content: bytes, code: str
) -> None:
    with pytest.raises(ScanError) as told:
        split(content)
    assert told.value.code == code


def test_scan_with_a_password_cannot_be_read(split: Callable[..., Split]) -> None:
    out = io.BytesIO()
    scan_of_two().document.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(ScanError) as told:
        split(out.getvalue())
    assert told.value.code == "damaged"


def test_scan_of_more_pages_than_a_person_looks_through_is_refused(
    split: Callable[..., Split],
) -> None:
    with pytest.raises(ScanError) as told:
        split(Scan().blank(501).bytes())
    assert told.value.code == "too-many-pages"


@pytest.mark.security(18)
def test_scan_that_uses_all_it_may_is_too_complex(split: Callable[..., Split]) -> None:
    with pytest.raises(ScanError) as told:
        split(scan_of_two().bytes(), limits=Limits(output=100))
    assert told.value.code == "too-complex"
