"""The identity meeting and the code, as officers deal with them."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from greffe.invitations.codes import read_code
from greffe.invitations.models import Invitation, InvitationCode
from greffe.ledger.models import Event
from greffe.notices.letters import message_of
from greffe.notices.models import Notice
from tests.support.invitations import EMAIL, Invitations, begun, meeting_of, soon
from tests.support.letters import words_of_pdf
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = pytest.mark.django_db

MONTREAL = ZoneInfo("America/Toronto")


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


@pytest.fixture
def client(scene: Scene) -> Client:
    return browser(scene.staff("officer", office="montreal"))


def post(client: Client, name: str, of: Invitation, /, lang: str = "en", **said: str) -> Any:
    return client.post(address(f"registry:{name}", of.pk, lang=lang), said)


def page(client: Client, name: str, of: Invitation, lang: str = "en") -> str:
    return text_of(client.get(address(f"registry:{name}", of.pk, lang=lang)))


# The meeting


def when(at: dt.datetime, n: int = 0) -> dict[str, str]:
    """A time as an officer types it, on the clock of Montréal."""
    here = at.astimezone(MONTREAL)
    parts = {f"day_{n}_day": here.day, f"day_{n}_month": here.month, f"day_{n}_year": here.year}
    typed = {name: str(value) for name, value in parts.items()}
    return typed | {f"time_{n}": f"{here:%H:%M}"}


def moved_to(at: dt.datetime, meeting: Any, **more: str) -> dict[str, str]:
    here = at.astimezone(MONTREAL)
    return {
        "day_day": str(here.day),
        "day_month": str(here.month),
        "day_year": str(here.year),
        "time": f"{here:%H h %M}",
        "join": meeting.join,
        "sequence": str(meeting.sequence),
    } | more


HOW = {"minutes": "30", "join": "https://meet.example.org/7"}


@pytest.mark.requirement("MC-03")
def test_times_are_proposed_on_the_clock_of_the_office(client: Client, desk: Invitations) -> None:
    invitation = desk.returned()
    first, second = soon(9), soon(7)
    said = when(first) | when(second, 2) | HOW
    assert post(client, "propose-meeting", invitation, **said).status_code == 302
    meeting = meeting_of(invitation)
    assert meeting.times == [second, first]
    assert desk.now(invitation).state == "meeting-proposed"


@pytest.mark.requirement("MC-03")
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"time_0": ""}, "Enter the time."),
        ({"time_0": "25:00"}, "Enter the time on 24 hours"),
        ({"day_0_day": "", "day_0_month": "", "day_0_year": ""}, "Enter the date."),
        ({"time_1": "9:30"}, "Enter the date that goes with this time."),
        ({"join": ""}, "Say how to join the meeting."),
        ({"day_0_year": "2020"}, "This time has passed at the office."),
        ({"day_0_year": "2090"}, "This time is more than six months ahead."),
        (
            {"day_0_day": "14", "day_0_month": "3", "day_0_year": "2027", "time_0": "2:30"},
            "The clocks change then",
        ),
    ],
)
def test_time_that_cannot_be_is_refused_with_the_reason(
    client: Client, desk: Invitations, said: dict[str, str], words: str
) -> None:
    invitation = desk.returned()
    response = post(client, "propose-meeting", invitation, **(when(soon(9)) | HOW | said))
    assert response.status_code == 422
    assert words in text_of(response)
    assert desk.now(invitation).state == "form-returned"


@pytest.mark.requirement("MC-03")
def test_officer_fixes_the_time_that_the_person_took_by_telephone(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.proposed(channel="mail", to="1 Example Street")
    at = meeting_of(invitation).times[1]
    assert post(client, "choose-meeting", invitation, starts_at="").status_code == 422
    assert post(client, "choose-meeting", invitation, starts_at="2020-01-01").status_code == 422
    said = {"starts_at": at.isoformat()}
    assert post(client, "choose-meeting", invitation, **said).status_code == 302
    assert meeting_of(invitation).starts_at == at


@pytest.mark.requirement("MC-03")
def test_meeting_moved_twice_keeps_its_entry_and_counts_its_changes(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.scheduled()
    files = [page(client, "meeting-calendar", invitation)]
    for days in (11, 12):
        said = moved_to(soon(days), meeting_of(invitation))
        assert post(client, "move-meeting", invitation, **said).status_code == 302
        files.append(page(client, "meeting-calendar", invitation))
    assert [file.count("METHOD:REQUEST\r\n") for file in files] == [1, 1, 1]
    assert len({line for file in files for line in file.split("\r\n") if "UID:" in line}) == 1
    for n, file in enumerate(files):
        assert f"SEQUENCE:{n}\r\n" in file


@pytest.mark.requirement("MC-03")
def test_calendar_goes_with_each_email_about_the_meeting_and_follows_it(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.scheduled()
    said = moved_to(soon(11), meeting_of(invitation))
    assert post(client, "move-meeting", invitation, **said).status_code == 302
    assert post(client, "cancel-meeting", invitation, sequence="1").status_code == 302
    kinds = ("meeting-scheduled", "meeting-moved", "meeting-cancelled")
    entries = [enclosed(Notice.objects.get(kind=kind)) for kind in kinds]
    assert [entry["METHOD"] for entry in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [entry["SEQUENCE"] for entry in entries] == ["0", "1", "2"]
    assert len({entry["UID"] for entry in entries}) == 1
    assert {entry["ATTENDEE"] for entry in entries} == {f"mailto:{EMAIL}"}
    moved = soon(11).astimezone(dt.UTC)
    assert entries[1]["DTSTART"] == entries[2]["DTSTART"] == f"{moved:%Y%m%dT%H%M%SZ}"


def enclosed(notice: Notice) -> dict[str, str]:
    """The lines of the calendar file that goes with an e-mail."""
    _, calendar = message_of(notice).iter_parts()
    lines = calendar.get_content().replace("\r\n ", "").split("\r\n")
    read = (line.partition(":") for line in lines)
    return {name.partition(";")[0]: value for name, _, value in read}


@pytest.mark.requirement("MC-03")
def test_page_of_a_meeting_that_was_moved_meanwhile_changes_nothing(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.scheduled()
    stale = moved_to(soon(11), meeting_of(invitation))
    said = moved_to(soon(12), meeting_of(invitation))
    assert post(client, "move-meeting", invitation, **said).status_code == 302
    response = post(client, "move-meeting", invitation, **stale)
    assert response.status_code == 409
    assert "somebody else has changed it" in text_of(response)
    assert meeting_of(invitation).starts_at == soon(12)


@pytest.mark.requirement("MC-03")
def test_meeting_is_cancelled_once_it_is_confirmed_and_calendars_strike_it_out(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.scheduled()
    asked = page(client, "cancel-meeting", invitation)
    assert "Cancel this identity meeting?" in asked
    assert 'name="sequence" value="0"' in asked
    said = {"sequence": "0", "note": "The video service is down that day."}
    assert post(client, "cancel-meeting", invitation, **said).status_code == 302
    assert desk.now(invitation).state == "form-returned"
    file = page(client, "meeting-calendar", invitation)
    assert "METHOD:CANCEL\r\n" in file
    assert "SEQUENCE:1\r\n" in file
    assert post(client, "cancel-meeting", invitation, sequence="x").status_code == 409


# Its outcome


@pytest.fixture
def officer_id(client: Client) -> str:
    """The person behind the browser."""
    from greffe.accounts.models import User

    user = User.objects.get(pk=client.session["_auth_user_id"])
    return str(user.person_id)


@pytest.fixture
def held(desk: Invitations) -> Invitation:
    """An invitation whose meeting has begun."""
    invitation = desk.scheduled()
    begun(invitation)
    return invitation


def record(client: Client, held: Invitation, who: str, /, lang: str = "en", **said: str) -> Any:
    typed = {"outcome": "confirmed", "held_by": who, "kind_0": "passport", "last_0": "4821"}
    return post(client, "record-meeting", held, lang, **(typed | said))


@pytest.mark.requirement("MC-03")
def test_outcome_says_who_held_it_and_which_documents_were_seen(
    client: Client, desk: Invitations, held: Invitation, officer_id: str
) -> None:
    assert f'value="{officer_id}" selected' in page(client, "record-meeting", held)
    said = {"kind_1": "driving-licence", "last_1": "q7a2"}
    assert record(client, held, officer_id, **said).status_code == 302
    meeting = meeting_of(held)
    assert (str(meeting.held_by_id), meeting.outcome) == (officer_id, "confirmed")
    assert meeting.seen == [
        {"kind": "passport", "last": "4821"},
        {"kind": "driving-licence", "last": "Q7A2"},
    ]
    assert desk.now(held).state == "confirmed"


@pytest.mark.requirement("MC-03")
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind_0": "", "last_0": ""}, "confirmed only with a document that you have seen"),
        ({"last_0": "AB1234821"}, "exactly the last four letters or digits"),
        ({"kind_0": ""}, "exactly the last four letters or digits"),
        ({"outcome": "refused"}, "Say why."),
        ({"outcome": "not-held"}, "Say why."),
        ({"outcome": ""}, "Choose what came of the meeting."),
        ({"held_by": "00000000-0000-4000-8000-000000000000"}, "Choose an officer from the list."),
    ],
)
def test_outcome_that_is_not_whole_is_refused_and_kept(
    client: Client,
    desk: Invitations,
    held: Invitation,
    officer_id: str,
    said: dict[str, str],
    words: str,
) -> None:
    response = record(client, held, said.pop("held_by", officer_id), **said)
    assert response.status_code == 422
    shown = text_of(response)
    assert words in shown
    assert desk.now(held).state == "scheduled"
    if "last_0" in said:
        assert f'value="{said["last_0"]}"' in shown or not said["last_0"]


@pytest.mark.requirement("MC-03")
def test_meeting_to_come_has_no_outcome_yet(
    client: Client, desk: Invitations, officer_id: str
) -> None:
    invitation = desk.scheduled()
    response = record(client, invitation, officer_id)
    assert response.status_code == 409
    assert "the meeting is on a day to come" in text_of(response)
    assert address("registry:record-meeting", invitation.pk) not in page(
        client, "invitation", invitation
    )


@pytest.mark.requirement("MC-03")
def test_meeting_held_is_decided_later_with_what_was_seen_then(
    client: Client, desk: Invitations, held: Invitation, officer_id: str
) -> None:
    assert record(client, held, officer_id, outcome="held").status_code == 302
    shown = page(client, "record-meeting", held)
    assert "Passport … 4821" in shown
    assert 'value="not-held"' not in shown
    said = {"kind_0": "", "last_0": ""}
    assert record(client, held, officer_id, **said).status_code == 302
    assert meeting_of(held).seen == [{"kind": "passport", "last": "4821"}]
    assert desk.now(held).state == "confirmed"


# The code


def issue(client: Client, of: Invitation) -> Any:
    latest = of.codes.order_by("-issued_at").first()
    return post(client, "issue-code", of, known=str(latest.pk) if latest else "")


@pytest.mark.requirement("MC-04")
@pytest.mark.security(4)
def test_code_by_email_is_sent_and_shown_nowhere(client: Client, desk: Invitations) -> None:
    invitation = desk.confirmed()
    assert "sent by e-mail" in page(client, "issue-code", invitation)
    response = issue(client, invitation)
    assert response.status_code == 302
    assert Notice.objects.filter(kind="invitation-code").count() == 1
    shown = text_of(client.get(response["Location"]))
    assert InvitationCode.objects.get().selector not in shown


@pytest.mark.requirement("MC-04")
@pytest.mark.security(4)
@pytest.mark.security(16)
def test_code_by_mail_is_in_the_letter_and_nowhere_else(client: Client, desk: Invitations) -> None:
    invitation = desk.confirmed(channel="mail", to="1 Example Street\nMontréal QC")
    response = issue(client, invitation)
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    words = words_of_pdf(response.content)
    row = InvitationCode.objects.get()
    spoken = words[words.index(row.selector) :][:19].replace(" ", "-")
    code = read_code(spoken)
    assert code is not None
    assert code.matches(bytes(row.secret))
    assert "••• ••• 0123" in words
    assert "1 Example Street Montréal QC" in words
    assert not Notice.objects.filter(kind="invitation-code").exists()
    assert code.secret not in page(client, "invitation", invitation).replace("-", "")
    assert not [event for event in Event.objects.all() if code.secret in str(event.body)]


@pytest.mark.requirement("MC-04")
def test_pressing_twice_does_not_make_the_first_letter_void(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.confirmed(channel="mail", to="1 Example Street")
    assert post(client, "issue-code", invitation, known="").status_code == 200
    response = post(client, "issue-code", invitation, known="")
    assert response.status_code == 409
    assert InvitationCode.objects.get().revoked_at is None


@pytest.mark.requirement("MC-04")
def test_another_code_is_issued_only_from_a_page_that_warns_of_the_first(
    client: Client, desk: Invitations
) -> None:
    invitation, _ = desk.coded(channel="mail", to="1 Example Street")
    assert "opens nothing any more" in page(client, "issue-code", invitation)
    assert issue(client, invitation).status_code == 200
    assert InvitationCode.objects.filter(revoked_at=None).count() == 1
    assert InvitationCode.objects.count() == 2


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_page_that_came_too_late_says_so_and_leads_back(
    client: Client, desk: Invitations, lang: str
) -> None:
    invitation = desk.invited()
    response = client.get(address("registry:issue-code", invitation.pk, lang=lang))
    assert response.status_code == 409
    said = {"en": "moved on since you opened the page", "fr": "a avancé depuis"}[lang]
    assert said in text_of(response)
    assert address("registry:invitation", invitation.pk, lang=lang) in text_of(response)
