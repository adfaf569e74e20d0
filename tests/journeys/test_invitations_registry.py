"""An officer invites counsel, reviews, meets, issues the code: every page of it, in a browser."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit
from tests.support.letters import words_of_pdf

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-01"),
    pytest.mark.requirement("BY-06"),
]

OFFICERS = {"en": "registry-vancouver", "fr": "greffe-montreal"}
PEOPLE: dict[str, dict[str, str]] = {
    "en": {
        "new": "Grace Kim",
        "asked": "Robert Gill",
        "met": "Laura Mitchell",
        "confirmed": "Anand Rao",
        "number": "VC6-05201",
        "claimant": "Invented Person 1",
    },
    "fr": {
        "new": "Sophie Lavoie",
        "asked": "Jean-Marc Dubé",
        "met": "Chantal Morin",
        "confirmed": "Yasmine Benali",
        "number": "MC6-05201",
        "claimant": "Personne inventée 1",
    },
}
WORDS = {
    "en": {
        "queue": "Queue",
        "invitations": "Invitations",
        "invite": "Invite somebody",
        "many": "Invite many from a list",
        "find": "Find",
        "do invite": "Invite",
        "no address": "There is no address to send the invitation to.",
        "printed": "The invitation is made. Print the letter, and send it.",
        "letter": "Letter with the registration form (PDF)",
        "form": "Registration form for the portal",
        "enter": "Enter a form that came back on paper",
        "do enter": "Enter the form",
        "mobile": "Enter a mobile number",
        "review": "Review the registration form",
        "do review": "Save the decision",
        "propose": "Propose times for the meeting",
        "do propose": "Propose these times",
        "half": "Enter the time that goes with this date.",
        "fix": "Fix one of the times",
        "do fix": "Fix the meeting",
        "move": "Move the meeting",
        "moved": "The meeting is moved.",
        "cancel": "Cancel the meeting",
        "cancelled": "The meeting is cancelled.",
        "outcome": "Record the outcome of the meeting",
        "do outcome": "Record the outcome",
        "no document": "confirmed only with a document that you have seen",
        "recorded": "The outcome is recorded.",
        "issue": "Issue the invitation code",
        "do issue": "Issue the code",
        "issued": "The code is being sent by e-mail.",
        "again": "Send the invitation again",
        "revoke": "Revoke",
        "do revoke": "Revoke the invitation",
        "revoked": "The invitation is revoked.",
        "gone": "the invitation has moved on",
        "look": "Look at the list",
        "wrong": "One row cannot be used",
        "do send": "Invite this person",
        "sent": "0 people were invited",
    },
    "fr": {
        "queue": "File d’attente",
        "invitations": "Invitations",
        "invite": "Inviter quelqu’un",
        "many": "Inviter plusieurs personnes à partir d’une liste",
        "find": "Chercher",
        "do invite": "Inviter",
        "no address": "Il n’y a pas d’adresse où envoyer l’invitation.",
        "printed": "L’invitation est prête. Imprimez la lettre et envoyez-la.",
        "letter": "Lettre et formulaire d’inscription (PDF)",
        "form": "Formulaire d’inscription au portail",
        "enter": "Saisir un formulaire reçu sur papier",
        "do enter": "Saisir le formulaire",
        "mobile": "Inscrivez un numéro de mobile",
        "review": "Examiner le formulaire d’inscription",
        "do review": "Enregistrer la décision",
        "propose": "Proposer des moments pour la rencontre",
        "do propose": "Proposer ces moments",
        "half": "Entrez l’heure qui va avec cette date.",
        "fix": "Fixer l’un des moments",
        "do fix": "Fixer la rencontre",
        "move": "Déplacer la rencontre",
        "moved": "La rencontre est déplacée.",
        "cancel": "Annuler la rencontre",
        "cancelled": "La rencontre est annulée.",
        "outcome": "Consigner l’issue de la rencontre",
        "do outcome": "Consigner l’issue",
        "no document": "n’est confirmée qu’avec une pièce que vous avez vue",
        "recorded": "L’issue est consignée.",
        "issue": "Délivrer le code d’invitation",
        "do issue": "Délivrer le code",
        "issued": "Le code est en cours d’envoi par courriel.",
        "again": "Envoyer l’invitation de nouveau",
        "revoke": "Révoquer",
        "do revoke": "Révoquer l’invitation",
        "revoked": "L’invitation est révoquée.",
        "gone": "l’invitation a avancé",
        "look": "Examiner la liste",
        "wrong": "Une ligne ne peut servir",
        "do send": "Inviter cette personne",
        "sent": "0 personne a été invitée",
    },
}


@pytest.fixture(params=["en", "fr"])
def officer(visit: Callable[..., Visit], request: pytest.FixtureRequest) -> Visit:
    """An officer on the page of invitations."""
    who = visit(request.param)
    who.words = {**who.words, **WORDS[who.lang]}
    who.sign_in(OFFICERS[who.lang], to=who.words["queue"])
    header = who.page.get_by_role("banner")
    who.follow(header.get_by_role("link", name=who.words["invitations"]))
    who.at(who.words["invitations"])
    return who


def press(who: Visit, word: str) -> None:
    who.follow(who.button(word))


def said(who: Visit, word: str) -> None:
    expect(who.page.locator(".notice").first).to_contain_text(who.words[word])


def faulty(who: Visit, word: str) -> None:
    """The summary of what is wrong has the focus and says so."""
    summary = who.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(who.words[word])


def open_one(who: Visit, name: str) -> None:
    """From the list of all, to one."""
    who.go(f"registry/invitations/?q={name}")
    who.follow(who.page.get_by_role("main").get_by_role("link", name=name, exact=True))
    who.at(name)


def a_date(who: Visit, field: str, days: int) -> None:
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
    for box, number in enumerate((day.day, day.month, day.year)):
        who.page.locator(f"#id_{field}_{box}").fill(str(number))


@pytest.mark.requirement("MC-02")
@pytest.mark.requirement("MC-03")
def test_officer_takes_counsel_from_the_invitation_by_mail_to_the_meeting(officer: Visit) -> None:
    words, people, page = officer.words, PEOPLE[officer.lang], officer.page
    judged("list", officer)
    officer.follow(officer.link(words["invite"]))
    page.locator("#q").fill(people["number"])
    press(officer, "find")
    judged("found", officer)
    officer.follow(page.locator(".card", has_text=people["new"]).get_by_role("link").last)
    page.locator("input[name=channel][value=mail]").check()
    press(officer, "do invite")
    faulty(officer, "no address")
    judged("invite, with its problem", officer)
    page.locator("#id_to").fill("1 Example Street")
    press(officer, "do invite")
    said(officer, "printed")
    judged("invited", officer)
    assert words["form"] in words_of_pdf(given(officer, officer.link(words["letter"])))
    return_on_paper(officer)
    meet(officer)


def return_on_paper(officer: Visit) -> None:
    """Enter the form, and accept it."""
    page = officer.page
    officer.follow(officer.link(officer.words["enter"]))
    page.locator("input[name=membership][value=lawyer]").check()
    page.locator("#id_regulator").select_option("barreau-quebec")
    page.locator("#id_membership_number").fill("204417")
    page.locator("#id_address").fill("1 Example Street")
    press(officer, "do enter")
    faulty(officer, "mobile")
    judged("form, with its problem", officer)
    page.locator("#id_mobile").fill("514 555 0142")
    press(officer, "do enter")
    officer.follow(officer.link(officer.words["review"]).first)
    judged("review", officer)
    page.locator("input[name=decision][value=accept]").check()
    press(officer, "do review")


def meet(officer: Visit) -> None:
    """Propose, fix, move and cancel the meeting."""
    page, words = officer.page, officer.words
    officer.follow(officer.link(words["propose"]))
    a_date(officer, "day_0", 12)
    page.locator("#id_time_0").fill("9:30")
    a_date(officer, "day_1", 13)
    page.locator("#id_join").fill("https://meet.example.org/7")
    press(officer, "do propose")
    faulty(officer, "half")
    judged("propose, with its problem", officer)
    page.locator("#id_time_1").fill("14:00")
    press(officer, "do propose")
    judged("proposed", officer)
    officer.follow(officer.link(words["fix"]))
    judged("choose", officer)
    page.locator("input[name=starts_at]").last.check()
    press(officer, "do fix")
    officer.follow(officer.link(words["move"]))
    judged("move", officer)
    a_date(officer, "day", 15)
    press(officer, "move")
    said(officer, "moved")
    officer.follow(officer.link(words["cancel"]))
    judged("cancel", officer)
    press(officer, "cancel")
    said(officer, "cancelled")
    judged("cancelled", officer)


@pytest.mark.requirement("MC-03")
@pytest.mark.requirement("MC-04")
def test_officer_records_the_outcome_and_issues_the_code(officer: Visit) -> None:
    page, words, people = officer.page, officer.words, PEOPLE[officer.lang]
    open_one(officer, people["met"])
    judged("scheduled", officer)
    officer.follow(officer.link(words["outcome"]))
    page.locator("input[name=outcome][value=confirmed]").check()
    press(officer, "do outcome")
    faulty(officer, "no document")
    judged("outcome, with its problem", officer)
    page.locator("#id_kind_0").select_option("passport")
    page.locator("#id_last_0").fill("4821")
    press(officer, "do outcome")
    said(officer, "recorded")
    open_one(officer, people["confirmed"])
    officer.follow(officer.link(words["issue"]))
    judged("issue", officer)
    asked = page.url
    press(officer, "do issue")
    said(officer, "issued")
    judged("issued", officer)
    page.goto(asked.replace("code/", "review/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["gone"])
    judged("refused", officer)


def test_officer_answers_a_request_or_revokes_it_and_reads_a_list(officer: Visit) -> None:
    page, words, people = officer.page, officer.words, PEOPLE[officer.lang]
    open_one(officer, people["asked"])
    judged("asked", officer)
    officer.follow(officer.link(words["revoke"]))
    judged("revoke", officer)
    page.locator("#id_why").fill("…")
    press(officer, "do revoke")
    said(officer, "revoked")
    judged("revoked", officer)
    officer.go("registry/invitations/")
    officer.follow(officer.link(words["many"]))
    judged("list to send", officer)
    rows = f"dossier,nom\n{people['number']},{people['claimant']}\nx,{people['new']}\n"
    page.locator("#id_rows").fill(rows)
    press(officer, "look")
    expect(page.locator("#wrong")).to_contain_text(words["wrong"])
    judged("list that was read", officer)
    press(officer, "do send")
    officer.at(words["sent"])
    judged("list that was sent", officer)


def given(who: Visit, link: Any) -> bytes:
    """What a link gives to this browser."""
    answer = who.page.context.request.get(f"{who.site}{link.get_attribute('href')}")
    assert answer.status == 200
    content: bytes = answer.body()
    return content
