"""My account: sessions on two devices, a warning that leaves what is typed, a password."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.judging import judged
from tests.journeys.site import PASSWORD
from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.requirement("BY-06")]

WORDS = {
    "en": {
        "account": "My account",
        "sessions": "Sessions and devices",
        "others": "End all other sessions",
        "ended": "sessions were ended",
        "here": "This device",
        "password": "Change your password",
        "soon": "You will be signed out in less than 5 minutes",
        "stay": "Stay signed in",
        "over": "Your session has ended",
        "change": "Change the password",
        "name": "okafor",
    },
    "fr": {
        "account": "Mon compte",
        "sessions": "Sessions et appareils",
        "others": "Fermer toutes les autres sessions",
        "ended": "sessions sont fermées",
        "here": "Cet appareil",
        "password": "Changer",
        "soon": "Votre session se fermera dans moins de 5 minutes",
        "stay": "Garder la session ouverte",
        "over": "Votre session est fermée",
        "change": "Changer le mot de passe",
        "name": "tremblay",
    },
}
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])


def look_at_the_time(page: Page, *, warned: int) -> None:
    """Come back to the page when the warning is due `warned` seconds before the end."""
    script = """warned => {
        document.querySelector("[data-session]").dataset.warned = warned;
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(script, warned)


def warn_later_once_pressed(page: Page) -> None:
    """Have the warning due 5 minutes before the end again, from the next click on."""
    script = """() => {
        const place = document.querySelector("[data-session]");
        place.addEventListener("click", () => { place.dataset.warned = 300; }, { capture: true });
    }"""
    page.evaluate(script)


@pytest.mark.security(10)
@BOTH
def test_sessions_on_other_devices_are_seen_and_ended(
    visit: Callable[..., Visit], lang: str
) -> None:
    words = WORDS[lang]
    here, *others = (visit(lang), visit(lang), visit(lang))
    for one in (here, *others):
        one.sign_in(words["name"])
    here.follow(here.page.get_by_role("banner").get_by_role("link", name=words["account"]))
    here.at(words["account"])
    judged("account", here)
    here.follow(here.page.get_by_role("link", name=words["sessions"]))
    here.at(words["sessions"])
    judged("sessions", here)
    expect(here.page.locator(".card", has_text=words["here"])).to_have_count(1)
    here.follow(here.page.get_by_role("button", name=words["others"]))
    expect(here.page.get_by_role("main")).to_contain_text(words["ended"])
    expect(here.page.locator(".card")).to_have_count(1)
    judged("sessions, one left", here)
    for one in others:
        one.go("portal/")
        one.at(one.words["sign in"])


@pytest.mark.security(9)
@BOTH
def test_warning_before_the_end_leaves_what_is_typed(
    visit: Callable[..., Visit], lang: str
) -> None:
    words = WORDS[lang]
    who = visit(lang)
    who.sign_in(words["name"])
    box, says = who.page.locator("#q"), who.page.locator("[data-session-says]")
    box.fill("typed")
    expect(says).to_be_empty()
    box.focus()
    look_at_the_time(who.page, warned=100_000)
    expect(says).to_contain_text(words["soon"])
    judged("warning", who)
    warn_later_once_pressed(who.page)
    says.get_by_role("button", name=words["stay"]).click()
    expect(says).to_be_empty()
    expect(box).to_be_focused()
    assert box.input_value() == "typed"
    who.page.context.clear_cookies()
    look_at_the_time(who.page, warned=300)
    expect(says).to_contain_text(words["over"])
    judged("session over", who)
    assert box.input_value() == "typed"


@pytest.mark.security(2)
@BOTH
def test_password_page_says_its_rules_and_what_is_wrong(
    visit: Callable[..., Visit], lang: str
) -> None:
    words = WORDS[lang]
    who = visit(lang)
    who.sign_in(words["name"])
    who.go("portal/account/password/")
    who.at(words["password"])
    judged("password", who)
    for name, value in (("oldpassword", PASSWORD), ("password1", "short"), ("password2", "x")):
        who.page.fill(f"#id_{name}", value)
    who.follow(who.page.get_by_role("button", name=words["change"]))
    expect(who.page.locator(".error-summary")).to_be_focused()
    judged("password refused", who)


@pytest.mark.security(10)
def test_sessions_are_ended_without_javascript(visit: Callable[..., Any]) -> None:
    here, there = visit("en", java_script_enabled=False), visit("en")
    for one in (here, there):
        one.sign_in("okafor")
    here.go("portal/account/sessions/")
    before = here.page.locator(".card").count()
    here.follow(here.page.locator(".card form button").first)
    expect(here.page.get_by_role("main")).to_contain_text("The session was ended.")
    expect(here.page.locator(".card")).to_have_count(before - 1)
    there.go("portal/")
    there.at("Sign in")
