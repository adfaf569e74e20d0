"""The registry receives: counsel files, the officer returns, counsel files again, and so on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.requirement("BY-06")]

COUNSEL, OFFICER = "okafor", "registry-vancouver"
CASE, KIND = "VC6-01377", "rpd-written-submissions"
FILE = "doc_3_3_pages.pdf"
NOTE = "La signature manque à la dernière page."

WORDS = {
    "en": {
        "queue": "Queue",
        "free": "Not taken",
        "take": "Take it",
        "back": "Put it back in the queue",
        "return": "Return all of it",
        "accept": "Take to the case file",
        "refuse": "Enter the refusal",
        "no note": "there is no note to the filer",
        "returned": "Returned",
        "why": "The procedure for filing was not followed",
        "again": "File again",
        "follows": "Filed again after",
        "on file": "On the case file",
        "refused": "Refused by the division",
        "late": "The document was received after the time limit",
    },
    "fr": {
        "queue": "File d’attente",
        "free": "À prendre",
        "take": "La prendre",
        "back": "La remettre dans la file",
        "return": "Tout retourner",
        "accept": "Verser au dossier",
        "refuse": "Inscrire le refus",
        "no note": "il manque la note à la personne qui a déposé",
        "returned": "Retournée",
        "why": "La procédure de dépôt n’a pas été suivie",
        "again": "Déposer de nouveau",
        "follows": "Déposée de nouveau après",
        "on file": "Au dossier",
        "refused": "Refusée par la section",
        "late": "Le document a été reçu après l’expiration du délai",
    },
}


@pytest.mark.requirement("MC-14")
@pytest.mark.requirement("MC-15")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_returned_submission_is_filed_again_accepted_and_one_document_refused(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    words, counsel, officer = WORDS[lang], visit(lang), visit(lang)
    counsel.sign_in(COUNSEL)
    counsel.open_case(CASE)
    counsel.choose_type(KIND)
    counsel.add(corpus / FILE)
    counsel.go_on_from_files()
    counsel.page.wait_for_url("**/review/")
    counsel.submit()
    first = number_of(counsel)

    enter(officer, words)
    take(officer, words, first)
    judged("desk", officer)
    officer.page.locator("input[value=procedure-not-followed]").check()
    press(officer, words["return"])
    expect(officer.page.locator(".error-summary")).to_contain_text(words["no note"])
    judged("desk without the note", officer)
    expect(officer.page.locator("input[value=procedure-not-followed]")).to_be_checked()
    officer.page.locator("#id_note").fill(NOTE)
    press(officer, words["return"])
    expect(officer.page.get_by_role("main")).to_contain_text(f"{words['returned']}.")

    counsel.page.reload()
    main = counsel.page.get_by_role("main")
    for said in (words["why"], NOTE, words["returned"]):
        expect(main).to_contain_text(said)
    judged("returned", counsel)
    press(counsel, words["again"])
    counsel.line(FILE).wait_for()
    counsel.go_on_from_files()
    counsel.page.wait_for_url("**/review/")
    counsel.submit()
    second = number_of(counsel)
    assert second != first
    expect(counsel.page.get_by_role("main")).to_contain_text(words["follows"])
    expect(counsel.page.get_by_role("main").get_by_role("link", name=first)).to_be_visible()

    take(officer, words, second)
    press(officer, words["accept"])
    expect(officer.page.get_by_role("main")).to_contain_text(f"{words['on file']}.")
    counsel.page.reload()
    expect(counsel.page.locator(".notice").first).to_contain_text(words["on file"])

    officer.page.goto(counsel.page.url.replace("/portal/", "/registry/"))
    officer.page.locator("input[name=positions]").check()
    officer.page.locator("input[value=late]").check()
    officer.page.locator("#id_note").fill("Three days late.")
    officer.page.locator("#id_decided_by").fill("Henri Beaulieu")
    judged("refusing", officer)
    press(officer, words["refuse"])
    counsel.page.reload()
    for said in (words["late"], words["refused"]):
        expect(counsel.page.get_by_role("main")).to_contain_text(said)


def number_of(counsel: Visit) -> str:
    return counsel.page.locator(".confirmation-number").inner_text()


def press(who: Visit, name: str) -> None:
    who.follow(who.page.get_by_role("main").get_by_role("button", name=name, exact=True))


def enter(officer: Visit, words: dict[str, str]) -> None:
    """Sign in and come to the queue, where an officer's work begins."""
    officer.sign_in(OFFICER, to=words["queue"])
    judged("queue", officer)


def take(officer: Visit, words: dict[str, str], number: str) -> None:
    """From the queue, what nobody holds, to the desk."""
    officer.go("registry/?whose=free")
    officer.follow(officer.page.get_by_role("main").get_by_role("link", name=number))
    press(officer, words["take"])
    officer.page.get_by_role("button", name=words["back"]).wait_for()


def test_queue_and_desk_are_worked_by_keys_alone(visit: Callable[..., Visit]) -> None:
    officer = visit("en")
    words = WORDS["en"]
    enter(officer, words)
    page = officer.page
    first = page.locator("[data-open]").first
    page.keyboard.press("j")
    expect(first).to_be_focused()
    officer.follow_key("Enter")
    page.get_by_role("button", name=words["take"]).focus()
    officer.follow_key("Enter")
    page.get_by_role("button", name=words["back"]).wait_for()
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("[data-key=r]")).to_be_focused()
    page.locator("#id_note").focus()
    page.keyboard.type("ar")
    expect(page.locator("#id_note")).to_have_value("ar")
    press(officer, words["back"])


def test_keys_turned_off_on_the_queue_act_on_no_page_until_they_are_on_again(
    visit: Callable[..., Visit],
) -> None:
    """Single letters must not move somebody who dictates (WCAG 2.1.4)."""
    officer = visit("fr")
    words = WORDS["fr"]
    enter(officer, words)
    page = officer.page
    page.locator("[data-keys] summary").click()
    judged("keys of the queue", officer)
    page.locator("[data-keys-on]").uncheck()
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("body")).to_be_focused()
    officer.follow(page.locator("[data-open]").first)
    press(officer, words["take"])
    page.get_by_role("button", name=words["back"]).wait_for()
    turned = page.locator("[data-keys-on]")
    assert turned.evaluate_all("all => all.map((one) => one.checked)") == [False, False]
    here = page.url
    for key in ("a", "r", "+"):
        page.keyboard.press(key)
    expect(page.locator("body")).to_be_focused()
    assert page.url == here
    for summary in page.locator("[data-keys] summary").all():
        summary.click()
    judged("keys of the desk", officer)
    turned.last.check()
    assert turned.evaluate_all("all => all.map((one) => one.checked)") == [True, True]
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_be_focused()
    press(officer, words["back"])


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_supervisor_sees_who_works_on_what(visit: Callable[..., Visit], lang: str) -> None:
    supervisor = visit(lang)
    supervisor.sign_in("superviseure", to=WORDS[lang]["queue"])
    supervisor.go("registry/load/")
    judged("load", supervisor)
