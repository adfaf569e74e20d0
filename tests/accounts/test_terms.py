"""Which terms an account has still to accept, and what is kept of it."""

import datetime as dt

import pytest

from greffe.accounts import terms
from greffe.accounts.actors import account_actor
from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene
from tests.support.terms import new_version

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("RR-01")]


@pytest.fixture
def user(scene: Scene) -> User:
    return scene.user()


def accept(user: User, which: str, on: dt.date, version: str = "1") -> None:
    terms.accept(
        by=account_actor(user), user=user, terms=which, version=version, language="fr", on=on
    )


def ids(rows: tuple[terms.Terms, ...]) -> list[str]:
    return [row.id for row in rows]


def test_three_acceptances_lead_into_the_portal(user: User, scene: Scene) -> None:
    left = []
    for which in (terms.CREDENTIAL, terms.PORTAL, terms.CODE):
        left.append(ids(terms.wanted(user, scene.today)))
        accept(user, which, scene.today)
    assert left == [["credential", "portal", "code"], ["portal", "code"], ["code"]]
    assert terms.wanted(user, scene.today) == ()
    assert terms.accepted(user, terms.PORTAL, scene.today)


def test_account_of_a_partner_is_not_asked_for_the_terms_of_a_credential(
    user: User, scene: Scene
) -> None:
    user.set_unusable_password()
    assert ids(terms.wanted(user, scene.today)) == ["portal", "code"]


def test_acceptance_is_kept_with_its_version_and_language_and_recorded_once(
    user: User, scene: Scene
) -> None:
    accept(user, terms.PORTAL, scene.today)
    accept(user, terms.PORTAL, scene.today)
    kept = user.accepted_terms.get()
    assert (kept.terms, kept.version, kept.language) == ("portal", "1", "fr")
    (event,) = Event.objects.filter(kind=Kind.TERMS_ACCEPTED)
    assert event.body == {"terms": "portal", "version": "1", "language": "fr"}
    assert (event.subject, event.actor_account_id) == (user.person_id, user.pk)


def test_version_that_is_not_in_force_is_not_accepted(user: User, scene: Scene) -> None:
    with pytest.raises(terms.TermsChangedError) as changed:
        accept(user, terms.PORTAL, scene.today, version="0.9")
    assert changed.value.terms.version == "1"
    assert not user.accepted_terms.exists()


def test_new_version_is_outdated_for_whoever_accepted_an_earlier_one_from_its_day_on(
    user: User, scene: Scene, settings: object, tmp_path: object
) -> None:
    accept(user, terms.PORTAL, scene.today)
    with new_version("portal", "2", scene.today):
        day_before = scene.today - dt.timedelta(days=1)
        assert terms.outdated(user, day_before) == ()
        assert [(row.id, row.version) for row in terms.outdated(user, scene.today)] == [
            ("portal", "2")
        ]
        accept(user, terms.PORTAL, scene.today, version="2")
        assert terms.outdated(user, scene.today) == ()


def test_account_that_never_accepted_any_is_outdated_in_none(user: User, scene: Scene) -> None:
    with new_version("portal", "2", scene.today):
        assert terms.outdated(user, scene.today) == ()


def test_account_without_a_person_is_named_by_its_username(scene: Scene) -> None:
    user = User.objects.create_user(username="alone", password=None)
    user.password = "x"
    accept(user, terms.CREDENTIAL, scene.today)
    (event,) = Event.objects.filter(kind=Kind.TERMS_ACCEPTED)
    assert (event.actor_name, event.subject) == ("alone", None)
