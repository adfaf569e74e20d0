"""Inspection of real and of hostile files: the facts, and that nothing else comes of it."""

import io
import json
import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from greffe.documents.sandbox import inspection
from greffe.documents.sandbox.forks import Forks
from greffe.documents.sandbox.inspection import inspect
from greffe.documents.sandbox.kinds import kind_of
from greffe.documents.sandbox.launcher import Limits
from greffe.law.facts import FileFacts
from tests.documents import hostile

SMALL = Limits(memory=768 << 20, cpu_seconds=6, wall_seconds=60.0)

pytestmark = [pytest.mark.requirement("MC-07"), pytest.mark.requirement("BY-01")]


def _corpus() -> list[Any]:
    folder = os.environ.get("GREFFE_CORPUS")
    if not folder:
        reason = "GREFFE_CORPUS is not set: the folder of real PDFs"
        return [pytest.param({}, id="none", marks=pytest.mark.skip(reason=reason))]
    rows = json.loads((Path(folder) / "MANIFEST.json").read_text())
    return [
        pytest.param(row | {"path": Path(folder) / row["file"]}, id=row["file"]) for row in rows
    ]


def expected_verdicts(row: dict[str, Any]) -> set[str]:
    """What the corpus says: a password, an error of both readers, of one, or of none."""
    if row["qpdf"] == "password":
        return {"password"}
    errors = (row["qpdf"] != "ok") + (row["pdfium"] != "ok")
    return ({"opens", "repaired"}, {"repaired"}, {"damaged"})[errors]


@pytest.mark.parametrize("row", _corpus())
def test_file_of_the_corpus_gets_what_its_manifest_says(row: dict[str, Any]) -> None:
    facts = inspect(row["path"])
    assert facts.verdict in expected_verdicts(row), facts.detail
    assert (facts.size, facts.kind) == (row["bytes"], "pdf")
    if row["pages"] is not None:
        assert facts.pages == row["pages"]
    if facts.verdict in {"opens", "repaired"}:
        assert facts.pages
        assert facts.xfa == row.get("xfa", False)
        assert facts.needs_rendering == row.get("needsrendering", False)
        assert facts.acroform >= row.get("acroform", False)
        assert facts.scripts >= row.get("js", False)
        assert (facts.attachments > 0) == row.get("embedded", False)
        assert facts.restricted == row.get("encrypted", False)


def facts_of(data: bytes, tmp_path: Path, limits: Limits = SMALL) -> FileFacts:
    path = tmp_path / "document.pdf"
    path.write_bytes(data)
    return inspect(path, limits=limits, strict=True)


def saved(change: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    with io.BytesIO() as out, pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        pdf.save(out, **options)
        return out.getvalue()


def test_ordinary_document_opens(tmp_path: Path) -> None:
    data = hostile.ordinary(pages=12)
    assert facts_of(data, tmp_path) == FileFacts(size=len(data), verdict="opens", pages=12)


def test_empty_file_is_empty(tmp_path: Path) -> None:
    assert facts_of(b"", tmp_path) == FileFacts(size=0, kind="empty", verdict="empty")


def test_header_may_stand_within_the_first_kilobyte(tmp_path: Path) -> None:
    assert facts_of(b"\n" * 1000 + hostile.ordinary(), tmp_path).kind == "pdf"
    assert facts_of(b"\n" * 1100 + hostile.ordinary(), tmp_path).verdict == "not-pdf"


def test_password_is_seen(tmp_path: Path) -> None:
    key = pikepdf.Encryption(owner="o", user="u", R=6)
    assert facts_of(saved(lambda _: None, encryption=key), tmp_path).verdict == "password"


@pytest.mark.parametrize(("allowed", "restricted"), [(True, False), (False, True)])
def test_restriction_without_password_is_seen(
    tmp_path: Path, allowed: bool, restricted: bool
) -> None:
    allow = pikepdf.Permissions(modify_assembly=allowed)
    key = pikepdf.Encryption(owner="o", user="", R=6, allow=allow)
    facts = facts_of(saved(lambda _: None, encryption=key), tmp_path)
    assert (facts.verdict, facts.restricted, facts.pages) == ("opens", restricted, 1)
    assert "encrypted" in facts.detail


def _script_on_a_page(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=action)


def _attached_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["one.txt"] = b"1"
    pdf.attachments["two.txt"] = b"2"


def test_script_below_a_page_is_seen(tmp_path: Path) -> None:
    assert facts_of(saved(_script_on_a_page), tmp_path).scripts


def test_script_with_a_disguised_name_is_seen(tmp_path: Path) -> None:
    data = saved(_script_on_a_page, compress_streams=False)
    data = data.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS")
    assert b"/JavaScript" not in data
    assert facts_of(data, tmp_path).scripts


def test_words_about_scripts_are_no_script(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = "On /S /JavaScript, /JS and /EF"

    facts = facts_of(saved(change), tmp_path)
    assert (facts.scripts, facts.attachments) == (False, 0)


def test_attachments_are_counted(tmp_path: Path) -> None:
    assert facts_of(saved(_attached_file), tmp_path).attachments == 2


def test_signed_field_is_seen_and_usage_rights_are_not(tmp_path: Path) -> None:
    def value(pdf: pikepdf.Pdf) -> Any:
        return pdf.make_indirect(pikepdf.Dictionary(ByteRange=[0, 1, 2, 3], Contents=b"x"))

    def sign(pdf: pikepdf.Pdf) -> None:
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="s", V=value(pdf))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.make_indirect(field)])

    def rights(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Perms = pikepdf.Dictionary(UR3=value(pdf))

    signed = facts_of(saved(sign), tmp_path)
    assert (signed.signed, signed.acroform) == (True, True)
    assert not facts_of(saved(rights), tmp_path).signed


def test_dynamic_form_is_seen(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.NeedsRendering = True
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))

    facts = facts_of(saved(change), tmp_path)
    assert (facts.xfa, facts.needs_rendering) == (True, True)


def test_truncated_document_is_seen(tmp_path: Path) -> None:
    whole = hostile.ordinary(pages=3)
    assert facts_of(whole[: len(whole) * 3 // 4], tmp_path).verdict == "repaired"
    assert facts_of(whole[:60], tmp_path).verdict == "damaged"


@pytest.mark.security(19)
@pytest.mark.parametrize(
    "make",
    [
        hostile.content_bomb,
        hostile.object_stream_bomb,
        hostile.laughing_forms,
        hostile.wide_dictionary,
        hostile.million_objects,
    ],
    ids=lambda make: make.__name__,
)
def test_document_that_exhausts_is_too_complex(make: Callable[[], bytes], tmp_path: Path) -> None:
    facts = facts_of(make(), tmp_path)
    assert (facts.verdict, facts.kind, facts.pages) == ("too-complex", "pdf", None)
    assert facts.detail


@pytest.mark.security(19)
@pytest.mark.parametrize(
    ("make", "verdicts"),
    [
        (hostile.page_tree_loop, {"damaged"}),
        (hostile.deep_page_tree, {"damaged"}),
        (hostile.many_pages_promised, {"opens", "repaired"}),
        (hostile.one_page_many_times, {"repaired", "damaged"}),
        (hostile.xref_loop, {"damaged"}),
        (hostile.length_loop, {"repaired"}),
        (hostile.nested_arrays, {"opens", "repaired"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_document_that_goes_in_circles_is_answered(
    make: Callable[[], bytes], verdicts: set[str], tmp_path: Path
) -> None:
    assert facts_of(make(), tmp_path).verdict in verdicts


@pytest.mark.security(19)
def test_inspection_killed_in_the_middle_is_too_complex(tmp_path: Path) -> None:
    """From outside, as the kernel does when memory is short."""
    path = tmp_path / "document.pdf"
    path.write_bytes(hostile.million_objects())
    facts_of(hostile.ordinary(), tmp_path)  # the process that waits is there
    found: list[FileFacts] = []
    thread = threading.Thread(target=lambda: found.append(inspect(path)))
    thread.start()
    os.kill(_looking(), signal.SIGKILL)
    thread.join()
    assert [(facts.verdict, facts.detail.partition(":")[0]) for facts in found] == [
        ("too-complex", "killed")
    ]
    assert facts_of(hostile.ordinary(), tmp_path).verdict == "opens"


def _looking() -> int:
    """The process that looks at a document now."""
    waiting = inspection._forks._process
    assert waiting
    children = Path(f"/proc/{waiting.pid}/task/{waiting.pid}/children")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if started := children.read_text().split():
            return int(started[0])
    raise AssertionError("no sandbox was started")


@pytest.mark.security(19)
def test_sandbox_that_cannot_start_blames_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setattr(inspection, "_forks", Forks(inspection._forks._script))
    facts = facts_of(hostile.ordinary(), tmp_path)
    assert (facts.verdict, facts.pages) == ("not-inspected", None)


@pytest.mark.security(20)
def test_document_is_not_altered_and_offset_not_moved(tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    data = hostile.xref_loop()
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDWR)
    os.lseek(descriptor, 7, os.SEEK_SET)
    facts = inspect(descriptor)
    assert facts.size == len(data)
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == 7
    os.close(descriptor)
    assert path.read_bytes() == data


def test_document_that_is_not_there_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "none.pdf")


def _zipped(*names: str) -> bytes:
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "application/vnd.oasis.opendocument.text")
        return out.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (_zipped("[Content_Types].xml", "word/document.xml"), "word"),
        (_zipped("[Content_Types].xml", "xl/workbook.xml"), "excel"),
        (_zipped("[Content_Types].xml", "ppt/presentation.xml"), "powerpoint"),
        (_zipped("mimetype", "content.xml"), "word"),
        (_zipped("a.pdf"), "zip"),
        (_OLE + "WordDocument".encode("utf-16-le"), "word"),
        (_OLE, "ole"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "png"),
        (b"II*\x00\x08\x00\x00\x00", "tiff"),
        (b"GIF89a\x01\x00", "gif"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "heic"),
        (b"ID3\x04\x00\x00", "audio"),
        (b"\xff\xfb\x90\x64\x00", "audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio"),
        (b"OggS\x00\x02", "audio"),
        (b"\x00\x00\x00\x20ftypisom\x00", "video"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video"),
        (b"\x7fELF\x02\x01\x01", "executable"),
        (b"MZ\x90\x00" + bytes(100), "executable"),
        (b"#!/bin/sh\n", "executable"),
        (b"{\\rtf1\\ansi", "rtf"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", "html"),
        (b"  <HTML>", "html"),
        ("Décision du tribunal".encode(), "text"),
        ("Décision".encode("utf-16"), "text"),
        (b"\x00\x01\x02\x03\x04", "unknown"),
    ],
)
def test_renamed_file_is_known_by_its_content(data: bytes, kind: str) -> None:
    assert kind_of(data, data[-65536:]) == kind


def test_renamed_file_is_not_a_pdf(tmp_path: Path) -> None:
    facts = facts_of(_zipped("[Content_Types].xml", "word/document.xml"), tmp_path)
    assert (facts.kind, facts.verdict) == ("word", "not-pdf")


@pytest.mark.security(19)
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (b"GIF89a\n", b"", "gif"),
        (b"\xff\xd8\xff\xe0\n", b"", "jpeg"),
        (b"MZ\x00\n", b"", "executable"),
        (b"#!/bin/sh\n", b"", "executable"),
        (b"<html><!-- ", b"", "html"),
        (_zipped("a.txt"), b"", "zip"),
        (b"", _zipped("a.exe"), "zip"),
    ],
)
def test_polyglot_is_no_pdf(tmp_path: Path, before: bytes, after: bytes, kind: str) -> None:
    facts = facts_of(before + hostile.ordinary() + after, tmp_path)
    assert (facts.kind, facts.verdict) == (kind, "not-pdf")
    assert before == b"" or facts.detail == "and a PDF at once"


def test_archive_attached_inside_a_pdf_makes_no_polyglot(tmp_path: Path) -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["scans.zip"] = _zipped("a.txt")

    data = saved(attach, compress_streams=False)
    assert b"PK\x05\x06" in data
    facts = facts_of(data, tmp_path)
    assert (facts.kind, facts.verdict, facts.attachments) == ("pdf", "opens", 1)
