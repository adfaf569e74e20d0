"""Counsel names a delegate, who files in counsel's name until counsel removes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("BY-06"),
    pytest.mark.requirement("MC-16"),
]

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "account": "My account",
        "act": "See the code",
        "delegates": "My delegates",
        "contact": "Contact details",
        "name": "Name this delegate",
        "named": "Amélie Tremblay acts in your name from now on.",
        "for": "For Daniel Okafor",
        "remove": "Remove",
        "sure": "Remove this delegate?",
        "do remove": "Remove the delegate",
        "removed": "Amélie Tremblay no longer acts in your name.",
        "both": "Amélie Tremblay, for Daniel Okafor",
        "gone": "Page not found",
        "counsel": "okafor",
        "delegate": "tremblay",
        "case": "VC6-01377",
        "save": "Save",
        "told": "Who else must be told, without delay",
        "change": "Change",
    },
    "fr": {
        "account": "Mon compte",
        "act": "Voir le code",
        "delegates": "Mes délégués",
        "contact": "Coordonnées",
        "name": "Désigner cette personne",
        "named": "Daniel Okafor agit désormais en votre nom.",
        "for": "Pour Amélie Tremblay",
        "remove": "Retirer",
        "sure": "Retirer cette personne de vos délégués",
        "do remove": "Retirer cette personne",
        "removed": "Daniel Okafor n’agit plus en votre nom.",
        "both": "Daniel Okafor, pour Amélie Tremblay",
        "gone": "Page introuvable",
        "counsel": "tremblay",
        "delegate": "okafor",
        "case": "MC6-02345",
        "save": "Enregistrer",
        "told": "Qui d’autre doit en être informé, sans délai",
        "change": "Modifier",
    },
}
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])
FILE = "doc_3_3_pages.pdf"


def to_account(who: Visit, part: str) -> None:
    """From any page to a part of the account, by the header."""
    who.follow(who.page.get_by_role("banner").get_by_role("link", name=WORDS[who.lang]["account"]))
    who.follow(who.page.locator(f"main a[href$='/account/{part}/']"))


def code_seen_by(delegate: Visit) -> str:
    """The code that the delegate reads to counsel."""
    to_account(delegate, "act-for-counsel")
    judged("act for counsel", delegate)
    return delegate.page.locator("main .mono").inner_text()


@pytest.mark.security(17)
@BOTH
def test_delegate_files_in_the_name_of_counsel_until_removed(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    words = WORDS[lang]
    counsel, delegate = visit(lang), visit(lang)
    delegate.sign_in(words["delegate"])
    expect(delegate.page.get_by_role("link", name=words["case"])).to_have_count(0)
    code = code_seen_by(delegate)
    counsel.sign_in(words["counsel"])
    to_account(counsel, "delegates")
    counsel.at(words["delegates"])
    judged("delegates, none", counsel)
    for field, typed in (("name", "J. R."), ("username", words["delegate"]), ("code", code)):
        counsel.page.fill(f"#id_{field}", typed)
    counsel.follow(counsel.page.get_by_role("button", name=words["name"]))
    expect(counsel.page.get_by_text(words["named"])).to_be_visible()
    judged("delegates", counsel)

    delegate.go("portal/")
    expect(delegate.page.get_by_role("main").get_by_text(words["for"]).first).to_be_visible()
    judged("my cases of a delegate", delegate)
    delegate.open_case(words["case"])
    judged("case of a delegate", delegate)
    delegate.choose_type("rpd-disclosure")
    delegate.add(corpus / FILE)
    judged("files of a delegate", delegate)
    delegate.go_on_from_files()
    if delegate.page.url.endswith("/service/"):
        delegate.state_service()
    delegate.skip_dates()
    delegate.submit()
    expect(delegate.page.get_by_role("main")).to_contain_text(words["both"])
    judged("receipt of a delegate", delegate)
    receipt = delegate.page.url

    counsel.page.goto(receipt)
    expect(counsel.page.get_by_role("main")).to_contain_text(words["both"])
    counsel.go("portal/")
    counsel.open_case(words["case"])
    counsel.follow(counsel.link(counsel.words["history"]))
    expect(counsel.page.locator(".timeline")).to_contain_text(words["both"])
    to_account(counsel, "delegates")
    counsel.follow(counsel.page.get_by_role("main").get_by_role("link", name=words["remove"]))
    counsel.at(words["sure"])
    judged("remove a delegate", counsel)
    counsel.follow(counsel.page.get_by_role("button", name=words["do remove"]))
    expect(counsel.page.get_by_text(words["removed"])).to_be_visible()

    delegate.page.reload()
    delegate.at(words["gone"])
    delegate.go("portal/")
    delegate.at(delegate.words["my cases"])
    expect(delegate.page.get_by_role("link", name=words["case"])).to_have_count(0)
    expect(delegate.page.get_by_role("main").get_by_text(words["for"])).to_have_count(0)


@BOTH
def test_contact_details_are_changed_and_the_rules_that_want_it_told_are_named(
    visit: Callable[..., Visit], lang: str
) -> None:
    words, counsel = WORDS[lang], visit(lang)
    counsel.sign_in(words["counsel"])
    to_account(counsel, "contact")
    counsel.at(words["contact"])
    judged("contact details", counsel)
    counsel.page.fill("#id_phone", "12")
    counsel.follow(counsel.page.get_by_role("button", name=words["save"]))
    expect(counsel.page.locator(".error-summary a")).to_have_count(1)
    judged("contact details, wrong", counsel)
    counsel.page.fill("#id_phone", "514 555 0199")
    counsel.follow(counsel.page.get_by_role("button", name=words["save"]))
    expect(counsel.page.get_by_role("heading", name=words["told"])).to_be_visible()
    judged("contact details, changed", counsel)
