"""A filing through its pages, without JavaScript, from the case to the receipt."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from greffe.cases import actions as case_actions
from greffe.filings import draft_actions
from greffe.filings.manifests import manifest_of
from greffe.filings.models import Attempt, Draft, Submission
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.sealing.keys import KeyRing
from greffe.sealing.verify import check
from tests.support.portal import address, browser, form, payload, post_form, text_of
from tests.support.scenes import PASSWORD, Scene, pdf

pytestmark = pytest.mark.django_db


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of the review page would send."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and value and name[1] in {"version", "file", "acknowledged"}:
            found.setdefault(name[1], []).append(unescape(value[1]))
    return found


def sent(client: Client, draft: Draft, lang: str = "en") -> Any:
    """Open the review page and press its button, with every warning ticked."""
    path = address("portal:draft-review", draft.id, lang=lang)
    return client.post(path, fields_of(client.get(path).content.decode()))


@pytest.mark.requirement("MC-08", "BY-04", "BY-06")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_counsel_files_and_gets_a_receipt_to_keep_and_to_verify(
    scene: Scene, keys: Path, lang: str
) -> None:
    user = scene.user("Amélie Tremblay")
    case = scene.case(counsel=user, office="vancouver")
    client = browser(user)
    start = address("portal:start-filing", case.id, lang=lang)
    assert "rpd-boc" in client.get(start).content.decode()
    files = client.post(start, {"document_type": "rpd-boc"})["Location"]
    body = form([("Formulaire « FDA ».pdf", pdf(2))])
    assert post_form(client, files, body).status_code == 302
    draft = Draft.objects.get()
    response = sent(client, draft, lang)
    submission = Submission.objects.get()
    assert response["Location"] == address("portal:submission", submission.id, lang=lang)
    page = text_of(client.get(response["Location"]))
    assert submission.number in page
    assert "Formulaire « FDA ».pdf" in page
    assert "(Vancouver)" in page
    assert {"en": "Eastern time", "fr": "heure de l’Est"}[lang].lower() in page.lower()
    assert payload(submission)["language"] == lang
    signed = client.get(address("portal:receipt-json", submission.id, lang=lang))
    assert check(signed.content, KeyRing.load(keys).published()).ok
    paper = client.get(address("portal:receipt-pdf", submission.id, lang=lang))
    assert check(b"".join(paper), KeyRing.load(keys).published()).ok
    assert f"greffe-{submission.number}.pdf" in paper["Content-Disposition"]


@pytest.mark.requirement("MC-13", "BY-04")
def test_page_of_the_receipt_shows_the_example_of_the_source(scene: Scene) -> None:
    scene.start = date(2021, 1, 4)
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user, office="vancouver"))
    scene.upload(user, draft)
    draft.refresh_from_db()
    at = datetime(2021, 4, 2, 5, 0, tzinfo=UTC)
    Attempt.objects.create(draft=draft, manifest=manifest_of(draft), noted_at=at)
    submission = scene.submit(user, draft)
    client = browser(user)
    page = text_of(client.get(address("portal:submission", submission.id)))
    assert "Thursday 1 April 2021, 22:00 (Vancouver)" in page
    assert "Friday 2 April 2021, 01:00 (Eastern time)" in page
    page = text_of(client.get(address("portal:submission", submission.id, lang="fr")))
    assert "jeudi 1er avril 2021" in page
    assert "22 h" in page.replace("\xa0", " ")


def test_draft_survives_signing_out_and_is_gone_on_with(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case)
    scene.upload(user, draft, name="kept.pdf")
    client = browser(user)
    client.post(address("sign-out"))
    assert client.get(address("portal:draft", draft.id)).status_code == 302
    client.post(address("sign-in"), {"login": user.username, "password": PASSWORD})
    listed = client.get(address("portal:my-cases")).content.decode()
    assert address("portal:draft", draft.id) in listed
    response = client.get(address("portal:draft", draft.id), follow=True)
    assert "kept.pdf" in text_of(response)
    assert sent(client, draft).status_code == 302
    again = client.get(address("portal:draft", draft.id))
    assert again["Location"] == address("portal:submission", Submission.objects.get().id)
    listed = client.get(address("portal:my-cases")).content.decode()
    assert address("portal:draft", draft.id) not in listed


@pytest.mark.requirement("MC-12")
def test_statement_of_service_is_asked_for_kept_and_shown(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(
        user, scene.case(division="ID", counsel=user), document_type="id-application"
    )
    scene.upload(user, draft)
    client = browser(user)
    response = client.get(address("portal:draft", draft.id))
    assert response["Location"] == address("portal:draft-service", draft.id)
    day = scene.today
    said = {
        "recipients": "Le ministre, à l’étage",
        "method": "by-hand",
        "served_on_day": str(day.day),
        "served_on_month": str(day.month),
        "served_on_year": str(day.year),
        "provided_by": "Amélie",
        "signed": "on",
    }
    response = client.post(address("portal:draft-service", draft.id), said)
    assert response.status_code == 302, text_of(response)
    draft.refresh_from_db()
    assert draft.service is not None
    assert draft.service["recipients"] == "Le ministre, à l’étage"
    assert draft.service["served_on"] == day.isoformat()
    assert "Le ministre, à l’étage" in text_of(client.get(address("portal:draft-review", draft.id)))
    assert sent(client, draft).status_code == 302
    page = text_of(client.get(address("portal:submission", Submission.objects.get().id)))
    assert "Le ministre, à l’étage" in page


@pytest.mark.requirement("MC-12")
def test_page_of_service_is_not_there_where_no_rule_wants_it(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    response = browser(user).get(address("portal:draft-service", draft.id))
    assert response["Location"] == address("portal:draft-review", draft.id)


def test_warning_without_a_tick_files_nothing_and_says_so(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user), document_type="rpd-disclosure")
    for name in ("a.pdf", "b.pdf"):
        scene.upload(user, draft, name=name)
    client = browser(user)
    path = address("portal:draft-review", draft.id)
    fields = fields_of(client.get(path).content.decode())
    assert fields.pop("acknowledged")
    response = client.post(path, fields)
    assert response.status_code == 422
    assert "please confirm that you have read each warning" in text_of(response)
    assert not Submission.objects.exists()
    assert sent(client, draft).status_code == 302


@pytest.mark.parametrize(("lang", "words"), [("en", "were not filed"), ("fr", "pas été dépos")])
def test_stale_tab_is_told_which_of_its_files_were_not_filed(
    scene: Scene, lang: str, words: str
) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, name="kept.pdf")
    gone = scene.upload(user, draft, name="gone <é>.pdf")
    client = browser(user)
    path = address("portal:draft-review", draft.id, lang=lang)
    stale = fields_of(client.get(path).content.decode())
    draft_actions.remove_file(by=scene.viewer(user), draft_id=draft.id, upload_id=gone.id)
    assert client.post(path, stale).status_code == 409  # changed since: nothing is filed
    assert not Submission.objects.exists()
    assert sent(client, draft).status_code == 302
    response = client.post(path, stale)
    assert response.status_code == 409
    page = text_of(response)
    assert "gone <é>.pdf" in page
    assert "kept.pdf" not in page
    assert words in page
    assert "<é>" not in response.content.decode()
    assert Submission.objects.count() == 1


def test_same_request_again_leads_to_the_same_receipt(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft)
    client = browser(user)
    path = address("portal:draft-review", draft.id)
    fields = fields_of(client.get(path).content.decode())
    assert client.post(path, fields)["Location"] == client.post(path, fields)["Location"]


@pytest.mark.security(24)
def test_filing_that_breaks_is_told_calmly_and_keeps_its_time(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, name="preuve-de-Quellmalz.pdf")
    client = browser(user)
    good, settings.KEYS = settings.KEYS, tmp_path / "none"
    response = sent(client, draft)
    assert response.status_code == 500
    assert "Quellmalz" not in text_of(response)
    first = Attempt.objects.get().noted_at
    settings.KEYS = good
    assert sent(client, draft).status_code == 302
    assert Submission.objects.get().received_at == first


@pytest.mark.parametrize("state", ["discarded", "expired"])
def test_draft_that_is_closed_is_told_so_on_every_page(scene: Scene, state: str) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    Draft.objects.filter(pk=draft.pk).update(state=state)
    client = browser(user)
    for name in ("draft", "draft-type", "draft-files", "draft-review", "draft-discard"):
        response = client.get(address(f"portal:{name}", draft.id), follow=True)
        assert response.status_code == 409, name
        assert "this filing is closed" in text_of(response)


def test_counsel_removed_since_is_told_and_files_nothing(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case)
    scene.upload(user, draft)
    client = browser(user)
    path = address("portal:draft-review", draft.id)
    fields = fields_of(client.get(path).content.decode())
    assert user.person is not None
    case_actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today)
    response = client.post(path, fields)
    assert response.status_code == 409
    assert "no longer on the record" in text_of(response)
    assert not Submission.objects.exists()
    assert client.get(address("portal:case", case.id)).status_code == 404
    assert "no longer on the record" in text_of(client.get(path))


def test_kind_that_ended_since_the_draft_breaks_no_page_and_is_told(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    filed, draft = (scene.draft(user, case, document_type="rpd-boc") for _ in range(2))
    for one in (filed, draft):
        scene.upload(user, one)
    submission = scene.submit(user, filed)
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "document_types.toml").write_text(
        '[[document_type]]\nid = "rpd-boc"\ndivision = "RPD"\ncategory = "division-form"\n'
        'label.en = "Form"\nlabel.fr = "Formulaire"\nauthority = "r. 6"\n'
        f"in_force_from = 2012-12-15\nin_force_to = {scene.today - timedelta(days=1)}\n"
    )
    client, review = browser(user), address("portal:draft-review", draft.id)
    before = fields_of(client.get(review).content.decode())
    settings.LAW_OVERLAY = tmp_path / "law"
    for name in ("draft-type", "draft-files", "draft-review", "draft-discard"):
        assert client.get(address(f"portal:{name}", draft.id)).status_code == 200, name
    for path in (
        address("portal:my-cases"),
        address("portal:case", case.id),
        address("portal:submission", submission.id),
    ):
        assert client.get(path).status_code == 200, path
    response = client.post(review, before)
    assert response.status_code == 422
    assert "something must be mended first" in text_of(response)
    assert Submission.objects.count() == 1


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize(("lang", "words"), [("en", "appeal"), ("fr", "appel")])
def test_page_of_an_appeal_that_is_not_recorded_says_why_nothing_can_be_filed(
    scene: Scene, lang: str, words: str
) -> None:
    user = scene.user()
    case = scene.case(division="RAD", counsel=user)
    page = text_of(browser(user).get(address("portal:start-filing", case.id, lang=lang)))
    assert case.file_number in page
    assert words in page.lower()
    assert 'name="document_type"' not in page


@pytest.mark.security(20)
def test_download_is_the_original_and_is_recorded_each_time(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case)
    scene.upload(user, draft, pdf(4), name="Pièce n° 1.pdf")
    submission = scene.submit(user, draft)
    officer = scene.staff("officer", office="montreal")
    for somebody in (user, officer):
        response = browser(somebody).get(address("portal:submitted-document", submission.id, 1))
        assert b"".join(response) == pdf(4)
        assert response["Content-Disposition"].startswith("attachment")
    readers = Event.objects.filter(kind=Kind.DOCUMENT_READ).values_list(
        "actor_person_id", flat=True
    )
    assert set(readers) == {user.person_id, officer.person_id}
    history = text_of(browser(officer).get(address("portal:case-history", case.id)))
    assert officer.person is not None
    assert officer.person.name in history


def test_receipt_of_a_name_with_markup_shows_it_as_text(scene: Scene) -> None:
    user = scene.user("<b>Bobby</b> & Co « é » 李")
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, name="<img src=x>.pdf")
    submission = scene.submit(user, draft)
    page = browser(user).get(address("portal:submission", submission.id)).content.decode()
    assert "<b>Bobby" not in page
    assert "<img src=x>" not in page
    assert "&lt;b&gt;Bobby&lt;/b&gt; &amp; Co « é » 李" in page
    assert payload(submission)["filed_by"]["name"].startswith("<b>")
