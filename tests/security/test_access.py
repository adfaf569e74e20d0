"""Every address, every role: what access.py says, and no address that it does not know."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from greffe import urls as ordinary
from tests.security.access import ALSO_POST, DEMONSTRATION, READ, ROLES, WRITE
from tests.security.registry import FILE, Registry
from tests.support.portal import address, browser, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.security(15),
    pytest.mark.urls("tests.support.demonstration_urls"),
]

SENT = {"sent": "1"}
"""A form that says nothing: a real one carries its token."""


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    settings.DEMO = True


def named(patterns: Iterable[Any], space: str = "") -> Iterator[str]:
    """The name of each address, with its namespace."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from named(pattern.url_patterns, space + inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name, so nobody can say who may open it"
            yield space + pattern.name


def said(response: Any) -> str:
    """Everything that an answer says: its page and where it leads."""
    body = b"".join(response) if response.streaming else response.content
    return str(body.decode("utf-8", "replace")) + response.headers.get("Location", "")


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    addresses = set(named(get_resolver().url_patterns)) - {"fail"}
    assert addresses == set(READ) | set(WRITE)


def test_address_of_the_demonstration_exists_there_only() -> None:
    assert set(named(ordinary.urlpatterns)) == (set(READ) | set(WRITE)) - DEMONSTRATION


def test_every_row_has_a_status_for_every_role() -> None:
    for name, row in [*READ.items(), *WRITE.items()]:
        assert len(row) == len(ROLES), name


@pytest.mark.security(16)
@pytest.mark.parametrize("role", ROLES)
def test_role_gets_what_the_table_says_and_nothing_of_what_is_not_theirs(
    registry: Registry, role: str
) -> None:
    client, column = registry.client(role), ROLES.index(role)
    found, expected, told = {}, {}, []
    for name, row in READ.items():
        response = client.get(registry.path(name, "fr" if len(found) % 2 else "en"))
        found[name], expected[name] = response.status_code, row[column]
        page = said(response)
        told += [(name, secret) for secret in registry.secrets() if secret in page]
    for name, row in WRITE.items():
        key = f"POST {name}"
        response = client.post(registry.path(name), SENT)
        found[key], expected[key] = response.status_code, row[column]
    assert found == expected
    if READ["portal:case"][column] != 200:
        assert told == []
    if role not in {"counsel", "delegate"}:
        registry.assert_draft_is_untouched()


@pytest.mark.parametrize("role", ["visitor", "counsel", "other counsel"])
def test_head_gets_the_status_of_get_and_no_body(registry: Registry, role: str) -> None:
    client, column = registry.client(role), ROLES.index(role)
    for name in set(READ) - {"portal:receipt-pdf"}:
        response = client.head(registry.path(name))
        assert response.status_code == READ[name][column], name
        response.headers.pop("Location", None)
        assert said(response) == "", name


def test_methods_that_an_address_does_not_know_are_refused(registry: Registry) -> None:
    client = browser(registry.counsel)
    for name in [*READ, *WRITE]:
        path = registry.path(name)
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            status = client.generic(method, path).status_code
            assert status == 405 or (status == 302 and name in ALSO_POST), (method, name)
    for name in set(READ) - set(WRITE) - ALSO_POST:
        assert client.post(registry.path(name)).status_code == 405, name
    for name in set(WRITE) - set(READ):
        assert client.get(registry.path(name)).status_code == 405, name
    registry.assert_draft_is_untouched()


def test_case_of_another_and_one_that_is_not_there_look_the_same(registry: Registry) -> None:
    client = registry.client("other counsel")
    theirs = client.get(registry.path("portal:case"))
    nobodys = client.get("/en/portal/cases/00000000-0000-4000-8000-000000000000/")
    assert theirs.status_code == nobodys.status_code == 404
    assert _plain(theirs) == _plain(nobodys)


def _plain(response: Any) -> str:
    """A page without what differs on any two: the ids in its address, the token of its forms."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}", "…", response.content.decode())


@pytest.mark.security(16)
def test_auditor_reads_the_history_and_sees_no_document(registry: Registry) -> None:
    client = registry.client("auditor")
    history = text_of(client.get(registry.path("portal:case-history")))
    assert "Amélie Tremblay" in history
    for name in ("portal:case", "portal:case-history"):
        page = text_of(client.get(registry.path(name)))
        assert FILE not in page
        assert registry.submission.number not in page


def test_account_that_acts_for_nobody_is_led_to_the_code_and_not_sent_in_circles(
    registry: Registry,
) -> None:
    user = registry.counsel
    client = browser(user)
    user.person = None
    user.save()
    for name in ("portal:my-cases", "portal:case", "registry:queue"):
        response = client.get(registry.path(name))
        assert (response.status_code, response["Location"]) == (302, address("invitation:code"))
    assert client.get(address("invitation:code")).status_code == 200


def test_persona_switch_works_in_the_demonstration_and_nowhere_else(
    registry: Registry, settings: Any
) -> None:
    data, path = {"username": registry.counsel.username}, registry.path("personas")
    client = browser()
    response = client.post(path, data)
    assert response["Location"] == registry.path("portal:my-cases")
    assert client.session["_auth_user_id"] == str(registry.counsel.pk)
    settings.DEMO = False
    client = browser()
    assert client.post(path, data).status_code == 404
    assert "_auth_user_id" not in client.session
