"""My delegates, and the page where a delegate reads the code that counsel needs."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from greffe.accounts.delegate_codes import code_of
from greffe.accounts.models import Delegation, User
from greffe.accounts.terms import in_force
from greffe.cases.models import FamilyGroup
from greffe.filings.models import Draft
from tests.support.delegates import delegate
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-16")]

PAGE = address("portal:delegates")
MOST = 12


@pytest.fixture
def counsel(scene: Scene) -> User:
    user = scene.user("Marc Tremblay")
    scene.case(counsel=user)
    return user


def said(user: User, **other: str) -> dict[str, str]:
    """What counsel types to name this account's person."""
    return {"name": "Jane Roe", "username": user.username, "code": code_of(user)} | other


def make_old(client: Client) -> None:
    """Let it be long ago that the person of this session showed who they are."""
    session = client.session
    session["began"] -= 3600
    session["proved"] = 0
    session.save()


def test_counsel_names_a_delegate_and_sees_who_and_since_when(scene: Scene, counsel: User) -> None:
    client, user = browser(counsel), scene.user("Jane Roe")
    assert "Nobody acts in your name" in text_of(client.get(PAGE))
    response = client.post(PAGE, said(user))
    assert (response.status_code, response["Location"]) == (302, PAGE)
    page = text_of(client.get(PAGE))
    assert "Jane Roe acts in your name from now on." in page
    assert "Acts in your name since:" in page
    assert Delegation.objects.get().delegate == user.person


def test_removing_asks_first_and_then_is_done_at_once(scene: Scene, counsel: User) -> None:
    made = delegate(scene, counsel, scene.user("Jane Roe"))
    client, page = browser(counsel), address("portal:remove-delegate", made.id)
    assert "Remove this delegate?" in text_of(client.get(page))
    assert Delegation.objects.get().until is None
    assert client.post(page)["Location"] == PAGE
    assert Delegation.objects.get().until is not None
    assert "Jane Roe no longer acts in your name." in text_of(client.get(PAGE))
    assert client.get(page).status_code == client.post(page).status_code == 404


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_does_not_fit_is_refused_and_what_was_typed_stays(
    scene: Scene, counsel: User, lang: str
) -> None:
    user = scene.user("Jane Roe")
    client, page = browser(counsel), address("portal:delegates", lang=lang)
    answers = set()
    for wrong in ({"code": "2222-3333-4444"}, {"username": "nobody-here"}):
        response = client.post(page, said(user, **wrong))
        assert response.status_code == 422
        text = text_of(response)
        assert 'value="Jane Roe"' in text
        answers.add(text[text.index("error-summary") :].split("</ul>")[0])
    assert len(answers) == 1
    missing = text_of(client.post(page, {}))
    assert missing.count("field-error") >= 3
    assert not Delegation.objects.exists()


def test_with_four_delegates_there_is_no_form_and_a_fifth_is_refused(
    scene: Scene, counsel: User
) -> None:
    for n in range(4):
        delegate(scene, counsel, scene.user(f"Delegate {n}"))
    client = browser(counsel)
    page = text_of(client.get(PAGE))
    assert "Remove one first" in page
    assert "id_code" not in page
    response = client.post(PAGE, said(scene.user("Fifth")))
    assert response.status_code == 422
    assert "Remove one first" in text_of(response)


@pytest.mark.security(11)
def test_whoever_signed_in_long_ago_shows_again_who_they_are(scene: Scene, counsel: User) -> None:
    user = scene.user("Jane Roe")
    made = delegate(scene, counsel, scene.user("Ann Lee"))
    client = browser(counsel)
    make_old(client)
    remove = address("portal:remove-delegate", made.id)
    again = address("account_reauthenticate")
    for response in (
        client.get(PAGE),
        client.post(PAGE, said(user)),
        client.get(remove),
        client.post(remove),
        client.post(address("portal:contact"), {"language": "fr"}),
    ):
        assert response.status_code == 302
        assert response["Location"].startswith(again)
    assert Delegation.objects.get().until is None


def test_delegate_neither_names_nor_removes_delegates(scene: Scene, counsel: User) -> None:
    user = scene.user("Jane Roe")
    made = delegate(scene, counsel, user)
    client = browser(user)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, said(scene.user("Ann Lee"))).status_code == 404
    assert client.post(address("portal:remove-delegate", made.id)).status_code == 404
    assert client.get(address("portal:remove-delegate", uuid4())).status_code == 404
    assert Delegation.objects.get().until is None


def test_account_without_a_person_sees_its_code_and_is_named_by_it(
    scene: Scene, counsel: User
) -> None:
    user = User.objects.create_user("assistant", password=PASSWORD)
    landed = browser(user).get(address("portal:my-cases"), follow=True)
    assert address("portal:act-for-counsel") in text_of(landed)
    code, act = code_of(user), address("portal:act-for-counsel")
    client = browser(user)
    assert code not in text_of(client.get(act))  # the terms come first
    assert client.post(act, {}).status_code == 422
    version = in_force("portal", scene.today).version
    assert client.post(act, {"accept_portal": "on", "version_portal": version})["Location"] == act
    page = text_of(client.get(act))
    assert code in page
    browser(counsel).post(PAGE, said(user, code=code.lower()))
    user.refresh_from_db()
    assert user.person is not None
    assert user.person.name == "Jane Roe"
    page = text_of(browser(user).get(address("portal:act-for-counsel")))
    assert "Marc Tremblay" in page
    assert code not in page


def test_delegate_is_told_everywhere_whom_they_act_for(scene: Scene, counsel: User) -> None:
    user = scene.user("Jane Roe")
    case = scene.case(counsel=counsel)
    own = scene.case(counsel=user)
    delegate(scene, counsel, user)
    client = browser(user)
    mine = text_of(client.get(address("portal:my-cases")))
    assert own.file_number in mine
    assert mine.count("For Marc Tremblay") == 2  # the two cases of counsel, not their own
    assert "delegate of" in text_of(client.get(address("portal:case", case.pk)))
    start = address("portal:start-filing", case.pk)
    assert "You file in the name of" in text_of(client.get(start))
    files = client.post(start, {"document_type": "rpd-written-submissions"})["Location"]
    assert "You file in the name of" in text_of(client.get(files))
    assert "In the name of <bdi>Marc Tremblay" in text_of(client.get(address("portal:my-cases")))
    assert "In the name of" not in text_of(browser(counsel).get(address("portal:my-cases")))


@pytest.mark.postgres15
def test_pages_of_a_delegate_stay_within_their_statements(
    scene: Scene, counsel: User, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    user = scene.user("Jane Roe")
    cases = [scene.case(counsel=counsel) for _ in range(3)]
    delegate(scene, counsel, user)
    for case in cases:
        scene.submit(counsel, _with_a_file(scene, counsel, case))
    client = browser(user)
    for page in (address("portal:my-cases"), address("portal:case", cases[0].pk)):
        with django_assert_max_num_queries(MOST):
            assert client.get(page).status_code == 200


def _with_a_file(scene: Scene, counsel: User, case: Any) -> Any:
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    return draft


def test_family_is_offered_as_far_as_the_one_in_whose_name_it_is_filed(
    scene: Scene, counsel: User
) -> None:
    group = FamilyGroup.objects.create(name="Delgado")
    user = scene.user("Jane Roe")
    first, second = (scene.case(counsel=counsel, family_group=group) for _ in range(2))
    own = scene.case(counsel=user, family_group=group)
    delegate(scene, counsel, user)
    for reader, case, offered, kept in (
        (counsel, first, second, own),
        (user, first, second, own),
        (user, own, None, second),
    ):
        client = browser(reader)
        page = text_of(client.get(address("portal:start-filing", case.pk)))
        assert str(kept.pk) not in page
        assert offered is None or f'value="{offered.pk}"' in page
    start = address("portal:start-filing", first.pk)
    typed = {"document_type": "rpd-written-submissions", "also_in": [str(second.pk)]}
    assert browser(user).post(start, typed).status_code == 302
    assert Draft.objects.get().ordered_cases == [first, second]
