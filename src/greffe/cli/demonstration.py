"""Invented people and cases for the demonstration. Nobody here exists."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from greffe.accounts.actions import add_person, give_role, open_account
from greffe.accounts.models import Person, Role, User
from greffe.cases import actions
from greffe.cases.models import Case, FamilyGroup
from greffe.cases.rules import rules
from greffe.cli import demonstration_filings, demonstration_invitations
from greffe.ledger.actors import SYSTEM

PASSWORD = "une-phrase-de-passe-de-demonstration"  # noqa: S105 - the demonstration's, told in the README


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person with an account."""

    username: str
    name: str
    language: str
    role: Role | None = None
    office: str = ""


PEOPLE = (
    Somebody("tremblay", "Amélie Tremblay", "fr"),
    Somebody("okafor", "Daniel Okafor", "en"),
    Somebody("greffe-montreal", "Lucie Gagnon", "fr", Role.OFFICER, "montreal"),
    Somebody("superviseure", "Nadine Bélanger", "fr", Role.SUPERVISOR, "montreal"),
    Somebody("registry-vancouver", "Priya Sandhu", "en", Role.OFFICER, "vancouver"),
    Somebody("commissaire", "Henri Beaulieu", "fr", Role.MEMBER),
    Somebody("auditor", "Margaret Chen", "en", Role.AUDITOR),
    Somebody("operator", "Samir Haddad", "fr", Role.OPERATOR),
)


def make() -> bool:
    """Enter the invented people and cases, once. Gives False where they are already there."""
    if User.objects.exists():
        return False
    with transaction.atomic():
        _Scene().play()
        demonstration_invitations.make()
    demonstration_filings.make()
    return True


class _Scene:
    """Makes everything relative to today, so that hearings are ahead and limits are near."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.start = self.today - timedelta(days=200)
        self.people = {somebody.username: self._enter(somebody) for somebody in PEOPLE}

    def _enter(self, somebody: Somebody) -> Person:
        person = add_person(
            by=SYSTEM,
            name=somebody.name,
            language=somebody.language,
            email=f"{somebody.username}@example.org",
        )
        open_account(by=SYSTEM, person=person, username=somebody.username, password=PASSWORD)
        if somebody.role:
            division = "RPD" if somebody.role == Role.MEMBER else ""
            give_role(
                by=SYSTEM,
                person=person,
                role=somebody.role,
                since=self.start,
                office=somebody.office,
                division=division,
            )
        return person

    def play(self) -> None:
        """Open the cases."""
        self._claims_of_a_family()
        self._claim("VC6-01377", "vancouver", "en", "Tesfaye Gebremedhin", "okafor", days=11)
        self._claim("TC6-04410", "toronto", "en", "Rosa Delgado Quispe", "okafor", days=33)
        self._appeals()
        self._detention()

    def _case(self, number: str, division: str, office: str, language: str) -> Case:
        return actions.open_case(
            by=SYSTEM,
            file_number=number,
            division=division,
            office=office,
            language=language,
            since=self.start,
        )

    def _people(self, case: Case, name: str, part: str, *counsel: str) -> Person:
        mailbox = f"{case.file_number.lower()}@example.org"
        person = add_person(by=SYSTEM, name=name, language=case.language, email=mailbox)
        actions.add_participant(
            by=SYSTEM, case=case, person=person, part=part, since=self.start, principal=True
        )
        for username in counsel:
            actions.add_counsel(
                by=SYSTEM, case=case, person=self.people[username], since=self.start
            )
        return person

    def _claim(
        self, number: str, office: str, language: str, name: str, counsel: str, *, days: int
    ) -> Case:
        case = self._case(number, "RPD", office, language)
        self._people(case, name, "claimant", counsel)
        self._hear(case, office, days)
        return case

    def _hear(self, case: Case, office: str, days: int) -> None:
        day = self.today + timedelta(days=days)
        while day.weekday() > 4:  # noqa: PLR2004 - Friday
            day += timedelta(days=1)
        member = self.people["commissaire"] if office == "montreal" else None
        actions.schedule_hearing(
            by=SYSTEM, case=case, starts_at=_at(day, office), office=office, member=member
        )

    def _claims_of_a_family(self) -> None:
        group = FamilyGroup.objects.create(name="Rahimi")
        names = ("Farzana Rahimi · فرزانه رحیمی", "Navid Rahimi · نوید رحیمی")
        for number, name in zip(("MC6-02345", "MC6-02346"), names, strict=True):
            case = self._claim(number, "montreal", "fr", name, "tremblay", days=18)
            Case.objects.filter(pk=case.pk).update(family_group=group)
        claimant = Person.objects.get(name=names[0])
        open_account(by=SYSTEM, person=claimant, username="rahimi", password=PASSWORD)
        case = Case.objects.get(file_number="MC6-02345")
        actions.join_minister(by=SYSTEM, case=case, department="ircc", since=self.start)

    def _appeals(self) -> None:
        day = self.today
        recorded = self._case("MC6-00871", "RAD", "montreal", "fr")
        self._people(recorded, "Jean-Baptiste N’Guessan", "appellant", "tremblay")
        actions.record_appeal(by=SYSTEM, case=recorded, on=day - timedelta(days=12))
        actions.note_date(
            by=SYSTEM, case=recorded, event="written-reasons-received", on=day - timedelta(days=20)
        )
        waiting = self._case("MC6-00902", "RAD", "montreal", "fr")
        self._people(waiting, "María José Ibáñez", "appellant", "tremblay")
        sponsorship = self._case("TC5-10022", "IAD", "toronto", "en")
        self._people(sponsorship, "Nguyễn Thị Hương", "appellant", "okafor")
        actions.record_appeal(by=SYSTEM, case=sponsorship, on=day - timedelta(days=70))
        actions.note_date(
            by=SYSTEM, case=sponsorship, event="appeal-record-received", on=day - timedelta(days=41)
        )
        closed = self._case("MC4-07781", "RPD", "montreal", "fr")
        self._people(closed, "Olena Kovalenko", "claimant", "tremblay")
        actions.close_case(by=SYSTEM, case=closed, on=day - timedelta(days=90))

    def _detention(self) -> None:
        case = self._case("0018-C6-00154", "ID", "montreal", "fr")
        self._people(case, "Kofi Mensah", "person-concerned", "tremblay")
        self._hear(case, "montreal", 9)


def _at(day: date, office: str) -> datetime:
    zone = ZoneInfo(rules().office(office).zone)
    return datetime.combine(day, time(9, 0), tzinfo=zone)
