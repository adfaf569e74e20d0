import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from greffe.sealing.keys import KeyRing
from greffe.sealing.pades import MAX_BYTES, SealError, pem_bytes, seal_pdf, verify_pdf


def _gap(pdf: bytes) -> tuple[int, int]:
    """Return where the value of the seal begins and ends."""
    found = re.findall(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", pdf)[-1]
    return int(found[0]), int(found[1])


def _with_page_added(pdf: bytes) -> bytes:
    """Append a page as an incremental update, as an attacker would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    kids = writer.root["/Pages"]["/Kids"]
    writer.root["/Pages"]["/Kids"].append(kids.raw_get(0))
    writer.update_container(writer.root["/Pages"])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.requirement("BY-02")
def test_seal_on_a_receipt_is_valid(ring: KeyRing, receipt_pdf: bytes) -> None:
    report = verify_pdf(receipt_pdf, ring.published())
    assert (report.ok, report.code, report.kid) == (True, "valid", ring.seal_key()[0])


def test_seal_convinces_another_reader_of_pades(ring: KeyRing, receipt_pdf: bytes) -> None:
    certificate = x509.Certificate.load(pem_bytes(ring.seal_key()[2]))
    (seal,) = PdfFileReader(io.BytesIO(receipt_pdf)).embedded_signatures
    status = validate_pdf_signature(seal, ValidationContext(trust_roots=[certificate]))
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert seal.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert seal.docmdp_level.name == "NO_CHANGES"


def test_seal_leaves_the_file_under_it_as_it_was(ring: KeyRing, receipt_pdf: bytes) -> None:
    start = receipt_pdf.index(b"%%EOF") + len(b"%%EOF")
    assert verify_pdf(receipt_pdf[:start], ring.published()).code == "unsealed"
    assert receipt_pdf.startswith(b"%PDF-1.7")


@pytest.mark.requirement("BY-02")
def test_seal_after_rotation_is_valid_and_says_retired(ring: KeyRing, receipt_pdf: bytes) -> None:
    ring.rotate()
    report = verify_pdf(receipt_pdf, ring.published())
    assert report.ok
    assert report.retired_at is not None


@pytest.mark.requirement("BY-02")
def test_seal_on_a_changed_page_is_refused(ring: KeyRing, receipt_pdf: bytes) -> None:
    at = receipt_pdf.index(b"stream") + 40
    changed = receipt_pdf[:at] + bytes([receipt_pdf[at] ^ 1]) + receipt_pdf[at + 1 :]
    assert verify_pdf(changed, ring.published()).code == "altered"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_seal_on_any_changed_byte_is_refused(data: st.DataObject, sealed: bytes, keys: Any) -> None:
    start, end = _gap(sealed)
    at = data.draw(st.integers(0, start - 1) | st.integers(end, len(sealed) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = sealed[:at] + bytes([sealed[at] ^ flip]) + sealed[at + 1 :]
    assert not verify_pdf(changed, keys).ok


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_seal_with_a_changed_value_never_raises(
    data: st.DataObject, sealed: bytes, keys: Any
) -> None:
    start, _ = _gap(sealed)
    at = start + 1 + data.draw(st.integers(0, 2000))
    digit = data.draw(st.sampled_from(b"0123456789abcdef<>/ "))
    changed = sealed[:at] + bytes([digit]) + sealed[at + 1 :]
    assert verify_pdf(changed, keys).code in {
        "valid",
        "altered",
        "seal-unreadable",
        "key-unknown",
        "unsealed",
    }


@pytest.mark.requirement("BY-02")
def test_seal_with_a_page_added_is_refused(ring: KeyRing, receipt_pdf: bytes) -> None:
    changed = _with_page_added(receipt_pdf)
    assert len(pikepdf.open(io.BytesIO(changed)).pages) == 2
    assert verify_pdf(changed, ring.published()).code == "added-after-seal"


@pytest.mark.parametrize("more", [b"\n", b" ", b"\0", b"%%EOF\n"])
def test_seal_with_bytes_added_is_refused(ring: KeyRing, receipt_pdf: bytes, more: bytes) -> None:
    assert verify_pdf(receipt_pdf + more, ring.published()).code == "added-after-seal"


def test_seal_with_bytes_in_front_is_refused(ring: KeyRing, receipt_pdf: bytes) -> None:
    assert not verify_pdf(b"%PDF-1.7\n" + receipt_pdf, ring.published()).ok


def test_seal_rewritten_by_a_pdf_program_is_refused(ring: KeyRing, receipt_pdf: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(receipt_pdf)) as pdf:
        pdf.save(out)
    assert verify_pdf(out.getvalue(), ring.published()).code in {"altered", "unsealed"}


@pytest.mark.requirement("BY-02")
def test_seal_by_an_unpublished_key_is_refused(
    ring: KeyRing, make_pdf: Callable[[KeyRing], bytes], tmp_path: Path
) -> None:
    other = KeyRing.create(tmp_path / "other", demonstration=False, name=ring.name)
    assert verify_pdf(make_pdf(other), ring.published()).code == "key-unknown"


def test_seal_with_a_certificate_that_borrows_the_number_is_refused(
    ring: KeyRing, receipt_pdf: bytes, tmp_path: Path
) -> None:
    """The published key decides, not what the signature says of itself."""
    other = KeyRing.create(tmp_path / "other", demonstration=False, name=ring.name)
    published = ring.published()
    for entry in published["keys"]:
        if entry["purpose"] == "seal":
            entry["certificate"] = other.seal_key()[2]
    assert verify_pdf(receipt_pdf, published).code == "key-unknown"


def test_seal_made_with_demonstration_keys_says_so(
    demonstration_ring: KeyRing, make_pdf: Callable[[KeyRing], bytes]
) -> None:
    sealed = make_pdf(demonstration_ring)
    assert verify_pdf(sealed, demonstration_ring.published()).demonstration


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"", "not-pdf"),
        (b"PK\x03\x04", "not-pdf"),
        (b"%PDF-1.7", "unsealed"),
        (b"%PDF-1.7 /ByteRange [0 10 20 10]", "unsealed"),
        (b"%PDF-1.7 /ByteRange [0 999999999 999999999 999999999]", "unsealed"),
        (b"%PDF-1.7 /ByteRange [" + b" " * 100_000, "unsealed"),
        (b"%PDF-" + b"0" * MAX_BYTES, "too-large"),
    ],
)
def test_verify_of_hostile_bytes_is_a_report(ring: KeyRing, pdf: bytes, code: str) -> None:
    assert verify_pdf(pdf, ring.published()).code == code


def test_verify_of_a_value_that_is_no_signature_says_unreadable(ring: KeyRing) -> None:
    head = b"%PDF-1.7 /ByteRange [0 40 44 0]"
    pdf = head.ljust(40) + b"<30>"
    assert verify_pdf(pdf, ring.published()).code == "seal-unreadable"


@pytest.mark.parametrize(
    "published",
    [{}, {"keys": 1}, {"keys": [{"purpose": "seal", "certificate": None}]}, {"keys": [{}]}],
)
def test_verify_with_a_list_of_keys_that_is_none_says_so(
    receipt_pdf: bytes, published: dict[str, Any]
) -> None:
    assert verify_pdf(receipt_pdf, published).code == "keys-unreadable"


def test_seal_on_what_is_no_pdf_is_refused(ring: KeyRing) -> None:
    with pytest.raises(SealError):
        seal_pdf(b"%PDF-1.7 torn", ring, lang="en")


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(("lang", "word"), [("fr", "Sceau"), ("en", "Seal")])
def test_seal_gives_its_reason_in_the_language(
    ring: KeyRing, receipt_pdf: bytes, lang: Any, word: str
) -> None:
    unsealed = receipt_pdf[: receipt_pdf.index(b"%%EOF") + 6]
    sealed = seal_pdf(unsealed, ring, lang=lang)
    (seal,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    assert seal.sig_object["/Reason"].startswith(word)


def test_seal_keeps_what_makes_the_file_archival_and_accessible(receipt_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(receipt_pdf)) as pdf:
        root = pdf.Root
        xmp = root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in xmp
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert xmp.startswith("<?xpacket begin=")
        assert xmp.endswith('<?xpacket end="r"?>')
        assert root.MarkInfo.Marked
        assert root.StructTreeRoot.K is not None
        assert root.Lang == "fr-CA"
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert root.AF[0].AFRelationship == "/Data"
        assert "/Encrypt" not in pdf.trailer
        assert all(page.get("/Tabs") == "/S" for page in pdf.pages)


def test_seal_is_an_invisible_described_field_outside_the_page(receipt_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(receipt_pdf)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        left, bottom, right, top = (float(side) for side in field.Rect)
        assert (right - left, top - bottom) == (0, 0)
        assert right < 0
        assert int(field.F) & 0b110 == 0b100  # printed, not hidden: PDF/A-3, 6.3.2
        assert "Sceau" in str(field.TU)


SEAL_AFTER_A_CHECK = """
import io, sys
from pathlib import Path
import pikepdf
from greffe.sealing.keys import KeyRing
from greffe.sealing.pades import seal_pdf, verify_pdf

ring = KeyRing.load(Path(sys.argv[1]))
assert verify_pdf(Path(sys.argv[2]).read_bytes(), ring.published()).ok
document, out = pikepdf.new(), io.BytesIO()
document.add_blank_page()
document.save(out)
assert verify_pdf(seal_pdf(out.getvalue(), ring, lang="en"), ring.published()).ok
"""


def test_process_that_checked_a_seal_before_it_ever_made_one_still_seals(
    tmp_path: Path, receipt_pdf: bytes
) -> None:
    (tmp_path / "receipt.pdf").write_bytes(receipt_pdf)
    arguments = [str(tmp_path / "keys"), str(tmp_path / "receipt.pdf")]
    command = [sys.executable, "-c", SEAL_AFTER_A_CHECK, *arguments]
    assert subprocess.run(command, check=False).returncode == 0
