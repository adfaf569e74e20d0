"""One change that touches ten thousand people: each gets one e-mail, once."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.actions import BATCH, queue_notice, send_due
from greffe.notices.models import Notice
from tests.support.mail import context
from tests.support.mail_sink import Running, mail_sink

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-14"),
]

PEOPLE, CASES_OF_ONE = 10_000, 500
BUSY = "busy@example.org"


@transaction.atomic
def one_change() -> None:
    """What a transfer of many cases does: a notice to each person, and many to one of them."""
    values = context("hearing-scheduled")
    everybody = [f"counsel-{number}@example.org" for number in range(PEOPLE - 1)]
    for number, address in enumerate([*everybody, *[BUSY] * CASES_OF_ONE]):
        queue_notice(
            kind="hearing-scheduled",
            language="fr" if address == BUSY or number % 3 else "en",
            to=address,
            person=None,
            case_ids=[uuid.UUID(int=number)],
            context=values,
            dedupe=f"one change {number}",
            digest="transfer",
        )


@pytest.fixture
def sink(settings: Any, tmp_path: Path) -> Iterator[Running]:
    """A mail server that this deployment sends to, in a process of its own."""
    with mail_sink(tmp_path) as running:
        settings.SMTP, settings.NOTICE_CHANNEL = running.url, "smtp"
        settings.MAIL_FROM = "Greffe <greffe@tribunal.example>"
        yield running


@pytest.mark.timeout(600)  # half a minute on a quiet machine, which that of a suite is not
def test_ten_thousand_people_touched_by_one_change_get_one_message_each(sink: Running) -> None:
    one_change()
    now = timezone.now() + timedelta(minutes=3)
    batches = list(iter(lambda: send_due(now=now), 0))
    assert (sum(batches), max(batches)) == (PEOPLE, BATCH)

    told = dict(Notice.objects.filter(lead=None).values_list("message_id", "recipient"))
    assert len(told) == len(sink.taken) == PEOPLE
    assert dict(sink.taken) == told
    assert len(set(told.values())) == PEOPLE
    assert Notice.objects.filter(state="sent").count() == PEOPLE - 1 + CASES_OF_ONE
    assert not Notice.objects.exclude(state="sent").exists()
    events = Event.objects.filter(kind=Kind.NOTICE_SENT)
    assert set(events.values_list("body__message_id", flat=True)) == set(told)
    assert events.count() == PEOPLE
    (digest,) = events.filter(body__notices__gt=1)
    assert (digest.body["notices"], len(digest.case_ids)) == (CASES_OF_ONE, CASES_OF_ONE)
