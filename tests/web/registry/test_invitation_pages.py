"""The officer's list of invitations, and the page of one."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from greffe.invitations.actions import Asked, ask, return_form, revoke
from greffe.invitations.meeting_actions import cancel_meeting
from greffe.invitations.models import Invitation
from greffe.invitations.papers import reference_of
from greffe.notices.models import Notice
from greffe.web.registry.invitation_list import PAGE
from tests.support.invitations import EMAIL, Invitations, form
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-01")]


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


@pytest.fixture
def client(scene: Scene) -> Client:
    return browser(scene.staff("officer", office="montreal"))


def listed(client: Client, lang: str = "en", **asked: str) -> str:
    response = client.get(address("registry:invitations", lang=lang), asked)
    assert response.status_code == 200
    return text_of(response)


def shown(client: Client, invitation: Invitation, lang: str = "en") -> str:
    response = client.get(address("registry:invitation", invitation.pk, lang=lang))
    assert response.status_code == 200
    return text_of(response)


def moved(invitation: Invitation, days: int) -> None:
    """Let an invitation have stood where it is for so many days."""
    at = timezone.now() - dt.timedelta(days=days)
    Invitation.objects.filter(pk=invitation.pk).update(changed_at=at)


def other(desk: Invitations, name: str, **said: Any) -> Invitation:
    """Somebody else who was invited."""
    person = desk.scene.person(name)
    desk.on_record(person)
    return desk.invited(person=person, **said)


def test_list_begins_with_what_waits_for_the_registry_and_says_the_next_step(
    client: Client, desk: Invitations
) -> None:
    other(desk, "Daniel Okafor")
    desk.confirmed()
    page = listed(client)
    assert "Amélie Tremblay" in page
    assert "Identity confirmed" in page
    assert "Issue the invitation code." in page
    assert "Daniel Okafor" not in page
    page = listed(client, owner="person")
    assert "Daniel Okafor" in page
    assert "Amélie Tremblay" not in page
    assert {"Daniel Okafor", "Amélie Tremblay"} <= set(
        re.findall(r"<bdi>(.*?)</bdi>", listed(client, owner="all"))
    )


def test_list_is_in_french_to_its_last_state(client: Client, desk: Invitations) -> None:
    desk.confirmed()
    page = listed(client, "fr")
    assert "En attente du greffe" in page
    assert "Délivrez le code d’invitation." in page
    assert "Waiting" not in page


@pytest.mark.parametrize("asked", ["okafor", "OKAFOR daniel", "nobody"])
def test_name_is_looked_for_everywhere(client: Client, desk: Invitations, asked: str) -> None:
    other(desk, "Daniel Okafor")
    found = "Daniel Okafor" in listed(client, q=asked)
    assert found == (asked == "okafor")


def test_reference_of_a_letter_finds_its_invitation(client: Client, desk: Invitations) -> None:
    invitation = other(desk, "Daniel Okafor")
    desk.invited()
    for asked in (reference_of(invitation), reference_of(invitation).lower().replace("-", "")):
        page = listed(client, q=asked)
        assert "Daniel Okafor" in page
        assert "Amélie Tremblay" not in page


def test_state_and_age_narrow_the_list(client: Client, desk: Invitations) -> None:
    moved(other(desk, "Daniel Okafor"), 40)
    desk.confirmed()
    assert "Daniel Okafor" in listed(client, owner="all", state="invited")
    assert "Amélie Tremblay" not in listed(client, owner="all", state="invited")
    assert "Daniel Okafor" in listed(client, owner="all", age="30")
    assert "Amélie Tremblay" not in listed(client, owner="all", age="30")
    assert "Daniel Okafor" not in listed(client, owner="all", age="90")


@pytest.mark.parametrize(
    "asked",
    [{"age": "x"}, {"state": "x"}, {"office": "toronto"}, {"owner": "x"}, {"after": "x|y"}],
)
def test_address_that_makes_no_sense_is_left_out(
    client: Client, desk: Invitations, asked: dict[str, str]
) -> None:
    desk.confirmed()
    assert "Amélie Tremblay" in listed(client, **asked)


def test_list_of_another_office_has_nothing_of_this_one(scene: Scene, desk: Invitations) -> None:
    desk.invited()
    elsewhere = browser(scene.staff("officer", office="vancouver"))
    assert "Amélie Tremblay" not in listed(elsewhere, owner="all")


def test_pages_follow_each_other_without_a_gap_and_with_few_questions(
    client: Client, desk: Invitations, django_assert_max_num_queries: Any
) -> None:
    people = [desk.scene.person(f"Person {n:03d}") for n in range(PAGE + 3)]
    at = timezone.now() - dt.timedelta(days=3)
    Invitation.objects.bulk_create(
        Invitation(
            person=person,
            office="montreal",
            language="en",
            state="invited",
            # Some of them at one and the same moment, as a list is sent.
            changed_at=at + dt.timedelta(hours=n // 5),
        )
        for n, person in enumerate(people)
    )
    with django_assert_max_num_queries(14):
        first = listed(client, owner="person")
    follow = re.search(r'href="([^"]+)" rel="next"', first)
    assert follow is not None
    second = text_of(client.get(follow[1]))
    found = [re.findall(r"Person \d{3}", page) for page in (first, second)]
    assert [len(page) for page in found] == [PAGE, 3]
    names = found[0] + found[1]
    assert sorted(names) == [person.name for person in people]
    moments = [int(name[-3:]) // 5 for name in names]
    assert moments == sorted(moments)


def test_empty_list_says_what_will_be_there(client: Client) -> None:
    assert "Nothing waits for the registry" in listed(client)
    assert "Nobody is invited yet" in listed(client, owner="all")
    assert "No invitation is like that" in listed(client, q="nobody")


def fail(invitation: Invitation, error: str = "bounced 5.1.1") -> None:
    """Let the e-mail of an invitation come back."""
    mail = Notice.objects.filter(dedupe__contains=str(invitation.pk))
    mail.update(state="failed", last_error=error, lease_until=None, sent_at=None)


def test_email_that_came_back_is_shown_in_the_list_and_on_the_page(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited()
    assert "E-mail came back" not in listed(client, owner="person")
    assert "did not arrive" not in shown(client, invitation)
    fail(invitation)
    assert "E-mail came back" in listed(client, owner="person")
    page = shown(client, invitation)
    assert "The latest e-mail did not arrive" in page
    assert f"“Invitation”, to {EMAIL}." in page


def test_failed_email_is_past_once_the_invitation_moves_on(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited()
    fail(invitation)
    Notice.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    return_form(invitation_id=invitation.pk, form=form())
    assert "E-mail came back" not in listed(client, owner="registry")


@pytest.mark.requirement("MC-17")
def test_email_of_a_claimant_that_failed_is_among_what_was_not_sent_in_the_case(
    client: Client, desk: Invitations
) -> None:
    claimant = desk.case.participants.get().person
    invitation = desk.invited(
        person=claimant, case=desk.case, channel="mail", to="9 Example Street"
    )
    return_form(invitation_id=invitation.pk, form=form())
    fail(invitation)
    page = text_of(client.get(address("registry:unsent")))
    assert "Registration form received" in page
    assert desk.case.file_number in page


def steps(page: str) -> list[str]:
    """The words of the tags of the task list."""
    drawn = page.partition('<ol class="task-list">')[2].partition("</ol>")[0]
    return re.findall(r'class="tag[^"]*">([^<]+)<', drawn)


@pytest.mark.parametrize(
    ("state", "done", "can"),
    [
        ("invited", 1, ["form/", "send/", "revoke/"]),
        ("returned", 3, ["meeting/propose/", "revoke/"]),
        ("proposed", 3, ["meeting/choose/", "meeting/propose/", "meeting/cancel/", "revoke/"]),
        ("scheduled", 4, ["meeting/move/", "meeting/cancel/", "meeting/calendar.ics", "revoke/"]),
        ("confirmed", 5, ["code/", "revoke/", "meeting/calendar.ics"]),
        ("coded", 6, ["code/", "mobile/", "revoke/", "meeting/calendar.ics"]),
    ],
)
def test_page_shows_how_far_it_is_and_what_can_be_done(
    client: Client, desk: Invitations, state: str, done: int, can: list[str]
) -> None:
    made = getattr(desk, state)()
    invitation = made[0] if isinstance(made, tuple) else made
    page = shown(client, invitation)
    wanted = ["Done"] * done + ["To do"] + ["Cannot start yet"] * (6 - done)
    assert steps(page) == wanted
    here = address("registry:invitation", invitation.pk)
    assert set(re.findall(rf'href="{here}([^"]+)"', page)) == set(can)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_revoked_invitation_shows_where_it_ended_and_offers_nothing(
    client: Client, desk: Invitations, lang: str
) -> None:
    invitation = desk.scheduled()
    revoke(by=desk.officer, invitation_id=invitation.pk, why="Left the firm")
    page = shown(client, invitation, lang)
    here = address("registry:invitation", invitation.pk, lang=lang)
    assert re.findall(rf'href="{here}([^"]+/)"', page) == []
    assert "Left the firm" in page
    assert {"en": "To fix", "fr": "À corriger"}[lang] in steps(page)


def test_history_says_who_did_what_the_latest_first(client: Client, desk: Invitations) -> None:
    page = shown(client, desk.confirmed()).partition("<h2>History</h2>")[2]
    done = [
        "confirmed an identity",
        "held the identity meeting",
        "Amélie Tremblay scheduled the identity meeting",
        "proposed times for the identity meeting",
        "reviewed the registration form",
        "Amélie Tremblay returned the registration form",
        "invited a person to the portal",
    ]
    places = [page.index(words) for words in done]
    assert places == sorted(places)


def test_history_of_one_invitation_has_nothing_of_another(
    client: Client, desk: Invitations
) -> None:
    first = desk.invited()
    return_form(invitation_id=first.pk, form=form())
    second = other(desk, "Daniel Okafor")
    assert "returned the registration form" not in shown(client, second)


@pytest.mark.requirement("MC-03")
def test_identity_documents_are_shown_by_kind_and_last_four_characters(
    client: Client, desk: Invitations
) -> None:
    page = " ".join(re.sub(r"<[^>]+>", " ", shown(client, desk.confirmed())).split())
    assert "Identity documents seen Passport … 4821" in page


def test_meeting_that_the_person_cannot_attend_is_shown_with_their_words(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.proposed()
    cancel_meeting(invitation_id=invitation.pk, sequence=0, note="I am abroad until May")
    page = shown(client, invitation)
    assert "I am abroad until May" in page
    assert "meeting/propose/" in page


def test_who_asks_to_be_invited_is_matched_with_counsel_of_the_file(
    client: Client, desk: Invitations
) -> None:
    asked = Asked(
        name="Amelie Tremblay",
        email="someone@example.org",
        phone="514 555 0199",
        file_number=desk.case.file_number,
        office="montreal",
        language="fr",
    )
    page = shown(client, ask(asked=asked))
    assert "someone@example.org" in page
    assert f"invite/{desk.person.pk}/?asked=" in page
    stranger = ask(asked=Asked("Nobody", "", "", "MC6-99999", "montreal", "en"))
    assert "No counsel of record" in shown(client, stranger)


def test_page_names_the_support_of_the_portal(client: Client, desk: Invitations) -> None:
    page = shown(client, desk.invited())
    assert page.count("mailto:IRB.mycase") == 2
    assert "1-833-777-2433" in page


def test_header_leads_officers_to_invitations_and_nobody_else(client: Client, scene: Scene) -> None:
    path = address("registry:invitations")
    assert f'href="{path}"' in text_of(client.get(address("registry:queue")))
    member = browser(scene.staff("member", division="RPD"))
    assert f'href="{path}"' not in text_of(member.get(address("registry:queue")))
