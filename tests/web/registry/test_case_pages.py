"""The registry's case pages: find a case, its file, its history, and what changes it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases import actions
from greffe.cases.models import CaseOffice, FamilyGroup, RecordEntry
from greffe.cases.record_queries import PAGE
from greffe.filings.models import QueueItem
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.files import Filed, on_record
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-16")]


@pytest.fixture
def filed(scene: Scene) -> Filed:
    return on_record(scene)


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def supervisor(scene: Scene) -> User:
    return scene.staff("supervisor", office="montreal")


def page(user: User, name: str, *args: Any, lang: str = "en", **query: str) -> str:
    response = browser(user).get(address(name, *args, lang=lang), query)
    assert response.status_code == 200, name
    return text_of(response)


# Find a case


@pytest.mark.parametrize("search", ["MC6-00777", "mc6-007", " MC6 - 00777 ", "Claimant", "laiman"])
def test_case_is_found_by_number_and_by_name(scene: Scene, officer: User, search: str) -> None:
    scene.case(number="MC6-00777")
    assert "MC6-00777" in page(officer, "registry:cases", q=search)


@pytest.mark.parametrize("search", ["TC1-1", "\x00x", "%", "_", "' OR 1=1 --", "<script>"])
def test_search_for_what_is_not_there_says_so(scene: Scene, officer: User, search: str) -> None:
    case = scene.case()
    found = browser(officer).get(address("registry:cases"), {"q": search})
    assert "No case of your work has this number or name" in text_of(found)
    assert case.file_number not in text_of(found)
    assert b"<script>" not in found.content


def test_search_stays_in_the_own_office(scene: Scene, officer: User) -> None:
    elsewhere = scene.case(office="vancouver")
    assert elsewhere.file_number not in page(officer, "registry:cases", q="Claimant")


def test_cases_come_in_pages_by_number_without_gap_or_double(scene: Scene, officer: User) -> None:
    numbers = [scene.case(number=f"MC6-{n:05}").file_number for n in range(2 * PAGE + 1, 0, -1)]
    client, path, seen = browser(officer), address("registry:cases"), []
    for pages_left in (2, 1, 0):
        text = text_of(client.get(path))
        seen += re.findall(r">(MC6-\d{5})</a>", text)
        following = re.search(r'href="(\?after=[^"]*)">Next page', text)
        assert bool(following) is bool(pages_left)
        path = address("registry:cases") + (following[1] if following else "")
    assert seen == sorted(numbers)


def test_member_finds_the_cases_they_hear(scene: Scene) -> None:
    member, heard, other = scene.staff("member", division="RPD"), scene.case(), scene.case()
    actions.schedule_hearing(
        by=SYSTEM,
        case=heard,
        starts_at=timezone.now() + timedelta(days=9),
        office="montreal",
        member=member.person,
    )
    text = page(member, "registry:cases")
    assert "Cases you hear" in text
    assert heard.file_number in text
    assert other.file_number not in text


def test_counsel_who_is_an_officer_too_sees_that_case_in_the_portal_only(scene: Scene) -> None:
    officer = scene.staff("officer", office="montreal")
    case = scene.case(counsel=officer)
    assert case.file_number not in page(officer, "registry:cases")
    client = browser(officer)
    assert client.get(address("registry:case", case.id)).status_code == 404
    assert client.get(address("portal:case", case.id)).status_code == 200


# The file


def test_file_shows_the_record_in_order_with_its_dates(filed: Filed, officer: User) -> None:
    second = filed.place("seconde.pdf", refused=True)
    text = page(officer, "registry:case", filed.case.id)
    assert text.index(filed.entry.name) < text.index(second.name)
    assert "Refused by the division" in text
    assert "Filed electronically" not in text  # its document type is said instead
    assert "Written submissions" in text


def test_file_shows_people_with_their_days_also_past_ones(scene: Scene, filed: Filed) -> None:
    officer, before = scene.staff("officer", office="montreal"), scene.person("Ancien Conseil")
    actions.add_counsel(by=SYSTEM, case=filed.case, person=before, since=scene.start)
    actions.remove_counsel(by=SYSTEM, case=filed.case, person=before, on=scene.today)
    actions.join_minister(by=SYSTEM, case=filed.case, department="ircc", since=scene.today)
    text = page(officer, "registry:case", filed.case.id)
    assert "Ancien Conseil" in text
    assert "until" in text.partition("Ancien Conseil")[2][:300]
    assert "Minister of Immigration" in text


def test_file_shows_hearings_that_were_cancelled_too(filed: Filed, officer: User) -> None:
    at = timezone.now() + timedelta(days=9)
    hearing = actions.schedule_hearing(by=SYSTEM, case=filed.case, starts_at=at, office="toronto")
    hearing.cancelled = True
    hearing.save()
    text = page(officer, "registry:case", filed.case.id)
    assert "Cancelled" in text
    assert "Toronto" in text


def test_family_shows_only_cases_that_this_person_sees(scene: Scene, officer: User) -> None:
    group = FamilyGroup.objects.create(name="Rahimi")
    one, two = (scene.case(family_group=group) for _ in range(2))
    elsewhere = scene.case(family_group=group, office="vancouver")
    text = page(officer, "registry:case", one.id)
    assert two.file_number in text
    assert elsewhere.file_number not in text


def test_file_shows_what_waits_in_the_queue(scene: Scene, officer: User) -> None:
    counsel = scene.user()
    case = scene.case(counsel=counsel)
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    submission = scene.submit(counsel, draft)
    text = page(officer, "registry:case", case.id)
    assert "What waits in the queue" in text
    assert submission.number in text
    QueueItem.objects.all().delete()
    assert "What waits in the queue" not in page(officer, "registry:case", case.id)


def test_file_says_everything_in_french(filed: Filed, supervisor: User) -> None:
    text = page(supervisor, "registry:case", filed.case.id, lang="fr")
    seals = "Mettre le dossier sous scellés"
    for words in ("Au dossier", seals, "Transférer le dossier", "À huis clos"):
        assert words in text


def test_page_takes_few_queries_however_long_the_record(
    filed: Filed, officer: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        filed.place(f"{number}.pdf")
    client = browser(officer)
    client.get(address("registry:case", filed.case.id))
    with django_assert_max_num_queries(12):
        assert client.get(address("registry:case", filed.case.id)).status_code == 200


# Documents


@pytest.mark.security(20)
@pytest.mark.parametrize("role", ["officer", "counsel"])
def test_original_is_a_download_and_each_reading_is_recorded(
    filed: Filed, officer: User, role: str
) -> None:
    user = officer if role == "officer" else filed.counsel
    name = "registry:case-document" if role == "officer" else "portal:record-document"
    for count in (1, 2):
        response = browser(user).get(address(name, filed.case.id, filed.entry.id))
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
        assert b"".join(response).startswith(b"%PDF")
        events = Event.objects.filter(kind=Kind.DOCUMENT_READ, case_ids=[filed.case.id])
        assert events.count() == count
    event = events.latest("at")
    assert (event.actor_person_id, event.body["place"]) == (user.person_id, 1)
    assert event.body["sha256"] == filed.entry.blob.sha256


@pytest.mark.parametrize("name", ["registry:case-document", "portal:record-document"])
def test_document_of_another_case_is_not_found_behind_this_one(
    scene: Scene, filed: Filed, officer: User, name: str
) -> None:
    other = scene.case(counsel=filed.counsel)
    user = officer if name.startswith("registry") else filed.counsel
    assert browser(user).get(address(name, other.id, filed.entry.id)).status_code == 404


def test_counsel_sees_the_record_of_the_case_and_that_a_document_was_refused(
    filed: Filed,
) -> None:
    filed.place("refusée.pdf", refused=True)
    filed.place("interne.pdf", audience=RecordEntry.Audience.TRIBUNAL)
    text = page(filed.counsel, "portal:case", filed.case.id)
    assert filed.entry.name in text
    assert "Refused by the division" in text.partition("refusée.pdf")[2]
    assert "interne.pdf" not in text


# Changes


def test_supervisor_seals_a_document_and_lifts_it(filed: Filed, supervisor: User) -> None:
    client = browser(supervisor)
    path = address("registry:case-document-seal", filed.case.id, filed.entry.id)
    assert "Seal document 1" in text_of(client.get(path))
    answer = client.post(path, {"reason": "Order of 3 November", "wanted": "yes"}, follow=True)
    assert "Document 1 is sealed." in text_of(answer)
    filed.entry.refresh_from_db()
    assert filed.entry.sealed
    assert "Lift the sealing of document 1" in text_of(client.get(path))
    client.post(path, {"reason": "Order of 5 November", "wanted": "no"})
    filed.entry.refresh_from_db()
    assert not filed.entry.sealed


def test_stale_page_does_not_turn_what_somebody_else_did(filed: Filed, supervisor: User) -> None:
    client = browser(supervisor)
    path = address("registry:case-seal", filed.case.id)
    for status in (302, 409):
        answer = client.post(path, {"reason": "Order", "wanted": "yes"})
        assert answer.status_code == status
    assert "it was sealed already" in text_of(answer)
    assert "Order" in text_of(answer)  # nothing typed is lost
    filed.case.refresh_from_db()
    assert filed.case.sealed


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_reason_must_be_given(filed: Filed, supervisor: User, reason: str) -> None:
    path = address("registry:case-seal", filed.case.id)
    answer = browser(supervisor).post(path, {"reason": reason})
    assert answer.status_code in {409, 422}
    filed.case.refresh_from_db()
    assert not filed.case.sealed


def test_reason_with_a_script_is_shown_as_text_to_supervisors_alone(
    filed: Filed, supervisor: User, officer: User
) -> None:
    script = "<script>alert(1)</script> & more"
    path = address("registry:case-document-seal", filed.case.id, filed.entry.id)
    browser(supervisor).post(path, {"reason": script, "wanted": "yes"})
    history = address("registry:case-history", filed.case.id)
    shown = browser(supervisor).get(history)
    assert script in text_of(shown)
    assert b"<script>alert" not in shown.content
    told = text_of(browser(officer).get(history))
    assert "sealed a document" in told
    assert "alert(1)" not in told


def test_openness_is_changed_with_its_day_and_reason(filed: Filed, supervisor: User) -> None:
    path = address("registry:case-openness", filed.case.id)
    client = browser(supervisor)
    assert "Open the proceeding to the public" in text_of(client.get(path))
    client.post(path, {"reason": "Application granted", "wanted": "yes"})
    text = text_of(client.get(address("registry:case", filed.case.id)))
    assert "Open to the public" in text
    assert "In private" in text


def test_officer_transfers_a_case_and_no_longer_sees_it(filed: Filed, officer: User) -> None:
    client, path = browser(officer), address("registry:case-transfer", filed.case.id)
    assert "Vancouver" in text_of(client.get(path))
    answer = client.post(path, {"office": "vancouver"})
    assert answer.status_code == 302
    assert str(filed.case.id) not in answer["Location"]
    assert client.get(address("registry:case", filed.case.id)).status_code == 404
    assert CaseOffice.objects.get(case=filed.case, until=None).office == "vancouver"


@pytest.mark.parametrize(
    ("office", "status", "words"),
    [
        ("", 422, "Choose the office."),
        ("montreal", 409, "this office handles it already"),
        ("atlantis", 409, "choose an office of the list"),
        ("<script>", 409, "choose an office of the list"),
    ],
)
def test_transfer_that_cannot_be_says_why(
    filed: Filed, officer: User, office: str, status: int, words: str
) -> None:
    path = address("registry:case-transfer", filed.case.id)
    answer = browser(officer).post(path, {"office": office})
    assert answer.status_code == status
    assert words in text_of(answer)
    assert CaseOffice.objects.filter(case=filed.case).count() == 1


def test_closed_case_is_not_transferred(filed: Filed, officer: User, scene: Scene) -> None:
    actions.close_case(by=SYSTEM, case=filed.case, on=scene.today)
    client, path = browser(officer), address("registry:case-transfer", filed.case.id)
    assert path not in text_of(client.get(address("registry:case", filed.case.id)))
    answer = client.post(path, {"office": "vancouver"})
    assert answer.status_code == 409
    assert "it is closed" in text_of(answer)
