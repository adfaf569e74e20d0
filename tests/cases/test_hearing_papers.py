"""The notice to appear on the case file, and the entry of a calendar that follows a hearing."""

import datetime as dt
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings

from greffe.cases import actions, hearing_actions
from greffe.cases.hearing_papers import calendar_entry, issue_notice
from greffe.cases.hearing_queries import limits_set_by, notices_in, place_of
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Case, Hearing, RecordEntry
from greffe.cases.queries import office_of
from greffe.cases.record_queries import find_entry
from greffe.cases.rules import rules
from greffe.documents.models import Blob
from greffe.documents.stores import document_store
from greffe.law.dates import long_date
from greffe.ledger.actors import SYSTEM
from greffe.ledger.keys import key_ring
from greffe.ledger.kinds import Kind
from greffe.ledger.queries import history
from greffe.notices.models import Notice
from greffe.sealing.pades import verify_pdf
from tests.support.hearings import officer, person_of, postpone, reachable, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


def content(entry: RecordEntry) -> bytes:
    with document_store().open(entry.blob.key) as file:
        return file.read()


def text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def issued(scene: Scene, hearing: Hearing) -> RecordEntry:
    by = officer(scene, hearing.case.offices.get().office)
    return issue_notice(by=by, hearing_id=hearing.pk, version=hearing.revision)[0]


def test_notice_is_a_sealed_document_on_the_case_file(scene: Scene) -> None:
    case = scene.case()
    hearing = schedule(officer(scene), case).hearing
    entry = issued(scene, hearing)
    assert (entry.case, entry.position, entry.source_id) == (case, 1, hearing.pk)
    assert (entry.source, entry.audience, entry.sealed) == ("notice", "parties", False)
    with pypdfium2.PdfDocument(content(entry)) as pdf:
        assert entry.pages == len(pdf)
    assert entry.date_of_receipt == scene.today
    assert entry.name == f"{case.file_number} - Notice to appear.pdf"
    report = verify_pdf(content(entry), key_ring().published())
    assert (report.ok, report.code) == (True, "valid")
    kinds = [event.kind for event in history(case.pk)[:2]]
    assert set(kinds) == {Kind.NOTICE_ISSUED, Kind.DOCUMENT_PLACED}
    (event,) = [one for one in history(case.pk) if one.kind == Kind.NOTICE_ISSUED]
    assert event.body == {
        "hearing": str(hearing.pk),
        "entry": str(entry.pk),
        "sha256": entry.blob.sha256,
        "rules": rules().hash,
    }


@pytest.mark.requirement("EX-05")
@pytest.mark.requirement("MC-01")
def test_notice_prints_who_where_when_the_numbers_and_the_limits(scene: Scene) -> None:
    counsel = scene.user("Amélie Tremblay")
    case = scene.case(office="vancouver", counsel=counsel)
    person = case.participants.get().person
    person.client_id = "1234567890"
    person.save(update_fields=["client_id"])
    asked = sitting("vancouver", place="Room 1700", minutes=90)
    hearing = schedule(officer(scene, "vancouver"), case, asked).hearing
    said = text(content(issued(scene, hearing)))
    place = place_of(hearing)
    office = office_of(case, on=scene.today)
    ahead = limits_set_by(
        case, office, starts_at=hearing.starts_at, place=place, now=dt.datetime.now(dt.UTC)
    )
    assert ahead
    for words in (
        case.file_number,
        "1234567890",
        person.name,
        "Amélie Tremblay",
        "Refugee Protection Division",
        "Vancouver (Western Region)",
        "Room 1700",
        "1 h 30 min",
        "09:00",
        "Pacific time (UTC",
        rules().region("west").portal_email,
        rules().region("west").portal_telephone,
        "About the portal only",
        *(long_date(limit.due, "en") for limit in ahead),
    ):
        assert words in said, words


@pytest.mark.requirement("BY-06")
def test_notice_is_in_the_language_of_the_case(scene: Scene) -> None:
    case = scene.case(language="fr")
    entry = issued(scene, schedule(officer(scene), case).hearing)
    said = text(content(entry))
    assert "Avis de convocation" in said
    assert "heure de l’Est" in said
    assert "Section de la protection des réfugiés" in said
    assert entry.name.endswith("Avis de convocation.pdf")


def test_everybody_is_told_of_a_notice_and_of_none_of_its_content(scene: Scene) -> None:
    case = scene.case()
    reachable(case.participants.get().person, "claimant@example.org", "fr")
    hearing = schedule(officer(scene), case).hearing
    issued(scene, hearing)
    notice = Notice.objects.get(kind="notice-issued")
    assert notice.context == {
        "file_number": case.file_number,
        "link": f"/fr/portal/cases/{case.pk}/",
    }


def test_same_request_again_gives_the_same_notice(scene: Scene) -> None:
    hearing = schedule(officer(scene), scene.case()).hearing
    assert issued(scene, hearing) == issued(scene, hearing)
    assert RecordEntry.objects.count() == Blob.objects.count() == 1
    assert len(list(document_store().keys())) == 1


@pytest.mark.parametrize("why", ["stale", "began", "not-yours"])
def test_notice_that_is_refused_leaves_nothing(scene: Scene, why: str) -> None:
    by, case = officer(scene), scene.case()
    hearing = schedule(by, case).hearing
    if why == "stale":
        postpone(by, hearing, sitting(after=60))
    elif why == "began":
        Hearing.objects.update(starts_at=dt.datetime.now(dt.UTC))
    else:
        by = officer(scene, "toronto")
    with pytest.raises(HearingRefusedError) as caught:
        issue_notice(by=by, hearing_id=hearing.pk, version=0)
    assert caught.value.code == why
    assert not RecordEntry.objects.exists()
    assert list(document_store().keys()) == []


def test_notice_without_keys_is_refused_and_nothing_is_on_file(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    hearing = schedule(officer(scene), scene.case()).hearing
    settings.KEYS = tmp_path / "none"
    with pytest.raises(HearingRefusedError) as caught:
        issued(scene, hearing)
    assert caught.value.code == "paper"
    assert not RecordEntry.objects.exists()


def test_hearing_in_another_zone_is_printed_on_the_clock_of_its_place(scene: Scene) -> None:
    case = scene.case(office="montreal")
    hearing = schedule(officer(scene), case, sitting("calgary", clock=dt.time(8, 30))).hearing
    said = text(content(issued(scene, hearing)))
    assert "Time at the place of the hearing (Calgary)" in said
    assert "08:30" in said
    assert "Mountain time" in said
    assert "local time of the office that handles the case (Montréal)" in said


def test_parties_and_their_counsel_read_a_notice_and_others_do_not(scene: Scene) -> None:
    counsel = scene.user()
    case = scene.case(counsel=counsel)
    entry = issued(scene, schedule(officer(scene), case).hearing)
    mine = scene.viewer(counsel)
    assert find_entry(mine, entry.pk, on=scene.today) == entry
    assert notices_in(mine, case, "counsel", on=scene.today) == [entry]
    assert find_entry(scene.viewer(scene.user()), entry.pk, on=scene.today) is None
    RecordEntry.objects.update(sealed=True)
    assert find_entry(mine, entry.pk, on=scene.today) is None
    assert notices_in(mine, case, "counsel", on=scene.today) == []


def test_calendar_follows_a_hearing_wherever_it_goes(scene: Scene) -> None:
    by, case = officer(scene), scene.case()
    first = schedule(by, case).hearing
    before = calendar_entry(first, "en")
    second = postpone(by, first, sitting(after=60)).hearing
    third = postpone(by, second, sitting(after=80)).hearing
    moved = [calendar_entry(_again(one), "en") for one in (first, second, third)]
    assert {one.uid for one in moved} == {before.uid}
    assert {one.revision for one in moved} == {third.revision}
    assert third.revision > second.revision > before.revision
    assert {one.starts_at for one in moved} == {third.starts_at}
    hearing_actions.cancel(by=by, hearing_id=third.pk, version=third.revision)
    over = calendar_entry(_again(first), "fr")
    assert (over.cancelled, over.uid) == (True, before.uid)
    assert over.revision > third.revision
    assert over.title == f"Annulée\u00a0: audience {case.file_number}"
    assert str(settings.SITE_URL) in over.link


def _again(hearing: Hearing) -> Hearing:
    return Hearing.objects.select_related("case").get(pk=hearing.pk)


def test_hearing_entered_by_other_means_has_its_calendar_too(scene: Scene) -> None:
    case = scene.case(office="vancouver", counsel=scene.user())
    starts_at = sitting("vancouver").starts_at
    hearing = actions.schedule_hearing(
        by=SYSTEM,
        case=case,
        starts_at=starts_at,
        office="vancouver",
        member=person_of(scene.user()),
    )
    entry = calendar_entry(hearing, "en")
    assert entry.place == "Vancouver"
    assert "09:00 (Vancouver)" in entry.description
    assert isinstance(hearing.case, Case)
