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
