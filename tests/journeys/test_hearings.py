"""An officer schedules, issues the notice, postpones, cancels; counsel sees it, with its limits."""

import datetime as dt
from collections.abc import Callable
from email.message import Message
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-16"),
    pytest.mark.requirement("BY-06"),
]

COUNSEL, OFFICER, CASE = "okafor", "registry-vancouver", "VC6-01377"
WORDS = {
    "en": {
        "queue": "Queue",
        "ways": "Schedule, postpone, cancel; notices to appear",
        "schedule": "Schedule a hearing",
        "do schedule": "Schedule the hearing",
        "saturday": "is a Saturday or a Sunday: the office is closed.",
        "scheduled": "The hearing is scheduled.",
        "issue": "Issue the notice to appear",
        "do issue": "Issue the notice",
        "issued": "The notice is issued and on the case file.",
        "postpone": "Postpone or change",
        "do postpone": "Postpone the hearing",
        "postponed": "The hearing is postponed.",
        "cancel": "Cancel the hearing",
        "cancelled": "The hearing is cancelled.",
        "calendar": "Add to my calendar",
        "notice": "Notice to appear",
        "over": "No longer holds",
        "gone": "this hearing is already cancelled",
        "limits": "Time limits",
    },
    "fr": {
        "queue": "File d’attente",
        "ways": "Fixer, reporter, annuler\u00a0; avis de convocation",
        "schedule": "Fixer une audience",
        "do schedule": "Fixer l’audience",
        "saturday": "est un samedi ou un dimanche\u00a0: le bureau est fermé.",
        "scheduled": "L’audience est fixée.",
        "issue": "Délivrer l’avis de convocation",
        "do issue": "Délivrer l’avis",
        "issued": "L’avis est délivré et versé au dossier.",
        "postpone": "Reporter ou modifier",
        "do postpone": "Reporter l’audience",
        "postponed": "L’audience est reportée.",
        "cancel": "Annuler l’audience",
        "cancelled": "L’audience est annulée.",
        "calendar": "Ajouter à mon calendrier",
        "notice": "Notice to appear",  # the case is in English, and so is the document
        "over": "Ne vaut plus",
        "gone": "cette audience est déjà annulée",
        "limits": "Délais",
    },
}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_counsel_sees_a_hearing_as_the_officer_changes_it(
    visit: Callable[..., Visit], lang: str
) -> None:
    words, counsel, officer = WORDS[lang], visit(lang), visit(lang)
    counsel.sign_in(COUNSEL)
    counsel.open_case(CASE)
    main = counsel.page.get_by_role("main")
    over = main.get_by_text(words["over"])
    before = over.count()
    room = f"Room {lang} 1700"

    officer.sign_in(OFFICER, to=words["queue"])
    officer.page.goto(counsel.page.url.replace("/portal/", "/registry/"))
    officer.follow(officer.link(words["ways"]))
    judged("hearings", officer)
    schedule(officer, words, room)
    officer.follow(card(officer, room).get_by_role("link", name=words["issue"]))
    judged("issue the notice", officer)
    press(officer, words["do issue"])
    said(officer, words["issued"])

    counsel.page.reload()
    for seen in (room, words["notice"], words["limits"]):
        expect(main).to_contain_text(seen)
    expect(over).to_have_count(before)
    judged("a case with hearings and a notice", counsel)
    link = counsel.page.get_by_role("link", name=words["calendar"]).last
    assert f"LOCATION:{room}" in given(counsel, link, ".ics").decode()
    notice = counsel.page.locator("a[href*='/documents/']", has_text=words["notice"]).first
    assert given(counsel, notice, ".pdf").startswith(b"%PDF")

    officer.follow(card(officer, room).get_by_role("link", name=words["postpone"]))
    judged("postpone", officer)
    fill(officer, saturday(10), f"{room} A")
    press(officer, words["do postpone"])
    for box in officer.page.locator("input[name=acknowledged]").all():
        box.check()
    press(officer, words["do postpone"])
    said(officer, words["postponed"])
    counsel.page.reload()
    expect(main).to_contain_text(f"{room} A")
    expect(over).to_have_count(before + 1)

    officer.follow(card(officer, room).get_by_role("link", name=words["cancel"]))
    judged("cancel", officer)
    asked = officer.page.url
    press(officer, words["cancel"])
    said(officer, words["cancelled"])
    judged("hearings that were", officer)
    officer.page.goto(asked)
    officer.at(words["gone"])
    judged("refused", officer)
    counsel.page.reload()
    expect(main).not_to_contain_text(room)


def schedule(officer: Visit, words: dict[str, str], room: str) -> None:
    """From the hearings of a case, through what is wrong and what is warned of, back to them."""
    officer.follow(officer.link(words["schedule"]))
    press(officer, words["do schedule"])
    expect(officer.page.locator(".error-summary")).to_be_focused()
    judged("schedule, nothing entered", officer)
    fill(officer, saturday(8), room)
    press(officer, words["do schedule"])
    expect(officer.page.locator("#warnings")).to_contain_text(words["saturday"])
    judged("schedule with warnings", officer)
    for box in officer.page.locator("input[name=acknowledged]").all():
        box.check()
    press(officer, words["do schedule"])
    said(officer, words["scheduled"])
    judged("scheduled", officer)


def saturday(weeks: int) -> dt.date:
    """A Saturday so many weeks ahead."""
    today = dt.datetime.now(dt.UTC).date()
    return today + dt.timedelta(days=(5 - today.weekday()) % 7, weeks=weeks)


def fill(officer: Visit, day: dt.date, place: str) -> None:
    for box, number in enumerate((day.day, day.month, day.year)):
        officer.page.locator(f"#id_day_{box}").fill(str(number))
    officer.page.locator("#id_time").fill("9:30")
    officer.page.locator("#id_place").fill(place)


def press(who: Visit, name: str) -> None:
    who.follow(who.page.get_by_role("main").get_by_role("button", name=name, exact=True))


def said(officer: Visit, words: str) -> None:
    expect(officer.page.locator(".notice").first).to_contain_text(words)


def card(officer: Visit, room: str) -> Locator:
    """What the officer sees of the hearing in that room."""
    return officer.page.locator(".card", has_text=room)


def given(who: Visit, link: Locator, kind: str) -> Any:
    """What a link gives to this browser: a file to keep, of that kind."""
    answer = who.page.context.request.get(f"{who.site}{link.get_attribute('href')}")
    assert answer.status == 200
    disposition = Message()
    disposition["Content-Disposition"] = answer.headers["content-disposition"]
    assert disposition.get_content_disposition() == "attachment"
    assert str(disposition.get_filename()).endswith(kind)
    return answer.body()
