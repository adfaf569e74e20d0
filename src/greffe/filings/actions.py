"""The writes of a filing: submitted once, with its receipt; printed; read."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from greffe.accounts.delegations import acting, still_acts_for
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.permissions import footing_in
from greffe.cases.queries import office_of
from greffe.documents.actions import keep_blob, take_uploads
from greffe.documents.names import clean_name
from greffe.documents.stores import document_store
from greffe.filings import receipts
from greffe.filings.draft_actions import close
from greffe.filings.judging import Judgement, judge_draft
from greffe.filings.manifests import manifest_of
from greffe.filings.models import (
    Attempt,
    Draft,
    Receipt,
    ReceiptPaper,
    Submission,
    SubmissionCase,
    SubmittedDocument,
    submission_number_suffix,
)
from greffe.filings.permissions import filing_capacity
from greffe.filings.queries import find_draft
from greffe.filings.queue_actions import enqueue
from greffe.filings.receipts import Filed
from greffe.filings.refusals import refuse
from greffe.law import states
from greffe.law.calendar import date_of_receipt, eastern
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.keys import key_ring
from greffe.ledger.kinds import Kind
from greffe.papers.receipt import render_receipt
from greffe.sealing.pades import seal_pdf


def submit_draft(
    *,
    by: Viewer,
    draft_id: UUID,
    version: int,
    acknowledged: frozenset[str],
    shown: Mapping[UUID, str] = MappingProxyType({}),
) -> Submission:
    """File a draft, once. The same request again gives the same submission.

    `version` is that of the page it was sent from, `acknowledged` the keys of the warnings the
    filer has seen, `shown` the names by upload that the page listed. The attempt is committed by
    itself before anything else; the time of receipt is that of the earliest attempt with the same
    manifest, so that a crash afterwards costs nobody the day. Raises FilingRefusedError:
    nothing was filed.
    """
    with transaction.atomic():
        draft = find_draft(by, draft_id)
        if draft is None:
            raise refuse("not-yours")
        done = _already(draft, version, shown)
        if done is not None:
            return done
        _check(by, draft, version)
        if not still_acts_for(by, draft.person_id):
            raise refuse("not-yours")
        judgement = _judge(draft, acknowledged)
        attempt = _note_attempt(draft)
    with transaction.atomic():
        # Every change of a draft gives it a new version: the same version is the draft just judged.
        _lock(draft)
        # The page may be older than the end of a delegation: from here on, that waits for this.
        if not still_acts_for(by, draft.person_id):
            raise refuse("not-yours")
        done = _already(draft, version, shown)
        if done is not None:
            return done
        capacity = _check(by, draft, version)
        return _submit(by, draft, capacity, judgement, attempt)


# Cases first, and with the lock that a transfer waits for: it is over before this, or moves what
# this puts in the queue. Counting them has them all locked before the draft.
_LOCK = """
WITH concerned AS MATERIALIZED (
    SELECT id FROM cases_case
    WHERE id IN (SELECT case_id FROM filings_draftcase WHERE draft_id = %(draft)s)
    ORDER BY id FOR KEY SHARE
)
SELECT state, version FROM filings_draft
WHERE id = %(draft)s AND (SELECT count(*) FROM concerned) > 0
FOR UPDATE
"""


def _lock(draft: Draft) -> None:
    """Keep the cases at their offices, lock the draft and learn its state and version again.

    Its cases and files go with its version.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"draft": draft.id})
        draft.state, draft.version = cursor.fetchone()


def _already(draft: Draft, version: int, shown: Mapping[UUID, str]) -> Submission | None:
    """The submission of this draft, if it is what the request asked for; refused if it is not."""
    if draft.state != "submitted":
        return None
    if draft.version == version:
        return draft.submission
    # A file that the other page removed is gone: only this page still knows its name.
    filed = set(draft.files.values_list("upload_id", flat=True))
    left = [clean_name(name).text for upload, name in shown.items() if upload not in filed]
    raise refuse("already-filed", left)


def _check(by: Viewer, draft: Draft, version: int) -> str:
    """Whether this draft may be filed now by this person: in which capacity."""
    if not states.DRAFT.allows(draft.state, "submit"):
        raise refuse("not-open")
    capacity = filing_capacity(by, draft, on=timezone.localdate())
    if capacity is None:
        raise refuse("not-on-record")
    if draft.version != version:
        raise refuse("stale")
    return capacity


def _judge(draft: Draft, acknowledged: frozenset[str]) -> Judgement:
    """Whether the rules let this draft be filed now, with the warnings that the page showed."""
    judgement = judge_draft(draft, now=timezone.now())
    if judgement.refusing:
        raise refuse("findings-refuse")
    if not acknowledged.issuperset(finding.key for finding in judgement.warnings):
        raise refuse("findings-not-acknowledged")
    return judgement


def _note_attempt(draft: Draft) -> Attempt:
    """Note that this draft is asked to be filed now, by the database's clock.

    It is the only write of its transaction.
    """
    attempt = Attempt(draft=draft, manifest=manifest_of(draft))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO filings_attempt (draft_id, manifest, noted_at)"
            " VALUES (%s, %s, clock_timestamp()) RETURNING id, noted_at",
            [draft.id, attempt.manifest],
        )
        attempt.pk, attempt.noted_at = cursor.fetchone()
    return attempt


def _submit(
    by: Viewer, draft: Draft, capacity: str, judgement: Judgement, attempt: Attempt
) -> Submission:
    received_at, serial, office_now = _first_attempt(attempt, draft.leading_case)
    if received_at != attempt.noted_at or office_now != judgement.office.id:
        # Before a crash, perhaps on another day: that is the time by which limits are judged. Or
        # the case went to another office since: the receipt names the office of its day.
        judgement = judge_draft(draft, now=received_at)
    office = judgement.office
    submission = Submission.objects.create(
        number=_number(received_at, serial),
        draft=draft,
        person=by.person if draft.person_id == by.id else draft.person,
        capacity=capacity,
        sent_by=None if draft.person_id == by.id else by.person,
        division=draft.leading_case.division,
        office=office.id,
        document_type=draft.document_type,
        language=draft.language,
        follows_id=draft.follows_id,
        manifest=attempt.manifest,
        received_at=received_at,
        date_of_receipt=date_of_receipt(received_at, office.zone),
        service=draft.service if judgement.asks_for_service else None,
        findings=judgement.as_json(),
        limits=[limit.as_json() for limit in judgement.limits],
        rules=judgement.rules,
    )
    filed = Filed(submission, _take_cases(draft, submission), _take_files(draft, submission))
    close(draft, "submit")
    enqueue(submission, office=office_now, due=judgement.due)
    event = record(
        kind=Kind.SUBMISSION_RECEIVED,
        by=acting(by, capacity, draft.person_id),
        subject=submission.id,
        case_ids=[case.pk for case in draft.ordered_cases],
        body=receipts.ledger_body(filed),
    )
    envelope, key = receipts.signed(filed, judgement, event, key_ring())
    Receipt.objects.create(submission=submission, envelope=envelope, key=key)
    _wake_worker()
    return submission


_FIRST_ATTEMPT = """
SELECT min(noted_at), nextval('filings_submission_number'),
    (SELECT office FROM cases_caseoffice WHERE case_id = %s AND until IS NULL)
FROM filings_attempt WHERE draft_id = %s AND manifest = %s
"""


def _first_attempt(attempt: Attempt, leading: Case) -> tuple[datetime, int, str]:
    """When the earliest attempt like this one was made, the next number of a submission, an office.

    The office is the one that handles the leading case, locked, at this moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_ATTEMPT, [leading.pk, attempt.draft_id, attempt.manifest])
        noted_at, serial, office = cursor.fetchone()
    return noted_at, serial, office


def _number(at: datetime, serial: int) -> str:
    return f"{eastern(at).year}-{serial:06d}-{submission_number_suffix()}"


_TAKE_CASES = """
INSERT INTO filings_submissioncase (submission_id, case_id, office)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[])
"""


def _take_cases(draft: Draft, submission: Submission) -> list[SubmissionCase]:
    on = eastern(submission.received_at).date()
    leading, *others = draft.ordered_cases
    offices = [
        (leading, submission.office),
        *((case, office_of(case, on=on).id) for case in others),
    ]
    # Plain SQL here and below: half the time of bulk_create (bench/submit.py).
    with connection.cursor() as cursor:
        ids, places = zip(*((case.pk, office) for case, office in offices), strict=True)
        cursor.execute(_TAKE_CASES, [submission.id, list(ids), list(places)])
    return [
        SubmissionCase(submission=submission, case=case, office=office) for case, office in offices
    ]


_TAKE_FILES = """
INSERT INTO filings_submitteddocument (submission_id, position, blob_id, name, pages, facts)
SELECT %s, * FROM unnest(%s::int[], %s::uuid[], %s::text[], %s::int[], %s::jsonb[])
"""


def _take_files(draft: Draft, submission: Submission) -> list[SubmittedDocument]:
    uploads = [link.upload for link in draft.ordered_files]
    documents = [
        SubmittedDocument(
            submission=submission,
            position=position,
            blob=upload.blob,
            name=upload.name,
            pages=upload.inspected.pages,
            facts=upload.facts,
        )
        for position, upload in enumerate(uploads, start=1)
    ]
    columns = zip(
        *((d.position, d.blob_id, d.name, d.pages, Jsonb(d.facts)) for d in documents), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_FILES, [submission.id, *map(list, columns)])
    take_uploads(uploads)
    return documents


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
    cases = [link.case for link in document.submission.case_links.all()]
    record(
        kind=Kind.DOCUMENT_READ,
        by=_reader(by, cases),
        subject=document.submission_id,
        case_ids=[case.pk for case in cases],
        body={"position": document.position, "sha256": document.blob.sha256},
    )


def _reader(by: Viewer, cases: list[Case]) -> Actor:
    """Who reads a document of these cases: a delegate is named with the counsel they act for."""
    if not cases or not by.principals:
        return by.actor("account")
    footing = footing_in(by, cases[0], on=timezone.localdate())
    acts = footing.capacity == "delegate"
    return acting(by, "account", footing.principals[0].id if acts else None)
