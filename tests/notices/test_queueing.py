"""Owing a notice: all or nothing with the change, once a change, one wake-up a transaction."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from greffe.notices.actions import queue_notice
from greffe.notices.models import Notice
from greffe.notices.texts import ContextError
from tests.support.mail import context, queue

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def jobs() -> int:
    return int(ProcrastinateJob.objects.filter(task_name="notices.send").count())


class ChangeFailedError(Exception):
    pass


def change_that_fails() -> None:
    with transaction.atomic():
        queue()
        raise ChangeFailedError


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(db: None) -> None:
    """The tables of jobs are not Django's: what a test committed would stay."""
    del db
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_change_that_fails_leaves_no_notice_and_no_job() -> None:
    with pytest.raises(ChangeFailedError):
        change_that_fails()
    assert not Notice.objects.exists()
    assert jobs() == 0


@pytest.mark.django_db(transaction=True)
def test_notice_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        queue_notice(
            kind="notice-issued",
            language="en",
            to="a@example.org",
            person=None,
            case_ids=[],
            context=context("notice-issued"),
            dedupe="x",
        )


def test_same_change_told_twice_is_one_notice() -> None:
    assert queue(dedupe="hearing 1 counsel 2")
    before = Notice.objects.get()
    assert not queue(dedupe="hearing 1 counsel 2", to="other@example.org")
    assert Notice.objects.get().recipient == before.recipient


def test_notice_keeps_only_what_its_template_needs() -> None:
    case = uuid.uuid4()
    queue("notice-issued", case_ids=[case, case], person=None)
    notice = Notice.objects.get()
    assert notice.context == {"file_number": "MC6-02345", "link": "/en/portal/submissions/1/"}
    assert notice.case_ids == [case]
    assert (notice.state, notice.attempts, notice.lease_until) == ("queued", 0, None)
    assert notice.message_id == f"<{notice.id}@localhost>"


def test_wrong_context_undoes_the_change() -> None:
    with pytest.raises(ContextError):
        queue("notice-issued", context={"file_number": "MC6-02345"})


@pytest.mark.parametrize("kind", ["unheard-of", "digest"])
def test_kind_that_nobody_queues_is_our_mistake(kind: str) -> None:
    with pytest.raises(KeyError):
        queue(kind, context=context("notice-issued"))


def test_language_that_is_not_official_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError):
        queue(language="de")


@pytest.mark.django_db(transaction=True)
def test_hundred_notices_of_one_change_wake_the_worker_once() -> None:
    with transaction.atomic():
        for number in range(100):
            queue(to=f"counsel-{number}@example.org")
    assert (Notice.objects.count(), jobs()) == (100, 1)
    queue()
    assert jobs() == 2


@pytest.mark.django_db(transaction=True)
def test_wake_up_of_a_part_that_was_undone_is_made_again() -> None:
    with transaction.atomic():
        with pytest.raises(ChangeFailedError):
            change_that_fails()
        queue()
    assert (Notice.objects.count(), jobs()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_digest_waits_for_others_and_wakes_nobody() -> None:
    queue(digest="case")
    assert jobs() == 0
    notice = Notice.objects.get()
    assert round((notice.next_attempt_at - notice.created_at).total_seconds()) == 120


def test_address_cannot_carry_a_second_line() -> None:
    queue(to="a@example.org\r\nBcc: b@example.org")
    assert "\n" not in Notice.objects.get().recipient


def test_state_without_its_lease_is_refused_by_the_database() -> None:
    queue()
    for change in ("state = 'sending'", "lease_until = now()", "state = 'sent'", "state = 'lost'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE notices_notice SET {change}")
