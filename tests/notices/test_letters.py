"""A notice as an e-mail: its headers, its bytes, and what nobody can put into them."""

import uuid
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.conf import settings as configured
from django.utils import timezone

from greffe.notices.kinds import KINDS
from greffe.notices.letters import RefusedError, content_of, letter_of, message_of, text_in
from greffe.notices.models import Notice
from greffe.notices.texts import words_of
from tests.support.mail import VALUES, context, queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sender(settings: Any) -> None:
    settings.MAIL_FROM = "Greffe électronique <greffe@tribunal.example>"
    settings.SITE_URL = "https://greffe.example"


def read(notice: Notice) -> EmailMessage:
    return message_from_bytes(letter_of(notice).content, policy=SMTP)


def text_of(notice: Notice) -> str:
    return str(read(notice).get_content()).replace("\r\n", "\n")


def one(**changes: Any) -> Notice:
    queue(**changes)
    return Notice.objects.get()


@pytest.mark.requirement("BY-06")
def test_message_is_plain_text_in_the_language_of_its_reader() -> None:
    notice = one(kind="submission-returned", language="fr")
    message = read(notice)
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message["Content-Language"] == "fr"
    assert message["Subject"] == (
        "Votre soumission vous est retournée\u00a0: déposez-la de nouveau"
    )
    assert "\nMotif du retour\u00a0:\n" in text_of(notice)


def test_headers_say_who_writes_to_whom_and_that_no_machine_should_answer() -> None:
    notice = one()
    message = read(notice)
    assert message["From"].addresses[0].display_name == "Greffe électronique"
    assert message["From"].addresses[0].addr_spec == "greffe@tribunal.example"
    assert message["To"] == "counsel@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{notice.id}@tribunal.example>"
    assert message["Date"].datetime == notice.created_at.replace(microsecond=0)
    unwanted = {name for name in message if name.startswith("List-")} | {"Precedence", "Bcc", "Cc"}
    assert not unwanted & set(message.keys())


@pytest.mark.parametrize("kind", KINDS)
def test_headers_hold_nothing_of_the_case(kind: str) -> None:
    message = read(one(kind=kind))
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    lines = [line for value in VALUES.values() for line in value.split("\n")]
    assert [line for line in lines if len(line) > 3 and line in headers] == []


def test_lines_on_the_wire_are_ascii_and_short() -> None:
    content = letter_of(one(kind="submission-refused", language="fr")).content
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_same_notice_is_the_same_bytes_each_time() -> None:
    notice = one()
    first = letter_of(notice)
    Notice.objects.update(attempts=7, last_error="no-answer")
    assert letter_of(Notice.objects.get()) == first


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "no-address"),
        ("nobody", "bad-address"),
        ("a@example.org, b@example.org", "bad-address"),
        ("a@example.org\r\nBcc: b@example.org", "bad-address"),
        ("é@example.org", "bad-address"),
        ("<a@example.org>", "bad-address"),
    ],
)
def test_address_that_mail_cannot_be_sent_to_is_refused_and_still_shown(
    address: str, code: str
) -> None:
    notice = one()
    notice.recipient = address
    with pytest.raises(RefusedError, match=code):
        letter_of(notice)
    assert message_of(notice)["Bcc"] is None


def digest_of(count: int, language: str = "en") -> Notice:
    for number in range(count):
        kind = "notice-issued" if number % 2 else "submission-accepted"
        queue(kind, language=language, digest="changes", case_ids=[uuid.uuid4()])
    lead, *others = Notice.objects.filter(language=language).order_by("created_at", "id")
    Notice.objects.filter(id__in=[one.id for one in others]).update(
        lead=lead, created_at=timezone.now() + timedelta(seconds=1)
    )
    return lead


@pytest.mark.requirement("BY-06")
def test_digest_tells_each_in_a_line() -> None:
    for language, said in (("en", "MC6-02345: new notice"), ("fr", "MC6-02345\u00a0: nouvel avis")):
        text = text_of(digest_of(4, language))
        assert text.split("\n").count(f"- {said}") == 2
        assert "more, which you will find" not in text
        assert f"https://greffe.example/{language}/portal/" in text


def test_large_digest_says_how_many_more_there_are() -> None:
    text = text_of(digest_of(60))
    assert text.count("\n- ") == 50
    assert "And 10 more," in text


def test_notice_of_a_digest_that_stayed_alone_is_itself() -> None:
    message = read(digest_of(1))
    assert message["Subject"] == "Your submission is on the case file"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("note", ["é" * 300, "one.\n.\n..two \nFrom x = y", "x" * 200])
def test_bytes_are_those_that_python_writes_of_the_same_message(language: str, note: str) -> None:
    values = context("submission-returned", note=note)
    notice = Notice(
        kind="submission-returned",
        language=language,
        recipient="counsel@example.org",
        context=values,
        message_id="<one@tribunal.example>",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    content = content_of(notice)
    message = message_of(notice)
    text = message.get_content()
    assert not message.defects
    words = words_of(notice.kind, language, values, site=configured.SITE_URL)
    assert text.replace("\r\n", "\n") == words.text
    message.set_content(text.replace("\r\n", "\n"), charset="utf-8", cte="quoted-printable")
    body = message.as_bytes().split(b"\r\n\r\n", 1)[1]
    assert content.endswith(b"\r\n\r\n" + body)
    assert max(map(len, content.split(b"\r\n"))) <= 78


@pytest.mark.requirement("MC-03")
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_calendar_file_goes_beside_the_words_with_the_method_it_has(method: str) -> None:
    file = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nX:{'é' * 200}\r\nEND:VCALENDAR\r\n"
    values = context("meeting-moved") | {"calendar": b64encode(file.encode()).decode()}
    notice = Notice(
        kind="meeting-moved",
        language="fr",
        recipient="counsel@example.org",
        context=values,
        message_id="<one@tribunal.example>",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    message = message_of(notice)
    words = words_of(notice.kind, "fr", values, site=configured.SITE_URL)
    assert text_in(message).replace("\r\n", "\n") == words.text
    assert message.get_content_type() == "multipart/mixed"
    assert [part.defects for part in message.walk()] == [[], [], []]
    _, calendar = message.iter_parts()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == method
    assert calendar.get_content() == file
    assert content_of(notice) == content_of(notice)
    assert max(map(len, content_of(notice).split(b"\r\n"))) <= 78
