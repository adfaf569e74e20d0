"""What a PDF says."""

from __future__ import annotations


def words_of_pdf(content: bytes) -> str:
    """The words of all its pages, on one line."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    return " ".join(" ".join(pages).replace("\u200b", "").split())
