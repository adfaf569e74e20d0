"""What an officer does with a hearing: schedule, postpone, cancel.

Each is one transaction with its ledger event and the notices to everybody in the case. The case is
locked first, then the hearing: of two officers at once, the second is told that it has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.cases import actions
from greffe.cases.file_actions import offices_for
from greffe.cases.hearing_followers import hearings_changed
from greffe.cases.hearing_notices import tell_of
from greffe.cases.hearing_queries import (
    Told,
    coming_hearings,
    limits_set_by,
    local_start,
    members_of,
    place_of,
)
from greffe.cases.hearing_refusals import HearingRefusedError, HearingWarning
from greffe.cases.models import Case, Hearing
from greffe.cases.permissions import capacity_in
from greffe.cases.queries import office_of
from greffe.cases.rules import rules
from greffe.law.calendar import closure_on, is_weekend, local
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind

FURTHEST = timedelta(days=5 * 366)
"""A hearing later than this is a slip of the year."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """When and where a hearing is held, and by whom. `starts_at` is an aware time."""

    starts_at: datetime
    office: str
    minutes: int = 180
    place: str = ""
    member: Person | None = None

    def is_that_of(self, hearing: Hearing) -> bool:
        """Say whether a hearing is held exactly so."""
        own = (self.starts_at, self.office, self.minutes, self.place, self.member)
        return own == (
            hearing.starts_at,
            hearing.office,
            hearing.minutes,
            hearing.place,
            hearing.member,
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """A hearing as it is now, and who is told of it."""

    hearing: Hearing
    told: Told


@transaction.atomic
def schedule(
    *,
    by: Viewer,
    case_id: UUID,
    sitting: Sitting,
    acknowledged: frozenset[str] = frozenset(),
) -> Changed:
    """Fix a hearing and tell everybody. The same request again changes nothing more.

    `acknowledged` are the keys of the warnings that the officer has seen. Raises
    HearingRefusedError: nothing has changed.
    """
    now, on = timezone.now(), timezone.localdate()
    case = own_case(by, case_id)
    same = coming_hearings(case, now=now).filter(starts_at=sitting.starts_at).first()
    if same is not None and sitting.is_that_of(same):
        return Changed(same, tell_of(same, "hearing-scheduled", on=on))
    _judge(case, sitting, acknowledged, now=now)
    hearing = actions.schedule_hearing(
        by=by.actor("officer"),
        case=case,
        starts_at=sitting.starts_at,
        office=sitting.office,
        member=sitting.member,
        minutes=sitting.minutes,
        place=sitting.place,
    )
    hearings_changed(case)
    return Changed(hearing, tell_of(hearing, "hearing-scheduled", on=on))


@transaction.atomic
def postpone(
    *,
    by: Viewer,
    hearing_id: UUID,
    version: int,
    sitting: Sitting,
    acknowledged: frozenset[str] = frozenset(),
) -> Changed:
    """Put another hearing in the place of one that has not begun, and tell everybody.

    `version` is the revision that the page showed. The old one stands as cancelled and names the
    new one, whose revision goes on from there. Raises HearingRefusedError: nothing has changed.
    """
    now = timezone.now()
    case, old = own_hearing(by, hearing_id, version, now=now)
    if sitting.is_that_of(old):
        raise HearingRefusedError("unchanged")
    _judge(case, sitting, acknowledged, now=now, instead_of=old)
    new = Hearing.objects.create(
        case=case,
        starts_at=sitting.starts_at,
        minutes=sitting.minutes,
        office=sitting.office,
        place=sitting.place,
        member=sitting.member,
        revision=old.revision + 2,
    )
    old.cancelled, old.revision, old.postponed_to = True, old.revision + 1, new
    old.save(update_fields=["cancelled", "revision", "postponed_to"])
    record(
        kind=Kind.HEARING_POSTPONED,
        by=by.actor("officer"),
        subject=case.pk,
        case_ids=[case.pk],
        body={"hearing": str(old.pk), "to": str(new.pk)},
    )
    hearings_changed(case)
    return Changed(new, tell_of(new, "hearing-postponed", on=timezone.localdate(), before=old))


@transaction.atomic
def cancel(*, by: Viewer, hearing_id: UUID, version: int) -> Changed:
    """Cancel a hearing that has not begun, with none in its place, and tell everybody.

    Raises HearingRefusedError: nothing has changed.
    """
    case, hearing = own_hearing(by, hearing_id, version, now=timezone.now())
    hearing.cancelled, hearing.revision = True, hearing.revision + 1
    hearing.save(update_fields=["cancelled", "revision"])
    record(
        kind=Kind.HEARING_CANCELLED,
        by=by.actor("officer"),
        subject=case.pk,
        case_ids=[case.pk],
        body={"hearing": str(hearing.pk)},
    )
    hearings_changed(case)
    return Changed(hearing, tell_of(hearing, "hearing-cancelled", on=timezone.localdate()))


def own_case(by: Viewer, case_id: UUID) -> Case:
    """Lock a case that this person's office handles now. Raises HearingRefusedError."""
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    if case is None or capacity_in(by, case, on=timezone.localdate()) != "officer":
        raise HearingRefusedError("not-yours")
    return case


def own_hearing(
    by: Viewer, hearing_id: UUID, version: int, *, now: datetime
) -> tuple[Case, Hearing]:
    """Lock the case of a hearing, then the hearing, which stands and has not begun.

    Raises HearingRefusedError where it is not as the page of that `version` showed it.
    """
    case_id = Hearing.objects.values_list("case", flat=True).filter(pk=hearing_id).first()
    if case_id is None:
        raise HearingRefusedError("not-yours")
    case = own_case(by, case_id)
    hearing = Hearing.objects.select_for_update(of=("self",)).get(pk=hearing_id)
    hearing.case = case
    if hearing.revision != version:
        raise HearingRefusedError("stale")
    if hearing.cancelled:
        raise HearingRefusedError("cancelled")
    if hearing.starts_at <= now:
        raise HearingRefusedError("began")
    if case.status != Case.Status.OPEN:
        raise HearingRefusedError("case-closed")
    return case, hearing


def _judge(
    case: Case,
    sitting: Sitting,
    acknowledged: frozenset[str],
    *,
    now: datetime,
    instead_of: Hearing | None = None,
) -> None:
    """Whether a hearing may be held so; HearingRefusedError where not, or not yet."""
    on = timezone.localdate()
    if case.status != Case.Status.OPEN:
        raise HearingRefusedError("case-closed")
    if sitting.starts_at <= now:
        raise HearingRefusedError("past")
    if sitting.starts_at > now + FURTHEST:
        raise HearingRefusedError("too-far")
    if sitting.office not in {office.id for office in offices_for(case.division, on=on)}:
        raise HearingRefusedError("wrong-office")
    stays = instead_of is not None and sitting.member == instead_of.member
    if sitting.member and not stays and sitting.member not in members_of(case.division, on=on):
        raise HearingRefusedError("wrong-member")
    others = [one for one in coming_hearings(case, now=now) if one != instead_of]
    if any(other.starts_at == sitting.starts_at for other in others):
        raise HearingRefusedError("taken")
    warnings = list(_warnings(case, sitting, others, now=now))
    if not acknowledged.issuperset(warning.key for warning in warnings):
        raise HearingRefusedError("warnings", warnings)


def _warnings(
    case: Case, sitting: Sitting, others: list[Hearing], *, now: datetime
) -> Iterator[HearingWarning]:
    place = rules().office(sitting.office)
    day = local(sitting.starts_at, place.zone).date()
    closed = closure_on(rules(), day, place.id)
    if closed is not None:
        values = {"day": day, "why": closed.label}
        yield HearingWarning("office-closed", f"office-closed:{place.id}:{day}", values)
    elif is_weekend(day):
        yield HearingWarning("weekend", f"weekend:{day}", {"day": day})
    for other in others:
        values = {"when": local_start(other), "place": place_of(other).label}
        yield HearingWarning("other-hearing", f"other-hearing:{other.pk}", values)
    office = office_of(case, on=timezone.localdate())
    ahead = limits_set_by(case, office, starts_at=sitting.starts_at, place=place, now=now)
    for limit in ahead:
        if limit.passed:
            values = {"limit": limit.row.label, "day": limit.due}
            yield HearingWarning("limit-passed", f"limit-passed:{limit.row.id}:{limit.due}", values)
