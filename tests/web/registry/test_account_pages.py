"""Accounts, for operators and officers: sessions ended, an account closed, and by whom."""

from typing import Any

import pytest

from greffe.accounts.factors import has_factor
from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.factors import with_app
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.security(10)]

WHY = "They wrote that their telephone was stolen."


@pytest.fixture
def counsel(scene: Scene) -> User:
    return scene.user("Amélie Tremblay", username="tremblay")


def post(by: User, name: str, user: User, why: str = WHY, prefix: str = "end") -> Any:
    return browser(by).post(address(name, user.pk), {f"{prefix}-why": why})


@pytest.mark.parametrize("role", ["operator", "officer", "supervisor"])
def test_all_sessions_of_an_account_end_at_once_and_it_is_recorded_with_the_reason(
    scene: Scene, counsel: User, role: str
) -> None:
    staff = scene.staff(role, office="" if role == "operator" else "montreal")
    clients = [browser(counsel), browser(counsel)]
    assert post(staff, "registry:end-account-sessions", counsel).status_code == 302
    for client in clients:
        assert client.get(address("portal:my-cases")).status_code == 302
    event = Event.objects.get(kind=Kind.SESSIONS_ENDED)
    assert event.body == {"sessions": 2, "why": WHY}
    assert (event.subject, event.actor_person_id) == (counsel.person_id, staff.person_id)
    data = {"login": "tremblay", "password": PASSWORD}
    assert browser().post(address("sign-in"), data)["Location"] == address("portal:my-cases")


def test_closed_account_loses_its_sessions_signs_in_no_more_and_is_recorded(
    scene: Scene, counsel: User
) -> None:
    operator, client = scene.staff("operator"), browser(counsel)
    post(operator, "registry:close-account", counsel, prefix="close")
    assert client.get(address("portal:my-cases")).status_code == 302
    data = {"login": "tremblay", "password": PASSWORD}
    assert browser().post(address("sign-in"), data)["Location"] == address("account_inactive")
    event = Event.objects.get(kind=Kind.ACCOUNT_CLOSED)
    assert (event.body, event.actor_capacity) == ({"why": WHY}, "operator")
    page = text_of(browser(operator).get(address("registry:account", counsel.pk)))
    assert "Closed" in page
    assert "Close the account" not in page


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("registry:end-account-sessions", "end"), ("registry:close-account", "close")],
)
def test_without_a_reason_nothing_is_done(
    scene: Scene, counsel: User, name: str, prefix: str
) -> None:
    client = browser(counsel)
    response = post(scene.staff("operator"), name, counsel, why=" ", prefix=prefix)
    assert response.status_code == 422
    assert "Say why." in text_of(response)
    assert client.get(address("portal:my-cases")).status_code == 200


def test_nobody_closes_their_own_account(scene: Scene) -> None:
    operator = scene.staff("operator")
    response = post(operator, "registry:close-account", operator, prefix="close")
    assert response.status_code == 422
    operator.refresh_from_db()
    assert operator.is_active


@pytest.mark.security(23)
def test_lost_factors_are_removed_by_an_operator_alone_who_says_why(
    scene: Scene, counsel: User
) -> None:
    with_app(counsel)
    officer, client = scene.staff("officer", office="montreal"), browser(counsel)
    name = "registry:remove-account-factors"
    assert post(officer, name, counsel, prefix="factors").status_code == 404
    operator = scene.staff("operator")
    assert post(operator, name, counsel, why="", prefix="factors").status_code == 422
    assert has_factor(counsel)
    assert post(operator, name, counsel, prefix="factors").status_code == 302
    assert not has_factor(counsel)
    assert client.get(address("portal:my-cases")).status_code == 302
    event = Event.objects.get(kind=Kind.FACTOR_REMOVED)
    assert (event.body, event.actor_capacity) == ({"factor": "all", "why": WHY}, "operator")


@pytest.mark.security(15)
def test_accounts_of_the_staff_are_the_operators_alone(scene: Scene) -> None:
    officer, member = (
        scene.staff("officer", office="montreal"),
        scene.staff("member", division="RPD"),
    )
    page = address("registry:account", member.pk)
    assert browser(officer).get(page).status_code == 404
    assert post(officer, "registry:close-account", member, prefix="close").status_code == 404
    assert browser(scene.staff("operator")).get(page).status_code == 200
    found = browser(officer).get(address("registry:accounts"), {"q": "member of"})
    assert "No account was found." in text_of(found)


@pytest.mark.security(11)
def test_session_that_is_not_fresh_shows_who_it_is_first(scene: Scene, counsel: User) -> None:
    client = browser(scene.staff("operator"))
    session = client.session
    session["began"] -= 3600
    session.save()
    path = address("registry:close-account", counsel.pk)
    response = client.post(path, {"close-why": WHY})
    assert response["Location"].startswith(address("account_reauthenticate"))
    counsel.refresh_from_db()
    assert counsel.is_active


@pytest.mark.parametrize("asked", ["trembl", "AMÉLIE", "amelie@example.org"])
def test_account_is_found_by_username_name_or_address(
    scene: Scene, counsel: User, asked: str
) -> None:
    assert counsel.person is not None
    counsel.person.email = "amelie@example.org"
    counsel.person.save()
    found = browser(scene.staff("operator")).get(address("registry:accounts"), {"q": asked})
    assert address("registry:account", counsel.pk) in text_of(found)


def test_french_page_is_in_french(scene: Scene, counsel: User) -> None:
    page = text_of(
        browser(scene.staff("operator")).get(address("registry:account", counsel.pk, lang="fr"))
    )
    assert "Compte de Amélie Tremblay" in page
    assert "Fermer le compte" in page
