"""What the people of a case see of its hearings: on its page, as a notice, in their calendar."""

import datetime as dt

import pytest

from greffe.accounts.models import User
from greffe.cases import actions, hearing_actions
from greffe.cases.hearing_papers import issue_notice
from greffe.cases.models import Case
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.hearings import officer, postpone, schedule, sitting
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-16")]


@pytest.fixture
def counsel(scene: Scene) -> User:
    return scene.user("Amélie Tremblay")


@pytest.fixture
def case(scene: Scene, counsel: User) -> Case:
    return scene.case(counsel=counsel)


def page(user: User, case: Case, lang: str = "en") -> str:
    return text_of(browser(user).get(address("portal:case", case.pk, lang=lang)))


def test_counsel_sees_every_hearing_to_come_on_the_clock_of_its_place(
    scene: Scene, counsel: User, case: Case
) -> None:
    by = officer(scene)
    one = schedule(by, case, sitting(place="Room 5", minutes=90)).hearing
    away = sitting("vancouver", after=60)
    other = schedule(by, case, away, f"other-hearing:{one.pk}").hearing
    seen = page(counsel, case)
    assert "Hearings to come" in seen
    assert "Room 5" in seen
    assert "90 minutes" in seen
    assert "09:00 (Vancouver)" in seen
    assert "12:00 (Eastern time)" in seen
    for hearing in (one, other):
        assert address("portal:hearing-calendar", hearing.pk) in seen


def test_limits_follow_a_hearing_at_once(scene: Scene, counsel: User, case: Case) -> None:
    by = officer(scene)
    assert "No hearing is fixed." in page(counsel, case)
    assert "Time limits" not in page(counsel, case)
    hearing = schedule(by, case, sitting(after=40)).hearing
    first = page(counsel, case)
    assert "Disclosure" in first
    new = postpone(by, hearing, sitting(after=80)).hearing
    second = page(counsel, case)
    assert "Time limits" in second
    assert _dues(first).isdisjoint(_dues(second))
    hearing_actions.cancel(by=by, hearing_id=new.pk, version=new.revision)
    last = page(counsel, case)
    assert "No hearing is fixed." in last
    assert "Time limits" not in last


def _dues(seen: str) -> set[str]:
    """The days by which something must be received, as the page of a case names them."""
    import re

    table = seen.partition("Time limits to come")[2].partition("</table>")[0]
    days = set(re.findall(r'datetime="(\d{4}-\d\d-\d\d)"', table))
    assert days
    return days


def test_notice_is_downloaded_and_the_reading_is_recorded(
    scene: Scene, counsel: User, case: Case
) -> None:
    by = officer(scene)
    hearing = schedule(by, case).hearing
    entry, _ = issue_notice(by=by, hearing_id=hearing.pk, version=0)
    path = address("portal:record-document", case.pk, entry.pk)
    seen = page(counsel, case)
    assert path in seen
    assert "Notice to appear" in seen
    assert "No longer holds" not in seen
    response = browser(counsel).get(path)
    assert b"".join(response).startswith(b"%PDF")  # type: ignore[arg-type]  # a file comes in parts
    assert response["Content-Disposition"].startswith("attachment")
    reading = Event.objects.get(kind=Kind.DOCUMENT_READ)
    assert (reading.actor_name, reading.case_ids) == ("Amélie Tremblay", [case.pk])
    assert reading.body["sha256"] == entry.blob.sha256


def test_notice_of_a_postponed_hearing_says_that_it_no_longer_holds(
    scene: Scene, counsel: User, case: Case
) -> None:
    by = officer(scene)
    hearing = schedule(by, case).hearing
    issue_notice(by=by, hearing_id=hearing.pk, version=0)
    postpone(by, hearing, sitting(after=60))
    assert "No longer holds" in page(counsel, case)


@pytest.mark.requirement("BY-06")
def test_calendar_file_is_in_the_language_of_its_reader(
    scene: Scene, counsel: User, case: Case
) -> None:
    hearing = schedule(officer(scene), case).hearing
    for lang, title in (("en", "SUMMARY:Hearing"), ("fr", "SUMMARY:Audience")):
        path = address("portal:hearing-calendar", hearing.pk, lang=lang)
        response = browser(counsel).get(path)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert f'filename="{case.file_number}.ics"' in response["Content-Disposition"]
        assert f"{title} {case.file_number}\r\n" in response.content.decode()


def test_old_link_to_a_postponed_hearing_brings_the_new_date(
    scene: Scene, counsel: User, case: Case
) -> None:
    by = officer(scene)
    old = schedule(by, case).hearing
    link = address("portal:hearing-calendar", old.pk)
    before = browser(counsel).get(link).content.decode()
    new = postpone(by, old, sitting(after=60)).hearing
    after = browser(counsel).get(link).content.decode()
    assert new.starts_at.astimezone(dt.UTC).strftime("DTSTART:%Y%m%dT%H%M%SZ") in after
    assert "STATUS:CONFIRMED" in after
    uid = next(line for line in before.split("\r\n") if line.startswith("UID:"))
    assert uid in after
    hearing_actions.cancel(by=by, hearing_id=new.pk, version=new.revision)
    assert "STATUS:CANCELLED" in browser(counsel).get(link).content.decode()


def test_calendar_of_another_case_is_not_there(scene: Scene, counsel: User, case: Case) -> None:
    other = scene.case()
    hearing = schedule(officer(scene), other).hearing
    path = address("portal:hearing-calendar", hearing.pk)
    assert browser(counsel).get(path).status_code == 404
    actions.remove_counsel(by=SYSTEM, case=case, person=case.counsel.get().person, on=scene.today)
    mine = schedule(officer(scene), case).hearing
    gone = browser(counsel).get(address("portal:hearing-calendar", mine.pk))
    assert gone.status_code == 404
