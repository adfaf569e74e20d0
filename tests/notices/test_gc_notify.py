"""GC Notify on the loopback: taken with proof, refused, slow, cut, moved, and out of order."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from greffe.ledger.models import Event
from greffe.notices import gc_notify
from greffe.notices.addresses import NotifyService
from greffe.notices.channels import channel
from greffe.notices.gc_notify import text_session
from greffe.notices.letters import (
    DelayedError,
    Letter,
    MailError,
    RefusedError,
    UnreachableError,
)
from greffe.notices.models import Notice
from greffe.notices.queries import failed_notices
from tests.support.mail import context, queue
from tests.support.notify import KEY, SECRET, TEMPLATES, Notify, notify_server
from tests.support.serving import DEADLINE, free_port
from tests.support.texting import MOBILE, queue_code, send_texts

pytestmark = [pytest.mark.requirement("MC-06")]
LETTER = Letter("", MOBILE, "Code d'accès : 123456".encode(), "<one@greffe.example>")


@pytest.fixture
def notify() -> Iterator[Notify]:
    with notify_server() as running:
        yield running


@pytest.fixture
def deployed(notify: Notify, settings: Any) -> Notify:
    """This deployment sends by it: text messages, and e-mails."""
    settings.NOTIFY_URL, settings.NOTIFY_KEY = notify.url, KEY
    settings.NOTIFY_TEXT_TEMPLATE = TEMPLATES["sms"]
    settings.NOTIFY_MAIL_TEMPLATE = TEMPLATES["email"]
    settings.SMTP, settings.NOTICE_CHANNEL = "", "gc-notify"
    settings.TEXT_CHANNEL = "gc-notify-text"
    return notify


def send(notify: Notify, letter: Letter = LETTER, key: str = KEY, template: str = "") -> str:
    service = NotifyService.read(notify.url, key)
    with text_session(service, template or TEMPLATES["sms"], DEADLINE) as opened:
        return opened.send(letter)


def refusal(notify: Notify, **changes: Any) -> MailError:
    with pytest.raises(MailError) as error:
        send(notify, **changes)
    assert "123456" not in str(error.value)
    assert error.value.__cause__ is None
    return error.value


def test_message_is_taken_with_its_accents_its_reference_and_a_proof(notify: Notify) -> None:
    proof = send(notify)
    (taken,) = notify.accepted
    assert taken["phone_number"] == MOBILE
    assert taken["personalisation"] == {"text": "Code d'accès : 123456"}
    assert taken["reference"] == "<one@greffe.example>"
    assert len(proof) == 36


def test_one_connection_carries_several(notify: Notify) -> None:
    service = NotifyService.read(notify.url, KEY)
    with text_session(service, TEMPLATES["sms"], DEADLINE) as opened:
        assert len({opened.send(LETTER) for _ in range(5)}) == 5
    assert notify.connections == 1


@pytest.mark.parametrize(
    ("status", "error", "words", "kind", "said"),
    [
        (400, "ValidationError", "phone_number Must not…", RefusedError, "recipient-refused 400"),
        (400, "InvalidPhoneError", "Not a number", RefusedError, "recipient-refused 400"),
        (400, "BadRequestError", "Template not found", UnreachableError, "not-accepted 400"),
        (
            400,
            "BadRequestError",
            "Can't send to this recipient when service is in trial mode",
            UnreachableError,
            "not-accepted 400",
        ),
        (401, "AuthError", "Unauthorized", UnreachableError, "login-refused 401"),
        (403, "AuthError", "Invalid token", UnreachableError, "login-refused 403"),
        (404, "NoResultFound", "No result found", UnreachableError, "not-accepted 404"),
        (429, "RateLimitError", "Exceeded rate limit", UnreachableError, "too-many 429"),
        (429, "TooManyRequestsError", "Exceeded send limits", UnreachableError, "too-many 429"),
        (500, "Exception", "Internal server error", UnreachableError, "no-answer 500"),
        (503, "Exception", "Unavailable", UnreachableError, "no-answer 503"),
    ],
)
def test_refusal_is_about_the_recipient_or_about_us(
    notify: Notify, status: int, error: str, words: str, kind: type[MailError], said: str
) -> None:
    notify.answer = status, error, words
    found = refusal(notify)
    assert (type(found), str(found)) == (kind, said)


def test_number_that_the_service_does_not_take_is_refused(notify: Notify) -> None:
    found = refusal(notify, letter=Letter("", "+999", b"x", "<r>"))
    assert (type(found), str(found)) == (RefusedError, "recipient-refused 400")


def test_wrong_secret_is_a_refused_login(notify: Notify) -> None:
    found = refusal(notify, key=KEY.replace(SECRET, SECRET[:-1] + "0"))
    assert str(found) == "login-refused 403"


def test_server_that_is_away_is_unreachable(notify: Notify) -> None:
    notify.port = free_port()
    found = refusal(notify)
    assert (type(found), str(found)) == (UnreachableError, "no-answer")


@pytest.mark.parametrize("where", ["asked", "taken"])
def test_connection_cut_without_an_answer_may_have_been_taken(notify: Notify, where: str) -> None:
    notify.cut = where
    assert isinstance(refusal(notify), DelayedError)


def test_slow_answer_is_not_waited_for(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc_notify, "ANSWER_SECONDS", 0.3)
    notify.silent = "taken"
    assert str(refusal(notify)) == "connection-lost"


def test_session_whose_time_is_over_is_cut_whatever_the_service_does(notify: Notify) -> None:
    notify.silent = "asked"
    service = NotifyService.read(notify.url, KEY)
    with text_session(service, TEMPLATES["sms"], 0.5) as opened:
        with pytest.raises(DelayedError):
            opened.send(LETTER)
        with pytest.raises(UnreachableError):
            opened.send(LETTER)


@pytest.mark.parametrize("raw", [b"<html>hello</html>", b"", b"[]", b"{}", b'{"id": 7}'])
def test_answer_without_a_proof_is_asked_for_again(notify: Notify, raw: bytes) -> None:
    notify.raw = raw
    found = refusal(notify)
    assert (type(found), str(found)) == (DelayedError, "no-proof")


def test_service_that_says_it_has_moved_is_not_followed(notify: Notify) -> None:
    with notify_server() as elsewhere:
        notify.moved = f"{elsewhere.url}/v2/notifications/sms"
        assert str(refusal(notify)) == "not-accepted 302"
        assert elsewhere.connections == 0


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://api.notification.canada.ca", KEY),
        ("https://user:secret@api.notification.canada.ca", KEY),
        ("api.notification.canada.ca", KEY),
        ("https://api.notification.canada.ca:x", KEY),
        ("https://api.notification.canada.ca", "not a key"),
        ("https://api.notification.canada.ca", SECRET),
    ],
)
def test_address_or_key_that_cannot_be_meant_is_refused_without_telling_it(
    url: str, key: str, settings: Any
) -> None:
    settings.NOTIFY_URL, settings.NOTIFY_KEY = url, key
    with pytest.raises(ImproperlyConfigured) as refused:
        channel()
    assert SECRET not in str(refused.value)
    assert "user" not in str(refused.value)


def test_key_is_not_shown() -> None:
    service = NotifyService.read("https://api.notification.canada.ca", KEY)
    assert SECRET not in repr(service)
    assert "123456" not in repr(LETTER)


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(4)
def test_sent_message_keeps_its_proof_and_loses_its_words(deployed: Notify) -> None:
    queue_code("123456")
    assert send_texts() == 1
    notice = Notice.objects.get()
    assert (notice.state, notice.channel, notice.context) == ("sent", "gc-notify-text", {})
    assert len(notice.proof) == 36
    assert deployed.references == [notice.message_id]
    assert "123456" in deployed.texts[0]
    event = Event.objects.get(kind="text-sent")
    assert event.body == {
        "notice": "access-code",
        "message_id": notice.message_id,
        "channel": "gc-notify-text",
        "notices": 1,
        "attempt": 1,
        "proof": notice.proof,
        "segments": 1,
    }


@pytest.mark.django_db
@pytest.mark.postgres15
def test_refused_number_is_work_for_an_officer_and_keeps_nobody_else(deployed: Notify) -> None:
    deployed.refused[MOBILE] = ("InvalidPhoneError", f"Not a valid number: {MOBILE}")
    queue_code("123456")
    queue_code("654321", to="+16045550199", person=None)
    send_texts()
    failed = failed_notices().get()
    assert (failed.last_error, failed.context) == ("recipient-refused 400", {})
    assert len(deployed.accepted) == 1
    event = Event.objects.get(kind="text-failed")
    assert event.body["error"] == "recipient-refused 400"
    assert MOBILE not in str(event.body)


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_service_that_is_down_loses_nothing_and_is_tried_again(
    deployed: Notify, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    deployed.answer = status, "Exception", f"down for {MOBILE}"
    for n in range(3):
        queue_code(f"12345{n}")
    with caplog.at_level(logging.DEBUG):
        send_texts()
    assert "the service for text messages takes nothing" in caplog.text
    assert MOBILE not in caplog.text
    assert "12345" not in caplog.text
    assert sorted(Notice.objects.values_list("attempts", "state")) == [
        (0, "queued"), (0, "queued"), (1, "queued"),
    ]  # fmt: skip
    deployed.answer = None
    send_texts(minutes=2)
    assert len(deployed.accepted) == 3
    assert len(set(deployed.references)) == 3


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(4)
def test_message_is_not_sent_after_its_code_is_over(deployed: Notify) -> None:
    deployed.answer = 500, "Exception", "Internal server error"
    queue_code("123456")
    send_texts()
    deployed.answer = None
    send_texts(minutes=11)
    notice = Notice.objects.get()
    assert (notice.state, notice.last_error, notice.context) == ("failed", "too-late", {})
    assert deployed.accepted == []


@pytest.mark.django_db
@pytest.mark.postgres15
def test_message_sealed_under_another_secret_is_given_up(deployed: Notify, settings: Any) -> None:
    queue_code("123456")
    settings.SECRET_KEY = "another"
    send_texts()
    assert failed_notices().get().last_error == "not-opened"


@pytest.mark.django_db
@pytest.mark.postgres15
def test_former_secret_still_opens_what_was_sealed_under_it(
    deployed: Notify, settings: Any
) -> None:
    queue_code("123456")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    send_texts()
    assert "123456" in deployed.texts[0]


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.requirement("MC-16")
def test_e_mail_goes_by_the_same_service_where_it_has_a_template(deployed: Notify) -> None:
    queue("hearing-scheduled", language="fr")
    assert send_texts(medium="mail") == 1
    (taken,) = deployed.accepted
    notice = Notice.objects.get()
    assert taken["email_address"] == "counsel@example.org"
    assert taken["reference"] == notice.message_id
    assert set(taken["personalisation"]) == {"subject", "text"}
    assert "MC6-02345" in taken["personalisation"]["text"]
    assert "\r" not in taken["personalisation"]["text"]
    assert "MC6-02345" not in taken["personalisation"]["subject"]
    assert (notice.state, notice.channel) == ("sent", "gc-notify")
    assert Event.objects.get(kind="notice-sent").body["proof"] == notice.proof


@pytest.mark.django_db
def test_e_mail_with_a_calendar_file_goes_as_its_words(deployed: Notify) -> None:
    file = b64encode(b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n").decode()
    queue("meeting-moved", context=context("meeting-moved") | {"calendar": file})
    send_texts(medium="mail")
    (taken,) = deployed.accepted
    assert "https://meet.example.org/greffe" in taken["personalisation"]["text"]
    assert "VCALENDAR" not in str(taken)


@pytest.mark.django_db
@pytest.mark.postgres15
def test_failure_is_no_work_any_more_once_a_later_code_has_reached_the_person(
    deployed: Notify,
) -> None:
    deployed.refused[MOBILE] = ("InvalidPhoneError", "Not a valid number")
    queue_code("123456")
    send_texts()
    assert failed_notices().count() == 1
    deployed.refused.clear()
    queue_code("654321")
    send_texts()
    assert not failed_notices().exists()
