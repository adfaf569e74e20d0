"""Writes of a filing that is being prepared: begun, changed, left."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from greffe.accounts.delegations import acting, still_acts_for
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.queries import family_cases
from greffe.cases.rules import rules
from greffe.documents.actions import discard_upload, expire_uploads, inspect_upload, receive_upload
from greffe.documents.models import Upload
from greffe.documents.retention import DRAFT, kept_for
from greffe.documents.store import StoredBlob
from greffe.filings.mail_retention import empty_mail
from greffe.filings.models import Draft, DraftCase, DraftFile
from greffe.filings.permissions import drafts_of, filing_capacity, refusal_to_file
from greffe.filings.refusals import refuse
from greffe.filings.retention import drafts_that_go, hold_on_its_cases
from greffe.law import states
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind


@transaction.atomic
def start_draft(
    *,
    by: Viewer,
    case: Case,
    document_type: str,
    language: str,
    also_in: Sequence[UUID] = (),
    of: UUID | None = None,
) -> Draft:
    """Begin a filing in a case, and in others of the same family.

    It is that of `of`, where a delegate begins it in that person's name.
    """
    today = timezone.localdate()
    person = by.id if of is None else of
    refusal = refusal_to_file(by, case, on=today, of=person)
    if refusal or not still_acts_for(by, person):
        raise refuse(refusal or "not-yours")
    _require_type(case, document_type, today)
    draft = Draft.objects.create(
        person_id=person,
        document_type=document_type,
        language=language,
        expires_at=timezone.now() + kept_for(DRAFT),
    )
    _set_cases(by, draft, case, also_in)
    record(
        kind=Kind.DRAFT_STARTED,
        by=acting(by, filing_capacity(by, draft, on=today) or "account", person),
        subject=draft.id,
        body={"document_type": document_type},
    )
    return draft


def _require_type(case: Case, document_type: str, on: date) -> None:
    kinds = {row.id for row in rules().document_types_for(case.division, on)}
    if document_type not in kinds:
        raise refuse("unknown-type")


def _set_cases(by: Viewer, draft: Draft, leading: Case, also_in: Sequence[UUID]) -> None:
    draft.case_links.all().delete()
    DraftCase.objects.create(draft=draft, case=leading, leading=True)
    family = family_cases(by, leading, on=timezone.localdate(), of=draft.person_id)
    others = family.filter(pk__in=also_in)
    DraftCase.objects.bulk_create(DraftCase(draft=draft, case=other) for other in others)


def _lock(by: Viewer, draft_id: UUID) -> Draft:
    """The draft of this person, locked; refused if there is none or it is no longer open."""
    drafts = drafts_of(by, on=timezone.localdate()).select_for_update()
    draft = drafts.filter(pk=draft_id).first()
    if draft is None or not still_acts_for(by, draft.person_id):
        raise refuse("not-yours")
    if draft.state == "submitted":
        raise refuse("already-filed")
    if not states.DRAFT.allows(draft.state, "change"):
        raise refuse("not-open")
    return draft


def _changed(draft: Draft, *fields: str) -> None:
    draft.version += 1
    draft.changed_at = timezone.now()
    draft.expires_at = draft.changed_at + kept_for(DRAFT)
    draft.save(update_fields=["version", "changed_at", "expires_at", *fields])


@transaction.atomic
def change_type(
    *, by: Viewer, draft_id: UUID, document_type: str, also_in: Sequence[UUID] = ()
) -> None:
    """Say that it is another kind of document, or concerns other cases of the family."""
    draft = _lock(by, draft_id)
    _require_type(draft.leading_case, document_type, timezone.localdate())
    if draft.document_type != document_type:
        draft.document_type, draft.service, draft.named_events = document_type, None, {}
    _set_cases(by, draft, draft.leading_case, also_in)
    _changed(draft, "document_type", "service", "named_events")


def add_file(
    *,
    by: Viewer,
    draft_id: UUID,
    stored: StoredBlob,
    name: str,
    replacing: UUID | None = None,
) -> Upload:
    """Put a file, whose bytes are safe, into a draft, and have it inspected.

    `replacing` is the upload whose place it takes. The row is written first, so that a crash during
    inspection loses nothing.
    """
    with transaction.atomic():
        draft = _lock(by, draft_id)
        capacity = filing_capacity(by, draft, on=timezone.localdate())
        if capacity is None:
            raise refuse("not-on-record")
        if replacing is not None:
            _remove(by, draft, replacing)
        if draft.files.count() >= rules().filing_limit(timezone.localdate()).max_files:
            raise refuse("too-many-files")
        upload = receive_upload(
            by=by, stored=stored, name=name, capacity=capacity, of=draft.person_id
        )
        last = draft.files.aggregate(last=Max("position"))["last"] or 0
        DraftFile.objects.create(draft=draft, upload=upload, position=last + 1)
        _changed(draft)
    inspect_upload(upload=upload)
    return upload


def inspect_again(*, by: Viewer, draft_id: UUID) -> None:
    """Have those files of an open draft inspected that nobody has looked at.

    A crash may have come between a file and its inspection, or the sandbox did not work then.
    """
    drafts = drafts_of(by, on=timezone.localdate()).filter(pk=draft_id, state="open")
    files = DraftFile.objects.filter(draft__in=drafts).select_related("upload__blob")
    for file in files:
        if file.upload.inspected.verdict == "not-inspected":
            inspect_upload(upload=file.upload)


@transaction.atomic
def remove_file(*, by: Viewer, draft_id: UUID, upload_id: UUID) -> None:
    """Take a file out of a draft and throw it away."""
    draft = _lock(by, draft_id)
    _remove(by, draft, upload_id)
    _changed(draft)


def _remove(by: Viewer, draft: Draft, upload_id: UUID) -> None:
    found = draft.files.select_related("upload__blob").filter(upload_id=upload_id).first()
    if found is None:
        raise refuse("unknown-file")
    upload = found.upload
    found.delete()
    draft.files.filter(position__gt=found.position).update(position=F("position") - 1)
    discard_upload(by=by, upload=upload, capacity="account", of=draft.person_id)


@transaction.atomic
def set_service(*, by: Viewer, draft_id: UUID, statement: Mapping[str, Any]) -> None:
    """Keep the statement of service as the form gave it.

    It is judged when it is shown and filed.
    """
    draft = _lock(by, draft_id)
    draft.service = dict(statement)
    _changed(draft, "service")


@transaction.atomic
def name_events(*, by: Viewer, draft_id: UUID, events: Mapping[str, date]) -> None:
    """Keep the dates that the filer names, for time limits that the case does not know."""
    draft = _lock(by, draft_id)
    draft.named_events = {event: on.isoformat() for event, on in sorted(events.items())}
    _changed(draft, "named_events")


@transaction.atomic
def discard_draft(*, by: Viewer, draft_id: UUID) -> None:
    """Throw an unfinished filing away with its files."""
    draft = _lock(by, draft_id)
    close(draft, "discard")
    for link in draft.files.select_related("upload__blob"):
        link.delete()
        discard_upload(by=by, upload=link.upload, capacity="account", of=draft.person_id)
    actor = acting(by, "account", draft.person_id)
    record(kind=Kind.DRAFT_DISCARDED, by=actor, subject=draft.id, body={})


def close(draft: Draft, event: str) -> None:
    """Move a draft on by an event of its state table."""
    draft.state = states.DRAFT.after(draft.state, event)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE filings_draft SET state = %s WHERE id = %s", [draft.state, draft.pk])


def expire_drafts(*, now: datetime) -> int:
    """Close drafts whose time is over; their files expire as any upload that nothing took."""
    count = 0
    for draft_id in drafts_that_go(now=now).values_list("id", flat=True):
        with transaction.atomic():
            draft = (
                drafts_that_go(now=now)
                .select_for_update(of=("self",), skip_locked=True)
                .filter(pk=draft_id)
                .first()
            )
            if draft is None or hold_on_its_cases(draft):
                continue
            close(draft, "expire")
            draft.files.all().delete()
            record(kind=Kind.DRAFT_DISCARDED, by=SYSTEM, subject=draft.id, body={"expired": True})
            count += 1
    return count


def expire_all(*, now: datetime) -> None:
    """Do now what the rows of retention say: drafts, uploads that belong to nothing, words of mail.

    What stands under a legal hold stays; so does what somebody is working on at this moment.
    """
    expire_drafts(now=now)
    while expire_uploads(now=now):
        pass
    empty_mail(now=now)
