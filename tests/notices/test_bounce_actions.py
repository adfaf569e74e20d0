"""An e-mail that comes back is work once, and nobody's report changes anything else."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices import outbox
from greffe.notices.actions import remove_words, retry_notice, send_due
from greffe.notices.bounce_actions import Noted, StillSendingError, note_bounce
from greffe.notices.bounces import BounceError, read_bounce
from greffe.notices.letters import WordsGoneError
from greffe.notices.models import Notice
from greffe.notices.queries import failed_notices
from tests.support.at_once import at_once
from tests.support.mail import MailServer, queue
from tests.support.reports import ADDRESS, SERVERS, Report

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-14")]

OFFICER = Actor(name="Lucie Gagnon", capacity="officer", person_id=uuid.UUID(int=3), account_id=4)
CASE = uuid.UUID(int=77)


def drain() -> None:
    now = timezone.now() + timedelta(minutes=3)
    while send_due(now=now):
        pass


@pytest.fixture
def sent(server: MailServer) -> Notice:
    """An e-mail that the mail server has taken."""
    assert server.port
    queue(to=ADDRESS, case_ids=[CASE])
    drain()
    return Notice.objects.get(state="sent")


def comes_back(notice: Notice, server: str = "postfix", **changes: str) -> Noted:
    report = Report(**({"message_id": notice.message_id} | changes))
    return note_bounce(by=SYSTEM, bounce=read_bounce(getattr(report, server)()))


def events(kind: Kind) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("at"))


@pytest.mark.parametrize("server_name", SERVERS)
def test_mail_that_comes_back_is_work_of_an_officer(sent: Notice, server_name: str) -> None:
    assert comes_back(sent, server_name) == "noted"
    failed = failed_notices(cases=[CASE]).get()
    assert (failed.id, failed.last_error, failed.sent_at) == (sent.id, "bounced 5.1.1", None)
    assert failed.diagnosis.startswith("550")
    (event,) = events(Kind.NOTICE_BOUNCED)
    assert (event.subject, event.case_ids, event.actor_capacity) == (sent.id, [CASE], "system")
    assert event.body == {
        "notice": "hearing-scheduled",
        "message_id": sent.message_id,
        "notices": 1,
        "error": "bounced 5.1.1",
        "report": failed.bounce,
    }
    assert ADDRESS not in str(event.body)
    assert len(events(Kind.NOTICE_SENT)) == 1


def test_same_report_twice_is_one_change(sent: Notice) -> None:
    assert comes_back(sent) == "noted"
    before = Notice.objects.values().get()
    assert comes_back(sent) == "known"
    assert comes_back(sent, own_id="<another@mx.example>") == "not-sent"
    assert Notice.objects.values().get() == before
    assert len(events(Kind.NOTICE_BOUNCED)) == 1


def test_old_report_does_not_undo_what_was_sent_again(sent: Notice, server: MailServer) -> None:
    comes_back(sent)
    retry_notice(by=OFFICER, notice_id=sent.id)
    assert comes_back(sent, own_id="<while-it-waits@mx.example>") == "not-sent"
    drain()
    assert comes_back(sent) == "known"
    assert Notice.objects.get().state == "sent"
    assert comes_back(sent, own_id="<second@mx.example>") == "noted"
    retry_notice(by=OFFICER, notice_id=sent.id, to="here@example.org")
    drain()
    assert comes_back(sent, own_id="<third@mx.example>") == "other-address"
    assert server.recipients == [ADDRESS, ADDRESS, "here@example.org"]
    assert Notice.objects.get().state == "sent"


def test_officer_who_sends_again_is_recorded_at_once(sent: Notice) -> None:
    comes_back(sent)
    notice = retry_notice(by=OFFICER, notice_id=sent.id, to="here@example.org")
    assert (notice.state, notice.last_error, notice.diagnosis) == ("queued", "", "")
    (event,) = events(Kind.NOTICE_RETRIED)
    assert (event.actor, event.subject, event.case_ids) == (OFFICER, sent.id, [CASE])
    assert event.body == {
        "notice": "hearing-scheduled",
        "message_id": sent.message_id,
        "notices": 1,
        "error": "bounced 5.1.1",
        "address_corrected": True,
    }
    assert "example.org" not in str(event.body)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"action": "delayed"}, "not-failed"),
        ({"action": "relayed"}, "not-failed"),
        ({"action": "delivered"}, "not-failed"),
        ({"address": "other@example.org"}, "other-address"),
    ],
)
@pytest.mark.parametrize("server_name", SERVERS)
def test_report_of_something_else_changes_nothing(
    sent: Notice, server_name: str, changes: dict[str, str], answer: str
) -> None:
    assert comes_back(sent, server_name, **changes) == answer
    assert Notice.objects.get().state == "sent"
    assert events(Kind.NOTICE_BOUNCED) == []


@pytest.mark.security(15)
def test_report_on_a_mail_that_is_not_ours_is_refused(sent: Notice) -> None:
    with pytest.raises(BounceError, match="unknown"):
        comes_back(sent, message_id=f"<{uuid.uuid4()}@tribunal.example>")
    assert Notice.objects.get().state == "sent"


def test_person_without_an_address_has_nothing_that_could_come_back(sent: Notice) -> None:
    Notice.objects.update(recipient="")
    assert comes_back(sent, address="") == "other-address"


def test_report_that_comes_before_the_mark_is_to_be_given_again(server: MailServer) -> None:
    queue(to=ADDRESS)
    (notice,) = outbox.claim(now=timezone.now() + timedelta(seconds=5), limit=1)
    with pytest.raises(StillSendingError):
        comes_back(notice)
    outbox.give_back([notice])
    assert comes_back(notice) == "not-sent"
    drain()
    assert comes_back(notice) == "noted"
    assert server.ids == [notice.message_id]


def test_digest_comes_back_whole(server: MailServer) -> None:
    cases = [uuid.uuid4() for _ in range(3)]
    for case in cases:
        queue(to=ADDRESS, digest="case", case_ids=[case])
    drain()
    lead = Notice.objects.get(lead=None)
    assert comes_back(lead) == "noted"
    assert set(Notice.objects.values_list("state", "last_error")) == {("failed", "bounced 5.1.1")}
    (event,) = events(Kind.NOTICE_BOUNCED)
    assert (event.body["notices"], sorted(event.case_ids)) == (3, sorted(cases))
    retry_notice(by=OFFICER, notice_id=lead.id)
    drain()
    assert server.ids == [lead.message_id] * 2


def test_mail_whose_words_are_gone_comes_back_and_is_not_sent_again(sent: Notice) -> None:
    remove_words(by=SYSTEM, notice=sent)
    assert comes_back(sent) == "noted"
    assert failed_notices().get() == sent
    with pytest.raises(WordsGoneError):
        retry_notice(by=OFFICER, notice_id=sent.id)
    assert events(Kind.NOTICE_RETRIED) == []


@pytest.mark.django_db(transaction=True)
def test_same_report_to_two_at_once_is_one_change(sent: Notice) -> None:
    content = Report(message_id=sent.message_id).postfix()

    def note() -> Noted:
        return note_bounce(by=SYSTEM, bounce=read_bounce(content))

    assert [one.result() for one in at_once(sent, note, note)] == ["noted", "known"]
    assert len(events(Kind.NOTICE_BOUNCED)) == 1
