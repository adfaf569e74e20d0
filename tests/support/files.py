"""A case file with a document on it, for tests of what is on record and who reads it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greffe.accounts.models import User
    from greffe.cases.models import Case, RecordEntry
    from greffe.filings.models import Submission
    from tests.support.scenes import Scene


@dataclasses.dataclass
class Filed:
    """A case, its counsel, what counsel filed, and the first document of it on the record."""

    scene: Scene
    counsel: User
    case: Case
    submission: Submission
    entry: RecordEntry

    def place(self, name: str, **fields: Any) -> RecordEntry:
        """Put another document on the record, with bytes of its own; `fields` are of its row."""
        from greffe.cases.models import RecordEntry

        entry = place(self.scene, self.case, name)
        RecordEntry.objects.filter(pk=entry.pk).update(**fields)
        entry.refresh_from_db()
        return entry


def place(scene: Scene, case: Case, name: str) -> RecordEntry:
    """Put a document that came on paper on the record of a case."""
    from django.utils import timezone

    from greffe.cases.actions import Placed, place_on_record
    from greffe.cases.models import RecordEntry
    from greffe.documents.actions import keep_blob
    from greffe.documents.stores import document_store
    from tests.support.scenes import pdf

    with document_store().writer() as writer:
        writer.write(pdf(text=name))
        stored = writer.commit()
    document = Placed(
        name=name,
        blob=keep_blob(stored=stored, retention="case"),
        pages=1,
        received_at=timezone.now(),
        date_of_receipt=scene.today,
        source=RecordEntry.Source.PAPER,
        method="paper",
    )
    return place_on_record(by=scene.by, case=case, documents=[document])[0]


def take_to_record(scene: Scene, case: Case, submission: Submission) -> list[RecordEntry]:
    """Put what was filed on the record of a case, as the registry does when it accepts it."""
    from greffe.cases.actions import Placed, place_on_record

    documents = [
        Placed(
            name=document.name,
            blob=document.blob,
            pages=document.pages,
            received_at=submission.received_at,
            date_of_receipt=submission.date_of_receipt,
            document_type=submission.document_type,
            source_id=submission.id,
            source_position=document.position,
            filed_by=submission.person.name,
        )
        for document in submission.documents.select_related("blob").order_by("position")
    ]
    return place_on_record(by=scene.by, case=case, documents=documents)


def on_record(scene: Scene, *names: str, **case: Any) -> Filed:
    """A case of the RPD in Montréal with what its counsel filed on the record."""
    counsel = scene.user()
    found = scene.case(counsel=counsel, **case)
    draft = scene.draft(counsel, found)
    for name in names or ("déposée.pdf",):
        scene.upload(counsel, draft, name=name)
    submission = scene.submit(counsel, draft)
    entries = take_to_record(scene, found, submission)
    return Filed(scene, counsel, found, submission, entries[0])
