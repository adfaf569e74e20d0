"""Sealing a whole PDF (PAdES baseline B-B, ETSI EN 319 142-1) and verifying such a seal.

The seal is an invisible certifying signature that permits no change. Verifying does not parse the
file: the seal must cover every byte from the first to the last, except its own value, so the bytes
are checked before any reader of PDF sees them. A hostile file gets no further than a search for
one short pattern; what passes is, byte for byte, what the registry sealed.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # verifying needs no private keys
    from greffe.sealing.keys import KeyRing

MAX_BYTES = 20 * 1024 * 1024
"""Largest sealed file that is looked at, in bytes; an ordinary receipt has 80,000."""

_CMS_MAX = 65_536
_RANGES_MAX = 16
_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{0,80}\]"
)
_REASONS = {
    "en": "Seal of the registry on the whole document",
    "fr": "Sceau du greffe sur tout le document",
}

SealCode = Literal[
    "valid",
    "too-large",
    "not-pdf",
    "unsealed",
    "added-after-seal",
    "altered",
    "key-unknown",
    "seal-unreadable",
    "keys-unreadable",
]


class SealError(Exception):
    """A PDF could not be sealed; it is whole and unsealed still."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the seal of a PDF is worth; `code` is "valid" exactly when `ok`."""

    ok: bool
    code: SealCode
    kid: str = ""
    demonstration: bool = False
    retired_at: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A seal found in a file: what it covers and its signed value."""

    covered: tuple[memoryview, memoryview]
    whole: bool
    cms: bytes


def seal_pdf(pdf: bytes, ring: "KeyRing", *, lang: Literal["en", "fr"], reason: str = "") -> bytes:
    """Return the PDF with the registry's seal on the whole of it, as an incremental update.

    `reason` is shown by readers of PDF; without it a plain one in the language. Raises SealError
    (a PDF that cannot be sealed) and KeyFolderError.
    """
    from greffe.sealing.sealer import add_seal  # noqa: PLC0415  # pyHanko takes half a second

    kid, key, certificate = ring.seal_key()
    return add_seal(
        pdf, key, certificate, kid=kid, registry=ring.name, reason=reason or _REASONS[lang]
    )


def verify_pdf(pdf: bytes, published: Mapping[str, Any]) -> SealReport:
    """Say whether every byte of the file is under the seal of a published key. Never raises."""
    if len(pdf) > MAX_BYTES:
        return SealReport(ok=False, code="too-large")
    if not pdf.startswith(b"%PDF-"):
        return SealReport(ok=False, code="not-pdf")
    parts = _parts(pdf)
    if not parts:
        return SealReport(ok=False, code="unsealed")
    reports = [_verify_part(part, published) for part in parts]
    for report in reports:
        if report.ok:
            return report
    return next((each for each in reports if each.code == "added-after-seal"), reports[-1])


def _parts(pdf: bytes) -> list[_Part]:
    """Find what looks like a seal, nearest to the end first."""
    found = []
    for match in list(_RANGE.finditer(pdf))[-_RANGES_MAX:]:
        part = _part(pdf, *(int(number) for number in match.groups()))
        if part:
            found.append(part)
    return found[::-1]


def _part(pdf: bytes, start: int, length: int, again: int, rest: int) -> _Part | None:
    end = again + rest
    if start != 0 or not length < again <= end <= len(pdf):
        return None
    gap = pdf[length:again]
    if not (gap.startswith(b"<") and gap.endswith(b">")) or len(gap) > 2 * _CMS_MAX:
        return None
    try:
        cms = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return None
    return _Part(
        covered=(memoryview(pdf)[:length], memoryview(pdf)[again:end]),
        whole=end == len(pdf),
        cms=cms,
    )


def _verify_part(part: _Part, published: Mapping[str, Any]) -> SealReport:
    from greffe.sealing import cms  # noqa: PLC0415  # keeps JSON receipts quick to verify

    try:
        entry = cms.signer(part.cms, _certificates(published))
    except cms.CmsError as error:
        return SealReport(ok=False, code=error.code)
    except (ValueError, TypeError, KeyError, AttributeError):
        return SealReport(ok=False, code="keys-unreadable")
    digest = hashlib.sha256(part.covered[0])
    digest.update(part.covered[1])
    if not cms.signs(part.cms, digest.digest(), entry["certificate"]):
        return SealReport(ok=False, code="altered", kid=str(entry["id"]))
    return SealReport(
        ok=part.whole,
        code="valid" if part.whole else "added-after-seal",
        kid=str(entry["id"]),
        demonstration=entry.get("demonstration") is not False,
        retired_at=entry["retired_at"] if isinstance(entry.get("retired_at"), str) else None,
    )


def _certificates(published: Mapping[str, Any]) -> dict[bytes, Mapping[str, Any]]:
    """Return the published seal keys by their certificate (DER)."""
    found: dict[bytes, Mapping[str, Any]] = {}
    for entry in published["keys"]:
        if entry["purpose"] == "seal":
            found[pem_bytes(entry["certificate"])] = entry
    return found


def pem_bytes(pem: str) -> bytes:
    """Return the DER bytes of one PEM certificate. Raises ValueError."""
    lines = [line for line in pem.strip().splitlines() if not line.startswith("-----")]
    return base64.b64decode("".join(lines), validate=True)
