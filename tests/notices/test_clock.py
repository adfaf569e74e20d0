"""The clock jumps, forward or back: nothing is lost, nothing is sent twice but by overtaking."""

import logging
from datetime import datetime, timedelta
from typing import Any, Self

import pytest
from django.utils import timezone

from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices import outbox
from greffe.notices.actions import send_due
from greffe.notices.channels import Channel, register
from greffe.notices.letters import Letter
from greffe.notices.models import Notice
from tests.support.mail import MailServer, queue

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-14")]

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now() + timedelta(seconds=5)


def sent_once(server: MailServer) -> None:
    """Every notice was taken once, and is known to have been."""
    ids = sorted(Notice.objects.values_list("message_id", flat=True))
    assert sorted(server.ids) == ids
    assert set(Notice.objects.values_list("state", "attempts")) <= {("sent", 1), ("sent", 2)}
    events = Event.objects.filter(kind=Kind.NOTICE_SENT)
    assert sorted(events.values_list("body__message_id", flat=True)) == ids


def test_clock_that_jumps_between_batches_loses_and_doubles_nothing(
    server: MailServer, now: datetime
) -> None:
    for number in range(6):
        queue(to=f"counsel-{number}@example.org")
    jumps = [0, -1, 400, -400, 0]
    assert [send_due(now=now + days * DAY, limit=2) for days in jumps] == [2, 0, 2, 0, 2]
    assert send_due(now=now + DAY) == 0
    sent_once(server)


def test_second_try_that_a_fast_clock_put_off_comes_when_that_time_is_reached(
    server: MailServer, now: datetime
) -> None:
    server.refused["counsel@example.org"] = "450 4.2.0 later"
    queue()
    assert send_due(now=now + DAY) == 1
    server.refused.clear()
    assert send_due(now=now) == 0
    assert send_due(now=now + DAY + 2 * MINUTE) == 1
    sent_once(server)


def test_claim_of_a_killed_worker_whose_clock_was_fast_ends_when_that_time_is_reached(
    server: MailServer, now: datetime
) -> None:
    queue()
    outbox.claim(now=now + DAY, limit=1)
    assert send_due(now=now) == 0
    assert send_due(now=now + DAY) == 0
    assert send_due(now=now + DAY + outbox.LEASE) == 1
    sent_once(server)


def test_notice_queued_while_the_clock_was_fast_waits_and_does_not_keep_the_others(
    server: MailServer, now: datetime
) -> None:
    queue()
    Notice.objects.update(next_attempt_at=now + DAY, created_at=now + DAY)
    queue()
    assert send_due(now=now) == 1
    assert Notice.objects.get(state="queued").attempts == 0
    assert send_due(now=now + DAY) == 1
    sent_once(server)


class ClockJumps:
    """Takes letters; while it takes the first, the clock jumps and another worker claims it."""

    def __init__(self, now: datetime, *, jump: timedelta) -> None:
        self.later, self.taken, self.claimed = now + jump, list[Letter](), list[Notice]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def send(self, letter: Letter) -> None:
        if not self.taken:
            self.claimed = outbox.claim(now=self.later, limit=10)
        self.taken.append(letter)


@pytest.mark.parametrize("days", [-1, 0])
def test_clock_that_jumps_back_while_a_letter_is_sent_lets_nobody_else_send_it(
    settings: Any, now: datetime, days: int
) -> None:
    way = ClockJumps(now, jump=days * DAY)
    register(Channel("jumping", lambda _seconds: way))
    settings.NOTICE_CHANNEL = "jumping"
    queue()
    assert send_due(now=now) == 1
    assert (way.claimed, len(way.taken)) == ([], 1)
    assert Notice.objects.get().state == "sent"


def test_clock_that_jumps_forward_while_a_letter_is_sent_repeats_the_same_bytes_at_most(
    settings: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    way = ClockJumps(now, jump=DAY)
    register(Channel("jumping", lambda _seconds: way))
    settings.NOTICE_CHANNEL = "jumping"
    queue()
    with caplog.at_level(logging.WARNING, "greffe.notices"):
        assert send_due(now=now) == 1
    assert "the lease was over before it was marked" in caplog.text
    assert [notice.state for notice in way.claimed] == ["sending"]
    assert not Event.objects.filter(kind=Kind.NOTICE_SENT).exists()
    assert send_due(now=now + DAY + outbox.LEASE) == 1
    assert [letter.content for letter in way.taken] == [way.taken[0].content] * 2
    assert Event.objects.filter(kind=Kind.NOTICE_SENT).count() == 1
    assert send_due(now=now + 40 * DAY) == 0
