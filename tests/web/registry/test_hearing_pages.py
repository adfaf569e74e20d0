"""The officer's pages of hearings: what is typed, refused, warned of, told."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import User
from greffe.cases import actions
from greffe.cases.models import Case, Hearing, RecordEntry
from greffe.cases.rules import rules
from greffe.law.calendar import local
from greffe.ledger.actors import SYSTEM
from greffe.notices.models import Notice
from tests.support.hearings import a_day, person_of, reachable
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-16")]


@pytest.fixture
def case(scene: Scene) -> Case:
    counsel = scene.user("Amélie Tremblay")
    reachable(person_of(counsel), "tremblay@example.org", "fr")
    return scene.case(counsel=counsel)


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def client(officer: User) -> Client:
    return browser(officer)


def said(day: dt.date | None = None, **changes: str) -> dict[str, str]:
    """What an officer types."""
    on = day or a_day()
    typed = {
        "day_day": str(on.day),
        "day_month": str(on.month),
        "day_year": str(on.year),
        "time": "9:30",
        "minutes": "90",
        "office": "montreal",
        "place": "Room 5",
        "member": "",
    }
    return typed | changes


def scheduled(client: Client, case: Case, **changes: str) -> Hearing:
    response = client.post(address("registry:schedule-hearing", case.pk), said(**changes))
    assert response.status_code == 302, text_of(response)
    return case.hearings.filter(cancelled=False).latest("starts_at")


def test_officer_schedules_a_hearing_and_reads_who_is_told_how(client: Client, case: Case) -> None:
    response = client.post(address("registry:schedule-hearing", case.pk), said(), follow=True)
    page = text_of(response)
    assert "The hearing is scheduled. 1 person is told by e-mail." in page
    assert f"To be told by mail: {case.participants.get().person.name}." in page
    assert "Room 5" in page
    hearing = case.hearings.get()
    start = local(hearing.starts_at, rules().office("montreal").zone)
    assert (start.date(), start.time()) == (a_day(), dt.time(9, 30))
    assert (hearing.minutes, hearing.place, hearing.member) == (90, "Room 5", None)
    assert Notice.objects.get().recipient == "tremblay@example.org"


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("typed", ["9:30", "09:30", "9h30", "9 h 30", "9\u00a0h\u00a030", "9 H 30"])
def test_time_is_read_as_each_language_writes_it(client: Client, case: Case, typed: str) -> None:
    hearing = scheduled(client, case, time=typed)
    assert local(hearing.starts_at, rules().office("montreal").zone).time() == dt.time(9, 30)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"day_day": "", "day_month": "", "day_year": ""}, "Enter the date."),
        ({"time": ""}, "Enter the time."),
        ({"time": "noon"}, "Enter the time on 24 hours"),
        ({"time": "25:00"}, "Enter the time on 24 hours"),
        ({"time": "9.30"}, "Enter the time on 24 hours"),
        ({"minutes": "ten"}, "must be a whole number of minutes"),
        ({"minutes": "5"}, "at least 15 minutes"),
        ({"minutes": "900"}, "at most 720 minutes"),
        ({"office": "atlantis"}, "Choose an office from the list."),
        ({"member": "nobody"}, "Choose a member from the list."),
        ({"place": "x" * 301}, "more than 300 characters"),
        ({"day_year": "2020"}, "have passed at the place of the hearing"),
        (
            {"day_year": "9999", "day_month": "12", "day_day": "31", "time": "23:59"},
            "five years ahead",
        ),
    ],
)
def test_wrong_answer_is_told_and_what_was_typed_is_kept(
    client: Client, case: Case, changes: dict[str, str], told: str
) -> None:
    response = client.post(
        address("registry:schedule-hearing", case.pk), said(place="Room 7") | changes
    )
    page = text_of(response)
    assert response.status_code == 422
    assert told in page
    assert ("Room 7" in page) == ("place" not in changes)
    assert not Hearing.objects.exists()


def test_time_on_the_night_when_the_clocks_change_is_told(client: Client, case: Case) -> None:
    year = a_day(after=370).year
    second_sunday = next(
        day for day in (dt.date(year, 3, number) for number in range(8, 15)) if day.weekday() == 6
    )
    response = client.post(
        address("registry:schedule-hearing", case.pk), said(second_sunday, time="2:30")
    )
    assert response.status_code == 422
    assert "The clocks change on that night" in text_of(response)


def test_day_when_the_office_is_closed_is_scheduled_after_a_tick(
    client: Client, case: Case
) -> None:
    saturday = a_day(after=60) + dt.timedelta(days=5 - a_day(after=60).weekday())
    path = address("registry:schedule-hearing", case.pk)
    response = client.post(path, said(saturday))
    assert response.status_code == 422
    assert "is a Saturday or a Sunday: the office is closed." in text_of(response)
    assert 'href="#warnings"' in text_of(response)
    (key, _), *_ = response.context["warnings"]
    assert client.post(path, said(saturday, acknowledged=key)).status_code == 302
    assert Hearing.objects.count() == 1


def test_postponing_begins_with_how_it_stands_and_tells_both_dates(
    client: Client, case: Case
) -> None:
    hearing = scheduled(client, case)
    path = address("registry:postpone-hearing", hearing.pk)
    page = text_of(client.get(path))
    assert 'value="09:30"' in page
    assert 'name="version" value="0"' in page
    response = client.post(path, said(a_day(after=70), version="0"), follow=True)
    page = text_of(response)
    assert "The hearing is postponed." in page
    assert "Postponed" in page
    hearing.refresh_from_db()
    assert hearing.postponed_to == case.hearings.get(cancelled=False)
    assert Notice.objects.filter(kind="hearing-postponed").count() == 1


def test_stale_page_is_told_and_changes_nothing(client: Client, case: Case) -> None:
    hearing = scheduled(client, case)
    client.post(
        address("registry:postpone-hearing", hearing.pk), said(a_day(after=70), version="0")
    )
    for name, data in (
        ("registry:postpone-hearing", said(a_day(after=80), version="0")),
        ("registry:cancel-hearing", {"version": "0"}),
        ("registry:issue-notice", {"version": "0"}),
    ):
        response = client.post(address(name, hearing.pk), data)
        assert response.status_code == 409
        assert "this hearing has changed since you opened the page" in text_of(response)
    assert case.hearings.count() == 2
    assert not RecordEntry.objects.exists()


@pytest.mark.parametrize("version", ["", "-1", "9" * 12, "²", "x"])
def test_page_that_does_not_say_what_it_showed_is_stale(
    client: Client, case: Case, version: str
) -> None:
    hearing = scheduled(client, case)
    response = client.post(address("registry:cancel-hearing", hearing.pk), {"version": version})
    assert response.status_code == 409
    assert not case.hearings.get().cancelled


def test_cancelling_asks_first_and_then_nothing_more_can_be_done(
    client: Client, case: Case
) -> None:
    hearing = scheduled(client, case)
    path = address("registry:cancel-hearing", hearing.pk)
    assert "Cancel this hearing?" in text_of(client.get(path))
    assert not case.hearings.get().cancelled
    page = text_of(client.post(path, {"version": "0"}, follow=True))
    assert "The hearing is cancelled." in page
    assert "No hearing is fixed." in page
    for name in ("cancel-hearing", "postpone-hearing", "issue-notice"):
        response = client.get(address(f"registry:{name}", hearing.pk))
        assert response.status_code == 409
        assert "already cancelled" in text_of(response)


def test_notice_is_issued_after_a_question_and_then_opened(client: Client, case: Case) -> None:
    hearing = scheduled(client, case)
    path = address("registry:issue-notice", hearing.pk)
    page = text_of(client.get(path))
    assert "The notice is in English, the language of the case." in page
    assert "Time limits that it prints" in page
    assert not RecordEntry.objects.exists()
    page = text_of(client.post(path, {"version": "0"}, follow=True))
    assert "The notice is issued and on the case file." in page
    entry = RecordEntry.objects.get()
    assert address("registry:case-document", case.pk, entry.pk) in page
    assert client.get(path).status_code == 302


def test_case_that_is_closed_offers_nothing(client: Client, case: Case) -> None:
    hearing = scheduled(client, case)
    actions.close_case(by=SYSTEM, case=case, on=dt.date(2026, 1, 1))
    page = text_of(client.get(address("registry:hearings", case.pk)))
    assert "This case is closed." in page
    assert address("registry:schedule-hearing", case.pk) not in page
    assert address("registry:postpone-hearing", hearing.pk) not in page


def test_text_with_markup_is_shown_as_text(client: Client, case: Case) -> None:
    scheduled(client, case, place="<script>alert(1)</script>")
    response = client.get(address("registry:hearings", case.pk))
    assert b"<script>alert" not in response.content
    assert "<script>alert(1)</script>" in text_of(response)


@pytest.mark.requirement("BY-06")
def test_pages_are_in_french_too(client: Client, case: Case) -> None:
    hearing = scheduled(client, case)
    pages: dict[str, Any] = {
        address("registry:hearings", case.pk, lang="fr"): "À venir",
        address("registry:schedule-hearing", case.pk, lang="fr"): "Fixer une audience",
        address("registry:postpone-hearing", hearing.pk, lang="fr"): "Reporter ou modifier",
        address("registry:cancel-hearing", hearing.pk, lang="fr"): "Annuler cette audience",
        address("registry:issue-notice", hearing.pk, lang="fr"): "Délivrer l’avis de convocation",
    }
    for path, words in pages.items():
        assert words in text_of(client.get(path)), path
