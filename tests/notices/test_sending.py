"""The outbox drained: claimed once, sent once, tried again later, given up as somebody's work."""

import gc
import hashlib
import logging
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

import pytest
from django.db import connection, transaction
from django.utils import timezone

from greffe.law.states import TransitionError
from greffe.ledger.actors import Actor
from greffe.ledger.models import Event
from greffe.notices import outbox
from greffe.notices.actions import ATTEMPTS, BATCH, retry_notice, send_due
from greffe.notices.channels import Channel, register
from greffe.notices.letters import Letter, UnreachableError
from greffe.notices.models import Notice
from greffe.notices.outbox import Outcome, delay
from greffe.notices.queries import failed_notices
from tests.support.mail import MailServer, queue
from tests.support.serving import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

OFFICER = Actor(name="Lucie Gagnon", capacity="officer", person_id=uuid.UUID(int=3), account_id=4)
SEND_KINDS = ("notice-sent", "notice-failed")


def soon(**after: int) -> datetime:
    return timezone.now() + timedelta(**({"seconds": 5} | after))


def drain(now: datetime | None = None) -> int:
    now = now or soon()
    return sum(iter(lambda: send_due(now=now), 0))


def events() -> list[Event]:
    return list(Event.objects.filter(kind__in=SEND_KINDS).order_by("at"))


@pytest.mark.requirement("MC-16")
def test_notice_is_sent_once_and_recorded_without_its_address(server: MailServer) -> None:
    queue()
    assert (drain(), drain()) == (1, 0)
    notice = Notice.objects.get()
    assert (notice.state, notice.channel, notice.lease_until) == ("sent", "smtp", None)
    assert server.ids == [notice.message_id]
    assert server.recipients == ["counsel@example.org"]
    (event,) = events()
    content = server.accepted[0]
    assert event.body == {
        "notice": "hearing-scheduled",
        "message_id": notice.message_id,
        "sha256": hashlib.sha256(content).hexdigest(),
        "channel": "smtp",
        "notices": 1,
        "attempt": 1,
    }
    assert (event.subject, event.case_ids) == (notice.id, [uuid.UUID(int=9)])
    assert (event.kind, event.actor_capacity) == ("notice-sent", "system")
    assert "counsel@" not in str(event.body)


def test_one_connection_carries_a_batch(server: MailServer) -> None:
    for number in range(30):
        queue(to=f"counsel-{number}@example.org")
    assert drain() == 30
    assert len(set(server.recipients)) == 30
    assert server.connections == 1


def test_limit_is_kept(server: MailServer) -> None:
    for _ in range(5):
        queue()
    assert send_due(now=soon(), limit=2) == 2
    assert len(server.accepted) == 2


@pytest.mark.requirement("MC-14")
def test_recipient_that_is_refused_becomes_work_and_the_others_are_sent(server: MailServer) -> None:
    server.refused["gone@example.org"] = "550 5.1.1 no such person, gone@example.org"
    case = uuid.uuid4()
    for address in ("a@example.org", "gone@example.org", "b@example.org"):
        queue("submission-returned", to=address, case_ids=[case])
    assert drain() == 3
    assert sorted(server.recipients) == ["a@example.org", "b@example.org"]
    (failed,) = failed_notices()
    assert (failed.recipient, failed.last_error) == ("gone@example.org", "recipient-refused 550")
    assert failed_notices(cases=[case]).get() == failed
    assert not failed_notices(cases=[uuid.uuid4()]).exists()
    told = {event.kind: event for event in events()}
    assert told["notice-failed"].body["error"] == "recipient-refused 550"
    assert "gone@" not in str(told["notice-failed"].body)
    assert drain(soon(days=30)) == 0


def test_message_that_is_refused_for_good_is_given_up(server: MailServer) -> None:
    server.content_refused = "554 5.7.1 not here"
    queue()
    drain()
    assert failed_notices().get().last_error == "message-refused 554"


@pytest.mark.parametrize(("to", "error"), [("", "no-address"), ("nobody", "bad-address")])
def test_person_without_an_address_is_work_for_an_officer(
    server: MailServer, to: str, error: str
) -> None:
    queue(to=to)
    queue()
    drain()
    assert failed_notices().get().last_error == error
    assert len(server.accepted) == 1


@pytest.mark.parametrize("what", ["recipient", "message"])
def test_temporary_refusal_is_tried_again_later_with_the_same_message(
    server: MailServer, what: str
) -> None:
    if what == "recipient":
        server.refused["counsel@example.org"] = "450 4.2.0 later"
    else:
        server.content_refused = "452 4.3.1 full"
    queue()
    queue(to="other@example.org")
    assert drain() == 2
    notice = Notice.objects.get(recipient="counsel@example.org")
    assert (notice.state, notice.attempts) == ("queued", 1)
    assert notice.last_error == f"{what}-refused {450 if what == 'recipient' else 452}"
    server.refused.clear()
    server.content_refused = ""
    assert drain(soon(seconds=30)) == 0
    assert drain(soon(minutes=5)) >= 1
    assert server.ids.count(notice.message_id) == 1
    assert [event.kind for event in events()] == ["notice-sent"] * 2
    assert {event.body["attempt"] for event in events() if event.subject == notice.id} == {2}


def test_delay_doubles_up_to_four_hours_for_five_days() -> None:
    minutes = [delay(attempt).total_seconds() / 60 for attempt in range(1, ATTEMPTS)]
    assert minutes[:4] == [1, 2, 4, 8]
    assert max(minutes) == 240
    assert 4 <= sum(minutes) / 60 / 24 <= 6
    assert delay(10_000) == delay(ATTEMPTS)


def test_last_attempt_is_given_up(server: MailServer) -> None:
    server.refused["counsel@example.org"] = "450 4.2.0 later"
    queue()
    Notice.objects.update(attempts=ATTEMPTS - 1)
    drain()
    assert failed_notices().get().last_error == "recipient-refused 450"


def test_server_that_is_down_costs_one_attempt_and_loses_nothing(
    server: MailServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMTP = f"smtp+plain://127.0.0.1:{free_port()}"
    for number in range(10):
        queue(to=f"counsel-{number}@example.org")
    with caplog.at_level(logging.WARNING, "greffe.notices"):
        assert send_due(now=soon()) == 0
    assert "the mail server takes nothing: no-answer" in caplog.text
    assert "@" not in caplog.text
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0] * 9 + [1]
    assert set(Notice.objects.values_list("state", flat=True)) == {"queued"}
    settings.SMTP = server.url
    assert drain() == 9
    assert drain(soon(minutes=2)) == 1
    assert sorted(set(server.recipients)) == sorted(server.recipients)
    assert len(server.recipients) == 10


def test_without_a_mail_server_notices_wait(settings: Any) -> None:
    settings.SMTP, settings.NOTICE_CHANNEL = "", ""
    queue()
    assert send_due(now=soon()) == 0
    assert (Notice.objects.get().state, Notice.objects.get().attempts) == ("queued", 0)


def test_notice_claimed_by_another_is_left_alone_until_its_lease_ends(server: MailServer) -> None:
    queue()
    (claimed,) = outbox.claim(now=soon(), limit=10)
    assert (claimed.state, claimed.attempts) == ("sending", 1)
    assert drain(soon(minutes=4)) == 0
    assert drain(soon(minutes=6)) == 1
    assert server.ids == [claimed.message_id]


def test_mark_that_comes_after_the_lease_was_given_to_another_changes_nothing(
    server: MailServer,
) -> None:
    del server
    queue()
    now = soon()
    (late,) = outbox.claim(now=now, limit=10)
    (second,) = outbox.claim(now=now + outbox.LEASE, limit=10)
    assert not outbox.mark(late, Outcome("sent", "smtp"))
    outbox.give_back([late])
    assert Notice.objects.get().lease_until == second.lease_until
    assert outbox.mark(second, Outcome("sent", "smtp"))


def test_notice_that_cannot_be_written_does_not_keep_the_others(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    queue()
    Notice.objects.update(kind="of an earlier version")
    queue()
    assert drain() == 2
    assert failed_notices().get().last_error == "not-written"
    assert len(server.accepted) == 1
    assert "cannot be written" in caplog.text


def test_officer_tries_again_with_a_corrected_address(server: MailServer) -> None:
    server.refused["gone@example.org"] = "550 5.1.1 no such person"
    queue(to="gone@example.org")
    drain()
    notice = failed_notices().get()
    retried = retry_notice(by=OFFICER, notice_id=notice.id, to="here@example.org")
    assert (retried.state, retried.recipient, retried.last_error) == (
        "queued", "here@example.org", "",
    )  # fmt: skip
    assert not failed_notices().exists()
    drain()
    assert server.recipients == ["here@example.org"]
    assert server.ids == [notice.message_id]
    failed, sent = events()
    assert (failed.actor, sent.actor) == (failed.actor, OFFICER)
    assert failed.actor_capacity == "system"
    with pytest.raises(TransitionError):
        retry_notice(by=OFFICER, notice_id=notice.id)


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_notice_that_has_not_failed_is_not_tried_again(state: str) -> None:
    queue()
    if state == "sending":
        outbox.claim(now=soon(), limit=1)
    with pytest.raises(TransitionError):
        retry_notice(by=OFFICER, notice_id=Notice.objects.get().id)


def test_digest_is_one_message_for_each_person_touched(server: MailServer) -> None:
    cases = [uuid.uuid4() for _ in range(100)]
    with transaction.atomic():
        for number, case in enumerate(cases):
            queue(to="busy@example.org", digest="transfer", case_ids=[case])
            queue(to=f"counsel-{number}@example.org", digest="transfer", case_ids=[case])
    assert drain() == 0
    assert drain(soon(minutes=3)) == 101
    assert server.recipients.count("busy@example.org") == 1
    assert len(server.recipients) == 101
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    (told,) = [event for event in events() if event.body["notices"] > 1]
    assert told.body["notices"] == 100
    assert sorted(told.case_ids) == sorted(cases)


def test_digest_is_made_of_one_language_one_address_and_one_group(server: MailServer) -> None:
    for changes in ({}, {"language": "fr"}, {"to": "x@example.org"}, {"digest": "other"}):
        for _ in range(2):
            queue(**({"digest": "case"} | changes))
    queue()
    assert drain(soon(minutes=3)) == 5
    assert len(server.accepted) == 5


def test_digest_tried_again_is_the_same_message_and_later_news_is_another(
    server: MailServer,
) -> None:
    server.content_refused = "451 4.3.0 later"
    for _ in range(3):
        queue(digest="case")
    drain(soon(minutes=3))
    lead = Notice.objects.get(lead=None)
    assert set(Notice.objects.values_list("state", flat=True)) == {"queued"}
    server.content_refused = ""
    queue(digest="case")
    drain(soon(minutes=10))
    assert len(server.accepted) == 2
    (again,) = [m for m in server.messages if m["Message-ID"] == lead.message_id]
    assert again.get_content().count("\n- ") == 3
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_digest_that_cannot_be_sent_is_one_piece_of_work_and_is_retried_whole(
    server: MailServer,
) -> None:
    server.refused["gone@example.org"] = "550 5.1.1 no such person"
    for _ in range(3):
        queue(to="gone@example.org", digest="case")
    drain(soon(minutes=3))
    failed = failed_notices().get()
    retry_notice(by=OFFICER, notice_id=failed.id, to="here@example.org")
    queue(to="here@example.org", digest="case")
    drain(soon(minutes=3))
    assert len(server.accepted) == 2
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_two_claims_make_one_digest_once(server: MailServer) -> None:
    for _ in range(5):
        queue(digest="case")
    (lead,) = outbox.claim(now=soon(minutes=3), limit=2)
    assert outbox.claim(now=soon(minutes=3), limit=2) == []
    outbox.give_back([lead])
    assert drain(soon(minutes=3)) == 1
    assert server.messages[0].get_content().count("\n- ") == 5


class Counting:
    """Takes letters, and counts how many notices are in memory meanwhile."""

    def __init__(self) -> None:
        self.most, self.taken = 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def send(self, letter: Letter) -> None:
        del letter
        self.taken += 1
        if self.taken % BATCH == 1:
            self.most = max(self.most, sum(type(o) is Notice for o in gc.get_objects()))


_TEN_THOUSAND = """
INSERT INTO notices_notice (id, kind, language, recipient, case_ids, context, dedupe, digest,
    state, attempts, message_id, channel, last_error)
SELECT gen_random_uuid(), kind, language, n || recipient, case_ids, context, dedupe || n, digest,
    state, attempts, '<' || n || message_id, channel, last_error
FROM notices_notice, generate_series(2, 10000) AS n
"""


def test_ten_thousand_at_once_are_taken_by_the_hundred(settings: Any) -> None:
    queue()
    with connection.cursor() as cursor:
        cursor.execute(_TEN_THOUSAND)
    counting = Counting()
    register(Channel("counting", lambda _seconds: counting))
    settings.NOTICE_CHANNEL = "counting"
    assert [send_due(now=soon(), limit=20_000) for _ in range(4)] == [BATCH] * 4
    assert counting.taken == Notice.objects.filter(state="sent").count() == 4 * BATCH
    assert Notice.objects.filter(state="queued", attempts=0).count() == 10_000 - 4 * BATCH
    assert BATCH - 1 <= counting.most <= 2 * BATCH


def test_ten_thousand_for_one_person_are_one_message(server: MailServer) -> None:
    queue(digest="case")
    with connection.cursor() as cursor:
        cursor.execute(_TEN_THOUSAND.replace("n || recipient", "recipient"))
    assert drain(soon(minutes=3)) == 1
    assert "And 9950 more," in server.messages[0].get_content()
    assert not Notice.objects.exclude(state="sent").exists()


class Slow:
    """Has taken its time for the first letter, and would for the others."""

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def send(self, letter: Letter) -> None:
        del letter
        self.clock[0] += 70.0


def test_slow_server_gets_no_further_letter_once_the_budget_is_spent(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("greffe.notices.actions.time.monotonic", lambda: clock[0])
    register(Channel("slow", lambda _seconds: Slow(clock)))
    settings.NOTICE_CHANNEL = "slow"
    for _ in range(3):
        queue()
    assert send_due(now=soon()) == 1
    left = Notice.objects.filter(state="queued")
    assert [notice.attempts for notice in left] == [0, 0]


def test_unreachable_says_code_and_status_alone() -> None:
    assert str(UnreachableError("login-refused", 535)) == "login-refused 535"
    assert str(UnreachableError("no-answer")) == "no-answer"
