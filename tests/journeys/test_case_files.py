"""The case file: what a supervisor seals, counsel no longer sees; an auditor reads who read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("BY-06"),
    pytest.mark.requirement("MC-16"),
]

CASE, KIND, FILE = "MC6-02346", "rpd-written-submissions", "doc_3_3_pages.pdf"

WORDS = {
    "en": {
        "queue": "Queue",
        "cases": "Cases",
        "heard": "Cases you hear",
        "take": "Take it",
        "accept": "Take to the case file",
        "seal": "Seal",
        "sealed": "Sealed",
        "lift": "Lift the sealing",
        "why": "Say why.",
        "history": "History of the case",
        "did seal": "sealed a document",
        "withheld": "1 document that you filed is not shown here",
        "transfer": "Transfer the case",
        "who": "Who read its documents",
    },
    "fr": {
        "queue": "File d’attente",
        "cases": "Dossiers",
        "heard": "Dossiers que vous entendez",
        "take": "La prendre",
        "accept": "Verser au dossier",
        "seal": "Mettre sous scellés",
        "sealed": "Sous scellés",
        "lift": "Lever les scellés",
        "why": "Dites pourquoi.",
        "history": "Historique du dossier",
        "did seal": "a mis un document sous scellés",
        "withheld": "1 document que vous avez déposé n’est pas affiché ici",
        "transfer": "Transférer le dossier",
        "who": "Qui a lu ses documents",
    },
}


@pytest.mark.security(20)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_supervisor_seals_a_document_and_counsel_no_longer_sees_it(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    words, counsel, supervisor = WORDS[lang], visit(lang), visit(lang)
    counsel.sign_in("tremblay")
    counsel.open_case(CASE)
    before = rows(counsel, FILE).count()
    counsel.choose_type(KIND)
    counsel.add(corpus / FILE)
    counsel.go_on_from_files()
    counsel.page.wait_for_url("**/review/")
    counsel.submit()
    receipt = counsel.page.url

    supervisor.sign_in("superviseure", to=words["queue"])
    supervisor.page.goto(receipt.replace("/portal/", "/registry/"))
    press(supervisor, words["take"])
    press(supervisor, words["accept"])
    find(supervisor, CASE)
    judged("case file", supervisor)
    counsel.go("portal/")
    counsel.open_case(CASE)
    expect(rows(counsel, FILE)).to_have_count(before + 1)
    judged("case with its record", counsel)

    supervisor.follow(rows(supervisor, FILE).last.get_by_role("link", name=words["seal"]))
    judged("sealing", supervisor)
    supervisor.follow(supervisor.page.locator("form[data-busy] .button").last)
    expect(supervisor.page.locator(".error-summary")).to_contain_text(words["why"])
    supervisor.page.locator("#id_reason").fill("Ordonnance du 3 novembre")
    supervisor.follow(supervisor.page.locator("form[data-busy] .button").last)
    expect(supervisor.page.locator(".notice").first).to_be_visible()
    expect(rows(supervisor, FILE).last).to_contain_text(words["sealed"])
    judged("case file with a sealed document", supervisor)

    counsel.page.reload()
    expect(rows(counsel, FILE)).to_have_count(before)
    counsel.page.goto(receipt)
    expect(counsel.page.get_by_role("main")).to_contain_text(words["withheld"])
    expect(counsel.page.locator(".file-list")).not_to_contain_text(FILE)
    judged("receipt of what was sealed", counsel)

    supervisor.follow(supervisor.link(words["history"]))
    expect(supervisor.page.locator(".timeline")).to_contain_text(words["did seal"])
    expect(supervisor.page.locator(".timeline")).to_contain_text("Ordonnance du 3 novembre")
    judged("history of a case file", supervisor)


def rows(who: Visit, name: str) -> Locator:
    """The lines of a record with a document of that name."""
    return who.page.get_by_role("main").locator("tbody tr", has_text=name)


def press(who: Visit, name: str) -> None:
    who.follow(who.page.get_by_role("main").get_by_role("button", name=name, exact=True))


def find(who: Visit, number: str) -> None:
    """From the search of cases to a case file."""
    who.go("registry/cases/")
    who.page.locator("#q").fill(number)
    who.page.locator("#q").focus()
    who.follow_key("Enter")
    who.follow(who.link(number))
    who.at(number)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_case_pages_of_each_role_are_for_everybody(visit: Callable[..., Visit], lang: str) -> None:
    words = WORDS[lang]
    member, auditor, officer = visit(lang), visit(lang), visit(lang)
    member.sign_in("commissaire", to=words["heard"])
    judged("cases of a member", member)
    auditor.sign_in("auditor", to=words["cases"])
    judged("cases", auditor)
    auditor.go("registry/cases/?q=zzz")
    judged("no case found", auditor)
    find(auditor, CASE)
    judged("case file for an auditor", auditor)
    auditor.follow(auditor.link(words["who"]))
    judged("readings of a case", auditor)
    officer.sign_in("greffe-montreal", to=words["queue"])
    find(officer, CASE)
    officer.follow(officer.link(words["transfer"]))
    judged("transfer", officer)
    officer.follow(officer.page.locator("form[data-busy] .button").last)
    expect(officer.page.locator(".error-summary")).to_be_focused()
    judged("transfer to no office", officer)
