"""The demonstration's mail: what the registry would have sent, for anybody to read.

Its addresses exist only where GREFFE_DEMO is set, and everybody in there is invented.
"""

from email.message import EmailMessage
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from greffe.notices.letters import WordsGoneError, message_of
from greffe.notices.models import Notice
from greffe.notices.queries import find_mail, latest_mail
from greffe.notices.states import NOTICE
from greffe.notices.texts import template
from greffe.web.components import Tag, Tone

SHOWN = 50
_TONES: dict[str, Tone] = {"sent": "success", "failed": "danger", "sending": "information"}


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """List the latest e-mails."""
    _only_in_the_demonstration()
    lines = [
        {"notice": notice, "subject": _subject(_written(notice)), "state": _state(notice)}
        for notice in latest_mail(SHOWN)
    ]
    return render(request, "demonstration/mail.html", {"lines": lines, "shown": SHOWN})


@require_safe
def message(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Show one e-mail as it would be sent."""
    _only_in_the_demonstration()
    notice = find_mail(notice_id)
    if notice is None:
        raise Http404
    written = _written(notice)
    shown = {
        "notice": notice,
        "message_id": notice.message_id,
        "subject": _subject(written),
        "text": written.get_content().replace("\r\n", "\n"),
        "state": _state(notice),
    }
    return render(request, "demonstration/message.html", shown)


def _only_in_the_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def _written(notice: Notice) -> EmailMessage:
    """The e-mail, or that its words are no longer kept."""
    try:
        return message_of(notice)
    except WordsGoneError:
        emptied = EmailMessage()
        emptied["Subject"] = template(notice.kind, notice.language).subject
        emptied.set_content(gettext("What this e-mail said is no longer kept: its time is over."))
        return emptied


def _subject(written: EmailMessage) -> str:
    return str(written["Subject"])


def _state(notice: Notice) -> Tag:
    label = NOTICE.label(notice.state, get_language() or settings.LANGUAGE_CODE)
    return Tag(label, _TONES.get(notice.state, "neutral"))
