"""A filing in preparation: kept with its version, changed only by its person, closed for good."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases import actions as case_actions
from greffe.cases.models import Case, FamilyGroup
from greffe.documents.models import Upload
from greffe.documents.retention import DRAFT, kept_for
from greffe.documents.stores import document_store
from greffe.filings import draft_actions
from greffe.filings.judging import choices_in
from greffe.filings.models import Draft
from greffe.filings.queries import find_draft, open_drafts
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

DAY = timedelta(days=1)


@dataclasses.dataclass
class Prepared:
    scene: Scene
    user: User
    case: Case
    draft: Draft

    def again(self) -> Draft:
        self.draft.refresh_from_db()
        return self.draft

    def names(self) -> list[str]:
        return [file.upload.name for file in self.draft.ordered_files]


@pytest.fixture
def prepared(scene: Scene) -> Prepared:
    user = scene.user()
    case = scene.case(counsel=user)
    return Prepared(scene, user, case, scene.draft(user, case))


def refusal(error: pytest.ExceptionInfo[FilingRefusedError]) -> str:
    return error.value.refused.code


def test_every_change_gives_a_new_version_and_more_time(prepared: Prepared) -> None:
    scene, user, draft = prepared.scene, prepared.user, prepared.draft
    viewer = scene.viewer(user)
    versions = [draft.version]
    changes = (
        lambda: scene.upload(user, draft),
        lambda: draft_actions.set_service(by=viewer, draft_id=draft.id, statement={}),
        lambda: draft_actions.name_events(by=viewer, draft_id=draft.id, events={}),
        lambda: draft_actions.change_type(by=viewer, draft_id=draft.id, document_type="rpd-boc"),
        lambda: draft_actions.remove_file(
            by=viewer, draft_id=draft.id, upload_id=draft.files.get().upload_id
        ),
    )
    for change in changes:
        before = prepared.again().expires_at
        change()
        versions.append(prepared.again().version)
        assert draft.expires_at > before
    assert versions == list(range(versions[0], versions[0] + len(changes) + 1))


def test_files_keep_their_order_without_gaps(prepared: Prepared) -> None:
    scene, user, draft = prepared.scene, prepared.user, prepared.draft
    uploads = [scene.upload(user, draft, name=f"{n}.pdf") for n in range(4)]
    draft_actions.remove_file(by=scene.viewer(user), draft_id=draft.id, upload_id=uploads[1].id)
    assert prepared.names() == ["0.pdf", "2.pdf", "3.pdf"]
    assert [file.position for file in draft.ordered_files] == [1, 2, 3]


@pytest.mark.requirement("MC-07")
def test_sixth_file_is_refused_and_the_five_stay(prepared: Prepared) -> None:
    for n in range(5):
        prepared.scene.upload(prepared.user, prepared.draft, name=f"{n}.pdf")
    version = prepared.again().version
    with pytest.raises(FilingRefusedError) as error:
        prepared.scene.upload(prepared.user, prepared.draft, name="6.pdf")
    assert refusal(error) == "too-many-files"
    assert len(prepared.names()) == 5
    assert prepared.again().version == version


def test_mended_file_takes_the_place_of_the_wrong_one_also_when_the_draft_is_full(
    prepared: Prepared,
) -> None:
    uploads = [
        prepared.scene.upload(prepared.user, prepared.draft, name=f"{n}.pdf") for n in range(5)
    ]
    with document_store().writer() as writer:
        writer.write(pdf(2))
        stored = writer.commit()
    draft_actions.add_file(
        by=prepared.scene.viewer(prepared.user),
        draft_id=prepared.draft.id,
        stored=stored,
        name="mended.pdf",
        replacing=uploads[2].id,
    )
    assert prepared.names() == ["0.pdf", "1.pdf", "3.pdf", "4.pdf", "mended.pdf"]
    assert not Upload.objects.filter(pk=uploads[2].pk).exists()


def test_file_of_another_draft_can_be_neither_replaced_nor_removed(prepared: Prepared) -> None:
    other = prepared.scene.draft(prepared.user, prepared.case)
    elsewhere = prepared.scene.upload(prepared.user, other)
    with pytest.raises(FilingRefusedError) as error:
        draft_actions.remove_file(
            by=prepared.scene.viewer(prepared.user),
            draft_id=prepared.draft.id,
            upload_id=elsewhere.id,
        )
    assert refusal(error) == "unknown-file"
    assert Upload.objects.filter(pk=elsewhere.pk).exists()


@pytest.mark.security(15)
def test_draft_of_another_person_cannot_be_changed_read_or_filed(prepared: Prepared) -> None:
    scene, draft = prepared.scene, prepared.draft
    stranger = scene.user()
    # Even counsel of the same case has drafts of their own.
    assert stranger.person is not None
    case_actions.add_counsel(
        by=SYSTEM, case=prepared.case, person=stranger.person, since=scene.start
    )
    viewer = scene.viewer(stranger)
    assert find_draft(viewer, draft.id) is None
    assert not open_drafts(viewer)
    attempts = (
        lambda: scene.upload(stranger, draft),
        lambda: draft_actions.set_service(by=viewer, draft_id=draft.id, statement={}),
        lambda: draft_actions.change_type(by=viewer, draft_id=draft.id, document_type="rpd-boc"),
        lambda: draft_actions.discard_draft(by=viewer, draft_id=draft.id),
        lambda: scene.submit(stranger, draft),
    )
    for attempt in attempts:
        with pytest.raises(FilingRefusedError) as error:
            attempt()
        assert refusal(error) == "not-yours"
    assert prepared.again().version == 1


@pytest.mark.security(15)
def test_case_of_another_counsel_takes_no_draft(scene: Scene) -> None:
    stranger, case = scene.user(), scene.case(counsel=scene.user())
    with pytest.raises(FilingRefusedError) as error:
        scene.draft(stranger, case)
    assert refusal(error) == "not-on-record"
    assert not Draft.objects.exists()


def test_other_cases_are_taken_from_the_family_only(scene: Scene) -> None:
    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    mine, sibling = (scene.case(counsel=user, family_group=group) for _ in range(2))
    stranger, unrelated = scene.case(family_group=group), scene.case(counsel=user)
    draft = draft_actions.start_draft(
        by=scene.viewer(user),
        case=mine,
        document_type="rpd-boc",
        language="en",
        also_in=[sibling.pk, stranger.pk, unrelated.pk],
    )
    assert draft.ordered_cases == [mine, sibling]
    assert draft.leading_case == mine


@pytest.mark.requirement("MC-08")
@pytest.mark.parametrize("kind", ["iad-disclosure", "rad-appellant-record", "nothing", ""])
def test_kind_of_document_must_be_one_of_the_division(prepared: Prepared, kind: str) -> None:
    with pytest.raises(FilingRefusedError) as error:
        prepared.scene.draft(prepared.user, prepared.case, document_type=kind)
    assert refusal(error) == "unknown-type"


@pytest.mark.requirement("MC-08")
@pytest.mark.parametrize(
    ("division", "offered", "not_offered"),
    [
        (
            "RPD",
            {"rpd-boc", "rpd-disclosure", "rpd-written-submissions"},
            {"rpd-application-vacate-cease"},
        ),
        ("ID", {"id-disclosure", "id-application"}, {"id-admissibility-request", "rpd-boc"}),
    ],
)
def test_kinds_offered_are_those_of_the_division_that_a_person_files(
    scene: Scene, division: str, offered: set[str], not_offered: set[str]
) -> None:
    kinds = {kind.id for kind in choices_in(scene.case(division=division), on=scene.today).kinds}
    assert offered <= kinds
    assert not kinds & not_offered


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RAD", "IAD"])
def test_appeal_offers_nothing_before_it_is_recorded_and_never_its_notice(
    scene: Scene, division: str
) -> None:
    case = scene.case(division=division)
    choice = choices_in(case, on=scene.today)
    assert choice.kinds == ()
    assert [finding.code for finding in choice.findings]
    case_actions.record_appeal(by=SYSTEM, case=case, on=scene.today)
    case.refresh_from_db()
    kinds = {kind.id for kind in choices_in(case, on=scene.today).kinds}
    assert f"{division.lower()}-application" in kinds
    assert f"{division.lower()}-notice-of-appeal" not in kinds


def test_closed_case_offers_only_what_may_still_come(scene: Scene) -> None:
    case = scene.case()
    case_actions.close_case(by=SYSTEM, case=case, on=scene.today)
    case.refresh_from_db()
    kinds = {kind.id for kind in choices_in(case, on=scene.today).kinds}
    assert "rpd-application-reopen" in kinds
    assert "rpd-disclosure" not in kinds


def test_draft_survives_everything_but_its_time(prepared: Prepared) -> None:
    prepared.scene.upload(prepared.user, prepared.draft)
    now = timezone.now()
    assert draft_actions.expire_drafts(now=now + kept_for(DRAFT) - DAY) == 0
    assert prepared.again().state == "open"
    assert draft_actions.expire_drafts(now=now + kept_for(DRAFT) + DAY) == 1
    assert prepared.again().state == "expired"
    assert not prepared.names()
    event = Event.objects.get(kind=Kind.DRAFT_DISCARDED, subject=prepared.draft.id)
    assert event.actor_capacity == SYSTEM.capacity


def test_discarded_draft_takes_its_files_with_it(prepared: Prepared) -> None:
    upload = prepared.scene.upload(prepared.user, prepared.draft)
    draft_actions.discard_draft(by=prepared.scene.viewer(prepared.user), draft_id=prepared.draft.id)
    assert prepared.again().state == "discarded"
    assert not Upload.objects.filter(pk=upload.pk).exists()


@pytest.mark.parametrize(
    ("state", "code"),
    [("submitted", "already-filed"), ("discarded", "not-open"), ("expired", "not-open")],
)
def test_closed_draft_takes_no_change(prepared: Prepared, state: str, code: str) -> None:
    prepared.scene.upload(prepared.user, prepared.draft)
    Draft.objects.filter(pk=prepared.draft.pk).update(state=state)
    with pytest.raises(FilingRefusedError) as error:
        prepared.scene.upload(prepared.user, prepared.draft)
    assert refusal(error) == code


def test_changing_the_kind_forgets_the_statement_made_for_another(prepared: Prepared) -> None:
    viewer = prepared.scene.viewer(prepared.user)
    draft_actions.set_service(by=viewer, draft_id=prepared.draft.id, statement={"method": "fax"})
    draft_actions.change_type(
        by=viewer, draft_id=prepared.draft.id, document_type="rpd-written-submissions"
    )
    assert prepared.again().service == {"method": "fax"}
    draft_actions.change_type(by=viewer, draft_id=prepared.draft.id, document_type="rpd-boc")
    assert prepared.again().service is None
