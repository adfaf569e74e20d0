"""E-mails and text messages that could not be sent: work for the officers of the case's office."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from greffe.accounts.models import Person
from greffe.cases.models import Case
from greffe.cases.queries import worked_cases
from greffe.law.states import TransitionError
from greffe.notices.actions import retry_notice
from greffe.notices.bounce_actions import BOUNCED
from greffe.notices.letters import WordsGoneError
from greffe.notices.models import Notice
from greffe.notices.queries import failed_notices
from greffe.web.access import PortalRequest
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_pages import mail_subject

SHOWN = 50
LOOKED_AT = 1000
"""Failed e-mails that are looked at for those of one's own cases, the oldest first."""


def _mine(request: PortalRequest, notices: Sequence[Notice]) -> Iterator[tuple[Notice, list[Case]]]:
    """Those of the notices that concern a case this person works on, with these cases."""
    wanted = {case_id for notice in notices for case_id in notice.case_ids}
    worked = worked_cases(request.viewer, on=timezone.localdate()).filter(pk__in=wanted)
    cases = {case.pk: case for case in worked}
    for notice in notices:
        concerned = [cases[case_id] for case_id in notice.case_ids if case_id in cases]
        if concerned:
            yield notice, concerned


@require_safe
@for_roles(REGISTRY)
def unsent(request: PortalRequest) -> HttpResponse:
    """What could not be sent in the cases of this person's offices, the oldest first."""
    found = list(_mine(request, list(failed_notices()[:LOOKED_AT])))[:SHOWN]
    people = Person.objects.in_bulk({notice.person_id for notice, _ in found if notice.person_id})
    rows = [
        {
            "notice": notice,
            "cases": cases,
            "name": people[notice.person_id].name if notice.person_id in people else "",
            "subject": _subject(notice),
            "text": notice.medium == "text",
            "came_back": notice.last_error.startswith(BOUNCED),
        }
        for notice, cases in found
    ]
    return render(request, "registry/unsent.html", {"rows": rows})


def _subject(notice: Notice) -> str:
    words: dict[str, Any] = {
        "submission-accepted": gettext("Documents taken to the case file"),
        "submission-partly-accepted": gettext("Documents partly returned"),
        "submission-returned": gettext("Documents returned"),
        "submission-refused": gettext("Documents refused by the division"),
        "hearing-scheduled": gettext("Hearing scheduled"),
        "hearing-postponed": gettext("Hearing postponed"),
        "hearing-cancelled": gettext("Hearing cancelled"),
        "notice-issued": gettext("Notice issued"),
        "access-code": gettext("Access code by text message"),
    }
    return str(words.get(notice.kind) or mail_subject(notice.kind))


@require_POST
@for_roles(REGISTRY)
def send_again(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Send one again, to another address if one is given."""
    notice = failed_notices().filter(pk=notice_id).first()
    if notice is None or not list(_mine(request, [notice])):
        raise Http404
    address = request.POST.get("to", "").strip()
    if not (address or notice.recipient):
        messages.error(request, gettext("Nothing was sent: enter an e-mail address."))
        return redirect("registry:unsent")
    try:
        if address:
            validate_email(address)
        retry_notice(by=request.viewer.actor("officer"), notice_id=notice.pk, to=address)
    except ValidationError:
        said = gettext("Nothing was sent: “%(address)s” is not an e-mail address.")
        messages.error(request, said % {"address": address})
    except WordsGoneError:
        said = gettext(
            "Nothing was sent: what this e-mail said is no longer kept. Write to the person."
        )
        messages.error(request, said)
    except TransitionError:
        messages.info(request, gettext("This e-mail is already being sent again."))
    else:
        messages.success(request, gettext("The e-mail is being sent again."))
    return redirect("registry:unsent")
