"""Checking a receipt offline: what it proves, what it does not, and what is wrong with it.

Needs the file and the registry's published keys, nothing else: no database, no network. The
command line and the public page give the same report.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from greffe.sealing import pades, signatures
from greffe.sealing.canonical import CanonicalError, read_json
from greffe.sealing.statements import Lang, Statement

SCHEMA = "greffe.receipt/1"
ATTACHMENT = "receipt.json"
_PDF = b"%PDF-"
_NOT_PROVEN = ("content", "person", "timeliness", "clock", "key-theft", "key-list", "ledger")
# A server may finish, with the key it holds, what it began before the rotation.
_ROTATION_GRACE = dt.timedelta(hours=1)

Document = tuple[str, bytes | Path]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check. `payload` is there only if its signature is good.

    With demonstration keys a receipt that is whole is `ok`, but `proven` stays empty.
    """

    ok: bool
    form: Literal["json", "pdf"]
    name: str = ""
    kid: str = ""
    demonstration: bool = False
    proven: tuple[Statement, ...] = ()
    not_proven: tuple[Statement, ...] = ()
    problems: tuple[Statement, ...] = ()
    payload: Mapping[str, Any] | None = None

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Return the report for `--json`: codes and their texts."""
        groups = {
            "proven": self.proven,
            "not_proven": self.not_proven,
            "problems": self.problems,
        }
        return {
            "file": self.name,
            "ok": self.ok,
            "form": self.form,
            "key": self.kid,
            "demonstration": self.demonstration,
        } | {
            group: [{"code": each.code, "text": each.text(lang)} for each in statements]
            for group, statements in groups.items()
        }


class _Problem(Exception):  # noqa: N818  # not an error of ours: it becomes part of the report
    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.statement = Statement(code, values)


def check(
    data: bytes,
    published: Mapping[str, Any],
    *,
    name: str = "",
    documents: Iterable[Document] = (),
) -> Report:
    """Check a receipt, JSON or PDF, and any documents said to be those it lists. Never raises.

    `published` is the registry's list of keys; `documents` are (name, bytes or path) pairs whose
    SHA-256 is looked for in the receipt.
    """
    form: Literal["json", "pdf"] = "pdf" if data.startswith(_PDF) else "json"
    report = Report(ok=False, form=form, name=name)
    look = _check_pdf if form == "pdf" else _check_json
    try:
        return _compare(look(data, published, report), documents)
    except _Problem as problem:
        nothing = (Statement("nothing"),)
        return replace(report, problems=(problem.statement,), not_proven=nothing)


def _check_pdf(data: bytes, published: Mapping[str, Any], report: Report) -> Report:
    """Check the seal first: a PDF that is not ours is never parsed."""
    seal = pades.verify_pdf(data, published)
    if not seal.ok:
        raise _Problem(seal.code)
    found = _check_json(_attached(data), published, report)
    demonstration = found.demonstration or seal.demonstration
    _refuse_retired(found.payload or {}, seal.kid, seal.retired_at)
    sealed = Statement("sealed", {"kid": seal.kid})
    return _settle(replace(found, proven=(sealed, *found.proven), demonstration=demonstration))


def _check_json(data: bytes, published: Mapping[str, Any], report: Report) -> Report:
    try:
        envelope = read_json(data)
    except CanonicalError as error:
        if error.code == "size":
            raise _Problem("too-large") from error
        raise _Problem("not-receipt", detail=error.code) from error
    verification = signatures.verify(envelope, published)
    if not verification.ok:
        raise _Problem(verification.code)
    payload = envelope["payload"]
    if payload.get("schema") != SCHEMA:
        raise _Problem("schema-unknown", schema=str(payload.get("schema"))[:80])
    _refuse_retired(payload, verification.kid, verification.retired_at)
    return _settle(
        replace(
            report,
            ok=True,
            kid=verification.kid,
            demonstration=verification.demonstration or payload.get("demonstration") is not False,
            proven=tuple(_proven(payload, verification.kid)),
            payload=payload,
        )
    )


def _settle(report: Report) -> Report:
    """Say what is not proven; with demonstration keys that is everything."""
    if report.demonstration:
        return replace(report, proven=(), not_proven=(Statement("demonstration"),))
    return replace(report, not_proven=tuple(Statement(code) for code in _NOT_PROVEN))


def _proven(payload: Mapping[str, Any], kid: str) -> list[Statement]:
    registry = str(_get(payload, "registry", str(payload.get("language"))) or "")
    signed = {"registry": registry, "number": str(payload.get("number")), "kid": kid}
    received = {
        "eastern": str(_get(payload, "received", "eastern")),
        "office": str(_get(payload, "received", "office")),
        "date": str(_get(payload, "received", "date_of_receipt")),
    }
    code = "received-office" if _get(payload, "received", "office") else "received"
    listed = [
        Statement("document", {key: str(document.get(key)) for key in _DOCUMENT})
        for document in _documents(payload)
    ]
    return [Statement("signed", signed), Statement(code, received), *listed]


_DOCUMENT = ("position", "name", "bytes", "sha256")


def _get(payload: Mapping[str, Any], outer: str, inner: str) -> object:
    group = payload.get(outer)
    return group.get(inner) if isinstance(group, Mapping) else None


def _documents(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = payload.get("documents")
    entries = listed if isinstance(listed, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def _refuse_retired(payload: Mapping[str, Any], kid: str, retired_at: str | None) -> None:
    if retired_at is None:
        return
    try:
        received = dt.datetime.fromisoformat(str(_get(payload, "received", "instant")))
        late = received > dt.datetime.fromisoformat(retired_at) + _ROTATION_GRACE
    except (ValueError, TypeError) as error:
        raise _Problem("key-retired", kid=kid) from error
    if late:
        raise _Problem("key-retired", kid=kid)


def _attached(data: bytes) -> bytes:
    """Take the signed data out of a PDF whose seal is good, so its bytes are the registry's."""
    import pikepdf  # noqa: PLC0415  # slow, and JSON receipts need none

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return bytes(pdf.attachments[ATTACHMENT].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError, ValueError) as error:
        raise _Problem("no-data") from error


def _compare(report: Report, documents: Iterable[Document]) -> Report:
    """Look for each given document among those of the receipt."""
    positions = {
        document.get("sha256"): str(document.get("position"))
        for document in _documents(report.payload or {})
    }
    found = [_match(name, content, positions) for name, content in documents]
    matches = tuple(each for each in found if each.code == "document-matches")
    problems = tuple(each for each in found if each.code != "document-matches")
    return replace(
        report,
        ok=report.ok and not problems,
        proven=report.proven if report.demonstration else (*report.proven, *matches),
        problems=(*report.problems, *problems),
    )


def _match(name: str, content: bytes | Path, positions: Mapping[Any, str]) -> Statement:
    try:
        fingerprint = _sha256(content)
    except OSError:
        return Statement("document-unreadable", {"file": name})
    position = positions.get(fingerprint)
    if position is None:
        return Statement("document-unknown", {"file": name})
    return Statement("document-matches", {"file": name, "position": position})


def _sha256(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
