"""What becomes of a submission: taken to the case file, returned, decided by the division."""

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.actions import Placed, place_on_record, refuse_on_record
from greffe.cases.models import Case
from greffe.cases.rules import rules
from greffe.filings.models import QueueItem, Submission, SubmissionDecision, SubmittedDocument
from greffe.filings.outcome_notices import tell_filer
from greffe.filings.permissions import registry_capacity
from greffe.filings.refusals import refuse
from greffe.law import states
from greffe.law.registry import reasons_for
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind

LONGEST_NOTE = 4000
"""Characters of a note to the filer."""


@dataclass(frozen=True, slots=True)
class Words:
    """Why, for the filer: a row of law/data/registry.toml and a note; who decided, if another."""

    reason: str = ""
    note: str = ""
    decided_by: str = ""


NONE = Words()


@transaction.atomic
def accept(
    *,
    by: Viewer,
    submission_id: UUID,
    positions: Sequence[int] | None = None,
    words: Words = NONE,
) -> SubmissionDecision:
    """Take documents to the case file: all, or those at `positions`, the others being returned.

    A partial acceptance says why the others are returned, in `words`. Raises FilingRefusedError.
    """
    locked = _Locked.of(by, submission_id)
    if positions is None or set(positions) >= locked.open_positions:
        locked.require_held()
        return locked.decide("accept", place=locked.open_positions, words=NONE)
    locked.require_held()
    if not locked.open_positions & set(positions):
        raise refuse("no-documents")
    place = locked.open_positions & set(positions)
    return locked.decide(
        "accept-part",
        place=place,
        give_back=locked.open_positions - place,
        words=_required("return", words),
    )


@transaction.atomic
def return_submission(*, by: Viewer, submission_id: UUID, words: Words) -> SubmissionDecision:
    """Return all of it, with one of the registry's codes and a note. Raises FilingRefusedError.

    What is on the case file is not returned any more: the division may refuse it.
    """
    locked = _Locked.of(by, submission_id)
    locked.require("return")
    locked.require_held()
    words = _required("return", words)
    return locked.decide("return", give_back=locked.open_positions, words=words)


@transaction.atomic
def pass_to_division(*, by: Viewer, submission_id: UUID, note: str = "") -> SubmissionDecision:
    """Let the division decide; it leaves the officer's hands. Raises FilingRefusedError."""
    locked = _Locked.of(by, submission_id)
    locked.require("pass")
    locked.require_held()
    return locked.decide("pass", words=_clean(Words(note=note)))


@transaction.atomic
def hand_back(*, by: Viewer, submission_id: UUID, note: str = "") -> SubmissionDecision:
    """Give to the registry what the division does not decide. Raises FilingRefusedError."""
    locked = _Locked.of(by, submission_id)
    locked.require("hand-back")
    return locked.decide("hand-back", words=_clean(Words(note=note)))


@transaction.atomic
def refuse_documents(
    *, by: Viewer, submission_id: UUID, positions: Sequence[int], words: Words
) -> SubmissionDecision:
    """Enter that the division refuses documents that were properly filed (requirement MC-15).

    From before the division, or from the case file, where a document keeps its place and says so.
    An officer names the member who decided in `words.decided_by`. Raises FilingRefusedError.
    """
    locked = _Locked.of(by, submission_id)
    chosen = set(positions) & locked.standing_positions
    if not chosen:
        locked.require("refuse")
        raise refuse("no-documents")
    event = "refuse" if chosen == locked.standing_positions else "refuse-part"
    locked.require(event)
    words = _required("refuse", words)
    if locked.capacity == "officer" and not words.decided_by:
        raise refuse("decided-by-missing")
    return locked.decide(event, deny=chosen, place=locked.open_positions - chosen, words=words)


def _clean(words: Words) -> Words:
    note = words.note.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise refuse("note-too-long")
    name = " ".join(words.decided_by.replace("\x00", "").split())[:200]
    return Words(words.reason, note, name)


def _required(event: str, words: Words) -> Words:
    words = _clean(words)
    known = reasons_for(rules(), "return" if event == "return" else "refuse", timezone.localdate())
    if words.reason not in {row.id for row in known}:
        raise refuse("no-reason")
    if not words.note:
        raise refuse("no-note")
    return words


class _Locked:
    """A submission whose row is locked, with its documents and what one may do with it."""

    def __init__(self, by: Viewer, submission: Submission, item: QueueItem | None) -> None:
        self.by, self.submission, self.item = by, submission, item
        capacity = registry_capacity(by, submission, item, on=timezone.localdate())
        if capacity is None:
            raise refuse("not-in-your-office")
        self.capacity = capacity
        documents = submission.documents.select_related("blob")
        self.documents: dict[int, SubmittedDocument] = {one.position: one for one in documents}

    @classmethod
    def of(cls, by: Viewer, submission_id: UUID) -> "_Locked":
        # Cases first, as who transfers a case or moves a hearing does: nobody waits in a circle.
        concerned = Case.objects.filter(submission_links__submission=submission_id)
        list(concerned.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        locked = Submission.objects.select_for_update(no_key=True, of=("self",))
        submission = locked.select_related("person").filter(pk=submission_id).first()
        if submission is None:
            raise refuse("not-in-your-office")
        item = QueueItem.objects.select_for_update().filter(pk=submission_id).first()
        return cls(by, submission, item)

    @property
    def open_positions(self) -> set[int]:
        """The documents that nobody has decided on."""
        return {n for n, one in self.documents.items() if one.state == "filed"}

    @property
    def standing_positions(self) -> set[int]:
        """The documents that the division may still refuse."""
        return {
            n for n, one in self.documents.items() if states.DOCUMENT.allows(one.state, "refuse")
        }

    def require(self, event: str) -> None:
        """Refuse what the state does not allow, saying what to do instead."""
        if not states.SUBMISSION.allows(self.submission.state, event):
            if self.submission.state in {"accepted", "partly-accepted"}:
                raise refuse("already-on-file")
            raise refuse("already-decided")

    def require_held(self) -> None:
        """An officer decides what they have taken; a member needs to take nothing."""
        if self.capacity == "officer" and not (self.item and self.item.with_division):
            if self.item is None:
                self.require("accept")
            elif self.item.holder_id is None:
                raise refuse("not-taken")
            elif self.item.holder_id != self.by.id:
                raise refuse("held-by-another")

    def decide(
        self,
        event: str,
        *,
        words: Words,
        place: AbstractSet[int] = frozenset(),
        give_back: AbstractSet[int] = frozenset(),
        deny: AbstractSet[int] = frozenset(),
    ) -> SubmissionDecision:
        """Do it: documents, states, queue, ledger, the filer's e-mail, all or nothing."""
        self.require(event)
        submission = self.submission
        was_on_file = {n for n in deny if self.documents[n].state == "on-file"}
        self._move(place, "place")
        self._move(give_back, "return")
        self._move(deny, "refuse")
        self._place(place)
        if was_on_file:
            refuse_on_record(
                by=self.by.actor(self.capacity),
                source_id=submission.id,
                positions=sorted(was_on_file),
            )
        submission.state = states.SUBMISSION.after(submission.state, event)
        submission.save(update_fields=["state"])
        self._requeue()
        decision = SubmissionDecision.objects.create(
            submission=submission,
            event=event,
            positions=sorted(deny or give_back or place),
            reason=words.reason,
            note=words.note,
            person=self.by.person,
            capacity=self.capacity,
            decided_by=words.decided_by,
        )
        self._record(decision)
        tell_filer(submission, decision)
        return decision

    def _move(self, positions: AbstractSet[int], event: str) -> None:
        for position in sorted(positions):
            document = self.documents[position]
            document.state = states.DOCUMENT.after(document.state, event)
            document.save(update_fields=["state"])

    def _place(self, positions: AbstractSet[int]) -> None:
        submission = self.submission
        placed = [
            Placed(
                name=one.name,
                blob=one.blob,
                pages=one.pages,
                received_at=submission.received_at,
                date_of_receipt=submission.date_of_receipt,
                document_type=submission.document_type,
                source_id=submission.id,
                source_position=one.position,
                filed_by=_filer(submission),
            )
            for one in (self.documents[n] for n in sorted(positions))
        ]
        if placed:
            for link in submission.case_links.select_related("case").order_by("pk"):
                place_on_record(by=self.by.actor(self.capacity), case=link.case, documents=placed)

    def _requeue(self) -> None:
        match self.submission.state, self.item:
            case "received" | "with-division", QueueItem() as item:
                item.with_division = self.submission.state == "with-division"
                item.holder = item.held_since = None
                item.save(update_fields=["with_division", "holder", "held_since"])
            case _, QueueItem() as item:
                item.delete()

    def _record(self, decision: SubmissionDecision) -> None:
        record(
            kind=_KINDS[decision.event],
            by=self.by.actor(self.capacity),
            subject=self.submission.id,
            case_ids=[link.case_id for link in self.submission.case_links.all()],
            body={
                "event": decision.event,
                "positions": decision.positions,
                "reason": decision.reason,
                "note_sha256": hashlib.sha256(decision.note.encode()).hexdigest(),
                "decided_by": decision.decided_by,
            },
        )


_KINDS = {
    "accept": Kind.SUBMISSION_ACCEPTED,
    "accept-part": Kind.SUBMISSION_ACCEPTED,
    "return": Kind.SUBMISSION_RETURNED,
    "pass": Kind.SUBMISSION_PASSED,
    "hand-back": Kind.SUBMISSION_HANDED_BACK,
    "refuse": Kind.DOCUMENT_REFUSED,
    "refuse-part": Kind.DOCUMENT_REFUSED,
}


def _filer(submission: Submission) -> str:
    """Who filed, as the file of a case names them: counsel, with the delegate who sent it."""
    if submission.sent_by is None:
        return submission.person.name
    return f"{submission.person.name} ({submission.sent_by.name})"
