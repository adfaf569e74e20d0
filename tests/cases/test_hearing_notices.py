"""Who is told of a hearing: everybody once, in their own language, from the same transaction."""

import pytest
from django.db import transaction

from greffe.cases import actions, hearing_actions
from greffe.cases.hearing_queries import people_to_tell
from greffe.cases.models import Case
from greffe.cases.queries import office_of
from greffe.law.dates import long_time
from greffe.ledger.actors import SYSTEM
from greffe.notices.models import Notice
from tests.support.hearings import officer, person_of, postpone, reachable, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
    pytest.mark.requirement("BY-06"),
]


@pytest.fixture
def case(scene: Scene) -> Case:
    """A case whose counsel reads French and whose principal reads English; both have e-mail."""
    counsel = scene.user("Amélie Tremblay")
    case = scene.case(counsel=counsel)
    reachable(person_of(counsel), "tremblay@example.org", "fr")
    reachable(case.participants.get().person, "claimant@example.org", "en")
    return case


def test_each_is_told_once_in_their_own_language(scene: Scene, case: Case) -> None:
    told = schedule(officer(scene), case, sitting(place="Salle 5")).told
    assert [person.email for person in told.by_email] == [
        "claimant@example.org",
        "tremblay@example.org",
    ]
    notices = {one.recipient: one for one in Notice.objects.all()}
    assert set(notices) == {"claimant@example.org", "tremblay@example.org"}
    hearing = case.hearings.get()
    for address, lang in (("claimant@example.org", "en"), ("tremblay@example.org", "fr")):
        notice = notices[address]
        assert (notice.kind, notice.language) == ("hearing-scheduled", lang)
        start = sitting().starts_at.astimezone(_zone(case))
        assert notice.context == {
            "file_number": case.file_number,
            "when": long_time(start, lang, place="Montréal"),
            "place": "Salle 5",
            "link": f"/{lang}/portal/cases/{case.pk}/",
        }
        assert notice.case_ids == [hearing.case_id]


def _zone(case: Case) -> "object":
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    return ZoneInfo(office_of(case, on=timezone.localdate()).zone)


def test_time_is_told_on_the_clock_of_the_place_not_of_the_office(scene: Scene, case: Case) -> None:
    schedule(officer(scene), case, sitting("vancouver"))
    english = Notice.objects.get(language="en").context
    assert "09:00 (Vancouver)" in english["when"]
    assert english["place"] == "Vancouver"


def test_postponing_tells_both_dates_and_cancelling_the_one_that_is_off(
    scene: Scene, case: Case
) -> None:
    by = officer(scene)
    old = schedule(by, case).hearing
    new = postpone(by, old, sitting(after=70)).hearing
    hearing_actions.cancel(by=by, hearing_id=new.pk, version=new.revision)
    told = Notice.objects.filter(language="en").order_by("created_at")
    first, second, third = told
    assert [first.kind, second.kind, third.kind] == [
        "hearing-scheduled",
        "hearing-postponed",
        "hearing-cancelled",
    ]
    assert second.context["before"] == first.context["when"] != second.context["when"]
    assert third.context["when"] == second.context["when"]


def test_person_who_is_both_and_two_with_one_address_are_told_once(
    scene: Scene, case: Case
) -> None:
    child = reachable(scene.person("Child"), "CLAIMANT@example.org", "fr")
    actions.add_participant(by=SYSTEM, case=case, person=child, part="claimant", since=scene.start)
    principal = case.participants.get(principal=True).person
    actions.add_counsel(by=SYSTEM, case=case, person=principal, since=scene.start)
    told = people_to_tell(case, on=scene.today)
    assert [person.name for person in told.by_email] == [principal.name, "Amélie Tremblay"]
    assert told.by_mail == []


def test_person_without_address_is_left_to_the_mail(scene: Scene, case: Case) -> None:
    reachable(case.participants.get().person, "")
    told = schedule(officer(scene), case).told
    assert [person.name for person in told.by_mail] == [case.participants.get().person.name]
    assert [one.recipient for one in Notice.objects.all()] == ["tremblay@example.org"]


def test_counsel_removed_since_is_not_told_and_new_counsel_is(scene: Scene, case: Case) -> None:
    counsel = case.counsel.get().person
    actions.remove_counsel(by=SYSTEM, case=case, person=counsel, on=scene.today)
    new = reachable(scene.person("New"), "new@example.org")
    actions.add_counsel(by=SYSTEM, case=case, person=new, since=scene.today)
    schedule(officer(scene), case)
    recipients = set(Notice.objects.values_list("recipient", flat=True))
    assert recipients == {"claimant@example.org", "new@example.org"}


def test_same_request_again_tells_nobody_again(scene: Scene, case: Case) -> None:
    by = officer(scene)
    schedule(by, case)
    schedule(by, case)
    assert Notice.objects.count() == 2


def test_what_is_undone_is_told_to_nobody(scene: Scene, case: Case) -> None:
    by = officer(scene)
    with transaction.atomic():
        schedule(by, case)
        assert Notice.objects.count() == 2
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_hearings_of_a_family_go_out_together(scene: Scene, case: Case) -> None:
    """Notices of one digest to one address are sent as one e-mail."""
    by = officer(scene)
    other = scene.case()
    actions.add_counsel(by=SYSTEM, case=other, person=case.counsel.get().person, since=scene.start)
    schedule(by, case)
    schedule(by, other)
    digests = Notice.objects.filter(recipient="tremblay@example.org").values_list("digest")
    assert len(digests) == 2
    assert len(set(digests)) == 1
    assert digests[0] != ("",)
