"""Inviting: one person, many from a list; sending again, revoking."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from greffe.invitations.actions import Asked, ask
from greffe.invitations.lists import MOST_BYTES
from greffe.invitations.models import Invitation
from greffe.notices.models import Notice
from tests.support.invitations import EMAIL, OFFICE, Invitations
from tests.support.letters import words_of_pdf
from tests.support.portal import address, browser, claimant_of, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-01")]


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


@pytest.fixture
def client(scene: Scene) -> Client:
    return browser(scene.staff("officer", office=OFFICE))


def found(client: Client, **asked: str) -> str:
    return text_of(client.get(address("registry:invite-find"), asked))


def invite(client: Client, desk: Invitations, lang: str = "en", **said: str) -> Any:
    path = address("registry:invite", desk.person.pk, lang=lang)
    typed = {"channel": "email", "language": "fr", "to": EMAIL}
    return client.post(path, typed | said)


# Finding


def test_counsel_is_found_by_name_and_by_file_number(client: Client, desk: Invitations) -> None:
    for asked in ("tremblay", desk.case.file_number, desk.case.file_number.lower()):
        page = found(client, q=asked)
        assert address("registry:invite", desk.person.pk) in page, asked
        assert desk.case.file_number in page


def test_counsel_without_an_active_case_of_the_office_is_not_found(
    client: Client, desk: Invitations, scene: Scene
) -> None:
    scene.case(office="vancouver", counsel=scene.user("Daniel Okafor"))
    page = found(client, q="Okafor")
    assert "Nobody was found" in page
    assert "Daniel Okafor" not in page
    elsewhere = browser(scene.staff("officer", office="vancouver"))
    assert client.get(address("registry:invite", desk.person.pk)).status_code == 200
    assert elsewhere.get(address("registry:invite", desk.person.pk)).status_code == 404


@pytest.mark.requirement("MC-17")
def test_claimant_is_found_among_parties_only_and_invited_for_a_case(
    client: Client, desk: Invitations
) -> None:
    claimant = desk.case.participants.get().person
    assert "Nobody was found" in found(client, q=claimant.name)
    page = found(client, q=claimant.name, **{"as": "party"})
    assert f"{address('registry:invite', claimant.pk)}?case={desk.case.pk}" in page


def test_person_whose_invitation_is_under_way_leads_to_it(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited()
    page = found(client, q="tremblay")
    assert address("registry:invitation", invitation.pk) in page
    assert address("registry:invite", desk.person.pk) not in page


def test_search_asks_as_little_for_thirty_people_as_for_one(
    client: Client, desk: Invitations, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        desk.on_record(desk.scene.person(f"Tremblay {n:02d}"))
    with django_assert_max_num_queries(14):
        page = found(client, q="tremblay")
    assert page.count('<h3 class="card-title">') == 13


# One


def test_invitation_by_email_is_sent_and_leads_to_its_page(
    client: Client, desk: Invitations
) -> None:
    response = invite(client, desk)
    invitation = Invitation.objects.get()
    assert response["Location"] == address("registry:invitation", invitation.pk)
    assert (invitation.person, invitation.office, invitation.state) == (
        desk.person,
        OFFICE,
        "invited",
    )
    assert Notice.objects.get().recipient == EMAIL
    assert "being sent by e-mail" in text_of(client.get(response["Location"]))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"to": ""}, "There is no address to send the invitation to."),
        ({"to": "not an address"}, "This is not an e-mail address or fax number"),
        ({"channel": "fax", "to": "12"}, "This is not an e-mail address or fax number"),
        ({"channel": ""}, "Choose how we reach this person."),
        ({"channel": "pigeon"}, "pigeon"),
        ({"language": ""}, "Choose the language."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, desk: Invitations, said: dict[str, str], words: str
) -> None:
    response = invite(client, desk, **said)
    assert response.status_code == 422
    page = text_of(response)
    assert words in page
    assert 'class="error-summary"' in page
    assert said.get("to", EMAIL) in page
    assert not Invitation.objects.exists()


def test_refusal_is_in_the_language_of_the_page(client: Client, desk: Invitations) -> None:
    page = text_of(invite(client, desk, lang="fr", to=""))
    assert "Il n’y a pas d’adresse où envoyer l’invitation." in page


def test_second_invitation_of_the_same_person_is_refused(client: Client, desk: Invitations) -> None:
    assert invite(client, desk).status_code == 302
    response = invite(client, desk)
    assert response.status_code == 422
    assert "has an invitation under way" in text_of(response)
    assert Invitation.objects.count() == 1


@pytest.mark.security(14)
def test_account_is_replaced_only_where_the_officer_says_so(
    client: Client, scene: Scene, desk: Invitations
) -> None:
    user = scene.user("Daniel Okafor")
    assert user.person is not None
    desk.on_record(user.person)
    path = address("registry:invite", user.person.pk)
    typed = {"channel": "email", "language": "en", "to": EMAIL}
    response = client.post(path, typed)
    assert response.status_code == 422
    assert "has an account already" in text_of(response)
    assert client.post(path, typed | {"replaces_account": "on"}).status_code == 302
    assert Invitation.objects.get().replaces_account


@pytest.mark.requirement("MC-17")
def test_claimant_is_invited_by_letter_only(client: Client, desk: Invitations) -> None:
    claimant = desk.case.participants.get().person
    path = f"{address('registry:invite', claimant.pk)}?case={desk.case.pk}"
    page = text_of(client.get(path))
    assert 'value="mail"' in page
    assert 'value="email"' not in page
    typed = {"language": "en", "to": "9 Example Street", "case": str(desk.case.pk)}
    assert client.post(path, typed | {"channel": "email"}).status_code == 422
    assert client.post(path, typed | {"channel": "mail"}).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.standing, invitation.case) == ("party", desk.case)
    assert not Notice.objects.exists()


@pytest.mark.requirement("MC-17")
def test_claimant_is_not_invited_for_the_case_of_another(
    client: Client, desk: Invitations, scene: Scene
) -> None:
    claimant = claimant_of(scene.case(office=OFFICE)).person
    assert claimant is not None
    path = address("registry:invite", claimant.pk)
    assert client.get(f"{path}?case={desk.case.pk}").status_code == 404
    assert client.get(f"{path}?case=x").status_code == 404
    assert client.get(path).status_code == 404


def test_who_asked_is_invited_and_the_request_is_answered(
    client: Client, desk: Invitations
) -> None:
    asked = ask(asked=Asked("Amélie Tremblay", EMAIL, "", desk.case.file_number, OFFICE, "fr"))
    path = f"{address('registry:invite', desk.person.pk)}?asked={asked.pk}"
    typed = {"channel": "email", "language": "fr", "to": EMAIL, "asked": str(asked.pk)}
    assert client.post(path, typed).status_code == 302
    answered = Invitation.objects.get()
    assert (answered.pk, answered.state, answered.person) == (asked.pk, "invited", desk.person)
    assert client.post(path, typed).status_code == 404  # it is asked for no longer


# The letter


@pytest.mark.requirement("MC-02")
@pytest.mark.parametrize(("lang", "title"), [("en", "Invitation to the"), ("fr", "Invitation au")])
def test_letter_is_in_the_language_of_the_person_with_the_form(
    client: Client, desk: Invitations, lang: str, title: str
) -> None:
    address_of = "12, rue des Érables\nMontréal QC  H2X 1Y4"
    invitation = desk.invited(channel="mail", to=address_of, language=lang)
    response = client.get(address("registry:invitation-letter", invitation.pk))
    assert response["Content-Type"] == "application/pdf"
    assert "attachment" in response["Content-Disposition"]
    words = words_of_pdf(response.content)
    assert title in words
    assert "12, rue des Érables Montréal QC H2X 1Y4" in words
    assert words.count("Amélie Tremblay") == 2


def test_fax_has_its_first_sheet_with_the_number(client: Client, desk: Invitations) -> None:
    invitation = desk.invited(channel="fax", to="514 555 0100")
    words = words_of_pdf(client.get(address("registry:invitation-fax", invitation.pk)).content)
    assert "+15145550100" in words
    assert "y compris celle-ci 3" in words


def test_letter_is_over_once_the_form_is_returned(client: Client, desk: Invitations) -> None:
    invitation = desk.returned(channel="mail", to="1 Example Street")
    response = client.get(address("registry:invitation-letter", invitation.pk))
    assert response.status_code == 409
    assert "moved on since you opened the page" in text_of(response)


# Many


def row(number: str, name: str, *more: str) -> str:
    return ",".join((number, name, *more, *[""] * (3 - len(more))))


HEAD = "file number,name,channel,address,language"


@pytest.fixture
def rows(desk: Invitations, scene: Scene) -> str:
    """Two counsel who can be invited, and three rows that are wrong."""
    second = scene.person("Daniel Okafor")
    case = desk.on_record(second)
    return "\n".join(
        (
            HEAD,
            row(desk.case.file_number, "Amelie TREMBLAY", "e-mail", EMAIL, "fr"),
            row("not a number", "Somebody"),
            row(case.file_number, "Daniel Okafor", "mail", '"1 Example Street, Montréal"', "en"),
            row(case.file_number, "Somebody Else", "mail", "1 Example Street"),
            row(case.file_number, "Daniel Okafor", "pigeon"),
        )
    )


def send(client: Client, text: str, lang: str = "en", **more: Any) -> Any:
    return client.post(
        address("registry:invite-many", lang=lang), {"rows": text, "office": OFFICE} | more
    )


def test_list_is_shown_before_anybody_is_invited(client: Client, rows: str) -> None:
    response = send(client, rows)
    assert response.status_code == 200
    page = text_of(response)
    assert "Invite 3 people?" in page
    assert "2 rows cannot be used" in page
    assert re.findall(r"Row (\d)\s*</strong>", page) == ["3", "6"]
    assert "1 Example Street, Montréal" in page
    assert not Invitation.objects.exists()


def test_right_rows_are_sent_once_and_wrong_ones_named_by_number(client: Client, rows: str) -> None:
    page = text_of(send(client, rows, send="1"))
    assert "2 people were invited" in page
    assert re.findall(r"Row (\d)\s*</strong>", page) == ["3", "5", "6"]
    assert Invitation.objects.count() == 2
    page = text_of(send(client, rows, send="1"))
    assert "0 people were invited" in page
    assert "2 people had been invited already" in page
    assert Invitation.objects.count() == 2
    assert Notice.objects.count() == 1


def test_list_in_french_has_french_headings_and_reasons(client: Client, rows: str) -> None:
    text = rows.replace(HEAD, "dossier,nom,voie,adresse,langue").replace("mail", "courrier")
    text = text.replace("e-courrier", "courriel").replace("fr", "français")
    page = text_of(send(client, text, lang="fr", send="1"))
    assert "2 personnes ont été invitées" in page
    assert "Ligne 3" in page
    assert "Row" not in page


def test_file_is_read_as_what_is_pasted(client: Client, rows: str) -> None:
    content = b"\xef\xbb\xbf" + rows.replace(",", ";").encode()
    file = SimpleUploadedFile("list.csv", content, "text/csv")
    response = client.post(address("registry:invite-many"), {"file": file, "office": OFFICE})
    assert "Daniel Okafor" in text_of(response)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "This file is empty."),
        (b" \n", 422, "Choose a file, or paste the rows."),
        ("é".encode("latin-1") * 10, 422, "UTF-8"),
        (b"%PDF-1.7 no list", 422, "Each is named below"),
        (b"x" * (2 * MOST_BYTES), 413, "larger than 512 KB"),
    ],
)
def test_file_that_is_no_list_is_refused_with_the_reason(
    client: Client, desk: Invitations, content: bytes, status: int, words: str
) -> None:
    file = SimpleUploadedFile("list.csv", content, "text/csv")
    response = client.post(address("registry:invite-many"), {"file": file, "office": OFFICE})
    assert response.status_code == status
    assert words in text_of(response)


def test_list_is_sent_for_an_office_of_ones_own_only(client: Client, rows: str) -> None:
    assert send(client, rows, send="1", office="vancouver").status_code == 422
    assert not Invitation.objects.exists()


@pytest.mark.security(18)
def test_list_without_the_token_of_its_form_is_refused(scene: Scene, rows: str) -> None:
    client = browser(scene.staff("officer", office=OFFICE), enforce_csrf_checks=True)
    assert send(client, rows, send="1").status_code == 403
    assert not Invitation.objects.exists()


# Again, and no more


def test_invitation_is_sent_again_by_another_way(client: Client, desk: Invitations) -> None:
    invitation = desk.invited()
    path = address("registry:invitation-send", invitation.pk)
    response = client.post(path, {"channel": "mail", "to": "1 Example Street"})
    assert response.status_code == 302
    again = desk.now(invitation)
    assert (again.channel, again.sent_to, again.sendings) == ("mail", "1 Example Street", 2)


def test_invitation_sent_again_elsewhere_leaves_the_address_that_failed(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited()
    path = address("registry:invitation-send", invitation.pk)
    client.post(path, {"channel": "email", "to": "new@example.org"})
    assert {notice.recipient for notice in Notice.objects.all()} == {EMAIL, "new@example.org"}


def test_invitation_is_revoked_once_it_is_confirmed_and_a_reason_given(
    client: Client, desk: Invitations
) -> None:
    invitation = desk.invited()
    path = address("registry:revoke-invitation", invitation.pk)
    assert "cannot be undone" in text_of(client.get(path))
    assert desk.now(invitation).state == "invited"
    response = client.post(path, {"why": " "})
    assert response.status_code == 422
    assert "Say why." in text_of(response)
    assert client.post(path, {"why": "Left the firm"}).status_code == 302
    assert desk.now(invitation).state == "revoked"
    assert client.post(path, {"why": "Again"}).status_code == 409
