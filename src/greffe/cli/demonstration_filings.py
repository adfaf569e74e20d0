"""What the invented counsel have filed when the demonstration begins: work for its registry."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from django.utils import timezone

from greffe.accounts.models import User
from greffe.accounts.viewers import viewer_of
from greffe.cases.models import Case
from greffe.documents.stores import document_store
from greffe.filings import draft_actions
from greffe.filings.actions import submit_draft
from greffe.filings.judging import judge_draft

_LETTER = (612, 792)  # points


@dataclass(frozen=True, slots=True)
class _Filing:
    """One filing: who, in which case, what; each file is its name and its lines, by page."""

    username: str
    case: str
    kind: str
    files: Sequence[tuple[str, Sequence[str]]]


_FILINGS = (
    _Filing(
        "tremblay",
        "MC6-02346",
        "rpd-written-submissions",
        (
            (
                "Observations écrites.pdf",
                (
                    (
                        "MC6-02346\n\nObservations écrites du demandeur d'asile\n\n"
                        "1. Le demandeur d'asile est un citoyen inventé d'un pays inventé.\n"
                        "2. Ce document sert à la démonstration seulement."
                    ),
                    (
                        "3. Pour ces motifs, le demandeur d'asile demande que sa demande\n"
                        "    d'asile soit accueillie."
                    ),
                ),
            ),
        ),
    ),
    _Filing(
        "tremblay",
        "MC6-02346",
        "rpd-disclosure",
        (
            (
                "Pièces.pdf",
                (
                    (
                        "MC6-02346\n\nTable des matières\n\n1. Rapport sur le pays ........ 2\n"
                        "2. Lettre de l'employeur ...... 3"
                    ),
                    "1. Rapport sur le pays\n\nTexte inventé pour la démonstration.",
                    "2. Lettre de l'employeur\n\nTexte inventé pour la démonstration.",
                ),
            ),
        ),
    ),
    _Filing(
        "okafor",
        "VC6-01377",
        "rpd-written-submissions",
        (
            (
                "Written submissions.pdf",
                (
                    (
                        "VC6-01377\n\nWritten submissions of the claimant\n\n"
                        "1. The claimant is an invented citizen of an invented country.\n"
                        "2. This document is for the demonstration only."
                    ),
                ),
            ),
        ),
    ),
)


def make() -> None:
    """File them by the actions that the pages call, with receipts and all."""
    for filing in _FILINGS:
        _file(filing)


def _file(filing: _Filing) -> None:
    user = User.objects.select_related("person").get(username=filing.username)
    viewer = viewer_of(user, on=timezone.localdate())
    if viewer is None:
        raise LookupError(filing.username)
    draft = draft_actions.start_draft(
        by=viewer,
        case=Case.objects.get(file_number=filing.case),
        document_type=filing.kind,
        language=viewer.person.language,
    )
    for name, pages in filing.files:
        with document_store().writer() as writer:
            writer.write(_pdf(name, pages))
            stored = writer.commit()
        draft_actions.add_file(by=viewer, draft_id=draft.id, stored=stored, name=name)
    draft.refresh_from_db()
    judgement = judge_draft(draft, now=timezone.now())
    if judgement.refusing:  # inspection cannot run here, say: the demonstration begins without it
        draft_actions.discard_draft(by=viewer, draft_id=draft.id)
        return
    submit_draft(
        by=viewer,
        draft_id=draft.id,
        version=draft.version,
        acknowledged=frozenset(finding.key for finding in judgement.warnings),
    )


def _pdf(title: str, pages: Sequence[str]) -> bytes:
    """A PDF of these pages, each with its number, in a font that every reader has."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        for number, text in enumerate(pages, start=1):
            pdf.add_blank_page(page_size=_LETTER)
            page = pdf.pages[-1]
            page.add_resource(font, pikepdf.Name.Font, pikepdf.Name.F1)
            page.contents_add(_content(text, number))
        pdf.docinfo["/Title"] = title
        pdf.save(out)
    return out.getvalue()


def _content(text: str, number: int) -> bytes:
    lines = [f"({_escaped(line)}) Tj T*" for line in text.split("\n")]
    body = "BT /F1 13 Tf 20 TL 72 700 Td\n" + "\n".join(lines) + "\nET\n"
    foot = f"BT /F1 11 Tf 300 40 Td ({number}) Tj ET"
    return (body + foot).encode("cp1252")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
