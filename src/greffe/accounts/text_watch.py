"""Tells the operators when the text messages of the day run out: in the log, and by e-mail."""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from greffe.accounts.models import Person, Role
from greffe.notices.actions import queue_notice
from greffe.notices.quota import Usage

logger = logging.getLogger(__name__)


@transaction.atomic
def watch(usage: Usage) -> int:
    """Warn if the last message has brought the day to 70 % or to its end; gives how many e-mails.

    Once a day and level; `greffe doctor` says it at any time.
    """
    if not usage.crossed:
        return 0
    logger.warning("text messages of the day: %s of %s are used", usage.used, usage.quota)
    day = timezone.now().date()  # of UTC, as they are counted
    return sum(
        queue_notice(
            kind="text-quota",
            language=person.language,
            to=person.email,
            person=person.id,
            case_ids=[],
            context={
                "used": str(usage.used),
                "quota": str(usage.quota),
                "level": str(usage.level),
                "link": f"/{person.language}/",
            },
            dedupe=f"text-quota:{day}:{usage.level}:{person.id}",
        )
        for person in _operators()
    )


def _operators() -> list[Person]:
    today = timezone.localdate()
    held = Q(staff_roles__held_to=None) | Q(staff_roles__held_to__gt=today)
    operators = Person.objects.filter(
        held, staff_roles__role=Role.OPERATOR, staff_roles__held_from__lte=today
    )
    return list(operators.exclude(email="").distinct().order_by("id"))
