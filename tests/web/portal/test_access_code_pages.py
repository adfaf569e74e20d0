"""The page of the access code: where it went, what is wrong with it, and when to ask again."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import AccessCode, Person, User
from greffe.notices.models import Notice
from greffe.web.portal import access_code_pages
from tests.support.access_code_urls import PURPOSE, USE
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene
from tests.support.texting import MOBILE, OTHER, codes_grow_older, last_code, send_texts, wrong

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement("MC-06"),
    pytest.mark.urls("tests.support.access_code_urls"),
]
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture(autouse=True)
def _one_use(settings: Any) -> Iterator[None]:
    settings.TEXT_CHANNEL = "page"
    before = dict(access_code_pages._USES)
    access_code_pages.register(PURPOSE, USE)
    yield
    access_code_pages._USES.clear()
    access_code_pages._USES.update(before)


@pytest.fixture
def user(scene: Scene) -> User:
    user = scene.user(username="tremblay")
    Person.objects.filter(pk=user.person_id).update(mobile=MOBILE)
    return user


def begun(user: User, query: str = "") -> Client:
    client = browser(user)
    answer = client.get(f"/begin/{query}")
    assert (answer.status_code, answer["Location"]) == (302, address("portal:access-code"))
    return client


def page(client: Client, lang: str = "en") -> str:
    return text_of(client.get(address("portal:access-code", lang=lang)))


def enter(client: Client, code: str, lang: str = "en", **more: Any) -> Any:
    return client.post(address("portal:access-code", lang=lang), {"code": code}, **more)


def ask_again(client: Client, lang: str = "en") -> str:
    return text_of(client.post(address("portal:access-code-again", lang=lang), follow=True))


@BOTH
def test_page_tells_where_the_code_went_and_has_one_field_for_it(user: User, lang: str) -> None:
    shown = page(begun(user), lang)
    assert ("ends in 0100" if lang == "en" else "se termine par 0100") in shown
    assert MOBILE not in shown
    (field,) = re.findall(r"<input[^>]*name=\"code\"[^>]*>", shown)
    assert 'inputmode="numeric"' in field
    assert 'autocomplete="one-time-code"' in field
    assert 'type="text"' in field


@BOTH
def test_page_does_not_speak_of_a_code_that_is_over(user: User, lang: str) -> None:
    client = begun(user)
    send_texts()
    words = {"en": "We sent a text message to", "fr": "Nous avons envoyé un message texte au"}
    over = {"en": "is no longer good. Ask for a new", "fr": "n’est plus valable. Demandez-en un"}
    assert words[lang] in page(client, lang)
    assert over[lang] not in page(client, lang)
    codes_grow_older(minutes=10)
    assert words[lang] not in page(client, lang)
    assert over[lang] in page(client, lang)


@pytest.mark.security(4)
def test_right_code_does_what_was_asked_and_leads_on(user: User) -> None:
    client = begun(user, "?what=this")
    code = last_code()
    answer = enter(client, f"{code[:3]} {code[3:]}")
    assert (answer.status_code, answer["Location"]) == (302, "/en/portal/account/")
    assert client.session["done"] == "this"
    assert enter(client, code).status_code == 302  # nothing is asked for any more
    assert AccessCode.objects.get().used_at is not None


def test_somebody_not_signed_in_yet_enters_the_code_of_the_account_that_was_named(
    user: User,
) -> None:
    client = browser()
    client.get("/begin/?user=tremblay")
    assert "ends in 0100" in page(client)
    assert enter(client, last_code()).status_code == 302
    assert client.session["done"] == ""


@pytest.mark.security(4)
def test_page_of_one_account_is_not_that_of_another(user: User, scene: Scene) -> None:
    client = browser(scene.user())
    client.get("/begin/?user=tremblay")
    assert client.get(address("portal:access-code")).status_code == 302
    assert enter(client, last_code()).status_code == 302
    assert AccessCode.objects.get().used_at is None


@BOTH
def test_what_is_no_code_is_told_and_costs_no_try(user: User, lang: str) -> None:
    client = begun(user)
    for typed in ("", "12 34", "abcdef"):
        answer = enter(client, typed, lang)
        assert answer.status_code == 422
        words = {"en": "digits only, as in", "fr": "et rien d’autre, par exemple"}[lang]
        assert (words in text_of(answer)) == (typed != "")
    assert AccessCode.objects.get().tries == 0


@pytest.mark.security(4)
@pytest.mark.parametrize(
    ("case", "english", "french"),
    [
        ("wrong", "You have 4 tries left", "Il vous reste 4 essais"),
        ("expired", "a code is good for 10 minutes", "un code est valable 10 minutes"),
        ("phone", "Your mobile number has changed", "Votre numéro de téléphone mobile a changé"),
        ("elsewhere", "in another browser or another window", "dans un autre navigateur"),
        ("spent", "A wrong code was entered 5 times", "Un mauvais code a été saisi 5 fois"),
    ],
)
@BOTH
def test_each_refusal_has_its_own_words_and_a_way_on(
    user: User, lang: str, case: str, english: str, french: str
) -> None:
    client = begun(user)
    code = last_code()
    if case == "wrong":
        code = wrong(code)
    elif case == "expired":
        codes_grow_older(minutes=10)
    elif case == "phone":
        Person.objects.update(mobile=OTHER)
    elif case == "elsewhere":
        codes_grow_older(minutes=1)
        begun(user)
    else:
        for _ in range(5):
            enter(client, wrong(code), lang)
    answer = enter(client, code, lang)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert (english if lang == "en" else french) in shown
    assert address("portal:access-code-again", lang=lang) in shown
    codes_grow_older(minutes=10)
    ask_again(client, lang)
    assert enter(client, last_code(), lang).status_code == 302


@pytest.mark.security(5)
@BOTH
def test_too_many_tries_have_to_wait_and_are_told_how_long(user: User, lang: str) -> None:
    client = begun(user)
    for _ in range(2):
        code = last_code()
        for _ in range(5):
            enter(client, wrong(code), lang)
        codes_grow_older(minutes=1)
        ask_again(client, lang)
    enter(client, wrong(last_code()), lang)
    answer = enter(client, last_code(), lang)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert ("too many failed tries" if lang == "en" else "trop d’essais") in text_of(answer)


@pytest.mark.security(5)
@BOTH
def test_second_message_within_half_a_minute_is_refused_with_the_wait(
    user: User, lang: str
) -> None:
    client = begun(user)
    shown = ask_again(client, lang)
    assert re.search(
        r"another code in (30|2\d) seconds" if lang == "en" else r"dans (30|2\d)\ss", shown
    )
    assert Notice.objects.filter(medium="text").count() == 1
    assert enter(client, last_code(), lang).status_code == 302


@pytest.mark.security(5)
def test_limit_on_sending_is_no_limit_on_guessing_and_the_other_way_round(user: User) -> None:
    client = begun(user)
    ask_again(client)
    assert "You have 4 tries left" in text_of(enter(client, wrong(last_code())))
    codes_grow_older(seconds=31)
    for _ in range(5):
        enter(client, wrong(last_code()))
    assert "A new code is on its way" in ask_again(client)


@pytest.mark.security(8)
def test_forged_forwarding_does_not_get_more_messages(user: User) -> None:
    client = begun(user)
    for n in range(3):
        path = address("portal:access-code-again")
        client.post(path, headers={"x-forwarded-for": f"203.0.113.{n}"})
    assert Notice.objects.filter(medium="text").count() == 1


@pytest.mark.security(8)
def test_forged_forwarding_does_not_get_more_messages_from_one_network(
    scene: Scene, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    sent = 0
    for n in range(25):
        user = scene.user(username=f"someone-{n}")
        Person.objects.filter(pk=user.person_id).update(mobile=f"+151455502{n:02}")
        forged = f"203.0.{n}.1, 198.51.100.7"
        browser(user).get("/begin/", headers={"x-forwarded-for": forged})
        sent = Notice.objects.filter(medium="text").count()
    assert sent == 20


@BOTH
def test_service_that_does_not_answer_is_told_and_nothing_is_lost(
    user: User, settings: Any, lang: str
) -> None:
    settings.TEXT_CHANNEL = ""
    client = begun(user)
    words = {
        "en": "this registry cannot send text messages now. Nothing is lost.",
        "fr": "ce greffe ne peut pas envoyer de messages texte",
    }
    assert words["en"] in page(client, "en")
    assert words[lang] in ask_again(client, lang)
    settings.TEXT_CHANNEL = "page"
    ask_again(client, lang)
    assert enter(client, last_code(), lang).status_code == 302


@pytest.mark.parametrize(
    ("state", "error", "english"),
    [
        ("queued", "no-answer 503", "has not gone out yet"),
        ("failed", "too-late", "could not be sent: the service"),
        ("failed", "recipient-refused 400", "does not take messages for the number"),
    ],
)
def test_message_that_was_not_sent_is_told(
    user: User, state: str, error: str, english: str
) -> None:
    client = begun(user)
    Notice.objects.filter(medium="text").update(state=state, last_error=error)
    shown = page(client)
    assert english in shown
    assert ("The text message goes to" in shown) == (state == "queued")


@BOTH
def test_end_of_the_day_s_number_is_told_with_when_it_begins_anew(
    user: User, settings: Any, lang: str
) -> None:
    settings.TEXT_DAILY_QUOTA = 1
    client = begun(user)
    send_texts()
    codes_grow_older(minutes=1)
    shown = ask_again(client, lang)
    words = {"en": "all the text messages that it may send today", "fr": "tous les messages texte"}
    assert words[lang] in shown
    assert enter(client, last_code(), lang).status_code == 302


def test_what_cannot_be_done_now_is_told_and_the_code_stays_good(user: User) -> None:
    client = begun(user, "?refused=Another%20browser%20was%20first.")
    answer = enter(client, last_code())
    assert answer.status_code == 422
    assert "Another browser was first." in text_of(answer)
    assert AccessCode.objects.get().used_at is None


@pytest.mark.requirement("MC-14")
def test_message_that_was_not_sent_is_seen_by_the_officers_of_the_person_s_cases(
    user: User, scene: Scene
) -> None:
    case = scene.case(counsel=user)
    begun(user)
    Notice.objects.filter(medium="text").update(
        state="failed", last_error="recipient-refused 400", context={}
    )
    unsent = address("registry:unsent")
    page_here = text_of(browser(scene.staff("officer", office="montreal")).get(unsent))
    assert "Access code by text message" in page_here
    assert case.file_number in page_here
    page_there = text_of(browser(scene.staff("officer", office="vancouver")).get(unsent))
    assert case.file_number not in page_there


def test_person_without_a_number_is_told_whom_to_ask(user: User) -> None:
    Person.objects.update(mobile="")
    client = browser(user)
    client.get("/begin/")
    assert "knows no mobile number of yours" in page(client)
    assert not Notice.objects.filter(medium="text").exists()


def test_whoever_is_asked_for_nothing_goes_where_their_work_begins(user: User) -> None:
    assert browser().get(address("portal:access-code"))["Location"] == address("sign-in")
    here = browser(user).get(address("portal:access-code"))["Location"]
    assert here == address("portal:my-cases")


@pytest.mark.security(16)
def test_code_is_on_no_page(user: User) -> None:
    client = begun(user)
    code = last_code()
    assert code not in html.unescape(page(client))
    send_texts()
    assert code not in html.unescape(page(client))
    assert code not in text_of(enter(client, wrong(code)))
