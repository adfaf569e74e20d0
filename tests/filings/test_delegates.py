"""A delegate files in counsel's name: both are named, and nothing is filed once it is over."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.delegations import remove_delegate
from greffe.accounts.models import Delegation, Person
from greffe.cases import actions as case_actions
from greffe.cases.models import Case, CounselOfRecord, RecordEntry
from greffe.documents.stores import document_store
from greffe.filings import actions, decision_actions, draft_actions, queue_actions
from greffe.filings.models import Attempt, Draft, DraftFile, Submission
from greffe.filings.permissions import filing_capacity
from greffe.filings.queries import find_document, find_draft, find_submission, open_drafts
from greffe.filings.refiling import file_again
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.actors import SYSTEM
from greffe.ledger.messages import line
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.at_once import at_once
from tests.support.delegates import delegate
from tests.support.portal import address, browser, form, payload, post_form, post_stream
from tests.support.scenes import Scene, pdf

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


class Desk:
    """Marc Tremblay, counsel in a case, and Jane Roe, his delegate."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.counsel = scene.user("Marc Tremblay")
        self.user = scene.user("Jane Roe")
        self.case: Case = scene.case(counsel=self.counsel)
        self.delegation: Delegation = delegate(scene, self.counsel, self.user)

    @property
    def viewer(self) -> Any:
        return self.scene.viewer(self.user)

    def draft(self, case: Case | None = None) -> Draft:
        """A draft that the delegate begins in counsel's name, with a file."""
        draft = draft_actions.start_draft(
            by=self.viewer,
            case=case or self.case,
            document_type="rpd-written-submissions",
            language="en",
            of=self.counsel.person_id,
        )
        self.scene.upload(self.user, draft)
        draft.refresh_from_db()
        return draft

    def submission(self) -> Submission:
        return self.scene.submit(self.user, self.draft())

    def remove(self) -> None:
        remove_delegate(by=self.scene.viewer(self.counsel), delegation_id=self.delegation.id)


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk(scene)


def test_submission_is_counsels_and_its_receipt_names_both(desk: Desk) -> None:
    submission = desk.submission()
    assert (submission.person, submission.sent_by) == (desk.counsel.person, desk.user.person)
    said = {"name": "Jane Roe", "capacity": "delegate", "for": "Marc Tremblay"}
    assert payload(submission)["filed_by"] == said
    for viewer in (desk.viewer, desk.scene.viewer(desk.counsel)):
        assert find_submission(viewer, submission.id, on=desk.scene.today) == submission


def test_history_names_both_for_each_thing_that_was_done(desk: Desk) -> None:
    submission = desk.submission()
    document = find_document(desk.viewer, submission.id, 1, on=desk.scene.today)
    assert document is not None
    actions.record_reading(by=desk.viewer, document=document)
    kinds = ["draft-started", "upload-received", "submission-received", "document-read"]
    events = {event.kind: event for event in Event.objects.filter(kind__in=kinds)}
    for kind in kinds:
        event = events[kind]
        assert event.actor_capacity == "delegate", kind
        assert event.actor_person_id == desk.user.person_id
        assert event.for_person_id == desk.counsel.person_id
    assert line(events["submission-received"]) == "Jane Roe, for Marc Tremblay, filed documents"


def test_draft_is_counsels_and_both_go_on_with_it(desk: Desk) -> None:
    draft = desk.draft()
    counsel = desk.scene.viewer(desk.counsel)
    assert draft.person == desk.counsel.person
    for viewer in (desk.viewer, counsel):
        assert find_draft(viewer, draft.id) == draft
        assert list(open_drafts(viewer)) == [draft]
    assert filing_capacity(desk.viewer, draft, on=desk.scene.today) == "delegate"
    submission = desk.scene.submit(desk.counsel, draft)
    assert submission.sent_by is None
    assert payload(submission)["filed_by"]["for"] is None


def test_own_matter_of_a_principal_is_not_their_delegates(desk: Desk) -> None:
    own = desk.scene.case()
    case_actions.add_participant(
        by=SYSTEM, case=own, person=desk.counsel.person, part="claimant", since=desk.scene.start
    )
    draft = desk.scene.draft(desk.counsel, own)
    assert find_draft(desk.viewer, draft.id) is None
    assert not open_drafts(desk.viewer)
    with pytest.raises(FilingRefusedError):
        desk.draft(own)


def test_counsel_who_left_the_record_takes_the_delegate_along(desk: Desk) -> None:
    draft, submission = desk.draft(), desk.submission()
    CounselOfRecord.objects.filter(case=desk.case).update(until=desk.scene.today)
    assert find_draft(desk.viewer, draft.id) is None
    assert find_submission(desk.viewer, submission.id, on=desk.scene.today) is None
    counsel = desk.scene.viewer(desk.counsel)
    assert find_submission(counsel, submission.id, on=desk.scene.today) == submission


def test_delegate_files_in_the_name_of_nobody_else(desk: Desk) -> None:
    stranger = desk.scene.user("Daniel Okafor")
    desk.scene.case(counsel=stranger)
    for person in (None, stranger.person_id, desk.user.person_id):
        with pytest.raises(FilingRefusedError):
            draft_actions.start_draft(
                by=desk.viewer,
                case=desk.case,
                document_type="rpd-written-submissions",
                language="en",
                of=person,
            )
    assert not Draft.objects.exists()


def test_delegate_of_two_counsel_of_one_case_says_for_whom(desk: Desk) -> None:
    other = desk.scene.user("Sarah Bouchard")
    assert other.person is not None
    case_actions.add_counsel(by=SYSTEM, case=desk.case, person=other.person, since=desk.scene.start)
    delegate(desk.scene, other, desk.user)
    client = browser(desk.user)
    page = address("portal:start-filing", desk.case.pk)
    asked = {"document_type": "rpd-written-submissions"}
    assert client.post(page, asked).status_code == 422
    assert client.post(page, asked | {"whom": str(desk.user.person_id)}).status_code == 422
    assert client.post(page, asked | {"whom": str(other.person_id)}).status_code == 302
    assert Draft.objects.get().person == other.person


def test_delegate_sees_no_more_than_counsel_of_what_is_sealed(desk: Desk) -> None:
    submission = desk.submission()
    _accept(desk, submission)
    assert find_document(desk.viewer, submission.id, 1, on=desk.scene.today)
    for withheld in ({"sealed": True}, {"sealed": False, "audience": "tribunal"}):
        RecordEntry.objects.filter(source_id=submission.id).update(**withheld)
        assert find_document(desk.viewer, submission.id, 1, on=desk.scene.today) is None
        # Counsel keeps the receipt of what was filed in their name; who sent it does not.
        counsel = desk.scene.viewer(desk.counsel)
        assert find_submission(counsel, submission.id, on=desk.scene.today)
        assert find_submission(desk.viewer, submission.id, on=desk.scene.today) is None


def _accept(desk: Desk, submission: Submission) -> None:
    officer = desk.scene.viewer(desk.scene.staff("officer", office="montreal"))
    queue_actions.take(by=officer, submission_ids=[submission.id])
    decision_actions.accept(by=officer, submission_id=submission.id)


def _return(desk: Desk, submission: Submission) -> None:
    officer = desk.scene.viewer(desk.scene.staff("officer", office="montreal"))
    queue_actions.take(by=officer, submission_ids=[submission.id])
    decision_actions.return_submission(
        by=officer,
        submission_id=submission.id,
        words=decision_actions.Words("procedure-not-followed", "A page is missing."),
    )


def test_outcome_is_told_to_counsel_and_to_the_delegate_who_sent_it(desk: Desk) -> None:
    for user, name in ((desk.counsel, "marc"), (desk.user, "jane")):
        Person.objects.filter(pk=user.person_id).update(email=f"{name}@example.ca")
    first, second = desk.submission(), desk.submission()
    _return(desk, first)
    told = Notice.objects.filter(kind="submission-returned")
    assert set(told.values_list("recipient", flat=True)) == {"marc@example.ca", "jane@example.ca"}
    desk.remove()
    _return(desk, second)
    assert told.count() == 3
    assert told.filter(recipient="jane@example.ca").count() == 1


def test_file_of_the_case_names_counsel_with_the_delegate(desk: Desk) -> None:
    _accept(desk, desk.submission())
    entry = RecordEntry.objects.get(source="filing")
    assert entry.filed_by == "Marc Tremblay (Jane Roe)"


def test_delegate_files_again_what_was_returned(desk: Desk) -> None:
    submission = desk.submission()
    _return(desk, submission)
    draft = file_again(by=desk.viewer, submission_id=submission.id)
    assert (draft.person, draft.follows) == (desk.counsel.person, submission)
    assert file_again(by=desk.scene.viewer(desk.counsel), submission_id=submission.id) == draft
    desk.remove()
    with pytest.raises(FilingRefusedError):
        file_again(by=desk.viewer, submission_id=submission.id)


# Removed while something is under way


@pytest.mark.security(17)
def test_next_request_of_a_removed_delegate_finds_nothing(desk: Desk) -> None:
    draft, submission = desk.draft(), desk.submission()
    client = browser(desk.user)
    names: dict[str, list[Any]] = {
        "portal:case": [desk.case.pk],
        "portal:case-history": [desk.case.pk],
        "portal:draft-review": [draft.id],
        "portal:submission": [submission.id],
        "portal:receipt-json": [submission.id],
        "portal:submitted-document": [submission.id, 1],
    }
    pages = [address(name, *args) for name, args in names.items()]
    assert {status_of(client, page) for page in pages} == {200}
    mine = address("portal:my-cases")
    assert desk.case.file_number in client.get(mine).content.decode()
    desk.remove()
    assert {status_of(client, page) for page in pages} == {404}
    assert desk.case.file_number not in client.get(mine).content.decode()
    assert client.post(pages[2], {"version": str(draft.version)}).status_code == 404
    assert draft_state(draft) == "open"


def status_of(client: Client, page: str) -> int:
    response: Any = client.get(page)
    if response.streaming:
        b"".join(response)  # read to its end, as a browser does
    return int(response.status_code)


def draft_state(draft: Draft) -> str:
    return Draft.objects.get(pk=draft.pk).state


def stored() -> set[str]:
    """The key of every file of the document store."""
    return set(document_store().keys())


@pytest.mark.security(17)
def test_upload_in_whose_middle_the_delegate_is_removed_leaves_nothing(desk: Desk) -> None:
    draft, client = desk.draft(), browser(desk.user)
    before = stored()
    body = form([("late.pdf", pdf(text="late") + b"%" * 300_000)])

    class Sending:
        """Half of the body, then the removal, then the rest."""

        at = 0

        def read(self, size: int = -1) -> bytes:
            if self.at < len(body) // 2 <= self.at + size:
                desk.remove()
            piece = body[self.at : self.at + size]
            self.at += len(piece)
            return piece

        def readline(self, size: int = -1) -> bytes:
            raise NotImplementedError

    response = post_stream(client, address("portal:draft-files", draft.id), Sending(), len(body))
    assert Delegation.objects.get().until is not None
    assert response.status_code == 404
    assert DraftFile.objects.filter(draft=draft).count() == 1
    assert stored() == before


def _file(desk: Desk, draft: Draft) -> Any:
    form = {"version": str(draft.version)}
    return browser(desk.user).post(address("portal:draft-review", draft.id), form)


def _upload(desk: Desk, draft: Draft) -> Any:
    page = address("portal:draft-files", draft.id)
    body = form([("late.pdf", pdf(text="late"))])
    client = browser(desk.user)
    return post_form(client, page, body)


def _discard(desk: Desk, draft: Draft) -> Any:
    return browser(desk.user).post(address("portal:draft-discard", draft.id))


@pytest.mark.security(17)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("send", "waits_for"),
    [
        (_file, "delegation"),
        (_file, "case"),  # the attempt is noted by then
        (_upload, "delegation"),
        (_upload, "draft"),
        (_discard, "delegation"),
        (_discard, "draft"),
    ],
)
def test_request_under_way_when_the_delegate_is_removed_changes_nothing(
    desk: Desk, send: Callable[[Desk, Draft], Any], waits_for: str
) -> None:
    draft, before = desk.draft(), stored()
    row = {"delegation": desk.delegation, "case": desk.case, "draft": draft}[waits_for]
    (answer,) = at_once(row, lambda: send(desk, draft), meanwhile=desk.remove)
    assert answer.result().status_code == 404
    assert not Submission.objects.exists()
    kept = Draft.objects.get(pk=draft.pk)
    assert (kept.state, kept.version, kept.files.count()) == ("open", draft.version, 1)
    assert stored() == before
    if waits_for == "delegation":
        assert not Attempt.objects.exists()  # no time of receipt was reserved either
    # What the delegate prepared is counsel's to file.
    assert desk.scene.submit(desk.counsel, kept).sent_by is None


@pytest.mark.security(17)
@pytest.mark.django_db(transaction=True)
def test_removal_waits_for_a_filing_that_is_being_recorded(desk: Desk) -> None:
    draft = desk.draft()
    assert desk.counsel.person is not None
    # The row of the filing waits for that of its person, with the delegation held.
    filing, removing = at_once(
        desk.counsel.person, lambda: desk.scene.submit(desk.user, draft), desk.remove
    )
    assert filing.result().sent_by == desk.user.person
    removing.result()
    assert Delegation.objects.get().until is not None
    assert find_submission(desk.viewer, filing.result().id, on=desk.scene.today) is None
