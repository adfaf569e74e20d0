"""What becomes of a submission: taken, returned, refused, filed again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from greffe.accounts.models import Person, StaffRole, User
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, RecordEntry
from greffe.filings import decision_actions as decide
from greffe.filings import queue_actions, refiling
from greffe.filings.decision_actions import Words
from greffe.filings.models import QueueItem, Submission, SubmissionDecision
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

WRONG = Words("wrong-place", "This is for the appeal division.")
LATE = Words("late", "Received three days after the limit.", decided_by="H. Beaulieu")


class Desk:
    """Counsel's submission of three documents, and an officer who has taken it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.counsel: User = scene.user()
        Person.objects.update(email="counsel@example.org", language="fr")
        self.case: Case = scene.case(counsel=self.counsel)
        draft = scene.draft(self.counsel, self.case)
        for name in ("one.pdf", "two.pdf", "three.pdf"):
            scene.upload(self.counsel, draft, name=name)
        self.submission: Submission = scene.submit(self.counsel, draft)
        self.officer = scene.viewer(scene.staff("officer", office="montreal"))
        self.other = scene.viewer(scene.staff("officer", office="montreal"))
        queue_actions.take(by=self.officer, submission_ids=[self.submission.id])

    @property
    def asked(self) -> dict[str, object]:
        return {"by": self.officer, "submission_id": self.submission.id}

    def state(self) -> tuple[str, list[str]]:
        self.submission.refresh_from_db()
        documents = self.submission.documents.order_by("position")
        return self.submission.state, [document.state for document in documents]

    def record(self) -> list[tuple[int, str, bool]]:
        return list(self.case.record.values_list("position", "name", "refused"))

    def happened(self, kind: Kind) -> int:
        return Event.objects.filter(kind=kind, case_ids__contains=[self.case.id]).count()


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk(scene)


def refusal(code: str) -> object:
    return pytest.raises(FilingRefusedError, check=lambda error: error.refused.code == code)


def test_accepted_submission_is_on_the_case_file_in_its_order(desk: Desk) -> None:
    decide.accept(**desk.asked)
    assert desk.state() == ("accepted", ["on-file"] * 3)
    assert desk.record() == [(1, "one.pdf", False), (2, "two.pdf", False), (3, "three.pdf", False)]
    assert not QueueItem.objects.exists()
    assert desk.happened(Kind.SUBMISSION_ACCEPTED) == 1
    assert desk.happened(Kind.DOCUMENT_PLACED) == 3
    entry = RecordEntry.objects.get(position=1)
    assert entry.date_of_receipt == desk.submission.date_of_receipt
    assert entry.audience == "parties"


@pytest.mark.requirement("MC-14")
def test_returned_submission_says_why_and_is_not_on_the_case_file(desk: Desk) -> None:
    decide.return_submission(**desk.asked, words=WRONG)
    assert desk.state() == ("returned", ["returned"] * 3)
    assert desk.record() == []
    said = SubmissionDecision.objects.get()
    assert (said.reason, said.note) == ("wrong-place", "This is for the appeal division.")
    assert not QueueItem.objects.exists()


@pytest.mark.requirement("MC-14")
def test_partial_return_takes_some_and_returns_the_others(desk: Desk) -> None:
    decide.accept(**desk.asked, positions=[1, 3], words=WRONG)
    assert desk.state() == ("partly-accepted", ["on-file", "returned", "on-file"])
    assert desk.record() == [(1, "one.pdf", False), (2, "three.pdf", False)]
    assert SubmissionDecision.objects.get().positions == [2]


@pytest.mark.requirement("MC-15")
def test_division_refuses_one_document_of_the_case_file_which_keeps_its_place(desk: Desk) -> None:
    decide.accept(**desk.asked)
    decide.refuse_documents(**desk.asked, positions=[2], words=LATE)
    assert desk.state() == ("partly-accepted", ["on-file", "refused", "on-file"])
    assert desk.record() == [(1, "one.pdf", False), (2, "two.pdf", True), (3, "three.pdf", False)]
    decide.refuse_documents(**desk.asked, positions=[1, 3], words=LATE)
    assert desk.state() == ("refused", ["refused"] * 3)


@pytest.mark.requirement("MC-15")
def test_member_refuses_before_the_division_and_the_rest_goes_on_file(desk: Desk) -> None:
    member = desk.scene.staff("member", division="RPD")
    hear(desk, member)
    decide.pass_to_division(**desk.asked, note="Late.")
    assert desk.state()[0] == "with-division"
    viewer = desk.scene.viewer(member)
    words = Words("late", "Too late.")
    asked = {"by": viewer, "submission_id": desk.submission.id}
    decide.refuse_documents(**asked, positions=[1], words=words)
    assert desk.state() == ("partly-accepted", ["refused", "on-file", "on-file"])
    assert desk.record() == [(1, "two.pdf", False), (2, "three.pdf", False)]


def hear(desk: Desk, member: User) -> None:
    import datetime as dt

    from django.utils import timezone

    from greffe.cases.actions import schedule_hearing

    schedule_hearing(
        by=desk.scene.by,
        case=desk.case,
        starts_at=timezone.now() + dt.timedelta(days=30),
        office="montreal",
        member=member.person,
    )


def test_member_of_another_case_decides_nothing(desk: Desk) -> None:
    decide.pass_to_division(**desk.asked)
    stranger = desk.scene.viewer(desk.scene.staff("member", division="RPD"))
    with refusal("not-in-your-office"):
        decide.accept(by=stranger, submission_id=desk.submission.id)


def test_division_gives_back_and_it_is_free_again(desk: Desk) -> None:
    decide.pass_to_division(**desk.asked)
    decide.hand_back(**desk.asked, note="Not for us.")
    assert desk.state()[0] == "received"
    item = QueueItem.objects.get()
    assert (item.with_division, item.holder) == (False, None)


def test_return_after_acceptance_is_refused_and_says_what_to_do_instead(desk: Desk) -> None:
    decide.accept(**desk.asked)
    with refusal("already-on-file"):
        decide.return_submission(**desk.asked, words=WRONG)
    assert desk.state() == ("accepted", ["on-file"] * 3)


def test_second_decision_changes_nothing(desk: Desk) -> None:
    decide.return_submission(**desk.asked, words=WRONG)
    for again in (
        lambda: decide.accept(**desk.asked),
        lambda: decide.return_submission(**desk.asked, words=WRONG),
        lambda: decide.refuse_documents(**desk.asked, positions=[1], words=LATE),
    ):
        with refusal("already-decided"):
            again()
    assert SubmissionDecision.objects.count() == 1


def test_officer_decides_only_what_they_have_taken(desk: Desk) -> None:
    with refusal("held-by-another"):
        decide.accept(by=desk.other, submission_id=desk.submission.id)
    queue_actions.release(by=desk.officer, submission_ids=[desk.submission.id])
    with refusal("not-taken"):
        decide.accept(**desk.asked)


@pytest.mark.security(15)
def test_officer_elsewhere_decides_nothing(desk: Desk) -> None:
    elsewhere = desk.scene.viewer(desk.scene.staff("officer", office="vancouver"))
    with refusal("not-in-your-office"):
        decide.accept(by=elsewhere, submission_id=desk.submission.id)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (Words("", "a note"), "no-reason"),
        (Words("late", "a note"), "no-reason"),
        (Words("wrong-place", " \x00\n"), "no-note"),
        (Words("wrong-place", "x" * 4001), "note-too-long"),
    ],
)
def test_return_without_its_code_or_note_is_refused(desk: Desk, words: Words, code: str) -> None:
    with refusal(code):
        decide.return_submission(**desk.asked, words=words)
    assert desk.state() == ("received", ["filed"] * 3)


def test_officer_names_the_member_who_refused(desk: Desk) -> None:
    decide.accept(**desk.asked)
    with refusal("decided-by-missing"):
        decide.refuse_documents(**desk.asked, positions=[1], words=Words("late", "Late."))


@pytest.mark.requirement("MC-14")
def test_returned_documents_are_filed_again_with_their_text_linked_to_the_arrival(
    desk: Desk,
) -> None:
    decide.return_submission(**desk.asked, words=WRONG)
    viewer = desk.scene.viewer(desk.counsel)
    draft = refiling.file_again(by=viewer, submission_id=desk.submission.id)
    assert [file.upload.name for file in draft.ordered_files] == ["one.pdf", "two.pdf", "three.pdf"]
    assert refiling.file_again(by=viewer, submission_id=desk.submission.id) == draft
    again = desk.scene.submit(desk.counsel, draft)
    assert again.follows == desk.submission
    assert again.number != desk.submission.number
    assert [one.blob_id for one in again.documents.all()] == [
        one.blob_id for one in desk.submission.documents.all()
    ]


def test_only_what_was_returned_is_offered_again(desk: Desk) -> None:
    decide.accept(**desk.asked, positions=[1], words=WRONG)
    viewer = desk.scene.viewer(desk.counsel)
    draft = refiling.file_again(by=viewer, submission_id=desk.submission.id)
    assert [file.upload.name for file in draft.ordered_files] == ["two.pdf", "three.pdf"]


def test_nothing_is_filed_again_from_what_was_accepted(desk: Desk) -> None:
    decide.accept(**desk.asked)
    with refusal("nothing-returned"):
        refiling.file_again(by=desk.scene.viewer(desk.counsel), submission_id=desk.submission.id)


def test_discarding_a_second_filing_leaves_the_bytes_of_the_first(desk: Desk) -> None:
    from greffe.documents.stores import document_store
    from greffe.filings import draft_actions

    decide.return_submission(**desk.asked, words=WRONG)
    viewer = desk.scene.viewer(desk.counsel)
    draft = refiling.file_again(by=viewer, submission_id=desk.submission.id)
    draft_actions.discard_draft(by=viewer, draft_id=draft.id)
    for document in desk.submission.documents.all():
        with document_store().open(document.blob.key) as file:
            assert file.read(4) == b"%PDF"


@pytest.mark.requirement("MC-14")
@pytest.mark.requirement("BY-06")
def test_filer_is_told_of_a_return_in_their_language_with_the_reason_and_the_note(
    desk: Desk,
) -> None:
    decide.return_submission(**desk.asked, words=WRONG)
    notice = Notice.objects.get()
    assert (notice.kind, notice.language) == ("submission-returned", "fr")
    assert notice.recipient == "counsel@example.org"
    assert notice.context["reason"] == "Les documents ont été déposés au mauvais endroit"
    assert notice.context["note"] == "This is for the appeal division."
    assert notice.context["file_number"] == desk.case.file_number
    assert "one.pdf" not in str(notice.context)


def test_filer_is_told_which_attachments_were_refused_and_which_returned(desk: Desk) -> None:
    decide.accept(**desk.asked, positions=[1, 3], words=WRONG)
    decide.refuse_documents(**desk.asked, positions=[3], words=LATE)
    partly = Notice.objects.get(kind="submission-partly-accepted")
    assert (partly.context["accepted"], partly.context["returned"]) == ("1, 3", "2")
    assert Notice.objects.get(kind="submission-refused").context["refused"] == "3"


def test_nobody_is_told_of_what_stays_between_registry_and_division(desk: Desk) -> None:
    decide.pass_to_division(**desk.asked, note="For you.")
    decide.hand_back(**desk.asked)
    assert not Notice.objects.exists()


def test_refused_decision_owes_no_notice(desk: Desk) -> None:
    with refusal("no-note"):
        decide.return_submission(**desk.asked, words=Words("wrong-place", ""))
    assert not Notice.objects.exists()


def test_officer_moved_elsewhere_decides_nothing_and_a_supervisor_gives_the_work_on(
    desk: Desk,
) -> None:
    StaffRole.objects.filter(person=desk.officer.person).update(office="toronto")
    user = User.objects.get(person=desk.officer.person)
    moved = desk.scene.viewer(user)
    with refusal("not-in-your-office"):
        decide.accept(by=moved, submission_id=desk.submission.id)
    supervisor = desk.scene.viewer(desk.scene.staff("supervisor", office="montreal"))
    given = queue_actions.reassign_all(by=supervisor, holder=moved.id, to=desk.other.id)
    assert given == 1
    decide.accept(by=desk.other, submission_id=desk.submission.id)
    assert desk.state()[0] == "accepted"


@pytest.mark.django_db(transaction=True)
def test_same_decision_from_two_pages_at_once_is_made_once(scene: Scene) -> None:
    desk = Desk(scene)
    together = threading.Barrier(2)

    def accept() -> str:
        try:
            together.wait()
            decide.accept(**desk.asked)
        except FilingRefusedError as error:
            return error.refused.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(future.result() for future in [pool.submit(accept), pool.submit(accept)])
    assert said in (["already-on-file", "done"], ["already-decided", "done"])
    assert desk.record() == [(1, "one.pdf", False), (2, "two.pdf", False), (3, "three.pdf", False)]
    assert SubmissionDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_places_of_a_case_file_have_no_gap_when_two_submissions_are_taken_at_once(
    scene: Scene,
) -> None:
    desk = Desk(scene)
    draft = scene.draft(desk.counsel, desk.case)
    scene.upload(desk.counsel, draft, name="four.pdf")
    second = scene.submit(desk.counsel, draft)
    queue_actions.take(by=desk.other, submission_ids=[second.id])
    together = threading.Barrier(2)

    def accept(by: Viewer, submission: Submission) -> None:
        try:
            together.wait()
            decide.accept(by=by, submission_id=submission.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [
            pool.submit(accept, desk.officer, desk.submission),
            pool.submit(accept, desk.other, second),
        ]:
            future.result()
    assert [place for place, _, _ in desk.record()] == [1, 2, 3, 4]


def test_error_on_the_way_leaves_everything_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(decide, "tell_filer", broken)
    with pytest.raises(OSError):  # noqa: PT011 - any: it is ours
        decide.accept(**desk.asked)
    assert desk.state() == ("received", ["filed"] * 3)
    assert desk.record() == []
    assert QueueItem.objects.get().holder == desk.officer.person
