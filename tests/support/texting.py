"""Access codes in tests: read from what waits to be sent, and time that goes by for them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from tests.support.guessing import time_goes_by

if TYPE_CHECKING:
    from greffe.accounts.models import User
    from tests.support.scenes import Scene

MOBILE, OTHER = "+15145550100", "+16045550199"
HERE, THERE = "session-of-this-browser", "session-of-another-browser"


def waiting_words() -> list[str]:
    """What the text messages that still have words say, the oldest first."""
    from greffe.notices.models import Notice
    from greffe.notices.text_messages import words_to_read

    texts = Notice.objects.filter(medium="text").exclude(context={}).order_by("created_at", "id")
    return [words_to_read(notice) for notice in texts]


def code_in(words: str) -> str:
    """The access code that a text message holds."""
    found = re.search(r"\b\d{6}\b", words)
    assert found is not None, words
    return found[0]


def last_code() -> str:
    """The code of the latest message that waits."""
    return code_in(waiting_words()[-1])


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def codes_grow_older(**time: float) -> None:
    """Move every code, its message and what was counted so far into the past."""
    gone = timedelta(**time)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_accesscode SET sent_at = sent_at - %(gone)s,"
            " expires_at = expires_at - %(gone)s",
            {"gone": gone},
        )
        cursor.execute(
            "UPDATE notices_notice SET give_up_at = give_up_at - %(gone)s WHERE secret",
            {"gone": gone},
        )
    time_goes_by(gone.total_seconds())


def send_texts(*, medium: str = "text", **later: float) -> int:
    """Send what is due, as the worker does, now or so much later."""
    from greffe.notices.actions import send_due

    now = timezone.now() + timedelta(seconds=5) + timedelta(**later)
    return sum(iter(lambda: send_due(now=now, medium=medium), 0))


def queue_code(code: str, **changes: Any) -> UUID:
    """Owe somebody a text message with a code, as an action would; give its id."""
    from django.db import transaction

    from greffe.notices.text_messages import queue_text

    asked: dict[str, Any] = {
        "kind": "access-code",
        "language": "en",
        "to": MOBILE,
        "person": UUID(int=5),
        "case_ids": [UUID(int=9)],
        "context": {"code": code, "minutes": "10"},
        "dedupe": str(uuid4()),
        "lasts": timedelta(minutes=10),
    }
    with transaction.atomic():
        return queue_text(**(asked | changes))[0]


def send(scene: Scene, user: User, **changes: Any) -> str:
    """Send a code; give its digits."""
    from greffe.accounts import access_codes
    from greffe.accounts.models import AccessCode

    asked: dict[str, Any] = {
        "by": scene.viewer(user).actor("account"),
        "user": user,
        "purpose": AccessCode.Purpose.FIRST_SIGN_IN,
        "mobile": MOBILE,
        "bound_to": HERE,
        "language": "en",
    }
    access_codes.send(**(asked | changes))
    return last_code()


def enter(scene: Scene, user: User, typed: str, **changes: Any) -> str:
    """Enter what was typed; give why it was refused, "" where it was not."""
    from greffe.accounts import access_codes
    from greffe.accounts.code_errors import ExpiredCodeError, WrongCodeError
    from greffe.accounts.models import AccessCode

    asked: dict[str, Any] = {
        "by": scene.viewer(user).actor("account"),
        "user": user,
        "purpose": AccessCode.Purpose.FIRST_SIGN_IN,
        "bound_to": HERE,
    }
    try:
        access_codes.enter(**(asked | {"typed": typed} | changes))
    except (WrongCodeError, ExpiredCodeError) as error:
        return error.why
    return ""
