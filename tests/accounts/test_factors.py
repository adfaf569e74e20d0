"""Second factors: what is kept of them, each code once, and what a change ends."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.contrib.sessions.backends.db import SessionStore
from django.test import override_settings
from django.utils.crypto import get_random_string

from greffe.accounts import factors
from greffe.accounts.actors import account_actor
from greffe.accounts.factor_adapter import FactorAdapter
from greffe.accounts.factors import FactorKind, Where, WrongFactorError
from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.factors import SECRET, shown, with_app
from tests.support.portal import address, browser
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-06")]

HERE = Where(SessionStore(), "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0")


@pytest.fixture
def user(scene: Scene) -> User:
    user = scene.user("Amélie Tremblay")
    assert user.person is not None
    user.person.email = "tremblay@example.org"
    user.person.save(update_fields=["email"])
    return user


def test_application_is_added_with_ten_recovery_codes(user: User) -> None:
    assert not factors.has_factor(user)
    codes = with_app(user)
    assert factors.has_factor(user)
    assert len(set(codes)) == 10
    assert [one.kind for one in factors.factors_of(user)] == [FactorKind.APP, FactorKind.CODES]
    assert [event.body for event in Event.objects.filter(kind=Kind.FACTOR_ADDED)] == [
        {"factor": "app"}
    ]


@pytest.mark.security(4)
def test_code_of_the_application_is_good_once(user: User) -> None:
    with_app(user)
    code = shown()
    assert factors.check_code(user, f" {code[:3]} {code[3:]} ") == FactorKind.APP
    with pytest.raises(WrongFactorError):
        factors.check_code(user, code)


@pytest.mark.security(4)
def test_earlier_code_is_not_taken_after_a_later_one(user: User) -> None:
    with_app(user)
    factors.check_code(user, shown(later=1))
    with pytest.raises(WrongFactorError):
        factors.check_code(user, shown())


@pytest.mark.parametrize("later", [-3, -2, 2, 3])
def test_code_of_another_time_is_refused(user: User, later: int) -> None:
    with_app(user)
    with pytest.raises(WrongFactorError):
        factors.check_code(user, shown(later=later))


@pytest.mark.parametrize("typed", ["", "000000x", "٠١٢٣٤٥", "—", "x" * 400])
def test_nonsense_is_a_wrong_code(user: User, typed: str) -> None:
    with_app(user)
    with pytest.raises(WrongFactorError):
        factors.check_code(user, typed)


@pytest.mark.security(4)
def test_recovery_code_is_good_once_however_it_is_grouped(user: User) -> None:
    first, second, *_ = with_app(user)
    assert factors.check_code(user, first.lower().replace("-", " ")) == FactorKind.CODES
    with pytest.raises(WrongFactorError):
        factors.check_code(user, first)
    assert factors.check_code(user, second) == FactorKind.CODES
    codes = next(one for one in factors.factors_of(user) if one.kind == FactorKind.CODES)
    assert codes.left == 8


def test_recovery_code_of_another_account_is_none(user: User, scene: Scene) -> None:
    code, *_ = with_app(user)
    other = scene.user()
    with_app(other)
    with pytest.raises(WrongFactorError):
        factors.check_code(other, code)


@pytest.mark.security(4)
def test_nothing_that_opens_is_in_the_database(user: User) -> None:
    codes = with_app(user)
    kept = str(list(Authenticator.objects.values())) + str(list(Event.objects.values()))
    for secret in (SECRET, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in kept


def test_secret_is_read_and_sealed_anew_after_the_registrys_own_was_changed(
    user: User,
) -> None:
    codes = with_app(user)
    former, new = configured.SECRET_KEY, get_random_string(50)
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[former]):
        factors.check_code(user, shown())
        factors.check_code(user, codes[0])
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[]):
        factors.check_code(user, shown(later=1))


def test_application_sealed_with_a_secret_that_is_gone_is_refused_calmly(user: User) -> None:
    with_app(user)
    with override_settings(SECRET_KEY=get_random_string(50)), pytest.raises(WrongFactorError):
        factors.check_code(user, shown())


def test_hook_of_django_allauth_seals(user: User) -> None:
    adapter = FactorAdapter()
    sealed = adapter.encrypt("secret words")
    assert "secret" not in sealed
    assert adapter.decrypt(sealed) == "secret words"


@pytest.mark.security(10)
def test_change_of_factors_ends_the_other_sessions_and_is_told(user: User) -> None:
    elsewhere = browser(user)
    with_app(user)
    assert elsewhere.get(address("portal:my-cases")).status_code == 302
    (notice,) = Notice.objects.filter(kind="factor-changed")
    assert notice.context["what"] == "New: Authenticator application"
    elsewhere = browser(user)
    (app,) = [one for one in factors.factors_of(user) if one.kind == FactorKind.APP]
    factors.remove(by=account_actor(user), user=user, factor_id=app.id, where=HERE)
    assert elsewhere.get(address("portal:my-cases")).status_code == 302
    removed = Event.objects.get(kind=Kind.FACTOR_REMOVED)
    assert (removed.body, removed.subject) == ({"factor": "app"}, user.person_id)


def test_recovery_codes_go_with_the_last_factor(user: User) -> None:
    with_app(user)
    (app,) = [one for one in factors.factors_of(user) if one.kind == FactorKind.APP]
    factors.remove(by=account_actor(user), user=user, factor_id=app.id, where=HERE)
    assert factors.factors_of(user) == []
    with pytest.raises(WrongFactorError):
        factors.renew_codes(by=account_actor(user), user=user, where=HERE)


def test_factor_of_somebody_else_is_not_removed(user: User, scene: Scene) -> None:
    other = scene.user()
    with_app(other)
    (app,) = [one for one in factors.factors_of(other) if one.kind == FactorKind.APP]
    with pytest.raises(Authenticator.DoesNotExist):
        factors.remove(by=account_actor(user), user=user, factor_id=app.id, where=HERE)
    assert factors.has_factor(other)


def test_wrong_first_code_adds_nothing(user: User) -> None:
    with pytest.raises(WrongFactorError):
        factors.add_app(
            by=account_actor(user), user=user, secret=SECRET, typed="000000", where=HERE
        )
    assert factors.factors_of(user) == []


def test_new_codes_replace_the_old_ones(user: User) -> None:
    old = with_app(user)
    new = factors.renew_codes(by=account_actor(user), user=user, where=HERE)
    assert set(old).isdisjoint(new)
    with pytest.raises(WrongFactorError):
        factors.check_code(user, old[0])
    factors.check_code(user, new[0])
