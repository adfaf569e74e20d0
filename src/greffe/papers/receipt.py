"""The receipt on paper: PDF/A-3a and PDF/UA-1 in one file, the signed data attached.

The page shows what the signed data say, in the filer's language. The same data give the same
bytes: fonts are packaged, and the only date is that of the receipt.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from greffe.papers.compiler import PaperError, typeset
from greffe.papers.receipt_view import Words, view
from greffe.papers.scripts import Level
from greffe.papers.texts import Lang

ATTACHMENT = "receipt.json"
"""Name of the signed data inside the PDF."""

_LEVELS: tuple[Level, ...] = ("all", "latin", "ascii")


def render_receipt(
    payload: Mapping[str, Any], envelope: bytes, *, lang: Lang, address: str = ""
) -> bytes:
    """Return the PDF of a receipt, not yet sealed.

    `payload` is the signed payload (schema greffe.receipt/1), `envelope` the exact bytes of the
    signed JSON, which are attached unchanged, `address` that of the public page that verifies, if
    there is one. Text that no font draws is shown by number; should even that fail, the page is
    made again with ever fewer scripts. Raises PaperError: the signed JSON is then the receipt.
    """
    try:
        kid = str(json.loads(envelope)["signature"]["key"])
        issued = dt.datetime.fromisoformat(payload["received"]["instant"])
        for level in _LEVELS[:-1]:
            data = view(payload, Words(lang, level), kid=kid, address=address)
            try:
                return typeset("receipt.typ", data, envelope, issued=issued)
            except PaperError:
                continue
        data = view(payload, Words(lang, _LEVELS[-1]), kid=kid, address=address)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PaperError(f"not a receipt: {error!r}") from error
    return typeset("receipt.typ", data, envelope, issued=issued)
