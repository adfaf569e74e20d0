"""The words of e-mails go when their row says so; who got what, when, never does."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from greffe.cases.models import Case
from greffe.cases.rules import reload_rules
from greffe.filings.draft_actions import expire_all
from greffe.filings.mail_retention import empty, mail_over
from greffe.filings.retention import everything_over
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from greffe.notices.queries import mail_with_words
from tests.support.mail import queue
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-14")]

DAY = timedelta(days=1)
KEPT = (
    *("id", "kind", "language", "recipient", "person_id", "case_ids", "dedupe", "lead_id"),
    *("state", "message_id", "channel", "attempts", "created_at", "sent_at"),
)


def sent(*, days: int, case: Case | None = None, state: str = "sent", lead: Any = None) -> Notice:
    """An e-mail that was sent so many days ago."""
    before = set(Notice.objects.values_list("id", flat=True))
    queue(case_ids=[case.pk if case else uuid.uuid4()])
    notice = Notice.objects.exclude(id__in=before).get()
    at = timezone.now() - days * DAY
    notice.state, notice.sent_at, notice.lead = state, at if state == "sent" else None, lead
    notice.save()
    return notice


def over() -> list[tuple[uuid.UUID, bool]]:
    return [(one.id, one.goes) for one in everything_over(now=timezone.now())]


def with_words() -> set[uuid.UUID]:
    return set(Notice.objects.exclude(context={}).values_list("id", flat=True))


def test_words_go_after_a_year_and_the_proof_stays() -> None:
    old, young = sent(days=366), sent(days=364)
    proof = list(Notice.objects.order_by("id").values(*KEPT))
    assert over() == [(old.id, True)]
    assert with_words() == {old.id, young.id}
    (said,) = [one.as_json() for one in everything_over(now=timezone.now())]
    assert (said["kind"], said["rule"], said["days"]) == ("mail", "mail", 365)
    assert "policy" in said["authority"]

    expire_all(now=timezone.now())

    assert with_words() == {young.id}
    assert list(Notice.objects.order_by("id").values(*KEPT)) == proof
    assert over() == []
    (event,) = Event.objects.filter(kind=Kind.NOTICE_EMPTIED)
    assert (event.subject, event.actor_capacity) == (old.id, "system")
    assert event.body == {"notice": "hearing-scheduled", "message_id": old.message_id}
    expire_all(now=timezone.now())
    assert Event.objects.filter(kind=Kind.NOTICE_EMPTIED).count() == 1


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_what_was_not_sent_keeps_its_words(state: str) -> None:
    notice = sent(days=4000, state=state)
    assert over() == []
    expire_all(now=timezone.now())
    assert with_words() == {notice.id}


def test_digest_goes_whole_and_a_hold_on_one_of_its_cases_keeps_all_of_it(scene: Scene) -> None:
    counsel = scene.user()
    one, two = scene.case(counsel=counsel), scene.case(counsel=counsel)
    lead = sent(days=400, case=one)
    follower = sent(days=400, case=two, lead=lead)
    Case.objects.filter(pk=two.pk).update(legal_hold=True)
    assert over() == [(lead.id, False)]
    expire_all(now=timezone.now())
    assert with_words() == {lead.id, follower.id}
    Case.objects.update(legal_hold=False)
    assert over() == [(lead.id, True)]
    expire_all(now=timezone.now())
    assert with_words() == set()


def test_hold_that_is_placed_after_the_list_was_made_is_seen(scene: Scene) -> None:
    case = scene.case(counsel=scene.user())
    notice = sent(days=400, case=case)
    (listed,) = mail_over(now=timezone.now())
    assert not listed.held
    Case.objects.update(legal_hold=True)
    assert not empty(over=listed)
    assert with_words() == {notice.id}


def test_mail_that_is_sent_again_in_between_keeps_its_words() -> None:
    notice = sent(days=400)
    (listed,) = mail_over(now=timezone.now())
    Notice.objects.update(sent_at=timezone.now())
    assert not empty(over=listed)
    assert with_words() == {notice.id}


def test_row_of_the_tribunal_says_when(settings: Any, tmp_path: Path) -> None:
    notice = sent(days=50)
    row = (
        '[[retention]]\nid = "mail"\nlabel.en = "a"\nlabel.fr = "b"\ndays = {days}\n'
        'counted_from.en = "c"\ncounted_from.fr = "d"\nauthority = "Order of the Chairperson"\n'
        "in_force_from = 2020-01-01\n"
    )
    settings.LAW_OVERLAY = tmp_path
    found = []
    for days in (51, 49):
        (tmp_path / "retention.toml").write_text(row.format(days=days))
        reload_rules()
        found.append(over())
    assert found == [[], [(notice.id, True)]]


def test_list_is_read_from_its_index() -> None:
    sent(days=400)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        with CaptureQueriesContext(connection) as asked:
            list(mail_with_words(sent_before=timezone.now()))
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "notice_with_words" in plan
