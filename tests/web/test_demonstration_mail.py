"""The page of the demonstration's mail: what would have been sent, as it would have been sent."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from greffe.notices.actions import send_due
from greffe.notices.letters import message_of
from greffe.notices.models import Notice
from greffe.notices.tasks import sweep_texts
from tests.support.mail import context, queue
from tests.support.portal import address, browser, text_of
from tests.support.texting import codes_grow_older, queue_code, send_texts

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.demonstration_urls")]


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    settings.DEMO = True
    settings.SMTP, settings.NOTICE_CHANNEL = "", "page"


def page(notice: Notice, lang: str = "en") -> str:
    return text_of(browser().get(address("demonstration-message", notice.id, lang=lang)))


@pytest.mark.requirement("MC-14")
def test_returned_submission_is_read_as_it_would_have_been_sent() -> None:
    queue("submission-returned", language="fr")
    send_due(now=timezone.now())
    notice = Notice.objects.get()
    assert (notice.state, notice.channel) == ("sent", "page")
    shown = page(notice)
    assert message_of(notice).get_content().replace("\r\n", "\n").strip() in shown
    assert '<pre class="message-text" lang="fr">' in shown
    assert "counsel@example.org" in shown
    assert "Sent" in shown


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "Waiting to be sent"), ("fr", "En attente d’envoi")]
)
def test_list_links_to_each_and_says_what_became_of_it(lang: str, said: str) -> None:
    queue()
    notice = Notice.objects.get()
    listed = text_of(browser().get(address("demonstration-mail", lang=lang)))
    assert f'href="{address("demonstration-message", notice.id, lang=lang)}"' in listed
    assert said in listed
    assert "A hearing has been scheduled" in listed


def test_digest_is_listed_once() -> None:
    for _ in range(3):
        queue(digest="case")
    send_due(now=timezone.now() + timedelta(minutes=3))
    listed = text_of(browser().get(address("demonstration-mail")))
    assert listed.count("There is news in your cases") == 1


def test_follower_of_a_digest_has_no_page_of_its_own() -> None:
    for _ in range(2):
        queue(digest="case")
    send_due(now=timezone.now() + timedelta(minutes=3))
    follower = Notice.objects.exclude(lead=None).get()
    path = address("demonstration-message", follower.id)
    assert browser().get(path).status_code == 404


@pytest.mark.security(1)
def test_what_an_officer_wrote_is_text() -> None:
    note = "<script>alert(1)</script> & </pre>"
    queue("submission-returned", context=context("submission-returned", note=note))
    shown = browser().get(address("demonstration-message", Notice.objects.get().id))
    assert b"<script>alert" not in shown.content
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;/pre&gt;" in shown.content


def test_empty_list_says_what_will_be_there() -> None:
    assert "E-mails will be listed here" in text_of(browser().get(address("demonstration-mail")))


def test_notice_without_an_address_is_shown() -> None:
    queue(to="")
    send_due(now=timezone.now())
    notice = Notice.objects.get()
    assert "Could not be sent" in page(notice)


def test_outside_the_demonstration_there_is_no_such_page(settings: Any) -> None:
    queue()
    settings.DEMO = False
    for path in (
        address("demonstration-mail"),
        address("demonstration-message", Notice.objects.get().id),
    ):
        assert browser().get(path).status_code == 404


def test_unknown_message_is_not_found() -> None:
    assert browser().get(address("demonstration-message", uuid.uuid4())).status_code == 404


def test_personas_lead_to_the_mail() -> None:
    assert address("demonstration-mail") in text_of(browser().get(address("personas")))


@pytest.mark.requirement("MC-06")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_text_message_is_listed_and_read_with_its_code_until_it_is_over(
    settings: Any, lang: str
) -> None:
    settings.TEXT_CHANNEL = "page"
    queue_code("123456", language="fr")
    send_texts()
    notice = Notice.objects.get()
    named = {"en": "Text message", "fr": "Message texte"}[lang]
    assert named in text_of(browser().get(address("demonstration-mail", lang=lang)))
    shown = page(notice, lang)
    assert "Code d'accès du greffe : 123456" in shown
    assert '<pre class="message-text" lang="fr">' in shown
    assert "Segments" in shown
    codes_grow_older(minutes=11)
    sweep_texts(0)
    shown = page(notice, lang)
    assert "123456" not in shown
    assert {"en": "is no longer kept", "fr": "n’est plus conservé"}[lang] in shown


def test_text_message_sealed_under_another_secret_is_no_error(settings: Any) -> None:
    settings.TEXT_CHANNEL = "page"
    queue_code("123456")
    settings.SECRET_KEY = "another"
    assert "is no longer kept" in page(Notice.objects.get())
