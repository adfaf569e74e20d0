"""The demonstration's e-mails and text messages: what would have been sent, for anybody to read.

Its addresses exist only where GREFFE_DEMO is set, and everybody in there is invented.
"""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from greffe.notices.letters import RefusedError, WordsGoneError, message_of, text_in
from greffe.notices.models import Notice
from greffe.notices.queries import find_mail, latest_mail
from greffe.notices.states import NOTICE
from greffe.notices.text_messages import TEXT, segments, words_to_read
from greffe.notices.texts import template
from greffe.web.components import Tag, Tone

SHOWN = 50
_TONES: dict[str, Tone] = {"sent": "success", "failed": "danger", "sending": "information"}


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """List the latest e-mails and text messages."""
    _only_in_the_demonstration()
    lines = [
        {
            "notice": notice,
            "subject": _written(notice)[0],
            "state": _state(notice),
            "text": notice.medium == TEXT,
        }
        for notice in latest_mail(SHOWN)
    ]
    return render(request, "demonstration/mail.html", {"lines": lines, "shown": SHOWN})


@require_safe
def message(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Show one as it would be sent."""
    _only_in_the_demonstration()
    notice = find_mail(notice_id)
    if notice is None:
        raise Http404
    subject, text = _written(notice)
    shown = {
        "notice": notice,
        "message_id": notice.message_id,
        "subject": subject,
        "text": text,
        "state": _state(notice),
        "segments": segments(text) if notice.medium == TEXT else 0,
    }
    return render(request, "demonstration/message.html", shown)


def _only_in_the_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def _written(notice: Notice) -> tuple[str, str]:
    """The subject and the text, or that the words are no longer kept."""
    try:
        if notice.medium == TEXT:
            return gettext("Text message"), words_to_read(notice)
        written = message_of(notice)
    except (RefusedError, WordsGoneError):  # or sealed under another secret
        if notice.medium == TEXT:
            gone = gettext("What this text message said is no longer kept: its time is over.")
            return gettext("Text message"), gone
        gone = gettext("What this e-mail said is no longer kept: its time is over.")
        return template(notice.kind, notice.language).subject, gone
    return str(written["Subject"]), text_in(written).replace("\r\n", "\n")


def _state(notice: Notice) -> Tag:
    label = NOTICE.label(notice.state, get_language() or settings.LANGUAGE_CODE)
    return Tag(label, _TONES.get(notice.state, "neutral"))
