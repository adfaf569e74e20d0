"""What is made of an invitation for its person: letters to print, and the entry of a calendar."""

from base64 import b64encode
from datetime import datetime
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from greffe.cases.hearing_messages import REGISTRY
from greffe.cases.rules import rules
from greffe.invitations.codes import own_path
from greffe.invitations.models import Invitation, Meeting, RegistrationForm
from greffe.invitations.notices import address_of
from greffe.law.calendar import eastern, local
from greffe.law.dates import long_time
from greffe.law.rows import Text
from greffe.ledger.keys import key_ring
from greffe.papers import invitation as papers
from greffe.papers.calendar import Attendee, Entry, calendar_of
from greffe.papers.texts import Lang

MEETING: Final = Text(
    en="Identity meeting with the registry", fr="Rencontre d’identité avec le greffe"
)
CANCELLED_MEETING: Final = Text(
    en="Cancelled: identity meeting with the registry",
    fr="Annulée : rencontre d’identité avec le greffe",
)
BRING: Final = Text(
    en="Have an identity document with your photograph at hand.",
    fr="Ayez sous la main une pièce d’identité avec photo.",
)
LETTER_SHEETS: Final = 2
"""Sheets of an invitation with its form, without the first sheet of a fax."""


def reference_of(invitation: Invitation) -> str:
    """What the letters call an invitation: the beginning of its id, "3F0C-9A21"."""
    begins = invitation.pk.hex[:8].upper()
    return f"{begins[:4]}-{begins[4:]}"


def letter_of(invitation: Invitation) -> bytes:
    """The invitation with its registration form, in the language of the person. PaperError."""
    lang = _lang(invitation)
    today = timezone.localdate()
    memberships = [row.label.get(lang) for row in rules().memberships if row.in_force(today)]
    return papers.render_invitation(
        papers.Invitation(
            head=_head(invitation, lang),
            reply_by=invitation.due_on or today,
            memberships=memberships,
        )
    )


def fax_cover_of(invitation: Invitation, *, sheets: int = LETTER_SHEETS) -> bytes:
    """The first sheet of a fax of so many more sheets. Raises PaperError."""
    head = _head(invitation, _lang(invitation))
    number = invitation.sent_to if invitation.channel == Invitation.Channel.FAX else ""
    return papers.render_fax_cover(papers.FaxCover(head, number, sheets + 1))


def code_letter_of(
    invitation: Invitation, form: RegistrationForm, code: str, until: datetime
) -> bytes:
    """The letter that carries a code, in groups with a dash between them. Raises PaperError."""
    lang = _lang(invitation)
    zone = rules().office(invitation.office).zone
    with translation.override(lang):
        address = settings.SITE_URL + reverse("sign-in")
    return papers.render_code_letter(
        papers.CodeLetter(
            head=_head(invitation, lang),
            groups=code.split("-"),
            until=local(until, zone),
            address=address,
            mobile=masked(form.mobile),
        )
    )


def masked(number: str) -> str:
    """A telephone number of which only the end can be read: "••• ••• 0123"."""
    return f"••• ••• {number[-4:]}"


def _lang(invitation: Invitation) -> Lang:
    return "fr" if invitation.language == "fr" else "en"


def _head(invitation: Invitation, lang: Lang) -> papers.Head:
    now = timezone.now()
    on = eastern(now).date()
    office = rules().office(invitation.office)
    region = rules().region(office.region, on)
    person = invitation.person
    return papers.Head(
        lang=lang,
        demonstration=key_ring().demonstration,
        counsel=invitation.standing == Invitation.Standing.COUNSEL,
        name=person.name if person else "",
        address=_address(invitation),
        office=office.label.get(lang),
        region=region.label.get(lang),
        sender="",
        file_numbers=[invitation.case.file_number] if invitation.case else [],
        reference=reference_of(invitation),
        portal_email=region.portal_email,
        portal_telephone=region.portal_telephone,
        issued=local(now, office.zone),
    )


def _address(invitation: Invitation) -> str:
    """The lines under the name: where the letter goes by mail; nothing for a fax."""
    if invitation.channel == Invitation.Channel.MAIL:
        return invitation.sent_to
    return invitation.person.address if invitation.person else ""


def calendar_file(meeting: Meeting, invitation: Invitation) -> str:
    """The file that goes with an e-mail about a meeting, in base64 (RFC 6047)."""
    lang = _lang(invitation)
    return b64encode(calendar_of(calendar_entry(meeting, lang), made=timezone.now())).decode()


def calendar_entry(meeting: Meeting, lang: Lang) -> Entry:
    """The entry of a calendar for an identity meeting that has a time. Names nobody in its title.

    Its uid is that of the meeting, and its revision goes up with each change: a calendar that has
    it moves it, or strikes it out.
    """
    invitation = meeting.invitation
    office = rules().office(meeting.office)
    starts_at = meeting.starts_at
    if starts_at is None:
        raise ValueError("the meeting has no time yet")
    email = address_of(invitation)
    attendees = [Attendee(invitation.person.name, email)] if invitation.person and email else []
    said = CANCELLED_MEETING if meeting.cancelled else MEETING
    at = long_time(local(starts_at, office.zone), lang, place=office.label.get(lang))
    return Entry(
        uid=f"{meeting.pk}@{urlsplit(settings.SITE_URL).hostname}",
        revision=meeting.sequence,
        cancelled=meeting.cancelled,
        starts_at=starts_at,
        minutes=meeting.minutes,
        title=said.get(lang),
        place=" ".join(meeting.join.split()),
        description="\n".join((at, meeting.join, BRING.get(lang))),
        link=settings.SITE_URL + own_path(invitation.pk, lang),
        organizer=parseaddr(settings.MAIL_FROM)[1],
        registry=REGISTRY.get(lang),
        attendees=attendees,
    )
