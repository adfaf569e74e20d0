import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.papers.receipt import render_receipt
from greffe.sealing import statements, verify
from greffe.sealing.keys import KeyRing
from greffe.sealing.pades import MAX_BYTES, seal_pdf
from greffe.sealing.signatures import envelope_bytes, sign
from greffe.sealing.verify import check
from tests.sealing.sample import DOCUMENT, payload

NOT_PROVEN = {"content", "person", "timeliness", "clock", "key-theft", "key-list", "ledger"}


def _codes(found: tuple[statements.Statement, ...]) -> list[str]:
    return [each.code for each in found]


def _problems(data: bytes, published: Any) -> list[str]:
    report = check(data, published)
    assert not report.ok
    assert report.proven == ()
    assert _codes(report.not_proven) == ["nothing"]
    assert report.payload is None
    return _codes(report.problems)


def _sealed_again(ring: KeyRing, receipt_pdf: bytes, attached: bytes | None) -> bytes:
    """Seal a PDF of the registry that is no whole receipt."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(receipt_pdf)) as pdf:
        del pdf.Root.AcroForm
        del pdf.Root.Perms
        for page in pdf.pages:
            del page.Annots
        del pdf.attachments[verify.ATTACHMENT]
        if attached is not None:
            pdf.attachments[verify.ATTACHMENT] = pikepdf.AttachedFileSpec(pdf, attached)
        pdf.save(out)
    return seal_pdf(out.getvalue(), ring, lang="en")


@pytest.mark.requirement("BY-02")
def test_check_of_a_json_receipt_says_what_is_proven_and_what_not(
    ring: KeyRing, receipt_json: bytes
) -> None:
    report = check(receipt_json, ring.published(), name="receipt.json")
    assert (report.ok, report.form, report.problems) == (True, "json", ())
    assert _codes(report.proven) == ["signed", "received-office", "document", "document"]
    assert set(_codes(report.not_proven)) == NOT_PROVEN
    assert report.payload == payload()
    assert "2021-04-01T22:00:00-07:00" in report.proven[1].text("en")
    assert "Greffe du Tribunal" in report.proven[0].text("fr")


@pytest.mark.requirement("BY-02")
def test_check_of_a_pdf_receipt_proves_its_pages_too(ring: KeyRing, receipt_pdf: bytes) -> None:
    report = check(receipt_pdf, ring.published())
    assert (report.ok, report.form) == (True, "pdf")
    assert _codes(report.proven)[:2] == ["sealed", "signed"]
    assert report.payload == payload()


@pytest.mark.requirement("BY-02")
def test_check_of_either_form_after_rotation_is_proven(
    ring: KeyRing, receipt_pdf: bytes, receipt_json: bytes
) -> None:
    ring.rotate()
    assert check(receipt_pdf, ring.published()).ok
    assert check(receipt_json, ring.published()).ok


def test_check_of_json_laid_out_differently_is_proven(ring: KeyRing, receipt_json: bytes) -> None:
    pretty = json.dumps(json.loads(receipt_json), indent=4).encode() + b"\r\n"
    assert check(pretty, ring.published()).ok


def test_check_without_an_office_says_the_eastern_time(ring: KeyRing) -> None:
    received = payload()["received"] | {"office": None, "date_of_receipt": None}
    data = envelope_bytes(sign(payload(received=received, cases=[]), ring))
    assert "received" in _codes(check(data, ring.published()).proven)


@pytest.mark.requirement("BY-02")
@pytest.mark.parametrize("form", ["json", "pdf"])
def test_check_with_demonstration_keys_proves_nothing(
    demonstration_ring: KeyRing, make_pdf: Callable[[KeyRing], bytes], form: str
) -> None:
    signed = envelope_bytes(sign(payload(), demonstration_ring))
    data = make_pdf(demonstration_ring) if form == "pdf" else signed
    report = check(data, demonstration_ring.published(), documents=[("a.pdf", DOCUMENT)])
    assert report.ok
    assert report.demonstration
    assert report.proven == ()
    assert _codes(report.not_proven) == ["demonstration"]
    assert "proves nothing" in report.not_proven[0].text("en")
    assert "ne prouve rien" in report.not_proven[0].text("fr")


def test_check_of_a_payload_that_says_demonstration_proves_nothing(ring: KeyRing) -> None:
    data = envelope_bytes(sign(payload(demonstration=True), ring))
    assert check(data, ring.published()).proven == ()


@pytest.mark.requirement("BY-02")
def test_check_of_an_altered_field_proves_nothing(ring: KeyRing, receipt_json: bytes) -> None:
    altered = receipt_json.replace(b"2021-04-01", b"2021-03-31")
    assert altered != receipt_json
    assert _problems(altered, ring.published()) == ["altered"]


@pytest.mark.requirement("BY-02")
def test_check_of_an_unsealed_pdf_proves_nothing(ring: KeyRing, receipt_json: bytes) -> None:
    pdf = render_receipt(payload(), receipt_json, lang="fr")
    assert _problems(pdf, ring.published()) == ["unsealed"]


@pytest.mark.requirement("BY-02")
def test_check_of_a_pdf_with_something_added_proves_nothing(
    ring: KeyRing, receipt_pdf: bytes
) -> None:
    assert _problems(receipt_pdf + b"\n% more", ring.published()) == ["added-after-seal"]


def test_check_of_another_registrys_receipt_says_key_unknown(
    receipt_json: bytes, receipt_pdf: bytes, tmp_path: Path
) -> None:
    other = KeyRing.create(tmp_path / "other", demonstration=False, name="Other").published()
    assert _problems(receipt_json, other) == ["key-unknown"]
    assert _problems(receipt_pdf, other) == ["key-unknown"]


def test_check_of_a_sealed_pdf_that_is_no_receipt_says_no_data(
    ring: KeyRing, receipt_pdf: bytes
) -> None:
    letter = _sealed_again(ring, receipt_pdf, None)
    assert _problems(letter, ring.published()) == ["no-data"]


def test_check_of_a_sealed_pdf_with_altered_data_is_refused(
    ring: KeyRing, receipt_pdf: bytes, receipt_json: bytes
) -> None:
    altered = receipt_json.replace(b"2021-000123", b"2021-000124")
    assert _problems(_sealed_again(ring, receipt_pdf, altered), ring.published()) == ["altered"]


def test_check_of_something_else_signed_says_schema_unknown(ring: KeyRing) -> None:
    data = envelope_bytes(sign({"schema": "greffe.checkpoint/1"}, ring))
    assert _problems(data, ring.published()) == ["schema-unknown"]


def test_check_of_a_signed_payload_with_odd_fields_does_not_raise(ring: KeyRing) -> None:
    odd = {
        "schema": verify.SCHEMA,
        "documents": [1, {}],
        "received": 3,
        "language": [],
        "number": 1,
    }
    report = check(envelope_bytes(sign(odd, ring)), ring.published(), documents=[("a", b"")])
    assert _codes(report.problems) == ["document-unknown"]


@pytest.mark.requirement("BY-02")
def test_check_of_a_receipt_later_than_its_keys_retirement_is_refused(ring: KeyRing) -> None:
    received = payload()["received"] | {"instant": "2999-01-01T00:00:00Z"}
    data = envelope_bytes(sign(payload(received=received), ring))
    assert check(data, ring.published()).ok
    ring.rotate()
    assert _problems(data, ring.published()) == ["key-retired"]


@pytest.mark.parametrize("instant", ["", "yesterday", "2021-04-02T05:00:00", None])
def test_check_of_a_retired_keys_receipt_without_a_time_is_refused(
    ring: KeyRing, instant: object
) -> None:
    received = payload()["received"] | {"instant": instant}
    data = envelope_bytes(sign(payload(received=received), ring))
    ring.rotate()
    assert _problems(data, ring.published()) == ["key-retired"]


@pytest.mark.requirement("BY-02")
def test_check_with_the_document_itself_proves_the_match(
    ring: KeyRing, receipt_pdf: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "kept.pdf"
    path.write_bytes(DOCUMENT)
    for content in (DOCUMENT, path):
        report = check(receipt_pdf, ring.published(), documents=[("kept.pdf", content)])
        assert report.ok
        assert report.proven[-1].code == "document-matches"
        assert "kept.pdf" in report.proven[-1].text("fr")


@pytest.mark.requirement("BY-02")
def test_check_with_a_changed_document_names_it(ring: KeyRing, receipt_json: bytes) -> None:
    given_documents = [("right.pdf", DOCUMENT), ("wrong.pdf", DOCUMENT + b" ")]
    report = check(receipt_json, ring.published(), documents=given_documents)
    assert not report.ok
    assert _codes(report.problems) == ["document-unknown"]
    assert "wrong.pdf" in report.problems[0].text("en")
    assert "document-matches" in _codes(report.proven)


def test_check_with_a_document_that_is_not_there_says_so(
    ring: KeyRing, receipt_json: bytes, tmp_path: Path
) -> None:
    missing = [("gone.pdf", tmp_path / "gone.pdf"), ("folder", tmp_path)]
    report = check(receipt_json, ring.published(), documents=missing)
    assert _codes(report.problems) == ["document-unreadable"] * 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-receipt"),
        (b"\0" * 1000, "not-receipt"),
        (b"[" * 500_000, "not-receipt"),
        (b'{"payload":' * 90_000, "not-receipt"),
        (b'{"payload":{"a":1e999},"signature":{}}', "not-receipt"),
        (b"{}", "not-envelope"),
        (b" " * (MAX_BYTES + 1), "too-large"),
        (b"%PDF-" + b"\n" * MAX_BYTES, "too-large"),
        (b"%PDF-1.7 <<" * 100_000, "unsealed"),
    ],
)
def test_check_of_hostile_input_is_a_report(ring: KeyRing, data: bytes, code: str) -> None:
    assert _problems(data, ring.published()) == [code]


def test_check_of_a_payload_nested_beyond_measure_is_a_report(ring: KeyRing) -> None:
    deep = b'{"payload":{"a":' + b"[" * 900 + b"]" * 900 + b"}"
    signature = b',"signature":{"algorithm":"Ed25519","key":"%s","value":"AA"}}'
    data = deep + signature % ring.receipt_key()[0].encode()
    assert _problems(data, ring.published()) == ["altered"]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"%PDF-1.7" + tail))
def test_check_of_any_bytes_is_a_report(keys: Any, data: bytes) -> None:
    assert not check(data, keys).ok


@pytest.mark.parametrize("published", [{}, {"keys": [None]}, {"keys": [{"id": 1}]}])
def test_check_with_a_bad_list_of_keys_is_a_report(
    receipt_pdf: bytes, receipt_json: bytes, published: dict[str, Any]
) -> None:
    assert not check(receipt_pdf, published).ok
    assert not check(receipt_json, published).ok


@pytest.mark.requirement("BY-06")
def test_statements_are_written_in_both_languages() -> None:
    for code in statements.codes():
        values = dict.fromkeys(_names(code), "x")
        english, french = (statements.Statement(code, values).text(lang) for lang in ("en", "fr"))
        assert english != french
        assert "{" not in english + french
        assert not any(f" {mark}" in french for mark in ":;?!")


def _names(code: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(statements._WORDS[code].en) if name]


def test_statement_shows_hidden_characters_by_number() -> None:
    text = statements.Statement("document-unknown", {"file": "a\u202egpj\x1b[2J.pdf"}).text("en")
    assert "‹U+202E›" in text
    assert "\x1b" not in text


def test_as_json_has_codes_and_texts(ring: KeyRing, receipt_json: bytes) -> None:
    said = check(receipt_json, ring.published(), name="r.json").as_json("fr")
    assert said["file"] == "r.json"
    assert said["ok"] is True
    assert said["problems"] == []
    assert {"code", "text"} == set(said["proven"][0])
    json.dumps(said)


def test_check_of_json_loads_no_reader_of_pdf_and_no_django(
    ring: KeyRing, receipt_json: bytes, tmp_path: Path
) -> None:
    (tmp_path / "receipt.json").write_bytes(receipt_json)
    (tmp_path / "keys.json").write_text(json.dumps(ring.published()))
    program = (
        "import sys, json, pathlib; from greffe.sealing.verify import check\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "keys = json.loads((folder / 'keys.json').read_text())\n"
        "assert check((folder / 'receipt.json').read_bytes(), keys).ok\n"
        "slow = {'pyhanko', 'pikepdf', 'typst', 'django', 'asn1crypto'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
