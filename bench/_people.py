"""Counsel with drafts to file, made by the registry's own actions. Needs Django (see _registry)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from _registry import session_of
from django.utils import timezone

from greffe.accounts.actions import add_person, give_role, open_account
from greffe.accounts.models import Role, User
from greffe.accounts.viewers import Viewer, viewer_of
from greffe.cases import actions as case_actions
from greffe.cases.models import Case
from greffe.documents.actions import receive_upload
from greffe.documents.models import Upload
from greffe.documents.stores import document_store
from greffe.filings import actions as filing_actions
from greffe.filings import draft_actions
from greffe.filings.judging import judge_draft
from greffe.filings.models import Draft, DraftFile, Submission
from greffe.ledger.actors import SYSTEM

KIND = "rpd-written-submissions"


@dataclass(frozen=True, slots=True)
class Counsel:
    """Somebody with a case of their own, signed in."""

    user: User
    viewer: Viewer
    case: Case
    session: str

    def draft(self) -> Draft:
        """Begin a filing in the case."""
        return draft_actions.start_draft(
            by=self.viewer, case=self.case, document_type=KIND, language="en"
        )


def counsel(serial: int) -> Counsel:
    """Enter counsel number `serial` with one claim, heard in a month."""
    now = timezone.now()
    since = timezone.localdate() - timedelta(days=100)
    person = add_person(by=SYSTEM, name=f"Counsel {serial}", language="en")
    user = open_account(by=SYSTEM, person=person, username=f"counsel-{serial}", password=None)
    case = case_actions.open_case(
        by=SYSTEM,
        file_number=f"MC6-{50_000 + serial:05d}",
        division="RPD",
        office="montreal",
        language="en",
        since=since,
    )
    case_actions.add_counsel(by=SYSTEM, case=case, person=person, since=since)
    claimant = add_person(by=SYSTEM, name=f"Claimant {serial}", language="en")
    case_actions.add_participant(
        by=SYSTEM, case=case, person=claimant, part="claimant", since=since, principal=True
    )
    case_actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=now + timedelta(days=30), office="montreal"
    )
    viewer = viewer_of(user, on=timezone.localdate())
    if viewer is None:
        raise LookupError(user.username)
    return Counsel(user, viewer, case, session_of(user))


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the registry, signed in."""

    viewer: Viewer
    session: str


def officer(office: str) -> Officer:
    """Enter an officer of an office."""
    person = add_person(by=SYSTEM, name=f"Officer of {office}", language="en")
    since = timezone.localdate() - timedelta(days=100)
    give_role(by=SYSTEM, person=person, role=Role.OFFICER, since=since, office=office)
    user = open_account(by=SYSTEM, person=person, username=f"officer-{office}", password=None)
    viewer = viewer_of(user, on=timezone.localdate())
    if viewer is None:
        raise LookupError(user.username)
    return Officer(viewer, session_of(user))


def submit(person: Counsel, draft: Draft) -> Submission:
    """File a draft with every warning acknowledged."""
    draft.refresh_from_db()
    warnings = judge_draft(draft, now=timezone.now()).warnings
    return filing_actions.submit_draft(
        by=person.viewer,
        draft_id=draft.id,
        version=draft.version,
        acknowledged=frozenset(finding.key for finding in warnings),
    )


def attach(person: Counsel, draft: Draft, content: bytes, name: str) -> Upload:
    """Upload a file to a draft as a page does, inspection and all, without the page."""
    return draft_actions.add_file(
        by=person.viewer, draft_id=draft.id, stored=_store(content), name=name
    )


def attach_inspected(
    person: Counsel, draft: Draft, content: bytes, name: str, facts: dict[str, Any]
) -> None:
    """The same with facts already known, to save the time of many inspections."""
    upload = receive_upload(by=person.viewer, stored=_store(content), name=name, capacity="counsel")
    upload.facts = facts
    upload.save(update_fields=["facts"])
    DraftFile.objects.create(draft=draft, upload=upload, position=draft.files.count() + 1)


def _store(content: bytes) -> Any:
    with document_store().writer() as writer:
        writer.write(content)
        return writer.commit()
