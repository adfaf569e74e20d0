"""What is sealed does not exist for those who may not see it: on every address, for every role."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import User
from greffe.cases import actions, file_actions
from greffe.cases.models import RecordEntry
from greffe.filings.queries import find_submission
from greffe.ledger.actors import SYSTEM
from greffe.web.portal.receipt_pages import visible_in
from tests.security.access import READ, ROLES, WRITE
from tests.security.registry import PERSON, Registry
from tests.support.files import place, take_to_record
from tests.support.portal import address, browser, payload, text_of
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.security(15),
    pytest.mark.security(16),
    pytest.mark.security(20),
    pytest.mark.requirement("MC-16"),
    pytest.mark.urls("tests.support.demonstration_urls"),
]

EVERYBODY = ROLES
STRANGERS = {"visitor", "partner system"}
SEALED, INTERNAL, OPEN = "zyx-kept-apart.pdf", "xyz-internal.pdf", "wvu-for-all.pdf"
KEEPERS = {"member", "supervisor"}
PARTIES = {"counsel", "delegate", "claimant", "designated representative"}
RECEIPT = {"portal:receipt-json", "portal:receipt-pdf"}


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def filed(registry: Registry) -> Registry:
    """The registry with a filing of two documents on the record: the first is to be sealed."""
    draft = registry.scene.draft(registry.counsel, registry.case)
    for name in (SEALED, OPEN):
        registry.scene.upload(registry.counsel, draft, name=name)
    registry.submission = registry.scene.submit(registry.counsel, draft)
    entries = take_to_record(registry.scene, registry.case, registry.submission)
    vars(registry)["entry"] = entries[0]
    return registry


def client_of(registry: Registry, role: str) -> Client:
    if role == "supervisor":
        return browser(registry.scene.staff("supervisor", office="montreal"))
    return registry.client(role)


def supervisor_of(scene: Scene) -> Any:
    return scene.viewer(scene.staff("supervisor", office="montreal"))


def answers(registry: Registry, client: Client, *, posts: bool = True) -> Iterator[tuple[str, str]]:
    """What every address says to somebody, read and written, with what is in its headers."""
    for name in READ:
        if name not in {"sign-out", "account_logout"}:
            yield name, _everything(client.get(registry.path(name)))
    for name in WRITE if posts else ():
        if not name.startswith("portal:draft-"):
            yield f"POST {name}", _everything(client.post(registry.path(name), {"sent": "1"}))
    for name in ("portal:my-cases", "registry:cases"):
        for search in (PERSON, "MC6", SEALED, "Quellmalz"):
            response = client.get(address(name), {"q": search})
            # The page's own address is in its link to the other language: that was typed.
            yield f"{name}?q={search}", _everything(response).replace(f"?q={search}", "")


def status(client: Client, path: str) -> int:
    response = client.get(path)
    _everything(response)  # a file is closed once it has been read
    return int(response.status_code)


def _everything(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(dict(response.headers))


def seal(registry: Registry) -> None:
    by = supervisor_of(registry.scene)
    file_actions.seal_entry(by=by, entry=registry.entry, reason="Order")


@pytest.mark.parametrize("role", EVERYBODY)
def test_name_and_fingerprint_of_what_is_withheld_are_nowhere(filed: Registry, role: str) -> None:
    seal(filed)
    internal = place(filed.scene, filed.case, INTERNAL)
    RecordEntry.objects.filter(pk=internal.pk).update(audience="tribunal")
    told = dict(answers(filed, client_of(filed, role)))
    sealed = telling(told, SEALED, filed.entry.blob.sha256, str(filed.entry.blob.key))
    tribunal = telling(told, INTERNAL, internal.blob.sha256)
    if role in KEEPERS:
        assert {"registry:case", "registry:case-document"} <= sealed
    else:
        # Whoever filed it keeps the receipt, which they have already.
        assert sealed == ({"portal:receipt-json"} if role == "counsel" else set())
    if role in KEEPERS | {"officer"}:
        assert {"registry:case", "portal:case"} <= tribunal
    else:
        assert tribunal == set()


def telling(told: dict[str, str], *secrets: str) -> set[str]:
    """The addresses that say one of these; a search that typed it is not one."""
    return {
        name
        for name, said in told.items()
        if any(secret in said for secret in secrets if not name.endswith(f"?q={secret}"))
    }


@pytest.mark.parametrize("role", EVERYBODY)
def test_sealed_document_asked_for_by_its_address_is_not_there(filed: Registry, role: str) -> None:
    client = client_of(filed, role)
    names = ("portal:record-document", "portal:submitted-document", "registry:case-document")
    before = {name: status(client, filed.path(name)) for name in names}
    seal(filed)
    after = {name: status(client, filed.path(name)) for name in names}
    if role in KEEPERS:
        assert after == before == dict.fromkeys(names, 200)
    else:
        assert after == dict.fromkeys(names, 302 if role in STRANGERS else 404)
    if role in PARTIES | {"officer"}:
        assert 200 in before.values()


@pytest.mark.parametrize("role", ["counsel", "claimant", "officer"])
def test_sealing_changes_at_once_and_so_does_its_end(filed: Registry, role: str) -> None:
    client, by = client_of(filed, role), supervisor_of(filed.scene)
    name = "registry:case" if role == "officer" else "portal:case"
    page = filed.path(name)
    assert SEALED in text_of(client.get(page))
    file_actions.seal_entry(by=by, entry=filed.entry, reason="Order")
    assert SEALED not in text_of(client.get(page))
    assert OPEN in text_of(client.get(page))
    file_actions.unseal_entry(by=by, entry=filed.entry, reason="Lifted")
    assert SEALED in text_of(client.get(page))


@pytest.mark.parametrize("role", ["counsel", "claimant", "officer"])
def test_other_documents_of_the_filing_are_still_read(filed: Registry, role: str) -> None:
    seal(filed)
    client = client_of(filed, role)
    receipt = text_of(client.get(filed.path("portal:submission")))
    assert OPEN in receipt
    path = address("portal:submitted-document", filed.submission.id, 2)
    assert status(client, path) == 200


def test_filer_keeps_the_receipt_and_is_told_what_is_not_shown(filed: Registry) -> None:
    seal(filed)
    client = browser(filed.counsel)
    page = text_of(client.get(filed.path("portal:submission")))
    assert "1 document that you filed is not shown here" in page
    receipt = client.get(filed.path("portal:receipt-json"))
    assert SEALED in receipt.content.decode()
    assert status(client, filed.path("portal:receipt-pdf")) == 200


def test_what_was_said_of_a_sealed_document_is_withheld_with_it(filed: Registry) -> None:
    told = [{"document": place} for place in (1, 2, None)]
    said = payload(filed.submission) | {"findings": told}
    seal(filed)
    viewer = filed.scene.viewer(filed.counsel)
    found = find_submission(viewer, filed.submission.id, on=filed.scene.today)
    assert found is not None
    left = visible_in(said, found)
    assert left["findings"] == [{"document": 2}]
    assert [one["position"] for one in left["documents"]] == [2]


@pytest.mark.parametrize("role", ["claimant", "officer"])
def test_receipt_that_names_a_sealed_document_is_for_the_filer_alone(
    filed: Registry, role: str
) -> None:
    client = client_of(filed, role)
    for name in RECEIPT:
        assert status(client, filed.path(name)) == 200
    seal(filed)
    for name in RECEIPT:
        assert status(client, filed.path(name)) == 404
    assert filed.path("portal:receipt-json") not in text_of(
        client.get(filed.path("portal:submission"))
    )


def test_filing_of_which_nothing_is_left_to_see_is_there_for_its_filer_alone(
    filed: Registry,
) -> None:
    by = supervisor_of(filed.scene)
    for entry in filed.case.record.all():
        file_actions.seal_entry(by=by, entry=entry, reason="Order")
    for role, wanted in (("counsel", 200), ("claimant", 404), ("officer", 404), ("member", 200)):
        client = client_of(filed, role)
        assert status(client, filed.path("portal:submission")) == wanted
        if wanted == 404:
            listed = text_of(client.get(filed.path("portal:case")))
            assert filed.submission.number not in listed


@pytest.mark.parametrize("role", EVERYBODY)
def test_document_for_the_tribunal_only_is_opened_by_the_tribunal_only(
    filed: Registry, role: str
) -> None:
    RecordEntry.objects.filter(pk=filed.entry.pk).update(audience="tribunal")
    client = client_of(filed, role)
    for name in ("portal:record-document", "portal:submitted-document"):
        reads = 200 if role in KEEPERS | {"officer"} else 404
        assert status(client, filed.path(name)) == (302 if role in STRANGERS else reads)


@pytest.mark.parametrize("role", EVERYBODY)
def test_sealed_case_is_nowhere_for_whoever_may_not_see_it(filed: Registry, role: str) -> None:
    client = client_of(filed, role)
    by = supervisor_of(filed.scene)
    file_actions.note_reading(by=by, entry=filed.entry)
    assert filed.invitation.pk  # while its officer still sees the case of whom it invites
    file_actions.seal_case(by=by, case=filed.case, reason="Order")
    secrets = [filed.case.file_number, PERSON, filed.submission.number, SEALED, OPEN]
    if role == "claimant":
        secrets.remove(PERSON)  # it is their own name, on every page
    told = telling(dict(answers(filed, client, posts=False)), *secrets)
    if role in KEEPERS | PARTIES:
        assert "portal:case" in told
        assert ("registry:case" in told) is (role in KEEPERS)
        assert ("registry:cases" in told) is (role in KEEPERS)
    else:
        assert told == set()
        expected = 302 if role in STRANGERS else 404
        for name in ("portal:case", "registry:case", "registry:case-history"):
            assert status(client, filed.path(name)) == expected


def test_sealing_a_case_changes_at_once_and_so_does_its_end(filed: Registry) -> None:
    by = supervisor_of(filed.scene)
    client = client_of(filed, "officer")
    page = filed.path("registry:case")
    assert status(client, page) == 200
    file_actions.seal_case(by=by, case=filed.case, reason="Order")
    assert status(client, page) == 404
    assert filed.case.file_number not in text_of(client.get(address("registry:cases")))
    file_actions.unseal_case(by=by, case=filed.case, reason="Lifted")
    assert status(client, page) == 200


def test_supervisor_of_the_former_office_no_longer_keeps_the_seals(filed: Registry) -> None:
    seal(filed)
    here: User = filed.scene.staff("supervisor", office="montreal")
    there: User = filed.scene.staff("supervisor", office="toronto")
    page = filed.path("registry:case-document")
    assert status(browser(there), page) == 404
    file_actions.transfer_case(
        by=filed.scene.viewer(here), case=filed.case, office="toronto", on=filed.scene.today
    )
    assert status(browser(here), page) == 404
    assert status(browser(there), page) == 200


def test_counsel_who_left_keeps_the_receipt_and_sees_nothing_sealed(filed: Registry) -> None:
    seal(filed)
    person = filed.counsel.person
    assert person is not None
    actions.remove_counsel(by=SYSTEM, case=filed.case, person=person, on=filed.scene.today)
    page = text_of(browser(filed.counsel).get(filed.path("portal:submission")))
    assert SEALED not in page
    assert filed.entry.blob.sha256 not in page


def test_history_says_that_something_was_sealed_and_not_what_or_why(filed: Registry) -> None:
    seal(filed)
    for role in ("counsel", "officer", "auditor"):
        name = "portal:case-history" if role == "counsel" else "registry:case-history"
        page = text_of(client_of(filed, role).get(filed.path(name)))
        assert "sealed a document" in page
        assert "Order" not in page
