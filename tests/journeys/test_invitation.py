"""From an invitation to My cases, by a credential: the officer and counsel, each at a browser."""

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-01", "MC-02", "MC-03", "MC-04", "MC-05", "MC-06", "BY-06"),
]

PHRASE = "lamp oar fig nine"
WORDS = {
    "en": {
        "officer": "registry-vancouver",
        "zone": "America/Vancouver",
        "who": "Grace Kim",
        "case": "VC6-05201",
        "regulator": "law-society-bc",
        "queue": "Queue",
        "form": "Registration form",
        "received": "We have your registration form",
        "times": "Choose the time of your identity meeting",
        "fixed": "Your identity meeting is scheduled",
        "sent": "Your code for the portal was sent",
        "code": "Enter the invitation code",
        "mistyped": "typing error",
        "mine": "My cases",
        "joined": "You have joined the portal",
        "invited": "You are invited",
    },
    "fr": {
        "officer": "greffe-montreal",
        "zone": "America/Toronto",
        "who": "Sophie Lavoie",
        "case": "MC6-05201",
        "regulator": "barreau-quebec",
        "queue": "File",
        "form": "Formulaire d’inscription",
        "received": "Nous avons votre formulaire",
        "times": "Choisissez le moment de votre rencontre",
        "fixed": "Votre rencontre d’identité est fixée",
        "sent": "Votre code pour le portail est envoyé",
        "code": "Entrez le code d’invitation",
        "mistyped": "erreur de frappe",
        "mine": "Mes dossiers",
        "joined": "Vous avez rejoint le portail",
        "invited": "Vous êtes invité",
    },
}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_asking_to_be_invited_works_without_scripts(visit: Callable[..., Visit], lang: str) -> None:
    who = visit(lang, java_script_enabled=False)
    who.go("invitation/")
    judged_without_scripts(who)
    who.follow(who.page.locator(".card-title a[href*=ask]"))
    press(who)
    expect(who.page.locator(".error-summary li")).to_have_count(4)
    who.page.fill("#id_name", "Nobody")
    who.page.fill("#id_email", f"nobody-{lang}@example.org")
    who.page.fill("#id_file_number", "MC6-99999")
    who.page.locator("input[name=office][value=toronto]").check()
    press(who)
    expect(who.page.locator(".confirmation")).to_be_visible()
    judged_without_scripts(who)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_pages_of_who_asks_are_for_everybody(visit: Callable[..., Visit], lang: str) -> None:
    who = visit(lang)
    for path in ("invitation/", "invitation/asked/", "invitation/ask/"):
        who.go(path)
        judged(path, who)
    press(who)
    expect(who.page.locator(".error-summary")).to_be_focused()
    judged("ask, refused", who)


def judged_without_scripts(who: Visit) -> None:
    """One heading, and nothing wider than a telephone."""
    expect(who.page.get_by_role("heading", level=1)).to_have_count(1)
    who.page.set_viewport_size({"width": 320, "height": 900})
    main = who.page.get_by_role("main").bounding_box()
    assert main is not None
    assert main["width"] <= 320


def press(who: Visit) -> None:
    """Press the one button of the page's form, and be on the next page."""
    who.follow(who.page.get_by_role("main").locator("form button.button[type=submit]").last)


def follow_main(who: Visit) -> None:
    """Follow the main thing that the page offers."""
    who.follow(who.page.get_by_role("main").locator("a.button").first)


def mail(who: Visit, found: str) -> str:
    """The latest message of the demonstration that has this in it; gives what it says."""
    who.go("demonstration/mail/")
    links = who.page.get_by_role("main").locator(".card-title a")
    for place in range(min(4, links.count())):
        who.follow(links.nth(place))
        said = who.page.get_by_role("main").inner_text()
        if re.search(found, said):
            return said
        who.page.go_back()
    raise AssertionError(f"no message says {found}")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_counsel_is_invited_and_joins_the_portal(visit: Callable[..., Visit], lang: str) -> None:
    words, officer, counsel = WORDS[lang], visit(lang), visit(lang)
    officer.sign_in(words["officer"], words["queue"])
    invitation = invite(officer, words)

    link = re.search(r"/(?:en|fr)/invitation/mine/[\w-]{43}/", mail(counsel, "/invitation/mine/"))
    assert link is not None
    own = link[0].removeprefix(f"/{lang}/")
    return_the_form(counsel, own, words)

    officer.go(f"{invitation}review/")
    officer.page.locator("input[name=decision][value=accept]").check()
    press(officer)
    propose_today(officer, invitation, words)

    counsel.go(f"{own}times/")
    counsel.at(words["times"])
    judged("times of the meeting", counsel)
    counsel.page.locator("input[name=time]").first.check()
    press(counsel)
    counsel.at(words["fixed"])
    judged("meeting fixed", counsel)
    counsel.go(f"{own}cancel/")
    judged("other times", counsel)

    officer.go(f"{invitation}meeting/outcome/")
    officer.page.locator("input[name=outcome][value=confirmed]").check()
    officer.page.locator("select[name^=kind]").first.select_option("passport")
    officer.page.locator("input[name^=last]").first.fill("4821")
    press(officer)
    officer.go(f"{invitation}code/")
    press(officer)

    counsel.go(own)
    counsel.at(words["sent"])
    said = mail(counsel, r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}")
    code = re.search(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", said)
    assert code is not None
    make_a_credential(counsel, f"counsel-{lang}")
    join(counsel, code[0], words)


def invite(officer: Visit, words: dict[str, str]) -> str:
    """Find counsel, invite them by e-mail; gives the address of the invitation."""
    officer.go(f"registry/invitations/invite/?q={words['who'].split()[1]}")
    officer.follow(officer.page.get_by_role("main").locator(".card a.button").first)
    officer.page.locator("input[name=channel][value=email]").check()
    officer.page.locator(f"input[name=language][value={officer.lang}]").check()
    press(officer)
    found = re.search(r"registry/invitations/[0-9a-f-]{36}/", officer.page.content())
    assert found is not None, officer.page.url
    return found[0]


def return_the_form(counsel: Visit, own: str, words: dict[str, str]) -> None:
    page = counsel.page
    counsel.go(own)
    counsel.at(words["invited"])
    judged("my invitation", counsel)
    follow_main(counsel)
    counsel.at(words["form"])
    judged("registration form", counsel)
    press(counsel)
    expect(page.locator(".error-summary")).to_be_focused()
    judged("registration form, refused", counsel)
    page.locator("input[name=membership][value=lawyer]").check()
    page.locator("select[name=regulator]").select_option(words["regulator"])
    page.fill("#id_membership_number", "204417")
    page.fill("#id_address", "1 Main Street\nOttawa ON  K1A 0A1")
    page.fill("#id_mobile", "514 555 0142" if counsel.lang == "fr" else "604 555 0142")
    press(counsel)
    counsel.at(words["received"])


def propose_today(officer: Visit, invitation: str, words: dict[str, str]) -> None:
    """Propose the last minute of this day: the meeting may be held earlier on its day."""
    today = dt.datetime.now(ZoneInfo(words["zone"])).date()
    officer.go(f"{invitation}meeting/propose/")
    for part, value in enumerate((today.day, today.month, today.year)):
        officer.page.fill(f"#id_day_0_{part}", str(value))
    officer.page.fill("#id_time_0", "23:59")
    officer.page.fill("#id_join", "https://meet.example.org/1")
    press(officer)


def make_a_credential(who: Visit, username: str) -> None:
    """Make a credential, whose terms are accepted."""
    page = who.page
    who.go("sign-in/create/")
    page.locator("#id_accept_credential").check()
    page.fill("#id_username", username)
    page.fill("#id_password1", PHRASE)
    page.fill("#id_password2", PHRASE)
    chosen = (("first-street", "Rue des Érables"), ("teacher", "Nguyễn"), ("dish", "liver"))
    for n, (question, answer) in enumerate(chosen, start=1):
        page.select_option(f"#id_question{n}", question)
        page.fill(f"#id_answer{n}", answer)
    press(who)


def join(counsel: Visit, code: str, words: dict[str, str]) -> None:
    """Enter the code, mistyped first, then that of the text message; be at My cases."""
    page = counsel.page
    counsel.at(words["code"])
    judged("invitation code", counsel)
    for box in page.locator("input[name^=accept_]").all():
        box.check()
    page.fill("#id_code", code[:-1])
    press(counsel)
    expect(page.locator(".error-summary")).to_contain_text(words["mistyped"])
    page.fill("#id_code", code.lower().replace("-", " "))
    press(counsel)
    where = page.url
    text = re.search(r"\b\d{6}\b", mail(counsel, r"\b\d{6}\b"))
    assert text is not None
    page.goto(where)
    page.fill("#id_code", text[0])
    counsel.follow(page.locator("form:has(#id_code) button[type=submit]"))
    counsel.at(words["mine"])
    expect(page.get_by_role("main")).to_contain_text(words["joined"])
    expect(page.get_by_role("main")).to_contain_text(words["case"])
