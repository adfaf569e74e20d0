"""The components in a real browser: axe, narrow screens, both schemes, and the two scripts.

No server: every request of the page is answered from here, under the policy of the real one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import expect

import greffe.web
from greffe.web.components import FileLine, FindingLine, Tag, TimelineEvent
from greffe.web.fields import DateField
from greffe.web.middleware import CONTENT_SECURITY_POLICY
from tests.support import axe, browser

STATIC = Path(greffe.web.__file__).parent / "static"
SITE = "http://registry.test"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(browser.reason_to_skip()), reason=browser.reason_to_skip() or "there"),
]

GALLERY = """
{% extends "base.html" %}{% load greffe %}
{% block title %}Specimen{% endblock %}
{% block breadcrumb %}
  {% breadcrumb %}{% crumb "My cases" "/en/" %}{% crumb "TB7-16268" %}{% endbreadcrumb %}
{% endblock %}
{% block back %}{% back_link "/en/" %}{% endblock %}
{% block content %}
  {% steps 2 5 %}<h1>Specimen</h1>
  {% notice "information" %}<p>One</p>{% endnotice %}
  {% notice "success" "Saved" role="status" %}{% endnotice %}
  {% notice "attention" "Six days left" %}<p>Three</p>{% endnotice %}
  {% notice "danger" %}<p>Four</p>{% endnotice %}
  <h2>Files</h2><ul class="file-list">{% for file in files %}{% file_line file %}{% endfor %}</ul>
  <h2>Answers</h2>
  {% summary_list %}
    {% row "Division" %}Refugee Protection Division{% endrow %}
    {% row "Type" "/en/" %}Disclosure{% endrow %}
  {% endsummary_list %}
  <ol class="task-list">
    {% task "One" "done" "/en/" %}{% task "Two" "problem" "/en/" "Hint" %}{% task "Three" "later" %}
  </ol>
  <h2>Form</h2>
  <form method="post" action="/sent" novalidate>
    {% field form.kind %}{% field form.served %}{% field form.name width="20" %}
    {% field form.why %}{% field form.sure %}
    <div class="actions">
      <button class="button" data-busy-label="Sending">Send</button>
      <button class="button button-secondary" type="button">Later</button>
      <button class="button button-danger" type="button">Delete</button>
    </div>
  </form>
  <h2>History</h2>{% timeline events %}
  {% empty "Messages will be here" %}<p>Write one.</p>{% endempty %}
{% endblock %}
"""

UPLOAD = """
{% extends "base.html" %}{% load greffe %}
{% block title %}Files{% endblock %}
{% block content %}
  <h1>Files</h1>
  <div id="files"><ul class="file-list">{% for f in files %}{% file_line f %}{% endfor %}</ul></div>
  {% include "components/upload.html" with action="/sent" name="files" regions="files" %}
{% endblock %}
{% block scripts %}
  <script type="module" src="{% static 'greffe/js/upload.js' %}"></script>
{% endblock %}
"""


class Filing(forms.Form):
    kind = forms.ChoiceField(
        label="Type", widget=forms.RadioSelect, choices=[("a", "Disclosure"), ("b", "Application")]
    )
    served = DateField(label="Served on", help_text="For example 20 11 2026")
    name = forms.CharField(label="Name")
    why = forms.CharField(label="Explanation", required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="It is true")


FILES = [
    FileLine("1", f"{'exhibit' * 30}.pdf", 340_000, 12, Tag("Ready", "success"), open_url="/en/"),
    FileLine(
        "2",
        "b.pdf",
        1,
        None,
        Tag("Not accepted", "danger"),
        [
            FindingLine("refuse", "Protected.", "Save it again."),
            FindingLine("warn", "Odd.", page=3),
        ],
        replace_url="/m",
        remove_url="/r",
    ),
]


def page_of(source: str, lang: str, **words: Any) -> str:
    with translation.override(lang):
        template = engines["django"].from_string(source.strip())
        return template.render({"demonstration": True, **words}, RequestFactory().get(f"/{lang}/"))


def gallery(lang: str, *, wrong: bool) -> str:
    events = [TimelineEvent("Filed", "Thursday 1 April 2021, 22:00", "2021-04-01", "A. Counsel")]
    form = Filing({"served_day": "31"} if wrong else None)
    return page_of(GALLERY, lang, files=FILES, form=form, events=events)


def upload_page(lang: str, *, files: list[FileLine]) -> str:
    return page_of(UPLOAD, lang, files=files, max_files=2, max_bytes=1000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.launched() as running:
        yield running


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that opens markup as a page of the registry."""
    contexts = []

    def open_(markup: str, **options: Any) -> Any:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", lambda route: answer(route, markup))
        page.goto(f"{SITE}/en/")
        return page

    yield open_
    for context in contexts:
        context.close()


def answer(route: Any, markup: str) -> None:
    path = route.request.url.removeprefix(SITE)
    file = STATIC / path.removeprefix("/static/")
    if path.startswith("/static/") and file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        route.fulfill(body=markup, content_type="text/html; charset=utf-8", headers=headers)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("wrong", [False, True])
def test_components_have_nothing_that_axe_holds_against_them(
    opened: Callable[..., Any], lang: str, width: int, scheme: str, wrong: bool
) -> None:
    size = {"width": width, "height": 800}
    page = opened(gallery(lang, wrong=wrong), viewport=size, color_scheme=scheme)
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_server_error_page_has_nothing_that_axe_holds_against_it(
    opened: Callable[..., Any],
) -> None:
    markup = render_to_string("errors/500.html", {"error_id": "ab12"})
    for scheme in ("light", "dark"):
        assert axe.violations(opened(markup, color_scheme=scheme)) == []


def test_error_summary_has_the_focus_without_javascript(opened: Callable[..., Any]) -> None:
    page = opened(gallery("en", wrong=True), java_script_enabled=False)
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/#id_kind_0")


def test_skip_link_is_first_and_shows_when_it_has_the_focus(opened: Callable[..., Any]) -> None:
    page = opened(gallery("en", wrong=False))
    page.keyboard.press("Tab")
    link = page.locator(".skip-link:focus")
    assert link.bounding_box()["height"] >= 24
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_every_target_is_at_least_24_pixels_high(opened: Callable[..., Any]) -> None:
    page = opened(gallery("en", wrong=True), viewport={"width": 320, "height": 800})
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, input, select, nav a, .tag a')]
            .filter((it) => it.checkVisibility() && it.type !== 'hidden')
            .filter((it) => it.getBoundingClientRect().height < 24)
            .map((it) => it.outerHTML)"""
    )
    assert small == []


def test_busy_button_sends_a_form_once(opened: Callable[..., Any]) -> None:
    page = opened(gallery("en", wrong=False))
    sent: list[str] = []

    def take(route: Any) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/sent", take)
    button = page.locator("form[action='/sent'] button[data-busy-label]")
    with page.expect_response("**/sent"):
        button.evaluate("it => { it.click(); it.click(); it.click(); }")
    button.evaluate("it => it.click()")
    assert button.text_content() == "Sending"
    assert button.get_attribute("aria-disabled") == "true"
    assert sent == ["POST"]


def pdf(name: str, size: int = 10) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"x" * size}


@pytest.fixture
def uploading(opened: Callable[..., Any]) -> Any:
    return opened(upload_page("en", files=[]))


def choose(page: Any, *files: dict[str, Any]) -> None:
    page.locator("input[type=file]").set_input_files(list(files))


def said(page: Any, words: str) -> None:
    page.get_by_text(words).first.wait_for(state="attached")


def test_upload_sends_each_file_alone_and_takes_the_list_that_comes_back(uploading: Any) -> None:
    bodies: list[bytes] = []

    def take(route: Any) -> None:
        bodies.append(route.request.post_data_buffer)
        lines = [FileLine(str(n), f"kept-{n}.pdf", 10) for n in range(len(bodies))]
        route.fulfill(body=upload_page("en", files=lines), content_type="text/html")

    uploading.route("**/sent", take)
    choose(uploading, pdf("a.pdf"), pdf("b.pdf"))
    uploading.locator("#file-1").wait_for()
    assert [body.count(b"filename=") for body in bodies] == [1, 1]
    assert all(b"csrfmiddlewaretoken" in body for body in bodies)
    expect(uploading.locator(".upload-line")).to_have_count(0)


def test_upload_says_when_the_connection_is_lost_and_can_be_tried_again(uploading: Any) -> None:
    uploading.route("**/sent", lambda route: route.abort("connectionreset"), times=1)
    choose(uploading, pdf("a.pdf"))
    uploading.get_by_text("The connection was lost").first.wait_for()
    status = uploading.locator("[role=status]")
    expect(status).to_contain_text("a.pdf: The connection was lost")
    page = upload_page("en", files=[FileLine("9", "a.pdf", 10)])
    uploading.route("**/sent", lambda route: route.fulfill(body=page, content_type="text/html"))
    uploading.get_by_role("button", name="Try again").click()
    uploading.locator("#file-9").wait_for()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (pdf("a.pdf", 1001), "This file is larger than 1000"),
        (pdf("a.pdf", 0), "This file is empty"),
    ],
)
def test_upload_refuses_early_what_the_registry_would_refuse(
    uploading: Any, file: dict[str, Any], words: str
) -> None:
    sent: list[str] = []
    uploading.route("**/sent", lambda route: sent.append(route.request.url))
    choose(uploading, file)
    said(uploading, words)
    assert sent == []
    assert axe.violations(uploading) == []


def test_upload_refuses_one_file_too_many(uploading: Any) -> None:
    uploading.route("**/sent", lambda route: route.abort())
    choose(uploading, pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"))
    said(uploading, "You can add 2 files.")
    refused = uploading.locator(".upload-line", has_text="You can add")
    assert refused.inner_text().startswith("c.pdf")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, "<p>no</p>", "The registry could not take this file."),
        (200, "<h1>Sign in</h1>", "You have been signed out"),
        (403, "<h1>No</h1>", "You have been signed out"),
    ],
)
def test_upload_says_what_a_strange_answer_means(
    uploading: Any, status: int, body: str, words: str
) -> None:
    answer_ = {"status": status, "body": body, "content_type": "text/html"}
    uploading.route("**/sent", lambda route: route.fulfill(**answer_))
    choose(uploading, pdf("a.pdf"))
    said(uploading, words)


def test_upload_repeats_what_the_server_refused(uploading: Any) -> None:
    summary = '<div class="error-summary"><ul><li>It is a picture.</li></ul></div>'
    page = f"<div id='files'></div>{summary}"
    uploading.route("**/sent", lambda route: route.fulfill(body=page, content_type="text/html"))
    choose(uploading, pdf("a.pdf"))
    said(uploading, "a.pdf: It is a picture.")


def test_upload_form_is_whole_without_javascript(opened: Callable[..., Any]) -> None:
    page = opened(upload_page("fr", files=[]), java_script_enabled=False)
    assert page.locator("input[type=file]").is_visible()
    assert page.get_by_role("button", name="Ajouter les fichiers").is_visible()
