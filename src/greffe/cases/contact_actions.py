"""Contact details: changed by their person, told to whoever the rules want told of it."""

import dataclasses
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.queries import minister_is_party, represented_or_own
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.representation_rows import ContactDuty
from greffe.law.rows import Text
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind
from greffe.notices.actions import queue_notice
from greffe.rules import rules


@dataclasses.dataclass(frozen=True, slots=True)
class Contact:
    """Where a person is reached. Telephone numbers are E.164, or empty; so may the rest be."""

    firm: str
    address: str
    phone: str
    mobile: str
    email: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class Duty:
    """A case where the rules want the change given to somebody beside the division."""

    case: Case
    row: ContactDuty


_WORDS: Mapping[str, Text] = {
    "firm": Text(en="firm", fr="cabinet"),
    "address": Text(en="address", fr="adresse"),
    "phone": Text(en="telephone", fr="téléphone"),
    "mobile": Text(en="mobile telephone", fr="téléphone mobile"),
    "email": Text(en="e-mail address", fr="adresse de courriel"),
    "language": Text(en="language", fr="langue"),
}
_EASTERN = Text(en="Eastern time", fr="heure de l’Est")


def contact_of(person: Person) -> Contact:
    """Where a person is reached now."""
    return Contact(**{name: getattr(person, name) for name in _WORDS})


@transaction.atomic
def change_contact(*, by: Viewer, contact: Contact) -> Sequence[Duty] | None:
    """Change one's own contact details; None where nothing is different.

    The change stands on the history of each open case where the person is counsel or whose own it
    is: so its division has it. An e-mail to the addresses before and after says what was changed;
    neither it nor the ledger says to what. Gives the cases where the rules want somebody else told
    as well.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=by.id)
    before = contact_of(person)
    changed = [name for name in _WORDS if getattr(before, name) != getattr(contact, name)]
    if not changed:
        return None
    for name in changed:
        setattr(person, name, getattr(contact, name))
    person.save(update_fields=changed)
    today = timezone.localdate()
    theirs = represented_or_own(by, on=today, as_delegate=False)  # an address is a person's own
    cases = list(theirs.filter(status="open").order_by("file_number"))
    duties = [duty for case in cases if (duty := _duty(case)) is not None]
    event = record(
        kind=Kind.CONTACT_CHANGED,
        by=by.actor("account"),
        subject=person.id,
        case_ids=[case.pk for case in cases],
        body={"changed": changed, "duties": sorted({duty.row.id for duty in duties})},
    )
    for address in sorted({before.email, contact.email} - {""}):
        _tell(person, address, changed, key=f"{event.id}:{address}")
    return duties


def _duty(case: Case) -> Duty | None:
    today = timezone.localdate()
    row = rules().contact_duty(case.division, today)
    if row is None:
        return None
    if row.only_if_minister_is_party and not minister_is_party(case, on=today):
        return None
    return Duty(case, row)


def _tell(person: Person, address: str, changed: Sequence[str], *, key: str) -> None:
    lang = person.language
    queue_notice(
        kind="contact-changed",
        language=lang,
        to=address,
        person=person.id,
        case_ids=[],
        context={
            "changed": ", ".join(_WORDS[name].get(lang) for name in changed),
            "when": long_time(eastern(timezone.now()), lang, place=_EASTERN.get(lang)),
            "link": f"/{lang}/portal/account/contact/",
        },
        dedupe=f"contact-changed:{key}",
    )
