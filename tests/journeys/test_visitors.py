"""Before and around a filing: who one is, which language, the way out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.requirement("BY-06")]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_one_of_the_invented_people_is_chosen_and_left_again(
    visit: Callable[..., Visit], lang: str
) -> None:
    visitor = visit(lang)
    visitor.go("demonstration/")
    visitor.follow(visitor.page.get_by_role("main").get_by_role("button", name="Daniel Okafor"))
    visitor.at(visitor.words["my cases"])
    expect(visitor.page.get_by_role("banner")).to_contain_text("Daniel Okafor")
    visitor.sign_out()
    visitor.go("portal/")
    visitor.at(visitor.words["sign in"])


def test_language_switch_keeps_the_place_and_its_query(visit: Callable[..., Visit]) -> None:
    visitor = visit("en")
    visitor.sign_in("okafor")
    visitor.go("portal/?q=delgado")
    visitor.follow(visitor.page.get_by_role("banner").get_by_role("link", name="Français"))
    visitor.at("Mes dossiers")
    assert visitor.page.url == f"{visitor.site}/fr/portal/?q=delgado"
    expect(visitor.page.get_by_role("row")).to_have_count(2)
    visitor.follow(visitor.page.get_by_role("link", name="TC6-04410", exact=True))
    case = visitor.page.url
    visitor.follow(visitor.page.get_by_role("banner").get_by_role("link", name="English"))
    expect(visitor.page.get_by_role("heading", name="Documents filed")).to_be_visible()
    assert visitor.page.url == case.replace("/fr/", "/en/")


def test_case_of_another_counsel_is_not_there(visit: Callable[..., Visit]) -> None:
    counsel = visit("en")
    counsel.sign_in("okafor")
    counsel.open_case("TC5-10022")
    case = counsel.page.url
    counsel.sign_out()
    counsel.sign_in("tremblay")
    counsel.page.goto(case)
    counsel.at("Page not found")


def test_first_page_speaks_the_language_of_the_browser(visit: Callable[..., Visit]) -> None:
    visitor = visit("fr", locale="fr-CA")
    visitor.page.goto(visitor.site)
    visitor.at("Que voulez-vous faire")
