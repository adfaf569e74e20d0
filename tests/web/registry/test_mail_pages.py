"""E-mails that could not be sent, as work of the officers who handle the case."""

from typing import Any

import pytest
from django.utils import timezone

from greffe.accounts.models import Person, User
from greffe.filings.decision_actions import Words, return_submission
from greffe.filings.queue_actions import take
from greffe.ledger.actors import SYSTEM
from greffe.notices.actions import remove_words
from greffe.notices.bounce_actions import note_bounce
from greffe.notices.bounces import read_bounce
from greffe.notices.models import Notice
from tests.support.portal import address, browser, text_of
from tests.support.reports import Report
from tests.support.scenes import Scene
from tests.support.texting import queue_code

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-14")]


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def failed(scene: Scene, officer: User) -> Notice:
    """The e-mail of a return that the mail server refused."""
    counsel = scene.user("Amélie Tremblay")
    case = scene.case(counsel=counsel)
    Person.objects.filter(pk=counsel.person_id).update(email="gone@example.org")
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    submission = scene.submit(counsel, draft)
    viewer = scene.viewer(officer)
    take(by=viewer, submission_ids=[submission.id])
    words = Words("wrong-place", "For another division.")
    return_submission(by=viewer, submission_id=submission.id, words=words)
    Notice.objects.update(state="failed", last_error="smtp-550", attempts=1)
    return Notice.objects.get()


def again(user: User, notice: Notice, to: str) -> Any:
    path = address("registry:send-again", notice.id)
    return browser(user).post(path, {"to": to}, follow=True)


def test_officer_sees_who_does_not_know_and_why(failed: Notice, officer: User) -> None:
    page = text_of(browser(officer).get(address("registry:unsent")))
    for said in ("Amélie Tremblay", "gone@example.org", "smtp-550", "Documents returned"):
        assert said in page
    page = text_of(browser(officer).get(address("registry:unsent", lang="fr")))
    assert "Documents retournés" in page


def test_officer_sends_again_to_a_corrected_address(failed: Notice, officer: User) -> None:
    assert "is being sent again" in text_of(again(officer, failed, "amelie@example.org"))
    failed.refresh_from_db()
    assert (failed.state, failed.recipient) == ("queued", "amelie@example.org")


@pytest.mark.parametrize("address_given", ["not an address", "a@b", "x\r\nBcc: y@example.org"])
def test_what_is_no_address_is_told_and_nothing_is_sent(
    failed: Notice, officer: User, address_given: str
) -> None:
    assert "is not an e-mail address" in text_of(again(officer, failed, address_given))
    failed.refresh_from_db()
    assert (failed.state, failed.recipient) == ("failed", "gone@example.org")


@pytest.fixture
def returned(failed: Notice) -> Notice:
    """The same e-mail, which the mail server had taken and then brought back."""
    Notice.objects.update(state="sent", last_error="", sent_at=timezone.now())
    report = Report(message_id=failed.message_id).postfix().replace(b"nobody", b"<b>nobody</b>")
    assert note_bounce(by=SYSTEM, bounce=read_bounce(report)) == "noted"
    failed.refresh_from_db()
    return failed


def test_officer_sees_what_came_back_with_the_words_of_the_mail_server(
    returned: Notice, officer: User
) -> None:
    page = browser(officer).get(address("registry:unsent"))
    assert "It came back from gone@example.org (bounced 5.1.1)." in text_of(page)
    assert "&lt;b&gt;nobody&lt;/b&gt; of that name" in page.content.decode()
    page = browser(officer).get(address("registry:unsent", lang="fr"))
    assert "Il est revenu de gone@example.org" in text_of(page)
    again(officer, returned, "amelie@example.org")
    returned.refresh_from_db()
    assert (returned.state, returned.recipient) == ("queued", "amelie@example.org")
    assert "gone@example.org" not in text_of(browser(officer).get(address("registry:unsent")))


def test_mail_whose_words_are_no_longer_kept_is_not_sent_again(
    returned: Notice, officer: User
) -> None:
    remove_words(by=SYSTEM, notice=returned)
    assert "no longer kept" in text_of(again(officer, returned, "amelie@example.org"))
    returned.refresh_from_db()
    assert (returned.state, returned.recipient) == ("failed", "gone@example.org")


@pytest.mark.security(15)
def test_officer_elsewhere_neither_sees_it_nor_sends_it(failed: Notice, scene: Scene) -> None:
    elsewhere = scene.staff("officer", office="vancouver")
    assert "gone@example.org" not in text_of(browser(elsewhere).get(address("registry:unsent")))
    assert again(elsewhere, failed, "amelie@example.org").status_code == 404
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_office_whose_mail_was_sent_reads_so(officer: User) -> None:
    page = text_of(browser(officer).get(address("registry:unsent")))
    assert "Every e-mail and text message was taken" in page


@pytest.mark.requirement("MC-06")
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "It could not be sent to the number +15145550100 (recipient-refused 400)."),
        ("fr", "Il n’a pas pu être envoyé au numéro +15145550100 (recipient-refused 400)."),
    ],
)
def test_officer_sees_a_text_message_that_was_not_sent_and_no_way_to_repeat_its_code(
    scene: Scene, officer: User, lang: str, said: str
) -> None:
    case = scene.case()
    person = scene.person("Xavier Okafor")
    queue_code("123456", case_ids=[case.id], person=person.id)
    Notice.objects.update(state="failed", last_error="recipient-refused 400", context={})
    page = text_of(browser(officer).get(address("registry:unsent", lang=lang)))
    assert said in page
    assert "Xavier Okafor" in page
    notice = Notice.objects.get()
    assert address("registry:send-again", notice.id, lang=lang) not in page
    again(officer, notice, "+15145550100")
    assert Notice.objects.get().state == "failed"


def test_text_message_in_the_cases_of_another_office_is_not_shown(
    scene: Scene, officer: User
) -> None:
    queue_code("123456", case_ids=[scene.case(office="vancouver").id])
    Notice.objects.update(state="failed", last_error="too-late", context={})
    page = text_of(browser(officer).get(address("registry:unsent")))
    assert "Every e-mail and text message was taken" in page
