"""Every write of a filing: prepared, submitted, proved, left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, Min
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.queries import family_cases, office_of
from greffe.cases.rules import rules
from greffe.documents.actions import discard_upload, inspect_upload, keep_blob, receive_upload
from greffe.documents.models import Blob, Upload
from greffe.documents.store import StoredBlob
from greffe.documents.stores import document_store
from greffe.filings import receipts
from greffe.filings.judging import Judgement, judge_draft
from greffe.filings.keys import key_ring
from greffe.filings.manifests import manifest_of
from greffe.filings.models import (
    Attempt,
    Draft,
    DraftCase,
    DraftFile,
    Receipt,
    ReceiptPaper,
    Submission,
    SubmissionCase,
    SubmittedDocument,
    submission_number_suffix,
)
from greffe.filings.permissions import filing_capacity, refusal_to_file
from greffe.law import states
from greffe.law.calendar import date_of_receipt, eastern
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.papers.receipt import render_receipt
from greffe.sealing.pades import seal_pdf

DRAFT_KEPT_FOR = timedelta(days=30)
"""How long a draft is kept after its last change."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not done; `not_filed` are the names of files that the submission lacks."""

    code: str
    not_filed: tuple[str, ...] = ()


@dataclass
class FilingRefusedError(Exception):
    """An action was refused; nothing has changed. `refused` says why."""

    refused: Refused = field(default_factory=lambda: Refused("stale"))


def _refuse(code: str, not_filed: Iterable[str] = ()) -> FilingRefusedError:
    return FilingRefusedError(Refused(code, tuple(not_filed)))


@transaction.atomic
def start_draft(
    *,
    by: Viewer,
    case: Case,
    document_type: str,
    language: str,
    also_in: Sequence[UUID] = (),
) -> Draft:
    """Begin a filing in a case, and in others of the same family."""
    today = timezone.localdate()
    refusal = refusal_to_file(by, case, on=today)
    if refusal:
        raise _refuse(refusal)
    _require_type(case, document_type, today)
    draft = Draft.objects.create(
        person=by.person,
        document_type=document_type,
        language=language,
        expires_at=timezone.now() + DRAFT_KEPT_FOR,
    )
    _set_cases(by, draft, case, also_in)
    record(
        kind=Kind.DRAFT_STARTED,
        by=by.actor(filing_capacity(by, draft, on=today) or "account"),
        subject=draft.id,
        body={"document_type": document_type},
    )
    return draft


def _require_type(case: Case, document_type: str, on: date) -> None:
    kinds = {row.id for row in rules().document_types_for(case.division, on)}
    if document_type not in kinds:
        raise _refuse("unknown-type")


def _set_cases(by: Viewer, draft: Draft, leading: Case, also_in: Sequence[UUID]) -> None:
    draft.case_links.all().delete()
    DraftCase.objects.create(draft=draft, case=leading, leading=True)
    family = family_cases(by, leading, on=timezone.localdate()).filter(pk__in=also_in)
    DraftCase.objects.bulk_create(DraftCase(draft=draft, case=other) for other in family)


def _lock(by: Viewer, draft_id: UUID) -> Draft:
    """The draft of this person, locked; refused if there is none or it is no longer open."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id, person=by.person).first()
    if draft is None:
        raise _refuse("not-yours")
    if draft.state == "submitted":
        raise _refuse("already-filed")
    if not states.DRAFT.allows(draft.state, "change"):
        raise _refuse("not-open")
    return draft


def _changed(draft: Draft, *fields: str) -> None:
    draft.version += 1
    draft.changed_at = timezone.now()
    draft.expires_at = draft.changed_at + DRAFT_KEPT_FOR
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
            raise _refuse("not-on-record")
        if replacing is not None:
            _remove(by, draft, replacing)
        if draft.files.count() >= rules().filing_limit(timezone.localdate()).max_files:
            raise _refuse("too-many-files")
        upload = receive_upload(by=by, stored=stored, name=name, capacity=capacity)
        last = draft.files.aggregate(last=Max("position"))["last"] or 0
        DraftFile.objects.create(draft=draft, upload=upload, position=last + 1)
        _changed(draft)
    inspect_upload(upload=upload)
    return upload


@transaction.atomic
def remove_file(*, by: Viewer, draft_id: UUID, upload_id: UUID) -> None:
    """Take a file out of a draft and throw it away."""
    draft = _lock(by, draft_id)
    _remove(by, draft, upload_id)
    _changed(draft)


def _remove(by: Viewer, draft: Draft, upload_id: UUID) -> None:
    found = draft.files.select_related("upload__blob").filter(upload_id=upload_id).first()
    if found is None:
        raise _refuse("unknown-file")
    upload = found.upload
    found.delete()
    draft.files.filter(position__gt=found.position).update(position=F("position") - 1)
    discard_upload(by=by, upload=upload, capacity="account")


@transaction.atomic
def set_service(*, by: Viewer, draft_id: UUID, statement: Mapping[str, Any]) -> None:
    """Keep the statement of service as the form gave it; it is judged when it is shown and filed."""
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
    _close(draft, "discard")
    for link in draft.files.select_related("upload__blob"):
        link.delete()
        discard_upload(by=by, upload=link.upload, capacity="account")
    record(kind=Kind.DRAFT_DISCARDED, by=by.actor("account"), subject=draft.id, body={})


def _close(draft: Draft, event: str) -> None:
    draft.state = states.DRAFT.after(draft.state, event)
    draft.save(update_fields=["state"])


def expire_drafts(*, now: datetime) -> int:
    """Close drafts whose time is over; their files expire as any upload that nothing took."""
    count = 0
    for draft_id in Draft.objects.filter(state="open", expires_at__lt=now).values_list(
        "id", flat=True
    ):
        with transaction.atomic():
            draft = (
                Draft.objects.select_for_update(skip_locked=True)
                .filter(pk=draft_id, state="open", expires_at__lt=now)
                .first()
            )
            if draft is None:
                continue
            _close(draft, "expire")
            draft.files.all().delete()
            record(kind=Kind.DRAFT_DISCARDED, by=SYSTEM, subject=draft.id, body={"expired": True})
            count += 1
    return count


def submit_draft(
    *,
    by: Viewer,
    draft_id: UUID,
    version: int,
    acknowledged: frozenset[str],
    shown: Sequence[UUID] = (),
) -> Submission:
    """File a draft, once. The same request again gives the same submission.

    `version` is that of the page it was sent from, `acknowledged` the keys of the warnings the filer
    has seen, `shown` the uploads that the page listed. The attempt is committed by itself before
    anything else; the time of receipt is that of the earliest attempt with the same manifest, so that
    a crash afterwards costs nobody the day. Raises FilingRefusedError: nothing was filed.
    """
    with transaction.atomic():
        draft = Draft.objects.filter(pk=draft_id, person=by.person).first()
        if draft is None:
            raise _refuse("not-yours")
        done = _already(draft, version, shown)
        if done is not None:
            return done
        _check(by, draft, version, acknowledged)
    _note_attempt(draft)
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(pk=draft_id, person=by.person)
        done = _already(draft, version, shown)
        if done is not None:
            return done
        capacity, judgement = _check(by, draft, version, acknowledged)
        return _submit(by, draft, capacity, judgement)


def _already(draft: Draft, version: int, shown: Sequence[UUID]) -> Submission | None:
    """The submission of this draft, if it is what the request asked for; refused if it is not."""
    if draft.state != "submitted":
        return None
    if draft.version == version:
        return draft.submission
    filed = draft.files.values_list("upload_id", flat=True)
    left = Upload.objects.filter(pk__in=shown, person=draft.person).exclude(pk__in=filed)
    raise _refuse("already-filed", left.values_list("name", flat=True))


def _check(
    by: Viewer, draft: Draft, version: int, acknowledged: frozenset[str]
) -> tuple[str, Judgement]:
    """Whether this draft may be filed now, by this person, as the page showed it."""
    if not states.DRAFT.allows(draft.state, "submit"):
        raise _refuse("not-open")
    capacity = filing_capacity(by, draft, on=timezone.localdate())
    if capacity is None:
        raise _refuse("not-on-record")
    if draft.version != version:
        raise _refuse("stale")
    judgement = judge_draft(draft, now=timezone.now())
    if judgement.refusing:
        raise _refuse("findings-refuse")
    if not acknowledged.issuperset(finding.key for finding in judgement.warnings):
        raise _refuse("findings-not-acknowledged")
    return capacity, judgement


def _note_attempt(draft: Draft) -> None:
    """Commit, by itself, that this draft was asked to be filed now, by the database's clock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO filings_attempt (draft_id, manifest, noted_at)"
            " VALUES (%s, %s, clock_timestamp())",
            [draft.id, manifest_of(draft)],
        )


def _submit(by: Viewer, draft: Draft, capacity: str, judgement: Judgement) -> Submission:
    manifest = manifest_of(draft)
    attempts = Attempt.objects.filter(draft=draft, manifest=manifest)
    received_at = attempts.aggregate(first=Min("noted_at"))["first"]
    office = office_of(draft.leading_case, on=eastern(received_at).date())
    # Limits are judged by the time of receipt, which may be before a crash and so before now.
    judgement = judge_draft(draft, now=received_at)
    submission = Submission.objects.create(
        number=_next_number(received_at),
        draft=draft,
        person=by.person,
        capacity=capacity,
        division=draft.leading_case.division,
        office=office.id,
        document_type=draft.document_type,
        language=draft.language,
        manifest=manifest,
        received_at=received_at,
        date_of_receipt=date_of_receipt(received_at, office.zone),
        service=draft.service if judgement.asks_for_service else None,
        findings=judgement.as_json(),
        limits=[limit.as_json() for limit in judgement.limits],
        rules=judgement.rules,
    )
    _take_cases(draft, submission)
    _take_files(draft, submission)
    _close(draft, "submit")
    event = record(
        kind=Kind.SUBMISSION_RECEIVED,
        by=by.actor(capacity),
        subject=submission.id,
        case_ids=[case.pk for case in draft.ordered_cases],
        body=receipts.ledger_body(submission),
    )
    envelope, key = receipts.signed(submission, judgement, event, key_ring())
    Receipt.objects.create(submission=submission, envelope=envelope, key=key)
    _wake_worker()
    return submission


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('filings_submission_number')")
        (number,) = cursor.fetchone()
    return f"{eastern(at).year}-{number:06d}-{submission_number_suffix()}"


def _take_cases(draft: Draft, submission: Submission) -> None:
    on = eastern(submission.received_at).date()
    SubmissionCase.objects.bulk_create(
        SubmissionCase(submission=submission, case=case, office=office_of(case, on=on).id)
        for case in draft.ordered_cases
    )


def _take_files(draft: Draft, submission: Submission) -> None:
    uploads = [link.upload for link in draft.ordered_files]
    SubmittedDocument.objects.bulk_create(
        SubmittedDocument(
            submission=submission,
            position=position,
            blob=upload.blob,
            name=upload.name,
            pages=upload.inspected.pages,
            facts=upload.facts,
        )
        for position, upload in enumerate(uploads, start=1)
    )
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).update(taken=True)
    Blob.objects.filter(uploads__in=uploads).update(retention="filing")


def _wake_worker() -> None:
    from greffe.filings.tasks import make_papers  # noqa: PLC0415 - tasks call actions

    make_papers.defer()


def make_paper(*, submission_id: UUID) -> ReceiptPaper:
    """Make the sealed PDF of a receipt, once; the same one is given to whoever asks again."""
    made = ReceiptPaper.objects.select_related("blob").filter(submission=submission_id).first()
    if made is not None:
        return made
    receipt = Receipt.objects.select_related("submission").get(submission=submission_id)
    pdf = _print(receipt)
    with document_store().writer() as writer:
        writer.write(pdf)
        stored = writer.commit()
    with transaction.atomic():
        # Two makers at once: the second waits here, then gives what the first has made.
        Receipt.objects.select_for_update().get(submission=submission_id)
        made = ReceiptPaper.objects.select_related("blob").filter(submission=submission_id).first()
        if made is not None:
            transaction.on_commit(lambda: document_store().delete(stored.key))
            return made
        paper = ReceiptPaper.objects.create(
            submission=receipt.submission, blob=keep_blob(stored=stored, retention="receipt")
        )
        record(
            kind=Kind.RECEIPT_PRINTED,
            by=SYSTEM,
            subject=receipt.submission.id,
            body={"sha256": stored.sha256},
        )
    return paper


def _print(receipt: Receipt) -> bytes:
    envelope = bytes(receipt.envelope)
    lang = receipts.language_of(receipt.submission)
    address = f"{settings.SITE_URL}/{lang}/receipts/check/"
    payload = receipts.payload_of(envelope)
    pdf = render_receipt(payload, envelope, lang=lang, address=address)
    return seal_pdf(pdf, key_ring(), lang=lang)


@transaction.atomic
def record_reading(*, by: Viewer, document: SubmittedDocument) -> None:
    """Record that somebody opened a filed document."""
    cases = [link.case_id for link in document.submission.case_links.all()]
    record(
        kind=Kind.DOCUMENT_READ,
        by=by.actor("account"),
        subject=document.submission_id,
        case_ids=cases,
        body={"position": document.position, "sha256": document.blob.sha256},
    )
