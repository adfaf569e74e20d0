"""Text messages: short words in both languages, sealed while they wait, and not too many a day."""

from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from greffe.law.rows import fields_of
from greffe.notices import outbox, quota
from greffe.notices.actions import retry_notice
from greffe.notices.letters import WordsGoneError
from greffe.notices.models import Notice
from greffe.notices.quota import QuotaSpentError, Usage
from greffe.notices.sealed import SealError, seal, unseal
from greffe.notices.tasks import sweep_texts
from greffe.notices.text_messages import (
    KINDS,
    for_telephones,
    is_number,
    segments,
    template,
    withdraw,
    words_of,
)
from greffe.notices.texts import ContextError
from tests.notices.test_sending import OFFICER
from tests.support.mail import queue
from tests.support.texting import codes_grow_older, queue_code, send_texts, waiting_words
from tools.french import faults

pytestmark = [pytest.mark.requirement("MC-06")]
VALUES = {"code": "123456", "minutes": "10"}
BOTH = pytest.mark.parametrize("language", ["en", "fr"])


@pytest.mark.requirement("BY-06")
def test_every_file_is_a_kind_in_both_languages() -> None:
    folder = files("greffe.notices") / "templates" / "texts"
    expected = {f"{code}.{language}.txt" for code in KINDS for language in ("en", "fr")}
    assert {file.name for file in folder.iterdir()} == expected


@pytest.mark.requirement("BY-06")
@BOTH
@pytest.mark.parametrize("code", KINDS)
def test_message_fits_one_segment_and_is_filled(code: str, language: str) -> None:
    assert fields_of(template(code, language)) == KINDS[code].needed
    words = words_of(code, language, VALUES)
    assert segments(words) == 1
    assert "123456" in words
    assert "{" not in words


@pytest.mark.requirement("BY-06")
def test_french_is_written_as_french_is_and_keeps_its_accents_on_the_telephone() -> None:
    for code in KINDS:
        assert list(faults(template(code, "fr"))) == []
        words = words_of(code, "fr", VALUES)
        assert "d'accès" in words
        assert "demandé" in words
        assert "\u00a0" not in words


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_networks_do(words: str, count: int) -> None:
    assert segments(words) == count


@given(words=st.text(max_size=400))
def test_words_for_telephones_never_take_more_segments(words: str) -> None:
    assert segments(for_telephones(words)) <= segments(words)
    assert len(for_telephones(words)) == len(words)


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("+15145550100", True),
        ("+33123456789", True),
        ("15145550100", False),
        ("+1514555010०", False),
        ("+15145550100\n", False),
        ("+05145550100", False),
        ("", False),
    ],
)
def test_number_is_written_as_the_world_writes_it(number: str, right: bool) -> None:
    assert is_number(number) is right


@pytest.mark.security(4)
@given(words=st.text(max_size=200))
def test_sealed_words_are_opened_and_do_not_show(words: str) -> None:
    assert unseal(seal(words)) == words
    assert seal(words) != seal(words)
    assert len(words) < 4 or words not in seal(words)


@pytest.mark.security(4)
@pytest.mark.parametrize("sealed", ["", "123456", "gAAAAA", "é"])
def test_what_is_not_sealed_is_not_opened(sealed: str) -> None:
    with pytest.raises(SealError):
        unseal(sealed)


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT notice::text FROM notices_notice AS notice")
        return str(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(4)
def test_code_waits_sealed_and_its_message_wakes_the_worker(settings: Any) -> None:
    settings.TEXT_CHANNEL = ""
    before = ProcrastinateJob.objects.filter(task_name="notices.send_texts").count()
    queue_code("123456")
    assert "123456" not in rows()
    assert "123456" in waiting_words()[0]
    jobs = ProcrastinateJob.objects.filter(task_name="notices.send_texts")
    assert jobs.count() == before + 1
    assert send_texts() == 0
    assert Notice.objects.get().state == "queued"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "context", [{}, {"code": "1"}, {"code": "", "minutes": "1"}, VALUES | {"x": "1"}]
)
def test_wrong_context_is_our_mistake(context: dict[str, str]) -> None:
    with pytest.raises(ContextError):
        queue_code("", context=context)


@pytest.mark.django_db(transaction=True)
def test_message_outside_a_transaction_is_refused() -> None:
    from greffe.notices.text_messages import queue_text

    with pytest.raises(transaction.TransactionManagementError):
        queue_text(
            kind="access-code",
            language="en",
            to="",
            person=None,
            case_ids=[],
            context=VALUES,
            dedupe="x",
            lasts=timedelta(minutes=1),
        )


@pytest.mark.django_db
@pytest.mark.postgres15
def test_mail_server_that_is_down_keeps_no_text_message(settings: Any) -> None:
    settings.SMTP, settings.NOTICE_CHANNEL = "", ""
    settings.TEXT_CHANNEL = "page"
    queue()
    queue_code("123456")
    assert (send_texts(medium="mail"), send_texts()) == (0, 1)
    assert Notice.objects.get(medium="text").state == "sent"
    assert Notice.objects.get(medium="mail").state == "queued"


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(4)
def test_page_of_the_demonstration_shows_a_code_until_it_is_over(settings: Any) -> None:
    settings.TEXT_CHANNEL = "page"
    queue_code("123456")
    send_texts()
    sweep_texts(0)
    assert "123456" in waiting_words()[0]
    codes_grow_older(minutes=11)
    sweep_texts(0)
    assert Notice.objects.get().context == {}


@pytest.mark.django_db
@pytest.mark.postgres15
def test_message_that_waits_is_taken_back_and_one_under_way_is_not() -> None:
    queue_code("123456", dedupe="one")
    queue_code("654321", dedupe="two")
    assert withdraw(["one"]) == 1
    assert Notice.objects.get(dedupe="one").context == {}
    outbox.claim(now=outbox.clock(), limit=1, medium="text")
    assert withdraw(["one", "two"]) == 0
    assert Notice.objects.get(dedupe="two").state == "sending"


@pytest.mark.django_db
def test_officer_cannot_have_a_code_sent_again() -> None:
    queue_code("123456", to="")
    Notice.objects.update(state="failed", context={})
    with pytest.raises(WordsGoneError):
        retry_notice(by=OFFICER, notice_id=Notice.objects.get().id, to="+15145550100")


@pytest.mark.django_db
def test_database_refuses_an_unknown_medium_and_a_secret_without_an_end() -> None:
    queue()
    for change in ("medium = 'pigeon'", "secret = true"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE notices_notice SET {change}")


@given(used=st.integers(1, 5000), size=st.integers(1, 2000))
def test_warning_is_given_once_at_each_level(used: int, size: int) -> None:
    levels = [Usage(n, size).level for n in range(used + 1)]
    assert levels == sorted(levels)
    crossed = [n for n in range(1, used + 1) if Usage(n, size).crossed]
    assert [Usage(n, size).level for n in crossed] == sorted(set(levels) - {0})
    assert (Usage(used, size).level == 100) == (used >= size)


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_day_s_number_is_not_gone_beyond_and_begins_anew_the_next_day(settings: Any) -> None:
    settings.TEXT_DAILY_QUOTA = 3
    for n in range(3):
        queue_code(f"12345{n}")
    with pytest.raises(QuotaSpentError) as spent:
        queue_code("999999")
    assert spent.value.usage == Usage(3, 3)
    assert spent.value.again > outbox.clock()
    assert (spent.value.again.hour, spent.value.again.minute) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_notice SET created_at = created_at - interval '1 day'")
    queue_code("999999")
    assert quota.usage() == Usage(1, 3)


@pytest.mark.django_db
@pytest.mark.postgres15
def test_what_was_never_sent_does_not_count(settings: Any) -> None:
    settings.TEXT_DAILY_QUOTA = 10
    queue_code("123456", dedupe="one")
    queue_code("123457")
    queue()
    withdraw(["one"])
    assert quota.usage() == Usage(1, 10)
