"""Invitations of the demonstration, one at each step: work for the officers of two offices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from greffe.accounts.actions import add_person
from greffe.accounts.models import Person, User
from greffe.accounts.viewers import Viewer, viewer_of
from greffe.cases import actions as case_actions
from greffe.invitations import actions, meeting_actions
from greffe.invitations.meeting_actions import MeetingRecord, Seen
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.registration import Registration
from greffe.ledger.actors import SYSTEM
from greffe.rules import rules

STEPS = ("new", "asked", "invited", "returned", "met", "confirmed")
"""How far each of an office's counsel has come, in the order of `_Office.counsel`."""


@dataclass(frozen=True, slots=True)
class _Office:
    """An office, its officer, its language, and counsel who have no account yet."""

    id: str
    officer: str
    language: str
    prefix: str
    regulator: str
    counsel: tuple[str, ...]


_OFFICES = (
    _Office(
        "montreal",
        "greffe-montreal",
        "fr",
        "MC6",
        "barreau-quebec",
        (
            *("Sophie Lavoie", "Jean-Marc Dubé", "Isabelle Caron"),
            *("Marc-Antoine Roy", "Chantal Morin", "Yasmine Benali"),
        ),
    ),
    _Office(
        "vancouver",
        "registry-vancouver",
        "en",
        "VC6",
        "law-society-bc",
        (
            *("Grace Kim", "Robert Gill", "Hannah Fraser"),
            *("Peter Wong", "Laura Mitchell", "Anand Rao"),
        ),
    ),
)


def make() -> None:
    """Take one counsel of each office to each step."""
    for office in _OFFICES:
        _Desk(office).play()


class _Desk:
    """What an officer has done until today."""

    def __init__(self, office: _Office) -> None:
        self.office = office
        self.today = timezone.localdate()
        viewer = viewer_of(User.objects.get(username=office.officer), on=self.today)
        assert viewer is not None  # noqa: S101 - the demonstration has just made this officer
        self.officer: Viewer = viewer

    def play(self) -> None:
        for n, (step, name) in enumerate(zip(STEPS, self.office.counsel, strict=True)):
            person = self._counsel(name, n)
            getattr(self, f"_{step}")(person)

    def _counsel(self, name: str, n: int) -> Person:
        """Somebody on the record of a case of their own."""
        office, since = self.office, self.today - timedelta(days=100)
        mailbox = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
        person = add_person(
            by=SYSTEM, name=name, language=office.language, email=f"{mailbox}@example.org"
        )
        case = case_actions.open_case(
            by=SYSTEM,
            file_number=f"{office.prefix}-{5201 + n:05d}",
            division="RPD",
            office=office.id,
            language=office.language,
            since=since,
        )
        claimant = add_person(
            by=SYSTEM, name=f"{_CLAIMANTS[office.language]} {n + 1}", language=office.language
        )
        case_actions.add_participant(
            by=SYSTEM, case=case, person=claimant, part="claimant", since=since, principal=True
        )
        case_actions.add_counsel(by=SYSTEM, case=case, person=person, since=since)
        return person

    def _new(self, person: Person) -> None:
        """Nobody has invited this one yet."""

    def _asked(self, person: Person) -> None:
        actions.ask(
            asked=actions.Asked(
                name=person.name,
                email=person.email,
                phone="514 555 0190",
                file_number=f"{self.office.prefix}-05202",
                office=self.office.id,
                language=self.office.language,
            )
        )

    def _invited(self, person: Person, **how: str) -> Invitation:
        asked: dict[str, Any] = {"channel": "email"} | how
        return actions.invite(
            by=self.officer,
            person=person,
            office=self.office.id,
            language=self.office.language,
            **asked,
        )

    def _returned(self, person: Person) -> Invitation:
        invitation = self._invited(person)
        actions.return_form(invitation_id=invitation.pk, form=self._form(person))
        return invitation

    def _form(self, person: Person) -> Registration:
        return Registration(
            name=person.name,
            address=_ADDRESSES[self.office.language],
            mobile="514 555 0199",
            email=person.email,
            language=self.office.language,
            regulator=self.office.regulator,
            membership="lawyer",
            membership_number="204417",
        )

    def _met(self, person: Person) -> Invitation:
        """The meeting has begun, and its outcome is not recorded."""
        invitation = self._returned(person)
        actions.review_form(by=self.officer, invitation_id=invitation.pk, accepted=True)
        at = _morning(self.today + timedelta(days=3), self.office.id)
        meeting = meeting_actions.propose_meeting(
            by=self.officer,
            invitation_id=invitation.pk,
            times=[at, at + timedelta(days=1)],
            join="https://meet.example.org/greffe",
        )
        meeting_actions.choose_meeting(invitation_id=invitation.pk, starts_at=at)
        # The demonstration does not wait for the day.
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(hours=1))
        return invitation

    def _confirmed(self, person: Person) -> None:
        invitation = self._met(person)
        outcome = MeetingRecord(held=True, confirmed=True, seen=[Seen("passport", "4821")])
        meeting_actions.record_meeting(
            by=self.officer, invitation_id=invitation.pk, outcome=outcome
        )


_CLAIMANTS: Mapping[str, str] = {"fr": "Personne inventée", "en": "Invented Person"}
_ADDRESSES: Mapping[str, str] = {
    "fr": "1, rue de la Démonstration\nMontréal QC  H2X 1Y4",
    "en": "1 Demonstration Street\nVancouver BC  V5K 0A1",
}


def _morning(day: date, office: str) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=ZoneInfo(rules().office(office).zone))
