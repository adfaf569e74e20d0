"""Who read what, for auditors; and where each role's work begins."""

import re
from typing import Any

import pytest

from greffe.accounts.models import User
from greffe.cases import file_actions
from greffe.cases.record_queries import PAGE
from tests.support.files import Filed, on_record
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-16")]


@pytest.fixture
def filed(scene: Scene) -> Filed:
    return on_record(scene)


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def supervisor(scene: Scene) -> User:
    return scene.staff("supervisor", office="montreal")


def page(user: User, name: str, *args: Any) -> str:
    response = browser(user).get(address(name, *args))
    assert response.status_code == 200, name
    return text_of(response)


# Who read what


@pytest.mark.security(20)
def test_auditor_reads_who_opened_which_document_and_never_its_name(
    scene: Scene, filed: Filed, officer: User
) -> None:
    file_actions.note_reading(by=scene.viewer(officer), entry=filed.entry)
    auditor = scene.staff("auditor")
    assert officer.person is not None
    for name, argument in (
        ("registry:case-readings", filed.case.id),
        ("registry:person-readings", officer.person_id),
    ):
        text = page(auditor, name, argument)
        assert officer.person.name in text
        assert "Document 1 of the record" in text
        assert filed.entry.blob.sha256 in text
        assert filed.entry.name not in text


def test_auditor_sees_a_sealed_document_read_without_its_fingerprint(
    scene: Scene, filed: Filed, supervisor: User
) -> None:
    file_actions.note_reading(by=scene.viewer(supervisor), entry=filed.entry)
    file_actions.seal_entry(by=scene.viewer(supervisor), entry=filed.entry, reason="Order")
    text = page(scene.staff("auditor"), "registry:case-readings", filed.case.id)
    assert "Document 1 of the record" in text
    assert filed.entry.blob.sha256 not in text


def test_readings_of_a_sealed_case_are_not_told(
    scene: Scene, filed: Filed, supervisor: User
) -> None:
    file_actions.note_reading(by=scene.viewer(supervisor), entry=filed.entry)
    auditor = scene.staff("auditor")
    assert filed.case.file_number in page(auditor, "registry:person-readings", supervisor.person_id)
    file_actions.seal_case(by=scene.viewer(supervisor), case=filed.case, reason="Order")
    client = browser(auditor)
    assert client.get(address("registry:case-readings", filed.case.id)).status_code == 404
    text = page(auditor, "registry:person-readings", supervisor.person_id)
    assert filed.case.file_number not in text


def test_readings_come_in_pages(scene: Scene, filed: Filed, officer: User) -> None:
    for _ in range(PAGE + 1):
        file_actions.note_reading(by=scene.viewer(officer), entry=filed.entry)
    client, path = browser(scene.staff("auditor")), address("registry:case-readings", filed.case.id)
    text = text_of(client.get(path))
    assert text.count("Document 1 of the record") == PAGE
    older = re.search(r'href="(\?before=[^"]*)"', text)
    assert older is not None
    text = text_of(client.get(path + older[1]))
    assert text.count("Document 1 of the record") == 1
    assert text_of(client.get(path, {"before": "nonsense"})).count("Document 1 of") == PAGE


# Where one's work begins


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("officer", "registry:queue"),
        ("supervisor", "registry:queue"),
        ("member", "registry:cases"),
        ("auditor", "registry:cases"),
        ("operator", "portal:my-cases"),
        ("counsel", "portal:my-cases"),
    ],
)
def test_sign_in_and_header_lead_to_where_the_work_is(scene: Scene, role: str, first: str) -> None:
    office, division = {"officer": ("montreal", ""), "supervisor": ("montreal", "")}.get(
        role, ("", "RPD" if role == "member" else "")
    )
    user = (
        scene.user() if role == "counsel" else scene.staff(role, office=office, division=division)
    )
    client = browser()
    answer = client.post(address("sign-in"), {"login": user.username, "password": PASSWORD})
    assert answer["Location"] == address(first)
    assert f'href="{address(first)}"' in client.get(address("home")).content.decode()
