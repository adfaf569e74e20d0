"""The pages of somebody who is invited: asking, form, meeting time, code, then My cases."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from greffe.accounts.models import User
from greffe.invitations.actions import correct_mobile
from greffe.invitations.codes import Code, link_token, read_code
from greffe.invitations.models import Invitation, RegistrationForm
from greffe.notices.models import Notice
from tests.support.invitations import EMAIL, MOBILE, Invitations, credential, form, meeting_of
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene
from tests.support.texting import codes_grow_older, last_code, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

ASKED = {
    "name": "Amélie Tremblay",
    "email": EMAIL,
    "phone": "514 555 0123",
    "file_number": "MC6-00001",
    "office": "montreal",
}


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def typed(**said: str) -> dict[str, str]:
    """What a browser sends of a registration form."""
    whole = form(**said)
    return {name: getattr(whole, name) for name in whole.__slots__}


def page(
    client: Client, name: str, *args: Any, lang: str = "en", data: dict[str, str] | None = None
) -> Any:
    where = address(f"invitation:{name}", *args, lang=lang)
    return client.post(where, data) if data else client.get(where)


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", text_of(response))


@pytest.mark.security(6)
@pytest.mark.requirement("MC-01")
def test_asking_says_the_same_to_known_and_unknown(desk: Invitations) -> None:
    known = ASKED | {"file_number": desk.case.file_number, "name": desk.person.name}
    unknown = ASKED | {"email": "nobody@example.net", "file_number": "TB9-99999", "name": "Nobody"}
    answers = [page(browser(), "ask", data=said) for said in (known, unknown)]
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, address("invitation:asked"))
    }
    assert Invitation.objects.filter(state="asked", person=None).count() == 2
    assert not Notice.objects.exists()


@pytest.mark.security(6)
def test_asking_costs_the_same_for_known_and_unknown(desk: Invitations) -> None:
    page(browser(), "ask", data=ASKED)
    counts = []
    for file_number in (desk.case.file_number, "TB9-99999"):
        said = ASKED | {"email": f"{file_number}@example.org", "file_number": file_number}
        with CaptureQueriesContext(connection) as made:
            page(browser(), "ask", data=said)
        counts.append(len(made))
    assert counts[0] == counts[1]


@pytest.mark.security(5)
def test_asking_over_and_over_waits(desk: Invitations) -> None:
    statuses = [page(browser(), "ask", data=ASKED).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert Invitation.objects.count() == 3


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "This is not a file number"), ("fr", "Ce n’est pas un numéro de dossier")],
)
def test_asking_with_a_wrong_file_number_says_so_and_keeps_the_rest(lang: str, said: str) -> None:
    answer = page(browser(), "ask", lang=lang, data=ASKED | {"file_number": "12"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="Amélie Tremblay"' in words(answer)


@pytest.mark.requirement("MC-02")
def test_form_is_returned_by_the_link_of_the_invitation(desk: Invitations) -> None:
    invitation = desk.invited()
    token = link_token(invitation.pk)
    assert "Fill in the form" in words(page(browser(), "mine", token))
    answer = page(browser(), "form", token, data=typed())
    assert answer["Location"] == address("invitation:mine", token)
    kept = RegistrationForm.objects.get()
    assert (kept.mobile, kept.on_paper, kept.entered_by) == (MOBILE, False, None)
    assert "We have your registration form" in words(page(browser(), "mine", token))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("Enter your full name", "This is not a telephone number", "Choose who regulates")),
        ("fr", ("Inscrivez votre nom", "Ce n’est pas un numéro de téléphone", "l’organisme qui")),
    ],
)
def test_every_mistake_of_a_form_is_said_at_once_and_nothing_is_lost(
    desk: Invitations, lang: str, said: tuple[str, ...]
) -> None:
    token = link_token(desk.invited().pk)
    mistaken = typed(name="", mobile="12", regulator="guild")
    answer = page(browser(), "form", token, lang=lang, data=mistaken)
    assert answer.status_code == 422
    assert [one for one in said if one not in words(answer)] == []
    assert 'value="12"' in words(answer)
    assert "Tremblay et associés" in words(answer)
    assert not RegistrationForm.objects.exists()


@pytest.mark.security(15)
@pytest.mark.parametrize("name", ["mine", "form", "times", "cancel", "calendar"])
def test_link_that_is_none_of_ours_leads_nowhere(desk: Invitations, name: str) -> None:
    token = link_token(desk.scheduled().pk)
    near_it = token[:-5] + ("B" if token[-5] == "A" else "A") + token[-4:]
    for other in (near_it, token[:-1], "x", "é" * 43):
        assert page(browser(), name, other).status_code == 404


def test_invitation_that_nobody_is_matched_to_has_no_page(desk: Invitations) -> None:
    page(browser(), "ask", data=ASKED)
    assert page(browser(), "mine", link_token(Invitation.objects.get().pk)).status_code == 404


@pytest.mark.requirement("MC-03")
def test_time_of_the_meeting_is_chosen_and_given_up(desk: Invitations) -> None:
    invitation = desk.proposed()
    token, meeting = link_token(invitation.pk), meeting_of(invitation)
    shown = words(page(browser(), "times", token))
    assert "(Montréal)" in shown
    page(browser(), "times", token, data={"time": meeting.times[1].isoformat()})
    assert desk.now(invitation).state == "scheduled"
    assert b"SEQUENCE:0" in page(browser(), "calendar", token).content
    page(browser(), "cancel", token, data={"sequence": "0", "note": "Mornings, please."})
    assert desk.now(invitation).state == "form-returned"
    assert meeting_of(invitation).note == "Mornings, please."


def test_time_that_was_taken_back_meanwhile_is_told(desk: Invitations) -> None:
    invitation = desk.proposed()
    answer = page(
        browser(), "times", link_token(invitation.pk), data={"time": "2030-01-01T09:00:00+00:00"}
    )
    assert answer.status_code == 422
    assert "not offered any more" in words(answer)


@pytest.mark.requirement("MC-05")
def test_account_that_acts_for_nobody_is_led_to_the_code(desk: Invitations) -> None:
    client = browser(credential())
    for where in ("portal:my-cases", "portal:account", "registry:queue"):
        assert client.get(address(where))["Location"] == address("invitation:code")
    assert "Enter the invitation code" in words(client.get(address("invitation:code")))


def test_account_of_somebody_is_led_to_where_its_work_begins(scene: Scene) -> None:
    client = browser(scene.user())
    assert client.get(address("invitation:code"))["Location"] == address("portal:my-cases")


@pytest.fixture
def texts(settings: Any) -> None:
    settings.TEXT_CHANNEL = "page"


def accepted(client: Client) -> dict[str, str]:
    """The boxes and versions of the terms that the page shows."""
    shown = client.get(address("invitation:code")).content.decode()
    boxes = dict.fromkeys(re.findall(r'name="(accept_[a-z]+)"', shown), "on")
    versions = re.findall(r'name="(version_[a-z]+)" value="([^"]+)"', shown)
    return boxes | dict(versions)


def joined(user: User) -> bool:
    return User.objects.get(pk=user.pk).person is not None


@pytest.mark.requirement("MC-06")
@pytest.mark.requirement("RR-01")
def test_code_and_terms_then_the_text_message_lead_to_my_cases(
    desk: Invitations, texts: None
) -> None:
    invitation, code = desk.coded()
    user = credential()
    client = browser(user)
    answer = page(client, "code", data={"code": code} | accepted(client))
    assert answer["Location"] == address("portal:access-code")
    assert not joined(user)
    answer = client.post(address("portal:access-code"), {"code": last_code()})
    assert answer["Location"] == address("portal:my-cases")
    assert joined(user)
    assert desk.case.file_number in words(client.get(address("portal:my-cases")))
    assert {one.terms for one in user.accepted_terms.all()} == {"portal", "code"}
    assert desk.now(invitation).state == "activated"


@pytest.mark.security(4)
def test_code_of_a_letter_that_somebody_else_found_leads_to_the_owner_s_telephone(
    desk: Invitations, texts: None
) -> None:
    _, code = desk.coded()
    thief = credential("thief")
    client = browser(thief)
    page(client, "code", data={"code": code} | accepted(client))
    assert Notice.objects.get(medium="text").recipient == MOBILE
    answer = client.post(address("portal:access-code"), {"code": wrong(last_code())})
    assert (answer.status_code, joined(thief)) == (422, False)


@pytest.mark.requirement("MC-04")
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "has been used already"), ("fr", "a déjà servi")]
)
def test_second_browser_with_the_same_code_is_told_plainly(
    desk: Invitations, texts: None, lang: str, said: str
) -> None:
    _, code = desk.coded()
    first, second = credential("first"), credential("second")
    one, other = browser(first), browser(second)
    page(one, "code", data={"code": code} | accepted(one))
    earlier = last_code()
    codes_grow_older(minutes=5)  # so soon after the first, no second message goes to one number
    page(other, "code", data={"code": code} | accepted(other))
    later = last_code()
    where = address("portal:access-code", lang=lang)
    assert one.post(where, {"code": earlier}).status_code == 302
    answer = other.post(where, {"code": later})
    assert answer.status_code == 422
    assert said in words(answer)
    assert (joined(first), joined(second)) == (True, False)


@pytest.mark.requirement("MC-06")
def test_number_changed_after_the_message_takes_another_message(
    desk: Invitations, texts: None
) -> None:
    invitation, code = desk.coded()
    user = credential()
    client = browser(user)
    page(client, "code", data={"code": code} | accepted(client))
    correct_mobile(by=desk.officer, invitation_id=invitation.pk, mobile="438 555 0199")
    answer = client.post(address("portal:access-code"), {"code": last_code()})
    assert (answer.status_code, joined(user)) == (422, False)
    client.post(address("portal:access-code-again"))
    assert Notice.objects.filter(medium="text", recipient="+14385550199").exists()
    answer = client.post(address("portal:access-code"), {"code": last_code()})
    assert (answer.status_code, joined(user)) == (302, True)


def test_terms_that_are_not_accepted_hold_the_code_up(desk: Invitations) -> None:
    _, code = desk.coded()
    user = credential()
    answer = page(browser(user), "code", data={"code": code})
    assert answer.status_code == 422
    assert "Read the terms" in words(answer)
    assert not user.accepted_terms.exists()


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "has a typing error"), ("fr", "erreur de frappe")]
)
def test_mistyped_code_is_told_with_what_a_code_looks_like(
    desk: Invitations, lang: str, said: str
) -> None:
    client = browser(credential())
    data = {"code": "2345-6789-ABCD-EFGH"} | accepted(client)
    answer = page(client, "code", lang=lang, data=data)
    assert answer.status_code == 422
    assert said in words(answer)


@pytest.mark.security(5)
def test_guesses_at_one_code_wait_and_the_page_says_for_how_long(desk: Invitations) -> None:
    _, code = desk.coded()
    client = browser(credential())
    data = {"code": near(code)} | accepted(client)
    statuses = [page(client, "code", data=data).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def near(code: str) -> str:
    """A code that is right in itself and not this one, at the same invitation."""
    read = read_code(code)
    assert read is not None
    return Code(read.selector, read.secret[::-1]).spoken
