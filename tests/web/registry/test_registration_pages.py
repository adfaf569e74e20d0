"""The registration form, as officers deal with it: entered from paper, reviewed, mended."""

from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import Person
from greffe.invitations.models import Invitation, RegistrationForm
from greffe.notices.models import Notice
from tests.support.invitations import Invitations, form
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


@pytest.fixture
def client(scene: Scene) -> Client:
    return browser(scene.staff("officer", office="montreal"))


def post(client: Client, name: str, of: Invitation, /, lang: str = "en", **said: str) -> Any:
    return client.post(address(f"registry:{name}", of.pk, lang=lang), said)


def page(client: Client, name: str, of: Invitation, lang: str = "en") -> str:
    return text_of(client.get(address(f"registry:{name}", of.pk, lang=lang)))


def written(**changes: str) -> dict[str, str]:
    """What an officer copies from a form on paper."""
    said = form()
    names = ("name", "membership", "regulator", "membership_number", "firm", "address")
    more = ("email", "mobile", "language")
    return {name: getattr(said, name) for name in (*names, *more)} | {"phone": ""} | changes


@pytest.mark.requirement("MC-02")
def test_form_on_paper_is_entered_by_the_officer_and_waits_for_its_review(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited(channel="mail", to="1 Example Street")
    assert post(client, "enter-registration", invitation, **written()).status_code == 302
    kept = RegistrationForm.objects.get()
    assert (kept.on_paper, kept.mobile, kept.accepted) == (True, "+15145550123", None)
    assert kept.entered_by is not None
    shown = page(client, "invitation", invitation)
    assert "On paper, entered by an officer" in shown
    assert address("registry:review-registration", invitation.pk) in shown


@pytest.mark.requirement("MC-02")
@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Enter a mobile number", "regulates you", "Enter your e-mail address."]),
        ("fr", ["Inscrivez un numéro de mobile", "réglemente", "Inscrivez votre adresse"]),
    ],
)
def test_everything_wrong_with_a_form_is_said_at_once_and_nothing_is_lost(
    client: Client, desk: Invitations, lang: str, words: list[str]
) -> None:
    invitation = desk.invited()
    said = written(mobile="", regulator="", email="", firm="Cabinet « Ça & là »")
    response = post(client, "enter-registration", invitation, lang, **said)
    assert response.status_code == 422
    shown = text_of(response)
    assert [one for one in words if shown.count(one) != 2] == []  # in the summary and at its field
    assert "Cabinet « Ça & là »" in shown
    assert not RegistrationForm.objects.exists()


@pytest.mark.requirement("MC-17")
def test_claimant_is_asked_nothing_of_a_regulator(client: Client, desk: Invitations) -> None:
    claimant = desk.case.participants.get().person
    invitation = desk.invited(
        person=claimant, case=desk.case, channel="mail", to="9 Example Street"
    )
    assert "Regulator" not in page(client, "enter-registration", invitation)
    names = ("name", "address", "mobile", "language")
    said = {name: value for name, value in written().items() if name in names}
    assert post(client, "enter-registration", invitation, **said).status_code == 302


def test_what_the_registry_knows_is_filled_in(client: Client, desk: Invitations) -> None:
    Person.objects.filter(pk=desk.person.pk).update(
        address="77 Known Street", mobile="+15145550199"
    )
    shown = page(client, "enter-registration", desk.invited())
    assert "77 Known Street" in shown
    assert "+15145550199" in shown


@pytest.fixture
def returned(desk: Invitations) -> Invitation:
    """An invitation whose form came back, not reviewed yet."""
    from greffe.invitations.actions import return_form

    invitation = desk.invited()
    return_form(invitation_id=invitation.pk, form=form())
    return desk.now(invitation)


@pytest.mark.requirement("MC-02")
def test_review_shows_the_form_in_words_and_accepts_it(
    client: Client, desk: Invitations, returned: Invitation
) -> None:
    shown = page(client, "review-registration", returned)
    for words in ("Barreau du Québec", "Lawyer", "123456-7", "+15145550123"):
        assert words in shown
    response = post(client, "review-registration", returned, decision="accept")
    assert response.status_code == 302
    assert RegistrationForm.objects.get().accepted is True
    assert post(client, "review-registration", returned, decision="accept").status_code == 409


@pytest.mark.requirement("MC-02")
def test_form_is_sent_back_with_a_note_that_the_person_reads(
    client: Client, desk: Invitations, returned: Invitation
) -> None:
    response = post(client, "review-registration", returned, decision="send-back", note=" ")
    assert response.status_code == 422
    assert "Say why." in text_of(response)
    note = "The membership number is that of a colleague."
    response = post(client, "review-registration", returned, decision="send-back", note=note)
    assert response.status_code == 302
    assert desk.now(returned).state == "invited"
    assert Notice.objects.get(kind="registration-not-accepted").context["note"] == note
    assert note in page(client, "invitation", returned)


@pytest.mark.requirement("MC-06")
def test_mobile_number_is_corrected_while_the_code_waits(client: Client, desk: Invitations) -> None:
    invitation, _ = desk.coded()
    response = post(client, "invitation-mobile", invitation, mobile="12")
    assert response.status_code == 422
    assert "This is not a telephone number." in text_of(response)
    said = {"mobile": "(438) 555-0177"}
    assert post(client, "invitation-mobile", invitation, **said).status_code == 302
    assert RegistrationForm.objects.get().mobile == "+14385550177"
