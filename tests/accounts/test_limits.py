"""Limits on guessing: what they are, that they are counted truly, and whom they do not hold up."""

from collections.abc import Callable
from ipaddress import ip_address
from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from greffe.accounts import limits
from greffe.accounts.addresses import Address
from greffe.accounts.limits import RULES, Kind, Rule, TooManyTriesError
from greffe.accounts.models import FailureCount
from greffe.accounts.tasks import sweep_limits
from tests.support.at_once import at_once
from tests.support.guessing import time_goes_by

HERE, THERE = ip_address("198.51.100.7"), ip_address("203.0.113.7")
RULE = RULES[Kind.PASSWORD]
LANES = [RULE.place, RULE.network, RULE.account]

rules = st.builds(
    Rule,
    free=st.integers(1, 40),
    first=st.integers(1, 60),
    most=st.integers(60, 7200),
    fades=st.integers(1, 7200),
)
failures = st.integers(0, 10_000)


def guess(subject: str = "tremblay", address: Address = HERE, browser: str = "") -> int:
    """Try and fail: 0 if it was allowed, else how long it has to wait, to the next ten seconds."""
    try:
        limits.attempt(Kind.PASSWORD, subject, address=address, browser=browser)
    except TooManyTriesError as refusal:
        return -(-refusal.wait // 10) * 10
    return 0


def come_in(subject: str = "tremblay", address: Address = HERE, browser: str = "") -> None:
    tried = limits.attempt(Kind.PASSWORD, subject, address=address, browser=browser)
    limits.succeeded(tried)


def elsewhere() -> Callable[[], Address]:
    """Give a way to draw addresses, each in a network of its own."""
    numbers = count()
    return lambda: ip_address(f"10.{(n := next(numbers)) // 256}.{n % 256}.1")


@given(rule=rules, fewer=failures, more=failures)
def test_more_failures_never_wait_less_and_nobody_waits_longer_than_the_longest(
    rule: Rule, fewer: int, more: int
) -> None:
    fewer, more = sorted((fewer, more))
    assert 0 <= rule.wait_after(fewer) <= rule.wait_after(more) <= rule.most
    assert rule.wait_after(rule.free - 1) == 0
    assert rule.wait_after(rule.free) == min(rule.first, rule.most)


@given(rule=rules, so_many=failures, quiet=st.integers(0, 10**6), longer=st.integers(0, 10**6))
def test_failures_are_forgotten_with_time_and_only_with_time(
    rule: Rule, so_many: int, quiet: int, longer: int
) -> None:
    assert rule.left(so_many, 0) == so_many
    assert rule.left(so_many, quiet + longer) <= rule.left(so_many, quiet) <= so_many
    assert rule.left(so_many, so_many * rule.fades) == 0


@given(rule=rules)
def test_ceiling_is_the_first_number_that_waits_longest(rule: Rule) -> None:
    waits = rule.waits()
    assert len(waits) == rule.ceiling
    assert waits[-1] == rule.most
    assert rule.wait_after(rule.ceiling - 1) < rule.most


@pytest.mark.parametrize("rule", LANES)
def test_longest_wait_lasts_no_longer_than_one_failure(rule: Rule) -> None:
    assert rule.most <= rule.fades


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_each_failure_after_the_free_ones_waits_twice_as_long() -> None:
    assert [guess() for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(5):
        waits.append(guess())
        time_goes_by(waits[-1])
        assert guess() == 0
    assert waits == [30, 60, 120, 240, 480]
    for _ in range(5):
        time_goes_by(guess())
        assert guess() == 0
        assert guess() in {480, 900}  # one failure has been forgotten, or none


@pytest.mark.django_db
@pytest.mark.postgres15
def test_refused_try_counts_for_nothing_and_lengthens_no_wait() -> None:
    for _ in range(5):
        guess()
    before = list(FailureCount.objects.order_by("key").values("key", "failures", "until"))
    assert [guess() for _ in range(4)] == [30] * 4
    assert list(FailureCount.objects.order_by("key").values("key", "failures", "until")) == before


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.parametrize("quiet", [0, 600, 900, 1500, 1800, 10 * 900])
def test_database_forgets_as_the_rule_says(quiet: int) -> None:
    for _ in range(4):
        guess()
    time_goes_by(quiet)
    guess()
    most = FailureCount.objects.order_by("-forget_at")[0]
    assert RULE.place.left(4, quiet) + 1 in set(
        FailureCount.objects.values_list("failures", flat=True)
    )
    assert most.failures <= 5


@pytest.mark.django_db
@pytest.mark.postgres15
def test_rest_of_an_interval_is_not_lost_to_tries_within_it() -> None:
    for _ in range(4):
        guess()
    for _ in range(3):  # 1500 seconds: one failure is forgotten, and 600 seconds are on the way
        time_goes_by(500)
        come_in()
    time_goes_by(300)
    assert [guess() for _ in range(4)] == [0, 0, 0, 30]


@pytest.mark.django_db
@pytest.mark.postgres15
def test_success_is_given_back_whole() -> None:
    for _ in range(100):
        come_in()
    assert [guess() for _ in range(5)] == [0] * 5
    assert guess() == 30


@pytest.mark.django_db
@pytest.mark.postgres15
def test_own_success_wins_back_no_guess_at_another_account() -> None:
    for n in range(30):
        guess(f"account-{n}")
    time_goes_by(10)
    for _ in range(10):
        come_in("own-account")
    assert guess("account-30") == 0
    assert guess("account-31") == 20


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_one_network_is_limited_over_all_accounts() -> None:
    found = [guess(f"account-{n}") for n in range(31)]
    assert found == [0] * 30 + [10]
    assert guess("account-99", THERE) == 0


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_one_account_is_limited_over_all_networks() -> None:
    address = elsewhere()
    assert [guess(address=address()) for _ in range(21)] == [0] * 20 + [30]
    assert guess("another", address()) == 0


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(7)
def test_owner_comes_in_from_a_network_of_theirs_whatever_others_do_elsewhere() -> None:
    come_in(address=HERE)
    address = elsewhere()
    while not guess(address=address()):
        pass
    assert guess(address=THERE) > 0
    come_in(address=HERE)


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(7)
def test_owner_comes_in_from_their_browser_whatever_others_do_on_the_same_network() -> None:
    while not guess():
        pass
    assert guess(browser="") > 0
    come_in(browser="the owner's")
    n = count()
    while not guess(f"account-{next(n)}"):
        pass
    come_in(browser="the owner's")


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_browser_that_is_known_is_limited_too() -> None:
    address = elsewhere()
    found = [guess(address=address(), browser="stolen") for _ in range(6)]
    assert found == [0] * 5 + [30]


@pytest.mark.django_db
@pytest.mark.postgres15
def test_network_is_forgotten_after_ninety_days() -> None:
    come_in(address=HERE)
    time_goes_by(91 * 24 * 3600)
    address = elsewhere()
    while not guess(address=address()):
        pass
    assert guess(address=HERE) > 0


@pytest.mark.django_db
@pytest.mark.postgres15
def test_said_wait_is_that_of_the_slowest_lane() -> None:
    address = elsewhere()
    for _ in range(4):
        guess(address=THERE)
    for _ in range(16):
        guess(address=address())
    time_goes_by(30)
    assert guess(address=THERE) == 0
    assert (
        guess(address=THERE) == 60
    )  # the account’s, for its twenty-first; 30 for the network’s fifth
    assert guess(address=address()) == 60


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.parametrize("other", ["TREMBLAY", " tremblay ", "Tremblay", "TREMBlay"])
def test_every_spelling_of_a_username_is_one_account(other: str) -> None:
    for _ in range(5):
        guess("tremblay")
    assert guess(other) > 0


@pytest.mark.django_db
@pytest.mark.postgres15
@given(
    one=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6),
    letters=st.text("ıİiIſsSKkKßẞµμΜÅÅå", max_size=3),
)
def test_spellings_that_the_database_takes_for_one_are_one(one: str, letters: str) -> None:
    for name in (one, letters):
        with connection.cursor() as cursor:
            cursor.execute("SELECT upper(%s), lower(%s)", [name, name])
            for other in cursor.fetchone():
                cursor.execute("SELECT upper(%s) = upper(%s)", [name, other])
                (same,) = cursor.fetchone()
                if same:
                    assert limits.one_spelling(name) == limits.one_spelling(other)


@pytest.mark.django_db
@pytest.mark.security(23)
def test_only_the_first_refusal_of_a_wait_is_the_first() -> None:
    def first() -> bool:
        with pytest.raises(TooManyTriesError) as refused:
            limits.attempt(Kind.PASSWORD, "tremblay", address=HERE)
        return refused.value.first

    for _ in range(5):
        guess()
    assert [first(), first(), first()] == [True, False, False]
    time_goes_by(30)
    guess()
    assert [first(), first()] == [True, False]


@pytest.mark.django_db
@pytest.mark.postgres15
def test_what_is_kept_names_nobody_and_depends_on_the_secret(settings: Any) -> None:
    guess("tremblay", HERE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM accounts_failurecount AS c")
        (kept,) = cursor.fetchone()
    for clear in ("tremblay", "198.51.100"):
        assert clear not in kept
        assert clear.encode().hex() not in kept
    settings.SECRET_KEY = "another secret of another registry"
    guess("tremblay", HERE)
    assert FailureCount.objects.count() == 6


@pytest.mark.django_db
@pytest.mark.postgres15
def test_sweep_removes_what_says_nothing_and_only_that() -> None:
    come_in("known")
    for _ in range(5):
        guess("tremblay", THERE)
    kept = set(FailureCount.objects.values_list("pk"))
    sweep_limits(timestamp=0)
    assert set(FailureCount.objects.values_list("pk")) == kept
    time_goes_by(5 * 900 + 1)
    sweep_limits(timestamp=0)
    assert [row.known_until is not None for row in FailureCount.objects.all()] == [True]
    time_goes_by(90 * 24 * 3600)
    sweep_limits(timestamp=0)
    assert not FailureCount.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_tries_at_the_same_moment_are_counted_one_by_one() -> None:
    come_in()
    row = FailureCount.objects.exclude(known_until=None).get()
    done = at_once(row, *[guess for _ in range(8)])
    found = sorted(task.result() for task in done)
    assert found == [0] * 5 + [30] * 3
    row.refresh_from_db()
    assert row.failures == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres15
@pytest.mark.security(5)
def test_success_at_the_same_moment_does_not_end_the_wait_of_a_failure() -> None:
    for _ in range(3):
        guess()
    right = limits.attempt(Kind.PASSWORD, "tremblay", address=HERE)
    assert guess() == 0
    limits.succeeded(right)
    assert guess() == 30
