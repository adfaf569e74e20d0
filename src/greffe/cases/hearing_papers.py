"""What is made of a hearing for its people: the notice to appear, and the entry of a calendar."""

import io
import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

import pikepdf
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from greffe.accounts.viewers import Viewer
from greffe.cases.actions import Placed, place_on_record
from greffe.cases.hearing_actions import own_hearing
from greffe.cases.hearing_messages import (
    CANCELLED_ENTRY,
    ENTRY,
    LIMITS_IN_PORTAL,
    NOTICE_NAME,
    REGISTRY,
)
from greffe.cases.hearing_notices import tell_of
from greffe.cases.hearing_queries import (
    Told,
    first_of,
    last_of,
    limits_set_by,
    local_start,
    notice_of,
    place_of,
)
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Hearing, RecordEntry
from greffe.cases.queries import counsel_in, office_of, participants_in
from greffe.cases.rules import rules
from greffe.documents.actions import keep_blob
from greffe.documents.store import StoredBlob, StoreError
from greffe.documents.stores import document_store
from greffe.law.calendar import date_of_receipt, eastern, local
from greffe.law.citations import cited
from greffe.law.dates import long_time
from greffe.ledger.actions import record
from greffe.ledger.keys import key_ring
from greffe.ledger.kinds import Kind
from greffe.papers.calendar import Entry
from greffe.papers.compiler import PaperError
from greffe.papers.notice import Called, Limit, NoticeToAppear, render_notice
from greffe.papers.texts import Lang
from greffe.sealing.keys import KeyFolderError
from greffe.sealing.pades import SealError, seal_pdf

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Printed:
    """A PDF of ours whose bytes are safe in the store."""

    stored: StoredBlob
    pages: int


def issue_notice(*, by: Viewer, hearing_id: UUID, version: int) -> tuple[RecordEntry, Told]:
    """Make the notice to appear of a hearing, put it on the case file, tell everybody.

    There is one notice a hearing: the same request again gives the same one. The PDF is made and
    stored first; its row, its place on the file and its event are one transaction. Raises
    HearingRefusedError: nothing has changed.
    """
    with transaction.atomic():
        _, hearing = own_hearing(by, hearing_id, version, now=timezone.now())
        made = notice_of(hearing)
        if made is not None:
            return made, _tell(hearing)
    issued = timezone.now()
    printed = _print(hearing, issued)
    try:
        with transaction.atomic():
            return _place(by, hearing_id, version, printed, issued)
    except HearingRefusedError:
        document_store().delete(printed.stored.key)
        raise


def _place(
    by: Viewer, hearing_id: UUID, version: int, printed: "_Printed", issued: datetime
) -> tuple[RecordEntry, Told]:
    stored = printed.stored
    case, hearing = own_hearing(by, hearing_id, version, now=issued)
    made = notice_of(hearing)
    if made is not None:  # two officers at once: the second gets what the first has issued
        transaction.on_commit(lambda: document_store().delete(stored.key))
        return made, _tell(hearing)
    office = office_of(case, on=timezone.localdate())
    (entry,) = place_on_record(
        by=by.actor("officer"),
        case=case,
        documents=[
            Placed(
                name=f"{case.file_number} - {NOTICE_NAME.get(case.language)}.pdf",
                blob=keep_blob(stored=stored, retention=case.retention),
                pages=printed.pages,
                received_at=issued,
                date_of_receipt=date_of_receipt(issued, office.zone),
                source=RecordEntry.Source.NOTICE,
                source_id=hearing.pk,
                method="registry",
                filed_by=by.person.name,
            )
        ],
    )
    told = _tell(hearing)
    record(
        kind=Kind.NOTICE_ISSUED,
        by=by.actor("officer"),
        subject=case.pk,
        case_ids=[case.pk],
        body={
            "hearing": str(hearing.pk),
            "entry": str(entry.pk),
            "sha256": stored.sha256,
            "rules": rules().hash,
        },
    )
    return entry, told


def _tell(hearing: Hearing) -> Told:
    return tell_of(hearing, "notice-issued", on=timezone.localdate())


def _print(hearing: Hearing, issued: datetime) -> _Printed:
    lang: Lang = "fr" if hearing.case.language == "fr" else "en"
    try:
        ring = key_ring()
        notice = _notice(hearing, issued, lang, demonstration=ring.demonstration)
        pdf = seal_pdf(render_notice(notice), ring, lang=lang)
        with document_store().writer() as writer:
            writer.write(pdf)
            stored = writer.commit()
    except (PaperError, SealError, KeyFolderError, StoreError) as error:
        logger.exception("the notice of hearing %s was not made", hearing.pk)
        raise HearingRefusedError("paper") from error
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return _Printed(stored, len(opened.pages))


def _notice(
    hearing: Hearing, issued: datetime, lang: Lang, *, demonstration: bool
) -> NoticeToAppear:
    case, on = hearing.case, eastern(issued).date()
    office, place = office_of(case, on=on), place_of(hearing)
    region = rules().region(office.region, on)
    limits = limits_set_by(case, office, starts_at=hearing.starts_at, place=place, now=issued)
    with translation.override(lang):
        people = [
            Called(link.person.name, link.get_part_display().lower(), link.person.client_id)
            for link in participants_in(case, on=on)
        ]
        portal = reverse("portal:my-cases")
    return NoticeToAppear(
        lang=lang,
        demonstration=demonstration,
        file_number=case.file_number,
        division=rules().division(case.division, on).label.get(lang),
        people=people,
        counsel=[link.person.name for link in counsel_in(case, on=on)],
        starts_at=local_start(hearing),
        zone=place.zone,
        minutes=hearing.minutes,
        hearing_office=place.label.get(lang),
        place=hearing.place,
        office=office.label.get(lang),
        region=region.label.get(lang),
        limits=[
            Limit(
                label=limit.row.label.get(lang),
                due=limit.due,
                later=limit.later_reading,
                passed=limit.passed,
                authority=cited(limit.authority, lang),
            )
            for limit in limits
        ],
        portal_email=region.portal_email,
        portal_telephone=region.portal_telephone,
        address=f"{settings.SITE_URL}{portal}",
        issued=local(issued, office.zone),
    )


def calendar_entry(hearing: Hearing, lang: Lang) -> Entry:
    """The entry of a calendar for a hearing, or for the one that took its place in the end.

    Its uid is that of the hearing first fixed: in the calendar of whoever has it, it moves.
    """
    last = last_of(hearing)
    case, place = last.case, place_of(last)
    division = rules().division(case.division, eastern(last.starts_at).date())
    label = place.label.get(lang)
    with translation.override(lang):
        link = settings.SITE_URL + reverse("portal:case", args=[case.pk])
    said = CANCELLED_ENTRY if last.cancelled else ENTRY
    return Entry(
        uid=f"{first_of(last).pk}@{urlsplit(settings.SITE_URL).hostname}",
        revision=last.revision,
        cancelled=last.cancelled,
        starts_at=last.starts_at,
        minutes=last.minutes,
        title=said.get(lang).format(file=case.file_number),
        place=last.place or label,
        description="\n".join(
            (
                long_time(local_start(last), lang, place=label),
                division.label.get(lang),
                last.place,
                LIMITS_IN_PORTAL.get(lang),
            )
        ),
        link=link,
        organizer=parseaddr(settings.MAIL_FROM)[1],
        registry=REGISTRY.get(lang),
    )
