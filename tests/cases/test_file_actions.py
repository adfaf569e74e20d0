"""Transfers, openness, sealing: who may, what is refused, what moves, what the history keeps."""

from datetime import timedelta
from typing import Any

import pytest

from greffe.accounts.models import User
from greffe.cases import actions, file_actions
from greffe.cases.file_actions import CaseFileRefusedError
from greffe.cases.file_messages import REFUSALS
from greffe.cases.models import Case, CaseOffice, FamilyGroup, Openness, RecordEntry
from greffe.cases.queries import office_of
from greffe.filings.models import QueueItem, Submission
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.files import Filed, on_record, take_to_record
from tests.support.portal import claimant_of, payload
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-16")]

ONE = timedelta(days=1)


@pytest.fixture
def supervisor(scene: Scene) -> User:
    return scene.staff("supervisor", office="montreal")


@pytest.fixture
def filed(scene: Scene) -> Filed:
    return on_record(scene)


def refused(action: Any, **asked: Any) -> str:
    """The code with which an action is refused; it has its words."""
    with pytest.raises(CaseFileRefusedError) as error:
        action(**asked)
    assert REFUSALS[error.value.code]
    return error.value.code


# Transfers


def waiting(scene: Scene, **case: Any) -> tuple[Case, Submission]:
    counsel = scene.user()
    found = scene.case(counsel=counsel, **case)
    draft = scene.draft(counsel, found)
    scene.upload(counsel, draft)
    return found, scene.submit(counsel, draft)


@pytest.mark.requirement("MC-15")
def test_case_goes_to_another_office_with_what_waits_in_the_queue(
    scene: Scene, supervisor: User
) -> None:
    case, submission = waiting(scene)
    _, other = waiting(scene)
    officer = scene.staff("officer", office="montreal")
    from greffe.filings.queue_actions import take

    taken = take(by=scene.viewer(officer), submission_ids=[submission.id, other.id])
    assert set(taken) == {submission.id, other.id}
    file_actions.transfer_case(
        by=scene.viewer(supervisor), case=case, office="vancouver", on=scene.today
    )
    moved = QueueItem.objects.get(pk=submission.id)
    assert (moved.office, moved.holder, moved.held_since) == ("vancouver", None, None)
    stays = QueueItem.objects.get(pk=other.id)
    assert (stays.office, stays.holder) == ("montreal", officer.person)
    assert office_of(case, on=scene.today).id == "vancouver"
    assert office_of(case, on=scene.today - ONE).id == "montreal"
    event = Event.objects.get(kind=Kind.CASE_TRANSFERRED)
    assert (event.case_ids, event.body["before"]) == ([case.id], "montreal")


def test_receipt_keeps_the_office_of_its_day(scene: Scene, supervisor: User) -> None:
    case, submission = waiting(scene)
    file_actions.transfer_case(
        by=scene.viewer(supervisor), case=case, office="vancouver", on=scene.today
    )
    submission.refresh_from_db()
    assert submission.office == "montreal"
    assert submission.case_links.get().office == "montreal"
    assert payload(submission)["cases"][0]["office"]["id"] == "montreal"


def test_filing_of_a_family_waits_where_its_leading_case_is(scene: Scene, supervisor: User) -> None:
    from greffe.filings.draft_actions import start_draft

    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    one, two = (scene.case(counsel=user, family_group=group) for _ in range(2))
    draft = start_draft(
        by=scene.viewer(user), case=one, document_type="rpd-boc", language="en", also_in=[two.pk]
    )
    scene.upload(user, draft)
    submission = scene.submit(user, draft)
    for case, office in ((two, "montreal"), (one, "vancouver")):
        file_actions.transfer_case(
            by=scene.viewer(supervisor), case=case, office="vancouver", on=scene.today
        )
        assert QueueItem.objects.get(pk=submission.id).office == office


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"office": "montreal"}, "same-office"),
        ({"office": "atlantis"}, "unknown-office"),
        ({"office": ""}, "unknown-office"),
        ({"days": 1}, "wrong-day"),
        ({"days": -400}, "wrong-day"),
    ],
)
def test_transfer_that_cannot_be_is_refused_and_changes_nothing(
    scene: Scene, supervisor: User, asked: dict[str, Any], code: str
) -> None:
    case, submission = waiting(scene)
    on = scene.today + asked.get("days", 0) * ONE
    asked = {"by": scene.viewer(supervisor), "case": case, "office": "vancouver", "on": on} | {
        name: value for name, value in asked.items() if name == "office"
    }
    assert refused(file_actions.transfer_case, **asked) == code
    assert CaseOffice.objects.get(case=case).until is None
    assert QueueItem.objects.get(pk=submission.id).office == "montreal"


def test_closed_case_stays_with_its_office(scene: Scene, supervisor: User) -> None:
    case = scene.case()
    actions.close_case(by=SYSTEM, case=case, on=scene.today)
    asked = {"by": scene.viewer(supervisor), "case": case, "office": "toronto", "on": scene.today}
    assert refused(file_actions.transfer_case, **asked) == "case-closed"


def test_case_can_move_twice_on_one_day_and_back(scene: Scene, supervisor: User) -> None:
    case, there = scene.case(), scene.staff("supervisor", office="toronto")
    for by, office in ((supervisor, "toronto"), (there, "montreal")):
        file_actions.transfer_case(by=scene.viewer(by), case=case, office=office, on=scene.today)
        assert office_of(case, on=scene.today).id == office
    assert CaseOffice.objects.filter(case=case, until=None).count() == 1


@pytest.mark.security(15)
@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("officer", "vancouver"),
        ("auditor", ""),
        ("operator", ""),
        ("counsel", ""),
        ("claimant", ""),
    ],
)
def test_only_the_office_of_the_case_transfers_it(scene: Scene, role: str, where: str) -> None:
    counsel = scene.user()
    case = scene.case(counsel=counsel)
    made = {"counsel": lambda: counsel, "claimant": lambda: claimant_of(case)}
    user = made.get(role, lambda: scene.staff(role, office=where))()
    asked = {"by": scene.viewer(user), "case": case, "office": "toronto", "on": scene.today}
    assert refused(file_actions.transfer_case, **asked) == "not-allowed"


# Openness


def test_openness_has_its_days_and_its_reason(scene: Scene, supervisor: User) -> None:
    case = scene.case(division="RPD")
    asked: dict[str, Any] = {"by": scene.viewer(supervisor), "case": case, "on": scene.today}
    asked["reason"] = "Granted"
    file_actions.change_openness(public=True, **asked)
    before, now = Openness.objects.filter(case=case).order_by("since")
    assert (before.public, before.until) == (False, scene.today)
    assert (now.public, now.since, now.until) == (True, scene.today, None)
    assert Event.objects.get(kind=Kind.OPENNESS_CHANGED).body["reason"] == "Granted"
    assert refused(file_actions.change_openness, public=True, **asked) == "same-openness"
    later = asked | {"on": scene.today + ONE}
    assert refused(file_actions.change_openness, public=False, **later) == "wrong-day"


# Sealing


def seals(filed: Filed, by: User) -> list[tuple[Any, dict[str, Any], str]]:
    viewer = filed.scene.viewer(by)
    return [
        (file_actions.seal_case, {"by": viewer, "case": filed.case}, "already-sealed"),
        (file_actions.unseal_case, {"by": viewer, "case": filed.case}, "not-sealed"),
        (file_actions.seal_entry, {"by": viewer, "entry": filed.entry}, "already-sealed"),
        (file_actions.unseal_entry, {"by": viewer, "entry": filed.entry}, "not-sealed"),
    ]


def test_sealing_twice_is_refused_and_told_once(filed: Filed, supervisor: User) -> None:
    for action, asked, code in seals(filed, supervisor):
        action(**asked, reason="Order")
        assert refused(action, **asked, reason="Order") == code
    kinds = Event.objects.filter(body__reason="Order").order_by("at").values_list("kind", flat=True)
    assert list(kinds) == [
        Kind.CASE_SEALED,
        Kind.CASE_UNSEALED,
        Kind.DOCUMENT_SEALED,
        Kind.DOCUMENT_UNSEALED,
    ]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "no-reason"),
        (" \t\n", "no-reason"),
        ("\x00\u202e", "no-reason"),
        ("x" * 2001, "reason-too-long"),
    ],
)
def test_reason_is_needed_for_every_seal(
    filed: Filed, supervisor: User, reason: str, code: str
) -> None:
    for action, asked, _ in seals(filed, supervisor):
        assert refused(action, **asked, reason=reason) == code
    assert not RecordEntry.objects.filter(sealed=True).exists()


def test_reason_is_kept_as_it_was_typed_on_one_line(filed: Filed, supervisor: User) -> None:
    typed = "<script>alert(1)</script>\r\n  « ordonnance »\x00\u202e du 3"
    file_actions.seal_entry(by=filed.scene.viewer(supervisor), entry=filed.entry, reason=typed)
    kept = Event.objects.get(kind=Kind.DOCUMENT_SEALED).body
    assert kept["reason"] == "<script>alert(1)</script> « ordonnance » du 3"
    assert (kept["entry"], kept["position"]) == (str(filed.entry.id), "1")


@pytest.mark.security(15)
@pytest.mark.parametrize(
    ("role", "office", "may"),
    [
        ("supervisor", "montreal", True),
        ("supervisor", "vancouver", False),
        ("officer", "montreal", False),
        ("member", "", True),
        ("other member", "", False),
        ("auditor", "", False),
        ("operator", "", False),
        ("counsel", "", False),
        ("claimant", "", False),
    ],
)
def test_seals_are_kept_by_supervisors_of_the_office_and_the_hearing_member(
    filed: Filed, role: str, office: str, may: bool
) -> None:
    scene = filed.scene
    made = {"counsel": lambda: filed.counsel, "claimant": lambda: claimant_of(filed.case)}
    division = "RPD" if "member" in role else ""
    user = made.get(
        role, lambda: scene.staff(role.rsplit(maxsplit=1)[-1], office=office, division=division)
    )()
    if role == "member":
        actions.schedule_hearing(
            by=SYSTEM,
            case=filed.case,
            starts_at=filed.submission.received_at + 9 * ONE,
            office="montreal",
            member=user.person,
        )
    for action, asked, _ in seals(filed, user):
        if may:
            action(**asked, reason="Order")
        else:
            assert refused(action, **asked, reason="Order") == "not-allowed"
    assert Event.objects.filter(body__reason="Order").count() == (4 if may else 0)


def test_document_of_a_family_is_sealed_on_every_case_file(scene: Scene, supervisor: User) -> None:
    filed = on_record(scene)
    other = scene.case(office="vancouver")
    twin = take_to_record(scene, other, filed.submission)[0]
    by = scene.viewer(supervisor)
    file_actions.seal_entry(by=by, entry=filed.entry, reason="Order")
    twin.refresh_from_db()
    assert twin.sealed
    events = Event.objects.filter(kind=Kind.DOCUMENT_SEALED)
    assert {case for event in events for case in event.case_ids} == {filed.case.id, other.id}
    # To lift it one must keep the seals of both.
    asked = {"by": by, "entry": filed.entry, "reason": "Lifted"}
    assert refused(file_actions.unseal_entry, **asked) == "not-allowed"
    twin.refresh_from_db()
    assert twin.sealed


def test_capacity_is_asked_again_when_the_change_is_made(filed: Filed, supervisor: User) -> None:
    by = filed.scene.viewer(supervisor)
    CaseOffice.objects.filter(case=filed.case).update(office="toronto")
    for action, asked, _ in seals(filed, supervisor):
        assert refused(action, **asked | {"by": by}, reason="Order") == "not-allowed"
