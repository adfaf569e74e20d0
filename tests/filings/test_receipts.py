"""The receipt: what it says, both clocks, signed whole, printed once, whatever the names."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, connections
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from greffe.accounts.models import User
from greffe.cases import actions as case_actions
from greffe.cases.models import Case, CaseOffice
from greffe.cases.rules import rules
from greffe.documents.stores import document_store
from greffe.filings import actions, draft_actions
from greffe.filings.manifests import manifest_of
from greffe.filings.models import (
    Attempt,
    Draft,
    QueueItem,
    Receipt,
    ReceiptPaper,
    Submission,
)
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.ledger.queries import verify_event_in_ledger
from greffe.sealing.keys import KeyRing
from greffe.sealing.verify import check
from tests.support.portal import payload
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

EXAMPLE = datetime(2021, 4, 2, 5, 0, tzinfo=UTC)
"""2021-04-02 01:00 Eastern time, the example of the source."""

SCRIPTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


def prepared(
    scene: Scene, *, kind: str = "rpd-disclosure", name: str = "Amélie Tremblay", **fields: Any
) -> tuple[User, Case, Draft]:
    user = scene.user(name)
    case = scene.case(counsel=user, **fields)
    draft = scene.draft(user, case, document_type=kind)
    scene.upload(user, draft, pdf(12), name="Communication « A ».pdf")
    draft.refresh_from_db()
    return user, case, draft


def noted(draft: Draft, at: datetime) -> None:
    """Note an attempt at a moment, as a crash would have left it."""
    Attempt.objects.create(draft=draft, manifest=manifest_of(draft), noted_at=at)


def hear(case: Case, day: date) -> None:
    starts_at = datetime.combine(day, datetime.min.time(), ZoneInfo("America/Vancouver"))
    case_actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=starts_at + timedelta(hours=9), office="vancouver"
    )


@pytest.mark.requirement("MC-13", "BY-04")
def test_example_of_the_source_is_received_on_the_first_of_april_in_vancouver(
    scene: Scene,
) -> None:
    scene.start = date(2021, 1, 4)
    user, case, draft = prepared(scene, office="vancouver")
    hear(case, date(2021, 4, 11))
    noted(draft, EXAMPLE)
    said = payload(scene.submit(user, draft))
    assert said["received"] == {
        "instant": "2021-04-02T05:00:00.000000Z",
        "eastern": "2021-04-02T01:00:00-04:00",
        "office": "2021-04-01T22:00:00-07:00",
        "date_of_receipt": "2021-04-01",
        "first_attempt": "2021-04-02T05:00:00.000000Z",
    }
    assert said["cases"][0]["office"]["zone"] == "America/Vancouver"
    (limit,) = [one for one in said["limits"] if one["id"] == "rpd-disclosure"]
    assert (limit["due"], limit["status"]) == ("2021-04-01", "met")
    assert limit["event"]["date"] == "2021-04-11"
    assert "1 April 2021" in limit["en"]
    assert "1er avril 2021" in limit["fr"]


@pytest.mark.requirement("MC-13", "BY-04")
@pytest.mark.parametrize(
    ("office", "at", "day", "status"),
    [
        ("vancouver", datetime(2021, 4, 2, 6, 59, 59, 999999, UTC), "2021-04-01", "met"),
        ("vancouver", datetime(2021, 4, 2, 7, 0, tzinfo=UTC), "2021-04-02", "late"),
        ("calgary", datetime(2021, 4, 2, 5, 59, 59, tzinfo=UTC), "2021-04-01", "met"),
        ("calgary", datetime(2021, 4, 2, 6, 0, tzinfo=UTC), "2021-04-02", "late"),
        ("toronto", datetime(2021, 4, 2, 3, 59, 59, tzinfo=UTC), "2021-04-01", "met"),
        ("toronto", EXAMPLE, "2021-04-02", "late"),
    ],
)
def test_date_of_receipt_and_timeliness_are_by_the_clock_of_the_office(
    scene: Scene, office: str, at: datetime, day: str, status: str
) -> None:
    scene.start = date(2021, 1, 4)
    user, case, draft = prepared(scene, office=office)
    hear(case, date(2021, 4, 11))
    noted(draft, at)
    submission = scene.submit(user, draft)
    assert submission.date_of_receipt.isoformat() == day
    found = {limit["id"]: limit["status"] for limit in payload(submission)["limits"]}
    assert found["rpd-disclosure"] == status


@pytest.mark.requirement("BY-04")
def test_limit_whose_event_nobody_knows_is_said_to_be_unknown(scene: Scene) -> None:
    user, _, draft = prepared(scene)
    (limit,) = payload(scene.submit(user, draft))["limits"]
    assert (limit["due"], limit["status"], limit["event"]) == (None, "unknown", None)


@pytest.mark.requirement("BY-04")
def test_event_named_by_the_filer_gives_the_limit(scene: Scene) -> None:
    user, _, draft = prepared(scene)
    hearing = scene.today + timedelta(days=60)
    draft_actions.name_events(by=scene.viewer(user), draft_id=draft.id, events={"hearing": hearing})
    (limit,) = payload(scene.submit(user, draft))["limits"]
    assert limit["event"]["date"] == hearing.isoformat()
    assert limit["status"] == "met"


def test_receipt_keeps_the_office_of_its_day_after_a_transfer(scene: Scene) -> None:
    user, case, draft = prepared(scene, office="vancouver")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    noted(draft, yesterday)
    CaseOffice.objects.filter(case=case).update(until=scene.today)
    CaseOffice.objects.create(case=case, office="toronto", since=scene.today)
    before = scene.submit(user, draft)
    assert payload(before)["cases"][0]["office"]["id"] == "vancouver"
    assert (before.office, before.case_links.get().office) == ("vancouver", "vancouver")
    assert QueueItem.objects.get(pk=before.pk).office == "toronto"
    later = scene.draft(user, case)
    scene.upload(user, later)
    assert payload(scene.submit(user, later))["cases"][0]["office"]["id"] == "toronto"
    before.refresh_from_db()
    assert before.office == "vancouver"


@pytest.mark.requirement("BY-02")
def test_receipt_says_what_was_filed_and_anyone_can_check_it(scene: Scene, keys: Path) -> None:
    user, case, draft = prepared(scene)
    submission = scene.submit(user, draft)
    said = payload(submission)
    content = pdf(12)
    (document,) = said["documents"]
    assert document["name"] == "Communication « A ».pdf"
    assert (document["position"], document["pages"]) == (1, 12)
    assert document["bytes"] == len(content)
    assert said["cases"][0]["file_number"] == case.file_number
    assert said["cases"][0]["division"]["id"] == "RPD"
    assert said["filed_by"] == {"name": "Amélie Tremblay", "capacity": "counsel", "for": None}
    assert said["document_type"]["id"] == "rpd-disclosure"
    assert said["rules"] == rules().hash
    assert said["next"]["en"]
    assert said["next"]["fr"]
    envelope = bytes(submission.receipt.envelope)
    published = KeyRing.load(keys).published()
    report = check(envelope, published, documents=[("it.pdf", content)])
    assert report.ok
    assert not check(envelope.replace(b'"pages":12', b'"pages":13'), published).ok


@pytest.mark.requirement("BY-02")
def test_receipt_names_the_event_that_the_ledger_holds(scene: Scene) -> None:
    user, case, draft = prepared(scene)
    submission = scene.submit(user, draft)
    ledger = payload(submission)["ledger"]
    event = Event.objects.get(pk=ledger["event"])
    assert event.kind == Kind.SUBMISSION_RECEIVED
    assert (event.subject, event.case_ids) == (submission.id, [case.id])
    assert verify_event_in_ledger(event.id, bytes.fromhex(ledger["hash"])).matches
    assert event.body["documents"] == [
        document["sha256"] for document in payload(submission)["documents"]
    ]


def test_receipt_of_demonstration_keys_says_so(scene: Scene, keys: Path) -> None:
    user, _, draft = prepared(scene)
    submission = scene.submit(user, draft)
    assert payload(submission)["demonstration"] is True
    published = KeyRing.load(keys).published()
    assert not check(bytes(submission.receipt.envelope), published).proven


def test_receipt_of_a_real_registry_proves_something(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "real"
    folder.mkdir(mode=0o700)
    ring = KeyRing.create(folder, demonstration=False, name="Registry")
    settings.KEYS = folder
    user, _, draft = prepared(scene)
    submission = scene.submit(user, draft)
    assert payload(submission)["demonstration"] is False
    assert check(bytes(submission.receipt.envelope), ring.published()).proven


def test_keys_that_cannot_be_used_undo_the_filing_and_the_attempt_keeps_its_time(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    from greffe.sealing.keys import KeyFolderError

    user, _, draft = prepared(scene)
    good, settings.KEYS = settings.KEYS, tmp_path / "no keys here"
    with pytest.raises(KeyFolderError):
        scene.submit(user, draft)
    draft.refresh_from_db()
    assert draft.state == "open"
    assert not Submission.objects.exists()
    assert not Event.objects.filter(kind=Kind.SUBMISSION_RECEIVED).exists()
    first = Attempt.objects.get().noted_at
    settings.KEYS = good
    assert scene.submit(user, draft).received_at == first


@pytest.fixture
def _ledger_that_refuses(scene: Scene) -> None:
    """A database that refuses the event of a filing, and no other."""
    del scene  # it brings the database
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the ledger cannot be written'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON ledger_event FOR EACH ROW"
            " WHEN (NEW.kind = 'submission-received') EXECUTE FUNCTION pg_temp.refuse()"
        )


@pytest.mark.usefixtures("_ledger_that_refuses")
def test_ledger_that_cannot_be_written_undoes_the_filing(scene: Scene) -> None:
    user, _, draft = prepared(scene)
    with pytest.raises(DatabaseError, match="the ledger cannot be written"):
        scene.submit(user, draft)
    draft.refresh_from_db()
    assert draft.state == "open"
    assert not Submission.objects.exists()
    assert not Receipt.objects.exists()
    assert draft.files.get().upload.taken is False
    assert Attempt.objects.count() == 1


def test_paper_is_made_once_and_is_sealed_with_the_receipt_inside(scene: Scene, keys: Path) -> None:
    user, _, draft = prepared(scene)
    submission = scene.submit(user, draft)
    paper = actions.make_paper(submission_id=submission.id)
    again = actions.make_paper(submission_id=submission.id)
    assert again == paper
    with document_store().open(paper.blob.key) as file:
        data = file.read()
    report = check(data, KeyRing.load(keys).published())
    assert (report.ok, report.form) == (True, "pdf")
    assert report.payload == payload(submission)
    assert Event.objects.filter(kind=Kind.RECEIPT_PRINTED).count() == 1


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_receipt_and_paper_are_in_the_language_of_the_filer(scene: Scene, language: str) -> None:
    import pypdfium2

    user = scene.user()
    case = scene.case(counsel=user)
    draft = draft_actions.start_draft(
        by=scene.viewer(user), case=case, document_type="rpd-boc", language=language
    )
    scene.upload(user, draft)
    submission = scene.submit(user, draft)
    assert payload(submission)["language"] == language
    paper = actions.make_paper(submission_id=submission.id)
    with document_store().open(paper.blob.key) as file:
        document = pypdfium2.PdfDocument(file.read())
    words = document[0].get_textpage().get_text_bounded()
    document.close()
    expected = {"en": "Refugee Protection Division", "fr": "Section de la protection des réfugiés"}
    assert expected[language] in " ".join(words.split())
    other = {"en": "fr", "fr": "en"}[language]
    assert expected[other] not in " ".join(words.split())


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=SCRIPTS, file=SCRIPTS)
@example(name="Farzana Rahimi · فرزانه رحیمی", file="مدرک.pdf")
@example(name="李 小龙 👩‍⚖️", file="証拠 №1 🗎.pdf")
@example(name="ꧏ \U000e0001 \ufffe \u202e", file="\u202e\u200b")
def test_name_in_any_script_stops_neither_filing_nor_receipt(
    scene: Scene, name: str, file: str
) -> None:
    user = scene.user(name)
    case = scene.case(counsel=user)
    draft = scene.draft(user, case)
    scene.upload(user, draft, name=file)
    submission = scene.submit(user, draft)
    assert payload(submission)["filed_by"]["name"] == name
    assert actions.make_paper(submission_id=submission.id).blob.size


@pytest.mark.django_db(transaction=True)
def test_two_makers_at_once_make_one_paper(scene: Scene) -> None:
    user, _, draft = prepared(scene)
    submission = scene.submit(user, draft)
    papers = both(lambda: actions.make_paper(submission_id=submission.id).blob_id)
    assert papers[0] == papers[1]
    assert ReceiptPaper.objects.count() == 1
    # The filed document and one paper: what the second maker printed is thrown away.
    assert len(list(document_store().keys())) == 2


def both(what: Callable[[], Any]) -> list[Any]:
    """Do it twice at once, each time with a connection of its own."""

    def alone() -> Any:
        try:
            return what()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [done.result() for done in [pool.submit(alone), pool.submit(alone)]]


def test_envelope_is_kept_byte_for_byte(scene: Scene) -> None:
    user, _, draft = prepared(scene)
    submission = scene.submit(user, draft)
    envelope = bytes(Receipt.objects.get(submission=submission).envelope)
    signed = json.loads(envelope)
    assert set(signed) == {"payload", "signature"}
    assert signed["signature"]["algorithm"] == "Ed25519"
    assert signed["signature"]["key"] == submission.receipt.key
