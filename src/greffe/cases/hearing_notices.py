"""Telling people of a hearing: one e-mail each, in the person's own language."""

from datetime import date

from django.urls import reverse
from django.utils import translation

from greffe.accounts.models import Person
from greffe.cases.hearing_queries import Told, local_start, people_to_tell, place_of
from greffe.cases.models import Hearing
from greffe.law.dates import long_time
from greffe.notices.actions import queue_notice

DIGEST = "hearings"
"""What comes within a short time goes out as one e-mail: a family has a hearing in each case."""


def tell_of(
    hearing: Hearing, kind: str, *, on: date, before: Hearing | None = None, key: str = ""
) -> Told:
    """Queue a notice about a hearing for everybody in its case on that day; say who is told how.

    `kind` is one of greffe.notices.kinds, `before` the hearing whose place this one takes, `key`
    what tells this change from another of the same kind. In the transaction of the change.
    """
    told = people_to_tell(hearing.case, on=on)
    for person in told.by_email:
        queue_notice(
            kind=kind,
            language=person.language,
            to=person.email,
            person=person.pk,
            case_ids=[hearing.case_id],
            context=_context(kind, hearing, before, person),
            dedupe=f"{kind}:{hearing.pk}:{hearing.revision}:{key}:{person.pk}",
            digest=DIGEST,
        )
    return told


def _context(kind: str, hearing: Hearing, before: Hearing | None, person: Person) -> dict[str, str]:
    with translation.override(person.language):
        link = reverse("portal:case", args=[hearing.case_id])
    said = {"file_number": hearing.case.file_number, "link": link}
    if kind == "notice-issued":
        return said
    said["when"] = _when(hearing, person.language)
    if kind != "hearing-cancelled":
        said["place"] = hearing.place or place_of(hearing).label.get(person.language)
    if before is not None:
        said["before"] = _when(before, person.language)
    return said


def _when(hearing: Hearing, lang: str) -> str:
    return long_time(local_start(hearing), lang, place=place_of(hearing).label.get(lang))
