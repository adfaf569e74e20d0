"""The documents of the measurements, the same in every run."""

import io
import random
from pathlib import Path

import pikepdf

PAGES, WIDTH, HEIGHT = 24, 1275, 1650  # letter size, 150 points an inch, 8 bits of grey: 50.5 MB


def make_scan(target: Path) -> None:
    """A PDF like a scanner's: a page an image, of noise that is the same in every run."""
    noise = random.Random(20_261_121)
    with pikepdf.new() as pdf:
        for _ in range(PAGES):
            pdf.add_blank_page(page_size=(612, 792))
            page = pdf.pages[-1]
            image = pikepdf.Stream(pdf, noise.randbytes(WIDTH * HEIGHT))
            image.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=WIDTH,
                Height=HEIGHT,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Scan)
            page.contents_add(b"q 612 0 0 792 0 0 cm /Scan Do Q")
        pdf.save(target)


def text_pdf(pages: int, *, seed: int) -> bytes:
    """A document of words, 46 lines a page in three typefaces, with a ruled table on each."""
    words = random.Random(seed)
    fonts = {"F": "Times-Roman", "G": "Helvetica-Bold", "H": "Courier"}
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                {
                    f"/{name}": pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.Type1,
                        BaseFont=pikepdf.Name(f"/{font}"),
                    )
                    for name, font in fonts.items()
                }
            )
        )
        for number in range(1, pages + 1):
            pdf.add_blank_page(page_size=(612, 792))
            page = pdf.pages[-1]
            page.obj.Resources = resources
            page.contents_add(_written(words, number))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _written(words: random.Random, number: int) -> bytes:
    lines = [b"BT 14 TL 72 720 Td /G 14 Tf (Page %d) Tj T*" % number]
    for line in range(45):
        said = " ".join(
            "".join(words.choices("etaoinshrdlu", k=words.randint(2, 9))) for _ in "x" * 13
        )
        lines.append(b"/%c 11 Tf (%s) Tj T*" % (b"FFFFH"[line % 5], said.encode()))
    rules = [b"%d %d m %d %d l S" % (72, 60 + 6 * n, 540, 60 + 6 * n) for n in range(4)]
    return b"\n".join([*lines, b"ET", *rules])


def small_pdf(title: str, *, padding: bytes = b"") -> bytes:
    """A PDF of three empty pages, made larger by `padding` in a stream that nothing shows."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page(page_size=(612, 792))
        pdf.docinfo["/Title"] = title
        pdf.pages[0].obj.Padding = pdf.make_indirect(pikepdf.Stream(pdf, padding))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
