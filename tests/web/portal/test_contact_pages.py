"""Contact details: changed, recorded, told; and whom the rules want told beside the division."""

from typing import Any

import pytest

from greffe.accounts.models import Person, User
from greffe.cases.models import Case
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.delegates import delegate
from tests.support.portal import address, browser, claimant_of, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-16")]

PAGE = address("portal:contact")
TYPED = {
    "firm": "Tremblay, avocats",
    "address": "12, rue Notre-Dame\n  Montréal (Québec)  ",
    "phone": "514 555-0100",
    "mobile": "+33 6 12 34 56 78",
    "email": "marc@cabinet.example.ca",
    "language": "fr",
}


@pytest.fixture
def counsel(scene: Scene) -> User:
    user = scene.user("Marc Tremblay")
    Person.objects.filter(pk=user.person_id).update(email="marc@example.ca")
    return User.objects.get(pk=user.pk)


def change(user: User, **typed: str) -> Any:
    return browser(user).post(PAGE, TYPED | typed)


def events() -> list[Event]:
    return list(Event.objects.filter(kind="contact-changed"))


def test_details_are_kept_as_the_world_writes_them(counsel: User) -> None:
    assert change(counsel).status_code == 302
    person = Person.objects.get(pk=counsel.person_id)
    assert (person.phone, person.mobile) == ("+15145550100", "+33612345678")
    assert person.address == "12, rue Notre-Dame\nMontréal (Québec)"
    assert (person.email, person.language) == ("marc@cabinet.example.ca", "fr")
    page = text_of(browser(counsel).get(PAGE))
    assert "+15145550100" in page


@pytest.mark.security(11)
def test_old_and_new_address_are_told_what_was_changed_and_not_to_what(counsel: User) -> None:
    change(counsel)
    told = Notice.objects.filter(kind="contact-changed")
    assert set(told.values_list("recipient", flat=True)) == {
        "marc@example.ca",
        "marc@cabinet.example.ca",
    }
    for notice in told:
        assert notice.language == "fr"
        assert "adresse de courriel" in notice.context["changed"]
        assert "cabinet.example" not in str(notice.context)
        assert "5145550100" not in str(notice.context)


@pytest.mark.security(16)
def test_ledger_says_what_was_changed_and_never_to_what(scene: Scene, counsel: User) -> None:
    case = scene.case(counsel=counsel)
    change(counsel)
    (event,) = events()
    assert event.case_ids == [case.pk]
    assert event.body == {
        "changed": ["firm", "address", "phone", "mobile", "email", "language"],
        "duties": ["rpd-contact"],
    }


def test_same_details_again_change_nothing(counsel: User) -> None:
    change(counsel)
    change(counsel)
    assert len(events()) == 1
    assert Notice.objects.filter(kind="contact-changed").count() == 2


def test_open_cases_that_are_theirs_get_the_change_and_no_others(
    scene: Scene, counsel: User
) -> None:
    represented = scene.case(counsel=counsel)
    Case.objects.filter(pk=scene.case(counsel=counsel).pk).update(
        status="closed", closed_on=scene.today
    )
    other = scene.user("Daniel Okafor")
    scene.case(counsel=other)
    delegate(scene, other, counsel)
    change(counsel)
    (event,) = events()
    assert event.case_ids == [represented.pk]


def test_claimant_changes_the_own_details_too(scene: Scene) -> None:
    case = scene.case()
    change(claimant_of(case))
    (event,) = events()
    assert event.case_ids == [case.pk]


@pytest.mark.parametrize(
    ("division", "recipient", "rule"),
    [
        ("RPD", "the Minister", "SOR/2012-256, r. 4(3), 4(4) and 12"),
        ("RAD", "the Minister", "SOR/2012-257, r. 15 and 16"),
        ("IAD", "the other party", "SOR/2022-277, r. 7(3) and 8"),
        ("ID", "the Minister", "SOR/2002-229, r. 4"),
    ],
)
def test_person_and_officer_are_told_whom_the_rules_want_told(
    scene: Scene, counsel: User, division: str, recipient: str, rule: str
) -> None:
    case = scene.case(division=division, counsel=counsel)
    answer = text_of(change(counsel))
    for words in (f"Give the new details to {recipient} in:", case.file_number, rule):
        assert words in answer
    officer = browser(scene.staff("officer", office="montreal"))
    history = text_of(officer.get(address("registry:case-history", case.pk)))
    assert "Marc Tremblay changed the contact details" in history
    assert f"To be given to {recipient} as well ({rule})." in history
    assert "cabinet.example" not in history


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_wrong_details_are_named_each_and_nothing_is_changed(counsel: User, lang: str) -> None:
    wrong = {"phone": "12", "mobile": "call me", "email": "marc at example", "language": "de"}
    response = browser(counsel).post(address("portal:contact", lang=lang), TYPED | wrong)
    assert response.status_code == 422
    page = text_of(response)
    assert page.count("field-error") == 4
    assert "call me" in page
    assert events() == []


def test_address_for_notices_is_changed_and_not_taken_away(counsel: User) -> None:
    response = change(counsel, email="")
    assert response.status_code == 422
    assert "Enter an e-mail address" in text_of(response)
