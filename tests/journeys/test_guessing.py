"""Too many wrong passwords, in a browser: told calmly, and nobody else waits."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.security(5)]

SAID = {
    "en": "There were too many failed tries, so your password was not looked at. Wait",
    "fr": "trop d’essais infructueux\u00a0: votre mot de passe n’a pas été vérifié. Attendez",
}


def guess(visitor: Visit, username: str) -> None:
    """Fail once, and be on the page that says so."""
    visitor.page.fill("#id_login", username)
    visitor.page.fill("#id_password", "not this one")
    visitor.follow(visitor.button("sign in"))
    expect(visitor.page.locator(".error-summary li")).to_have_count(1)
    expect(visitor.page.locator("#id_password")).to_have_value("")


@pytest.mark.security(7)
@pytest.mark.parametrize(("lang", "script"), [("en", True), ("fr", False)])
def test_guesser_is_told_to_wait_and_others_on_the_same_network_sign_in(
    visit: Callable[..., Visit], lang: str, script: bool
) -> None:
    guesser = visit(lang, java_script_enabled=script)
    username = f"nobody-{lang}"
    guesser.go("sign-in/")
    for _ in range(6):
        guess(guesser, username)
    expect(guesser.page.locator(".error-summary")).to_be_focused()
    expect(guesser.page.locator(".error-summary")).to_contain_text(SAID[lang])
    expect(guesser.page.locator("#id_login")).to_have_value(username)
    if script:
        judged("sign in after too many failures", guesser)
    visit(lang).sign_in("okafor")
