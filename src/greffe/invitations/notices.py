"""Telling the invited person, by e-mail, in the language of the invitation.

Whoever gave no e-mail address is told by letter or telephone: an officer sees that.
"""

from datetime import date
from typing import Any

from greffe.accounts.models import Person
from greffe.invitations.codes import own_path
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.steps import case_ids, latest_form
from greffe.law.calendar import local
from greffe.law.dates import long_date, long_time
from greffe.notices.actions import queue_notice
from greffe.rules import rules

CODE_PATH = "/{language}/invitation/code/"
JOINED_PATH = "/{language}/portal/"
MAIL_KEY = "invitation"
"""How the keys of the e-mails of invitations begin; the id and the kind follow."""


def address_of(invitation: Invitation) -> str:
    """The e-mail address to which the person is told now, or "" where there is none."""
    form = latest_form(invitation)
    if form is not None and form.email:
        return form.email
    if invitation.channel == Invitation.Channel.EMAIL and invitation.sent_to:
        return invitation.sent_to
    return invitation.person.email if invitation.person else ""


def tell(invitation: Invitation, kind: str, *, key: str, **said: Any) -> bool:
    """Owe the person an e-mail of this kind; False where they have no address, or it is owed.

    `key` tells this change from another of the same kind. In the transaction of the change.
    """
    to = address_of(invitation)
    if not to:
        return False
    return send(invitation, kind, to=to, key=key, **said)


def send(invitation: Invitation, kind: str, *, to: str, key: str, **said: Any) -> bool:
    """Owe an e-mail to a given address."""
    person = invitation.person
    assert isinstance(person, Person)  # noqa: S101 - only an invitation of somebody is told
    link = said.pop("link", "") or own_path(invitation.id, invitation.language)
    return queue_notice(
        kind=kind,
        language=invitation.language,
        to=to,
        person=person.id,
        case_ids=case_ids(invitation),
        context={"link": link, "support": support_of(invitation)} | said,
        dedupe=f"{MAIL_KEY}:{invitation.id}:{kind}:{key}",
    )


def support_of(invitation: Invitation) -> str:
    """Where questions about the portal go: the mailbox and the telephone of the region."""
    region = rules().region(rules().office(invitation.office).region)
    return f"{region.portal_email}, {region.portal_telephone}"


def day(on: date | None, invitation: Invitation) -> str:
    """A day in words, in the language of the invitation; "" for none."""
    return long_date(on, invitation.language) if on else ""


def when(meeting: Meeting, invitation: Invitation) -> str:
    """When a meeting begins, by the clock of the office; "" while no time is chosen."""
    if meeting.starts_at is None:
        return ""
    office = rules().office(meeting.office)
    at = local(meeting.starts_at, office.zone)
    return long_time(at, invitation.language, place=office.label.get(invitation.language))
