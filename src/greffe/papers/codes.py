"""The bar codes of a cover sheet, drawn: one carries what the sheet says, the other says it is one.

The sandbox that reads scans knows a sheet by the same words. A sheet whose first code is torn or
smudged is still known as a sheet by its second, so that what follows it joins no other document.
"""

import zxingcpp

PREFIX = "GREFFE-COVER-1:"
"""What the text of a sheet begins with: another's code on a page of a document does not."""

MARKER = "GREFFE-COVER-SHEET"
"""The whole text of the second code: this page is a cover sheet, whatever became of the first."""

LONGEST = 1200
"""Characters of a text that one code still carries and a scanner at 150 dots per inch reads."""


def data_code(text: str) -> str:
    """Give a QR code as SVG, black on white, readable with 15 % of it lost.

    Raises ValueError for a text without PREFIX, or longer than LONGEST.
    """
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise ValueError("not the text of a cover sheet")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(code.to_svg(add_quiet_zones=False))


def marker_code() -> str:
    """Give the Code 128 that every cover sheet carries, as SVG."""
    code = zxingcpp.create_barcode(MARKER, zxingcpp.BarcodeFormat.Code128)
    return str(code.to_svg(add_quiet_zones=False, add_hrt=False))
