"""Hearings scheduled, postponed and cancelled by an officer: what is done, refused, warned of."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from greffe.cases import actions, hearing_actions
from greffe.cases.file_actions import transfer_case
from greffe.cases.hearing_messages import REFUSALS, warning_text
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Case, Hearing
from greffe.cases.queries import known_events, office_of
from greffe.cases.rules import rules
from greffe.law.limits import limits_ahead
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.queries import history
from tests.support.hearings import a_day, officer, person_of, postpone, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


def refusal(act: Any) -> HearingRefusedError:
    with pytest.raises(HearingRefusedError) as caught:
        act()
    return caught.value


def disclosure_due(case: Case) -> dt.date:
    """By when the person's documents are due, as the pages of the case say it now."""
    now = timezone.now()
    office = office_of(case, on=timezone.localdate())
    ahead = limits_ahead(
        rules(),
        division=case.division,
        events=known_events(case, now=now),
        office=office.id,
        today=timezone.localdate(),
        party="person",
    )
    return min(limit.due for limit in ahead if "rpd-disclosure" in limit.row.document_types)


def test_hearing_is_kept_as_it_was_asked_for_with_its_line_of_history(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    member = person_of(scene.staff("member", division="RPD"))
    asked = sitting(minutes=90, place="Room 5", member=member)
    hearing = schedule(by, case, asked).hearing
    kept = Hearing.objects.get(case=case)
    assert kept == hearing
    assert asked.is_that_of(kept)
    assert (kept.revision, kept.cancelled) == (0, False)
    event = history(case.pk)[0]
    assert (event.kind, event.actor_capacity) == (Kind.HEARING_SCHEDULED, "officer")
    assert event.body == {"hearing": str(hearing.pk)}


def test_same_request_again_schedules_nothing_more(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    asked = sitting()
    assert schedule(by, case, asked).hearing == schedule(by, case, asked).hearing
    assert Hearing.objects.count() == 1


def test_another_hearing_at_the_same_time_is_refused(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    schedule(by, case, sitting())
    assert refusal(lambda: schedule(by, case, sitting(minutes=60))).code == "taken"


def test_postponed_hearing_names_the_one_in_its_place_and_limits_move_at_once(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    old = schedule(by, case, sitting(after=40)).hearing
    before = disclosure_due(case)
    new = postpone(by, old, sitting(after=70)).hearing
    old.refresh_from_db()
    assert (old.cancelled, old.postponed_to, old.revision) == (True, new, 1)
    assert new.revision > old.revision
    assert disclosure_due(case) - before >= dt.timedelta(days=25)
    assert history(case.pk)[0].kind == Kind.HEARING_POSTPONED
    assert history(case.pk)[0].body == {"hearing": str(old.pk), "to": str(new.pk)}


def test_cancelled_hearing_sets_no_limit(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    assert "hearing" in known_events(case, now=timezone.now())
    hearing_actions.cancel(by=by, hearing_id=hearing.pk, version=0)
    assert "hearing" not in known_events(case, now=timezone.now())
    hearing.refresh_from_db()
    assert (hearing.cancelled, hearing.revision, hearing.postponed_to) == (True, 1, None)
    assert history(case.pk)[0].kind == Kind.HEARING_CANCELLED


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda: sitting(on=timezone.localdate() - dt.timedelta(days=1)), "past"),
        (lambda: sitting(after=3000), "too-far"),
    ],
)
def test_time_that_cannot_be_is_refused(scene: Scene, asked: Any, code: str) -> None:
    case, by = scene.case(), officer(scene)
    assert refusal(lambda: schedule(by, case, asked())).code == code
    assert not Hearing.objects.exists()


def test_hearing_of_today_is_judged_by_the_clock_of_its_place(scene: Scene, at: Any) -> None:
    """At noon in Montréal it is nine in Vancouver: a hearing there at ten is still to come."""
    case, by = scene.case(office="vancouver"), officer(scene, "vancouver")
    day = a_day("vancouver")
    at(sitting(on=day, clock=dt.time(12)).starts_at)
    asked = sitting("vancouver", on=day, clock=dt.time(10))
    seen = [one.key for one in refusal(lambda: schedule(by, case, asked)).warnings]
    assert schedule(by, case, asked, *seen).hearing.starts_at == asked.starts_at
    earlier = sitting("vancouver", on=day, clock=dt.time(8))
    assert refusal(lambda: schedule(by, case, earlier)).code == "past"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let it be another moment for who asks the time."""

    def set_(moment: dt.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_


def test_office_where_the_division_does_not_sit_is_refused(scene: Scene) -> None:
    case, by = scene.case(division="RAD"), officer(scene)
    assert refusal(lambda: schedule(by, case, sitting("calgary"))).code == "wrong-office"


def test_member_of_another_division_is_refused(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    member = person_of(scene.staff("member", division="IAD"))
    assert refusal(lambda: schedule(by, case, sitting(member=member))).code == "wrong-member"


def test_member_who_left_since_may_stay_with_a_hearing_that_is_postponed(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    member = person_of(scene.staff("member", division="RPD"))
    hearing = schedule(by, case, sitting(member=member)).hearing
    member.staff_roles.update(held_to=scene.today)
    again = postpone(by, hearing, sitting(after=60, member=member)).hearing
    assert again.member == member


@pytest.mark.parametrize("who", ["officer elsewhere", "member", "counsel", "auditor"])
def test_only_officers_of_the_office_that_handles_the_case_act(scene: Scene, who: str) -> None:
    counsel = scene.user()
    case = scene.case(counsel=counsel)
    member = scene.staff("member", division="RPD")
    hearing = schedule(officer(scene), case, sitting(member=person_of(member))).hearing
    by = scene.viewer(
        {
            "officer elsewhere": lambda: scene.staff("officer", office="toronto"),
            "member": lambda: member,
            "counsel": lambda: counsel,
            "auditor": lambda: scene.staff("auditor"),
        }[who]()
    )
    assert refusal(lambda: schedule(by, case, sitting(after=60))).code == "not-yours"
    assert refusal(lambda: postpone(by, hearing, sitting(after=60))).code == "not-yours"
    cancelling = {"by": by, "hearing_id": hearing.pk, "version": 0}
    assert refusal(lambda: hearing_actions.cancel(**cancelling)).code == "not-yours"
    assert list(Hearing.objects.values_list("cancelled", "revision")) == [(False, 0)]


def test_case_transferred_meanwhile_is_no_longer_this_officers(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    transfer_case(by=by, case=case, office="toronto", on=scene.today)
    assert refusal(lambda: postpone(by, hearing, sitting(after=60))).code == "not-yours"


def test_nothing_is_done_in_a_closed_case(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    actions.close_case(by=SYSTEM, case=case, on=scene.today)
    assert refusal(lambda: schedule(by, case, sitting(after=60))).code == "case-closed"
    assert refusal(lambda: postpone(by, hearing, sitting(after=60))).code == "case-closed"


def test_hearing_that_has_begun_or_is_cancelled_is_left_alone(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    begun = actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=timezone.now(), office="montreal"
    )
    assert refusal(lambda: postpone(by, begun, sitting())).code == "began"
    hearing = schedule(by, case).hearing
    hearing_actions.cancel(by=by, hearing_id=hearing.pk, version=0)
    assert refusal(lambda: postpone(by, hearing, sitting(after=60), version=1)).code == "cancelled"


def test_page_opened_before_a_change_changes_nothing(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    new = postpone(by, hearing, sitting(after=60)).hearing
    stale = {"by": by, "hearing_id": hearing.pk, "version": 0}
    assert refusal(lambda: hearing_actions.cancel(**stale)).code == "stale"
    assert refusal(lambda: postpone(by, hearing, sitting(after=80), version=0)).code == "stale"
    assert list(case.hearings.filter(cancelled=False)) == [new]


def test_postponing_to_what_already_holds_is_refused(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    assert refusal(lambda: postpone(by, hearing, sitting())).code == "unchanged"


@pytest.mark.parametrize(
    ("day", "code", "said"),
    [
        ("weekend", "weekend", "is a Saturday or a Sunday"),
        ("christmas", "office-closed", "Christmas"),
    ],
)
def test_day_when_the_office_is_closed_wants_a_tick_for_that_day(
    scene: Scene, day: str, code: str, said: str
) -> None:
    case, by = scene.case(), officer(scene)
    year = scene.today.year + 1
    saturday = a_day(after=60) + dt.timedelta(days=5 - a_day(after=60).weekday())
    asked = sitting(on=saturday if day == "weekend" else _christmas(year))
    (warning,) = refusal(lambda: schedule(by, case, asked)).warnings
    assert warning.code == code
    with translation.override("en"):
        assert said in warning_text(warning)
    later = sitting(
        on=_christmas(asked.starts_at.year + 1) if said == "Christmas" else saturday + WEEK
    )
    assert refusal(lambda: schedule(by, case, later, warning.key)).code == "warnings"
    assert schedule(by, case, asked, warning.key).hearing.starts_at == asked.starts_at


WEEK = dt.timedelta(days=7)


def _christmas(year: int) -> dt.date:
    """A Christmas Day that is no weekend."""
    days = [dt.date(year + more, 12, 25) for more in range(3)]
    return next(day for day in days if day.weekday() < 5)


def test_other_hearing_and_a_limit_already_passed_want_a_tick(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    schedule(by, case, sitting(after=40))
    soon = sitting(after=4)
    warnings = refusal(lambda: schedule(by, case, soon)).warnings
    codes = {warning.code for warning in warnings}
    assert codes == {"other-hearing", "limit-passed"}
    assert all(warning_text(warning) for warning in warnings)
    keys = [warning.key for warning in warnings]
    assert refusal(lambda: schedule(by, case, soon, *keys[:1])).code == "warnings"
    assert schedule(by, case, soon, *keys).hearing.starts_at == soon.starts_at


def test_hearing_that_is_postponed_is_no_other_hearing(scene: Scene) -> None:
    case, by = scene.case(), officer(scene)
    hearing = schedule(by, case).hearing
    assert postpone(by, hearing, sitting(after=60)).hearing.cancelled is False


def test_every_refusal_has_its_words() -> None:
    from typing import get_args

    from greffe.cases.hearing_refusals import RefusalCode

    assert set(REFUSALS) == set(get_args(RefusalCode))
