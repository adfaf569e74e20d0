"""Signing in through both kinds of partner, in a browser that takes them for other sites.

The registry is at "localhost" and the partners at "127.0.0.1": what browsers hold back between two
sites (the cookies of a session, on a form that another site sends) is held back here too.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit
from tests.support import partners
from tests.support.partners import CLIENT_SECRET, ID, LOW, SAML_ID, OpenIDPeer, SAMLPeer
from tests.support.serving import registry

pytestmark = [pytest.mark.browser, pytest.mark.requirement("MC-05")]

WORDS = {
    "en": {
        "with": {ID: "Continue with The canada", SAML_ID: "Continue with The ontario"},
        "needed": "a credential that you already have",
        "problem": "You are not signed in",
        "stronger": "a stronger sign-in",
        "back": "Back to sign in",
    },
    "fr": {
        "with": {ID: "Continuer avec Le justificatif canada", SAML_ID: "Le justificatif ontario"},
        "needed": "un justificatif d’identité que vous avez déjà",
        "problem": "Votre session n’est pas ouverte",
        "stronger": "mieux identifié",
        "back": "Retour à l’ouverture de session",
    },
}
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])
EACH = pytest.mark.parametrize("partner", [ID, SAML_ID])


@pytest.fixture(scope="module")
def site_with_partners() -> Iterator[str]:
    """A registry that knows two partners, which run beside it."""
    if reason := partners.reason_to_skip():
        pytest.skip(reason)
    with registry() as made, ExitStack() as running:
        address = made.url.replace("127.0.0.1", "localhost")
        given = {
            "clientId": "greffe",
            "clientSecret": CLIENT_SECRET,
            "redirects": [f"{address}/sign-in/{ID}/return"],
        }
        issuer = running.enter_context(partners.started("openid.mjs", given))
        keys = partners.key_and_certificate()
        saml = SAMLPeer(running.enter_context(partners.started("saml.mjs", keys)))
        file = partners.write_partners(
            made.state, {ID: OpenIDPeer(issuer, "greffe"), SAML_ID: saml}
        )
        made.settings["GREFFE_SIGN_IN_PARTNERS"] = str(file)
        made.settings["GREFFE_URL"] = address
        made.serve()
        saml.knows(httpx.get(f"{address}/sign-in/{SAML_ID}/metadata", timeout=60).text)
        yield address


@pytest.fixture
def visitor(chromium: Any, site_with_partners: str) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens that registry in a language, as a new visitor."""
    visits: list[Visit] = []

    def open_(lang: str, **options: Any) -> Visit:
        context = chromium.new_context(reduced_motion="reduce", **options)
        visits.append(Visit(context.new_page(), site_with_partners, lang))
        return visits[-1]

    yield open_
    for one in visits:
        one.page.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []


def sign_in(who: Visit, partner: str, level: str = partners.LEVEL) -> None:
    """From the sign-in page to the partner’s form, and back as soon as it is sent."""
    page = who.page
    who.go("sign-in/")
    page.get_by_role("button", name=WORDS[who.lang]["with"][partner]).click()
    page.wait_for_url("http://127.0.0.1:*/**")
    page.fill("[name=login]", f"somebody at {partner}")
    page.fill("[name=level]", level)
    page.get_by_role("button", name="Sign in").click()
    if partner == SAML_ID:
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{who.site}/**")


@BOTH
@EACH
@pytest.mark.security(9)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_partner_signs_in_and_the_session_lasts(
    visitor: Callable[..., Visit], lang: str, partner: str, scripts: bool
) -> None:
    who = visitor(lang, java_script_enabled=scripts)
    sign_in(who, partner)
    who.go("sign-out/")
    expect(who.button("sign out")).to_be_visible()
    expect(who.page.locator("html")).to_have_attribute("lang", lang)


@BOTH
def test_pages_of_partners_are_what_every_page_must_be(
    visitor: Callable[..., Visit], lang: str
) -> None:
    who, words = visitor(lang), WORDS[lang]
    who.go("sign-in/")
    expect(who.page.get_by_role("main")).to_contain_text(str(words["needed"]))
    judged("choice of partners", who)
    sign_in(who, ID, LOW)
    who.at(str(words["problem"]))
    expect(who.page.get_by_role("main")).to_contain_text(str(words["stronger"]))
    judged("a sign-in that came to nothing", who)
    who.link(str(words["back"])).click()
    who.at(who.words["sign in"])


@BOTH
def test_page_on_the_way_to_a_partner_is_what_every_page_must_be(
    visitor: Callable[..., Visit], lang: str
) -> None:
    who = visitor(lang)

    def stay(route: Any) -> None:
        response = route.fetch()
        kept = {name: value for name, value in response.headers.items() if name != "refresh"}
        assert set(response.headers) - set(kept) == {"refresh"}
        route.fulfill(response=response, headers=kept)

    who.page.route("**/sign-in/with/**", stay)
    who.go("sign-in/")
    who.page.get_by_role("button", name=WORDS[lang]["with"][SAML_ID]).click()
    judged("on the way to a partner", who)
    link = who.link("Continue" if lang == "en" else "Continuer")
    link.click()
    who.page.wait_for_url("http://127.0.0.1:*/sso?**")
