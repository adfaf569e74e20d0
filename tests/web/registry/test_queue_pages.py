"""The pages of the queue and of a submission on the desk."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import schedule_hearing
from greffe.cases.file_actions import transfer_case
from greffe.filings.models import QueueItem, Submission
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


class Office:
    """A submission in Montréal, an officer and a supervisor there."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.counsel: User = scene.user("Amélie Tremblay")
        self.case = scene.case(counsel=self.counsel)
        self.submission: Submission = self.file("one.pdf", "two.pdf")
        self.officer = scene.staff("officer", office="montreal")
        self.supervisor = scene.staff("supervisor", office="montreal")

    def file(self, *names: str) -> Submission:
        draft = self.scene.draft(self.counsel, self.case)
        for name in names:
            self.scene.upload(self.counsel, draft, name=name)
        return self.scene.submit(self.counsel, draft)

    def at(self, name: str = "registry:submission", *args: Any, lang: str = "en") -> str:
        return address(name, *(args or (self.submission.id,)), lang=lang)

    def take(self, user: User, **more: str) -> Any:
        asked = {"submission": str(self.submission.id)} | more
        return browser(user).post(address("registry:take"), asked, follow=True)

    def decide(self, user: User, action: str, **fields: Any) -> Any:
        asked = {"action": action} | fields
        return browser(user).post(self.at(), asked, follow=True)

    def holder(self) -> str:
        item = QueueItem.objects.select_related("holder").get(pk=self.submission.id)
        return item.holder.name if item.holder else ""


@pytest.fixture
def office(scene: Scene) -> Office:
    return Office(scene)


def test_queue_lists_what_waits_and_who_has_it(office: Office) -> None:
    page = text_of(browser(office.officer).get(address("registry:queue")))
    assert office.submission.number in page
    assert office.case.file_number in page
    assert "Nobody yet" in page
    office.take(office.officer)
    page = text_of(browser(office.supervisor).get(address("registry:queue")))
    assert "officer of montreal" in page


def test_queue_of_an_office_without_work_says_what_will_be_here(office: Office) -> None:
    elsewhere = office.scene.staff("officer", office="vancouver")
    page = text_of(browser(elsewhere).get(address("registry:queue", lang="fr")))
    assert "Rien n’attend" in page
    assert office.submission.number not in page


@pytest.mark.parametrize(
    "query", ["?after=x", "?office=atlantis", "?due=2026-99-99", "?holder=1", "?whose=his"]
)
def test_address_that_makes_no_sense_shows_the_queue(office: Office, query: str) -> None:
    response = browser(office.officer).get(address("registry:queue") + query)
    assert response.status_code == 200
    assert office.submission.number in text_of(response)


def test_next_page_is_offered_and_followed(office: Office, monkeypatch: Any) -> None:
    from greffe.filings import queue_queries
    from greffe.web.registry import queue_pages

    monkeypatch.setattr(queue_queries, "PAGE", 1)
    monkeypatch.setattr(queue_pages, "PAGE", 1)
    later = office.file("three.pdf")
    client = browser(office.officer)
    first = client.get(address("registry:queue"))
    assert later.number not in text_of(first)
    second = client.get(first.context["next"])
    assert later.number in text_of(second)
    assert office.submission.number not in text_of(second)


def test_officer_takes_opens_decides_and_is_given_the_next(office: Office) -> None:
    later = office.file("three.pdf")
    office.take(office.officer)
    browser(office.officer).post(address("registry:take"), {"submission": str(later.id)})
    page = office.decide(office.officer, "accept", positions=["1", "2"])
    assert page.redirect_chain[-1][0] == office.at("registry:submission", later.id)
    assert "On the case file" in text_of(page)
    assert office.case.record.count() == 2


def test_what_another_was_quicker_to_take_is_told(office: Office) -> None:
    office.take(office.supervisor)
    page = office.take(office.officer)
    assert "1 submission was not taken: somebody else has it" in text_of(page)
    assert office.holder() == "supervisor of montreal"


def test_desk_of_what_another_holds_shows_no_buttons_and_refuses_their_use(office: Office) -> None:
    office.take(office.supervisor)
    page = text_of(browser(office.officer).get(office.at()))
    assert "With supervisor of montreal" in page
    assert "Take to the case file" not in page
    refused = office.decide(office.officer, "accept", positions=["1", "2"])
    assert refused.status_code == 409
    assert "another officer is working on this submission" in text_of(refused)
    assert office.case.record.count() == 0


@pytest.mark.requirement("MC-14")
def test_return_without_note_keeps_what_was_typed(office: Office) -> None:
    office.take(office.officer)
    page = office.decide(office.officer, "return", positions=["1"], reason="wrong-place", note="")
    assert page.status_code == 409
    assert "there is no note to the filer" in text_of(page)
    assert page.context["form"]["reason"].value() == "wrong-place"
    assert Submission.objects.get().state == "received"


@pytest.mark.requirement("MC-14")
@pytest.mark.requirement("BY-06")
def test_filer_reads_why_it_was_returned_and_files_it_again(office: Office) -> None:
    office.take(office.officer)
    note = "Signature missing <script>alert(1)</script>"
    office.decide(office.officer, "return", reason="procedure-not-followed", note=note)
    counsel = browser(office.counsel)
    raw = counsel.get(office.at("portal:submission", lang="fr")).content.decode()
    assert "La procédure de dépôt n’a pas été suivie" in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw
    assert "<script>alert" not in raw
    again = counsel.post(office.at("portal:file-again"), follow=True)
    assert "one.pdf" in text_of(again)
    assert "two.pdf" in text_of(again)


@pytest.mark.requirement("MC-15")
def test_officer_enters_that_the_division_refused_one_document(office: Office) -> None:
    office.take(office.officer)
    office.decide(office.officer, "accept", positions=["1", "2"])
    page = office.decide(
        office.officer,
        "refuse",
        positions=["2"],
        reason="late",
        note="Received after the limit.",
        decided_by="Henri Beaulieu",
    )
    assert page.status_code == 200
    said = text_of(browser(office.counsel).get(office.at("portal:submission")))
    assert "The document was received after the time limit" in said
    assert list(office.case.record.values_list("refused", flat=True)) == [False, True]


def test_unknown_action_changes_nothing(office: Office) -> None:
    office.take(office.officer)
    assert office.decide(office.officer, "burn").status_code == 422
    assert Submission.objects.get().state == "received"


def test_supervisor_sees_the_load_and_gives_work_away(office: Office) -> None:
    client = browser(office.supervisor)
    page = text_of(client.get(address("registry:load")))
    assert "No officer holds any work now." in page
    assert "Give the work" not in page
    office.take(office.officer)
    page = text_of(client.get(address("registry:load")))
    assert "officer of montreal" in page
    asked = {"holder": str(office.officer.person_id), "to": str(office.supervisor.person_id)}
    said = text_of(client.post(address("registry:reassign"), asked, follow=True))
    assert "1 submission changed hands." in said
    assert office.holder() == "supervisor of montreal"


def test_work_is_given_to_nobody_elsewhere(office: Office) -> None:
    office.take(office.officer)
    stranger = office.scene.staff("officer", office="toronto")
    asked = {"holder": str(office.officer.person_id), "to": str(stranger.person_id)}
    client = browser(office.supervisor)
    said = text_of(client.post(address("registry:reassign"), asked, follow=True))
    assert "not an officer of the office today" in said
    assert office.holder() == "officer of montreal"


def test_form_never_leads_to_another_site(office: Office) -> None:
    response = browser(office.officer).post(
        address("registry:take"), {"next": "1", "back": "https://example.org/"}
    )
    assert response["Location"] == address("registry:queue")


@pytest.mark.requirement("MC-15")
def test_member_rules_on_what_the_registry_passed_on(office: Office) -> None:
    member = office.scene.staff("member", division="RPD")
    schedule_hearing(
        by=office.scene.by,
        case=office.case,
        starts_at=timezone.now() + dt.timedelta(days=30),
        office="montreal",
        member=member.person,
    )
    assert browser(member).get(office.at()).status_code == 404
    office.take(office.officer)
    office.decide(office.officer, "pass", note="Late: for you.")
    listed = text_of(browser(member).get(address("registry:queue", lang="fr")))
    assert office.submission.number in listed
    page = text_of(browser(member).get(office.at(lang="fr")))
    assert "Ce que décide la section" in page
    assert "Nom du commissaire qui a décidé" not in page
    office.decide(member, "refuse", positions=["1"], reason="late", note="Too late.")
    office.submission.refresh_from_db()
    assert office.submission.state == "partly-accepted"
    assert office.case.record.get().name == "two.pdf"


def test_queue_is_narrowed_by_kind_age_and_officer(office: Office) -> None:
    client = browser(office.officer)
    number = office.submission.number

    def listed(**asked: str) -> bool:
        return number in text_of(client.get(address("registry:queue"), asked))

    kind = office.submission.document_type
    assert listed(division="RPD", type=kind)
    assert not listed(division="RPD", type="rpd-disclosure")
    assert not listed(waits="2")
    old = timezone.now() - dt.timedelta(days=8)
    QueueItem.objects.update(received_at=old)
    assert listed(waits="2")
    assert listed(waits="7")
    assert not listed(waits="30")
    assert not listed(holder=str(office.officer.person_id))
    office.take(office.officer)
    assert listed(holder=str(office.officer.person_id))
    assert not listed(holder=str(office.supervisor.person_id))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_was_typed_is_not_lost_when_the_case_goes_to_another_office_meanwhile(
    office: Office, lang: str
) -> None:
    office.take(office.officer)
    transfer_case(
        by=office.scene.viewer(office.supervisor),
        case=office.case,
        office="vancouver",
        on=office.scene.today,
    )
    typed = {"action": "return", "note": "Page 3 <cannot> be read."}
    page = browser(office.officer).post(office.at(lang=lang), typed)
    assert page.status_code == 404
    assert "Page 3 &lt;cannot&gt; be read." in page.content.decode()
    assert office.submission.number not in text_of(page)
    assert Submission.objects.get(pk=office.submission.pk).state == "received"


def test_page_of_what_is_gone_tells_nothing_of_what_never_was_theirs(office: Office) -> None:
    elsewhere = browser(office.scene.staff("officer", office="vancouver"))
    theirs = elsewhere.post(office.at(), {"action": "accept-all"})
    nothing = elsewhere.post(office.at("registry:submission", uuid4()), {"action": "accept-all"})
    assert theirs.status_code == nothing.status_code == 404
    said = [
        text_of(page).partition("<main")[2].partition("</main>")[0] for page in (theirs, nothing)
    ]
    assert said[0]
    assert said[0] == said[1]
