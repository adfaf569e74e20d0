"""The page of the access code in a real browser: axe, both widths, languages and schemes.

The pages are the registry's own answers, drawn first; then every request of the browser is answered
from here, under the policy that they came with.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import greffe.web
from greffe.accounts.models import Person, User
from greffe.notices.models import Notice
from greffe.web.portal import access_code_pages
from tests.support import axe, browser
from tests.support.access_code_urls import PURPOSE, USE
from tests.support.portal import address
from tests.support.portal import browser as visitor
from tests.support.scenes import Scene
from tests.support.texting import MOBILE, codes_grow_older, last_code, wrong

STATIC = Path(greffe.web.__file__).parent / "static"
SITE = "http://registry.test"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(browser.reason_to_skip()), reason=browser.reason_to_skip() or "there"),
    pytest.mark.django_db,
    pytest.mark.requirement("MC-06"),
    pytest.mark.urls("tests.support.access_code_urls"),
]
Answers = dict[str, Any]


@pytest.fixture
def user(scene: Scene, settings: Any) -> Iterator[User]:
    """Somebody with a mobile number, where text messages are sent."""
    settings.TEXT_CHANNEL = "page"
    user = scene.user(username="tremblay")
    Person.objects.filter(pk=user.person_id).update(mobile=MOBILE)
    before = dict(access_code_pages._USES)
    access_code_pages.register(PURPOSE, USE)
    yield user
    access_code_pages._USES.clear()
    access_code_pages._USES.update(before)


def answers(user: User, lang: str, settings: Any) -> Answers:
    """The page in each of its moods."""
    here, again = address("portal:access-code", lang=lang), "portal:access-code-again"
    client = visitor(user)
    client.get("/begin/")
    found: Answers = {"sent": client.get(here)}
    found["wrong"] = client.post(here, {"code": wrong(last_code())})
    found["asked too soon"] = client.post(address(again, lang=lang), follow=True)
    Notice.objects.filter(medium="text").update(last_error="no-answer 503")
    found["service away"] = client.get(here)
    codes_grow_older(hours=2)
    settings.TEXT_DAILY_QUOTA = 1
    found["none left today"] = client.post(address(again, lang=lang), follow=True)
    return found


def shown(running: Any, answer: Any, **options: Any) -> Page:
    page: Page = running.new_context(**options).new_page()

    def fulfil(route: Any) -> None:
        path = route.request.url.removeprefix(SITE)
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(body=answer.content, headers=dict(answer.headers))

    page.route("**/*", fulfil)
    page.goto(f"{SITE}/en/")
    return page


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_page_has_nothing_that_axe_holds_against_it_in_any_mood(
    user: User, settings: Any, lang: str
) -> None:
    drawn = answers(user, lang, settings)
    with browser.launched() as running:
        for mood, answer in drawn.items():
            for width in (320, 1280):
                for scheme in ("light", "dark"):
                    size = {"width": width, "height": 900}
                    page = shown(running, answer, viewport=size, color_scheme=scheme)
                    assert axe.violations(page) == [], (mood, width, scheme)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, mood
                    expect(page.get_by_role("heading", level=1)).to_have_count(1)
                    page.context.close()


def test_code_is_typed_and_sent_without_javascript_and_a_wrong_one_takes_the_focus(
    user: User, settings: Any
) -> None:
    drawn = answers(user, "en", settings)
    with browser.launched() as running:
        page = shown(running, drawn["sent"], java_script_enabled=False)
        page.get_by_label("Access code").fill("123 456")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_role("button", name="Continue").click()
        assert "code=123+456" in str(sent.value.post_data)
        page = shown(running, drawn["wrong"], java_script_enabled=False)
        expect(page.locator(".error-summary")).to_be_focused()
        expect(page.get_by_label("Access code")).to_have_attribute("aria-invalid", "true")
