"""A credential made; second factors added, used and removed, in a browser that makes passkeys."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.judging import judged
from tests.journeys.site import PASSWORD
from tests.journeys.walking import Visit
from tests.support.factors import shown

pytestmark = [pytest.mark.browser, pytest.mark.requirement("MC-05", "MC-06", "RR-01", "BY-06")]

NEW = "lamp oar fig nine"
WORDS = {
    "en": {
        "sign in": "Sign in",
        "create": "Create a credential",
        "make": "Create the credential",
        "invited": "invitation code",
        "forgotten": "I forgot my password",
        "send": "Send me a link",
        "look": "Look at your e-mail",
        "factors": "Second factors",
        "app": "Authenticator application",
        "add app": "Add the application",
        "codes": "Your recovery codes",
        "kept": "I have kept them",
        "show": "Show your second factor",
        "passkey": "Passkey",
        "make passkey": "Make the passkey",
        "use passkey": "Use a passkey",
        "continue": "Continue",
        "remove": "Remove",
        "remove it": "Remove this factor",
        "again": "Show again that it is you",
        "none": "You have none yet.",
        "name": "operator",
    },
    "fr": {
        "sign in": "Ouvrir une session",
        "create": "Créer un justificatif d’identité",
        "make": "Créer le justificatif",
        "invited": "code d’invitation",
        "forgotten": "J’ai oublié mon mot de passe",
        "send": "M’envoyer un lien",
        "look": "Regardez vos courriels",
        "factors": "Seconds facteurs",
        "app": "Application d’authentification",
        "add app": "Ajouter l’application",
        "codes": "Vos codes de récupération",
        "kept": "Je les ai gardés",
        "show": "Montrez votre second facteur",
        "passkey": "Clé d’accès",
        "make passkey": "Créer la clé d’accès",
        "use passkey": "Utiliser une clé d’accès",
        "continue": "Continuer",
        "remove": "Retirer",
        "remove it": "Retirer ce facteur",
        "again": "Montrez de nouveau que c’est vous",
        "none": "Vous n’en avez pas encore.",
        "name": "operator",
    },
}
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])


@contextmanager
def device(page: Page) -> Iterator[None]:
    """A device that makes passkeys and takes a finger for shown."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield


def press(who: Visit, name: str) -> None:
    who.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(who: Visit, name: str) -> None:
    who.page.get_by_role("main").get_by_role("link", name=name).first.click()


@BOTH
def test_credential_is_made_and_leads_to_the_invitation_code(
    visit: Callable[..., Visit], lang: str
) -> None:
    words, who = WORDS[lang], visit(lang)
    who.go("sign-in/")
    follow(who, words["create"])
    who.at(words["create"])
    judged("create a credential", who)
    press(who, words["make"])
    expect(who.page.locator(".error-summary")).to_be_focused()
    judged("create a credential, refused", who)
    page = who.page
    page.locator("#id_accept_credential").check()
    page.fill("#id_username", f"newcomer-{lang}")
    page.fill("#id_password1", NEW)
    page.fill("#id_password2", NEW)
    chosen = (("first-street", "Rue des Érables"), ("teacher", "Nguyễn"), ("dish", "liver"))
    for n, (question, answer) in enumerate(chosen, start=1):
        page.select_option(f"#id_question{n}", question)
        page.fill(f"#id_answer{n}", answer)
    press(who, words["make"])
    expect(page.get_by_role("main")).to_contain_text(words["invited"])
    judged("after the credential", who)
    assert f"newcomer-{lang}" in page.get_by_role("banner").inner_text()


@BOTH
def test_link_for_a_forgotten_password_is_asked_for(visit: Callable[..., Visit], lang: str) -> None:
    words, who = WORDS[lang], visit(lang)
    who.go("sign-in/")
    follow(who, words["forgotten"])
    who.at(words["forgotten"])
    judged("forgotten password", who)
    who.page.fill("#id_username", f"nobody-{lang}")
    press(who, words["send"])
    who.at(words["look"])
    judged("link on its way", who)
    who.go("sign-in/forgotten/1/not-a-token/")
    judged("link that is gone", who)


@pytest.mark.security(3)
@pytest.mark.security(11)
@BOTH
def test_application_and_passkey_are_added_used_and_removed(
    visit: Callable[..., Visit], lang: str
) -> None:
    words, who = WORDS[lang], visit(lang)
    who.site = who.site.replace("127.0.0.1", "localhost")  # passkeys are made for names
    page = who.page
    with device(page):
        sign_in(who, words)
        who.go("portal/account/factors/")
        who.at(words["factors"])
        expect(page.get_by_role("main")).to_contain_text(words["none"])
        judged("no second factor", who)
        secret = add_app(who, words)
        who.at(words["factors"])
        judged("second factors", who)
        follow(who, words["passkey"])
        judged("add a passkey", who)
        page.fill("#id_name", "Registry key")
        press(who, words["make passkey"])
        who.at(words["factors"])
        expect(page.get_by_role("main")).to_contain_text("Registry key")
        who.sign_out()
        sign_in(who, words)
        who.at(words["show"])
        judged("second factor", who)
        press(who, words["use passkey"])
        expect(page.get_by_role("heading", level=1)).not_to_contain_text(words["show"])
        who.sign_out()
        sign_in(who, words)
        page.fill("#id_code", "000000")
        press(who, words["continue"])
        judged("second factor, refused", who)
        page.fill("#id_code", shown(secret, later=1))
        press(who, words["continue"])
        expect(page.get_by_role("heading", level=1)).not_to_contain_text(words["show"])
        for _ in range(2):
            who.go("portal/account/factors/")
            follow(who, words["remove"])
            judged("remove a factor", who)
            press(who, words["remove it"])
            who.at(words["factors"])
        expect(page.get_by_role("main")).to_contain_text(words["none"])


@BOTH
def test_pages_of_an_account_at_the_desk(visit: Callable[..., Visit], lang: str) -> None:
    words, who = WORDS[lang], visit(lang)
    sign_in(who, words)
    who.go("registry/accounts/?q=okafor")
    judged("accounts", who)
    who.page.locator(".card a").first.click()
    judged("account at the desk", who)
    who.go("sign-in/again/")
    who.at(words["again"])
    judged("show again", who)


def sign_in(who: Visit, words: dict[str, str]) -> None:
    """Enter username and password, wherever that leads."""
    who.go("sign-in/")
    who.page.fill("#id_login", words["name"])
    who.page.fill("#id_password", PASSWORD)
    press(who, words["sign in"])
    expect(who.page.get_by_role("heading", level=1)).not_to_contain_text(words["sign in"])


def add_app(who: Visit, words: dict[str, str]) -> str:
    """Add an application; give its secret."""
    page: Any = who.page
    follow(who, words["app"])
    judged("add an application", who)
    secret = re.sub(r"\s", "", page.locator("main code").inner_text())
    page.fill("#id_code", shown(secret))
    press(who, words["add app"])
    who.at(words["codes"])
    judged("recovery codes", who)
    assert page.locator("main code").count() == 10
    follow(who, words["kept"])
    return secret
