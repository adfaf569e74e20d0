"""The pages of paper and fax: three steps, nothing half entered, cover sheets, batches."""

import datetime as dt
import re
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import join_minister, note_date
from greffe.cases.models import Case, CaseOffice
from greffe.documents.models import Upload
from greffe.documents.stores import document_store
from tests.support.paper import on_day, said, waiting
from tests.support.portal import address, browser, form, post_form, post_stream, text_of
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-18")]


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def client(officer: User) -> Client:
    return browser(officer)


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.case()


def add(client: Client, case: Case, *files: tuple[str, bytes], lang: str = "en") -> Any:
    return post_form(client, address("registry:paper", case.id, lang=lang), form(files))


def send(client: Client, case: Case, step: str, fields: dict[str, Any], lang: str = "en") -> Any:
    path = address("registry:paper-details", case.id, lang=lang)
    return client.post(path, fields | {"step": step})


@pytest.mark.requirement("BY-04")
def test_document_goes_from_the_scanner_to_the_case_file_in_three_steps(
    client: Client, case: Case
) -> None:
    added = add(client, case, ("Lettre.pdf", pdf(3)))
    assert added.status_code == 302
    asked = text_of(client.get(added["Location"]))
    assert "Lettre.pdf" in asked
    assert "officer of montreal" in asked
    (upload,) = Upload.objects.all()
    review = send(client, case, "review", said(case, upload))
    assert review.status_code == 200
    assert "14:30" in text_of(review)
    assert case.record.count() == 0
    placed = send(client, case, "place", said(case, upload))
    assert placed.status_code == 302
    page = text_of(client.get(placed["Location"]))
    assert "Placed on the case file" in page
    entry = case.record.get()
    assert (entry.name, entry.pages, entry.method) == ("Lettre.pdf", 3, "mail")
    assert entry.filed_by == case.participants.get().person.name


@pytest.mark.parametrize(
    ("lang", "late", "on_time"), [("en", "Late", "On time"), ("fr", "En retard", "À temps")]
)
def test_limits_are_shown_before_and_after_placing(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, late: str, on_time: str
) -> None:
    note_date(by=scene.by, case=case, event="referral", on=scene.today - dt.timedelta(days=80))
    upload = waiting(scene, officer, case)
    fields = said(case, upload, document_type="rpd-boc")
    assert late in text_of(send(client, case, "review", fields, lang))
    long_ago = fields | on_day(scene.today - dt.timedelta(days=79))
    review = text_of(send(client, case, "review", long_ago, lang))
    assert on_time in review
    placed = send(client, case, "place", long_ago | {"confirmed": "long-ago"}, lang)
    assert on_time in text_of(client.get(placed["Location"]))


def test_several_files_are_placed_in_their_order(client: Client, case: Case) -> None:
    added = add(client, case, ("1.pdf", pdf(1)), ("2.pdf", pdf(2)))
    ids = parse_qs(urlsplit(added["Location"]).query)["file"]
    send(client, case, "place", said(case) | {"file": ids})
    assert [(e.position, e.name) for e in case.record.all()] == [(1, "1.pdf"), (2, "2.pdf")]


def test_two_tabs_are_two_arrivals(client: Client, case: Case) -> None:
    add(client, case, ("one.pdf", pdf(1)))
    add(client, case, ("two.pdf", pdf(2)))
    one, two = (Upload.objects.get(name=name) for name in ("one.pdf", "two.pdf"))
    send(client, case, "place", said(case, two, method="fax"))
    send(client, case, "place", said(case, one, method="courier"))
    assert [(e.name, e.method) for e in case.record.all()] == [
        ("two.pdf", "fax"),
        ("one.pdf", "courier"),
    ]


def test_request_sent_twice_places_once_and_says_so(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    send(client, case, "place", said(case, upload))
    again = send(client, case, "place", said(case, upload))
    assert again.status_code == 409
    assert "is on the case file already" in text_of(again)
    assert case.record.count() == 1


def test_file_that_is_gone_from_among_several_places_none(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    one, two = waiting(scene, officer, case), waiting(scene, officer, case, pdf(4))
    fields = said(case, one, two)
    client.post(address("registry:paper-remove", case.id, two.id))
    response = send(client, case, "place", fields)
    assert response.status_code == 409
    assert case.record.count() == 0


@pytest.mark.requirement("BY-01")
@pytest.mark.parametrize(
    ("lang", "word", "left"),
    [("en", "Must be fixed", "could never be read"), ("fr", "À corriger", "jamais être lu")],
)
def test_file_that_nobody_could_read_stops_at_the_details(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, word: str, left: str
) -> None:
    upload = waiting(scene, officer, case, b"not a PDF")
    path = address("registry:paper-details", case.id, lang=lang)
    assert word in text_of(client.get(path, {"file": str(upload.id)}))
    for step in ("review", "place"):
        response = send(client, case, step, said(case, upload), lang)
        assert response.status_code == 422
        assert left in text_of(response)
    assert case.record.count() == 0


@pytest.mark.requirement("BY-01")
def test_what_else_the_checks_find_is_information_only(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    import io

    import pikepdf

    document = pikepdf.open(io.BytesIO(pdf(1)))
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    out = io.BytesIO()
    document.save(out)
    upload = waiting(scene, officer, case, out.getvalue())
    page = text_of(send(client, case, "review", said(case, upload)))
    assert "Good to know" in page
    assert "Must be fixed" not in page
    assert send(client, case, "place", said(case, upload)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "en", "fr"),
    [
        ({"document_type": ""}, "Choose the document type", "Choisissez le type"),
        ({"document_type": "rad-record"}, "Choose a type from the list", "dans la liste"),
        ({"received_on_month": "13"}, "from 1 to 12", "de 1 à 12"),
        ({"received_time": ""}, "Enter the time", "Indiquez l’heure"),
        ({"received_time": "25:00"}, "hours and minutes", "heures et minutes"),
        ({"received_time": "soon"}, "hours and minutes", "heures et minutes"),
        ({"method": "pigeon"}, "Select a valid choice", "choix valide"),
        ({"received_by": ""}, "Enter who received it", "Indiquez qui"),
        ({"filed_by": "other"}, "Enter the name of who filed it", "Indiquez le nom"),
        ({"audience": ""}, "Choose who may read it", "Choisissez qui peut le lire"),
    ],
)
def test_each_wrong_answer_is_told_and_nothing_is_lost(
    client: Client,
    scene: Scene,
    officer: User,
    case: Case,
    changes: dict[str, str],
    en: str,
    fr: str,
) -> None:
    upload = waiting(scene, officer, case)
    for lang, words in (("en", en), ("fr", fr)):
        fields = said(case, upload, filed_by_name="") | changes
        response = send(client, case, "place", fields, lang)
        assert response.status_code == 422
        page = re.sub(r"\s", " ", text_of(response))
        assert words in page
        assert str(upload.id) in page
        if "received_by" not in changes:
            assert "Odile Gagnon" in page
    assert case.record.count() == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "in the future"), ("fr", "à venir")])
def test_day_to_come_is_refused(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, words: str
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload) | on_day(scene.today + dt.timedelta(days=1))
    response = send(client, case, "review", fields, lang)
    assert response.status_code == 422
    assert words in text_of(response)


def test_time_that_the_clocks_left_out_is_refused(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload, received_time="2:30") | on_day(dt.date(2026, 3, 8))
    assert "the clocks were moved forward" in text_of(send(client, case, "review", fields))


@pytest.mark.parametrize("written", ["14:30", "14 h 30", "14h30", "14.30", " 14:30 "])
def test_time_is_read_as_people_write_it(
    client: Client, scene: Scene, officer: User, case: Case, written: str
) -> None:
    upload = waiting(scene, officer, case)
    send(client, case, "place", said(case, upload, received_time=written))
    at = case.record.get().received_at
    assert timezone.localtime(at).strftime("%H:%M") == "14:30"


@pytest.mark.requirement("MC-13")
def test_time_is_on_the_clock_of_the_office(scene: Scene) -> None:
    officer, case = scene.staff("officer", office="vancouver"), scene.case(office="vancouver")
    upload = waiting(scene, officer, case)
    fields = said(case, upload, received_time="22:00") | on_day(dt.date(2026, 11, 12))
    review = send(browser(officer), case, "review", fields)
    page = text_of(review)
    assert "22:00 (Vancouver)" in page
    assert "Friday 13 November 2026, 01:00" in page
    send(browser(officer), case, "place", fields)
    assert case.record.get().date_of_receipt == dt.date(2026, 11, 12)


def test_long_ago_is_placed_only_with_its_box_ticked(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload) | on_day(scene.today - dt.timedelta(days=40))
    assert "more than 30 days ago" in text_of(send(client, case, "review", fields))
    unticked = send(client, case, "place", fields)
    assert unticked.status_code == 422
    assert case.record.count() == 0
    assert send(client, case, "place", fields | {"confirmed": "long-ago"}).status_code == 302


def test_change_goes_back_to_the_form_as_it_was_filled_in(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    page = text_of(send(client, case, "change", said(case, upload, received_by="Marc Roy")))
    assert 'value="Marc Roy"' in page
    assert 'value="14:30"' in page


def test_minister_and_counsel_are_offered_as_who_filed_it(
    client: Client, scene: Scene, officer: User
) -> None:
    counsel = scene.user("Daniel Okafor")
    case = scene.case(counsel=counsel, language="fr")
    join_minister(by=scene.by, case=case, department="cbsa", since=scene.start)
    one, two = waiting(scene, officer, case), waiting(scene, officer, case, pdf(5))
    counsel_key = f"counsel-{case.counsel.get().pk}"
    send(client, case, "place", said(case, one, filed_by=counsel_key))
    send(client, case, "place", said(case, two, filed_by="minister", method="fax"))
    assert [entry.filed_by for entry in case.record.all()] == [
        "Daniel Okafor",
        "Ministre de la Sécurité publique",
    ]


def test_file_is_removed_and_its_bytes_go(
    client: Client,
    scene: Scene,
    officer: User,
    case: Case,
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = waiting(scene, officer, case)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address("registry:paper-remove", case.id, upload.id))
    assert response["Location"] == address("registry:paper", case.id)
    assert list(document_store().keys()) == []


@pytest.mark.parametrize("name", ["registry:paper", "registry:paper-batch"])
@pytest.mark.security(24)
def test_form_without_its_token_leaves_nothing_in_the_store(
    officer: User, case: Case, name: str
) -> None:
    strict = browser(officer, enforce_csrf_checks=True)
    path = address(name, *([case.id] if name == "registry:paper" else []))
    assert post_form(strict, path, form([("a.pdf", pdf())])).status_code == 403
    assert list(document_store().keys()) == []
    assert Upload.objects.count() == 0


@pytest.mark.requirement("BY-03")
def test_upload_cut_off_keeps_nothing_and_says_so(client: Client, case: Case) -> None:
    import io

    body = form([("one.pdf", pdf()), ("two.pdf", pdf(40))])
    path = address("registry:paper", case.id)
    response = post_stream(client, path, io.BytesIO(body[:-2000]), len(body))
    assert response.status_code == 422
    assert "connection was lost" in text_of(response)
    assert list(document_store().keys()) == []


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_file_too_large_is_told_and_the_others_are_kept(
    client: Client, case: Case, lang: str
) -> None:
    response = add(client, case, ("big.pdf", b"x" * 52_428_801), ("ok.pdf", pdf()), lang=lang)
    assert response.status_code == 422
    page = text_of(response)
    assert "big.pdf" in page
    assert "ok.pdf" in page
    assert [upload.name for upload in Upload.objects.all()] == ["ok.pdf"]


@pytest.mark.parametrize("fields", [{}, {"file": "nonsense"}, {"file": str(uuid.uuid4())}])
def test_details_without_a_file_ask_for_one(
    client: Client, case: Case, fields: dict[str, str]
) -> None:
    path = address("registry:paper-details", case.id)
    assert client.get(path, fields).status_code == 302
    assert client.post(path, fields | {"step": "place"}).status_code == 409


@pytest.mark.security(16)
def test_case_that_moves_away_between_the_steps_takes_no_paper(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    assert send(client, case, "review", said(case, upload)).status_code == 200
    case.offices.update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    assert send(client, case, "place", said(case, upload)).status_code == 404
    assert case.record.count() == 0
