"""Answers that were used once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from greffe.accounts.models import PartnerReplay
from greffe.accounts.partners.replays import use_once

LATER = 4_000_000_000.0


@pytest.mark.postgres15
@pytest.mark.security(12)
@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_is_the_first() -> None:
    ready = Barrier(8)

    def use(_: int) -> bool:
        try:
            ready.wait()
            return use_once("ontario", "_a", until=LATER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(use, range(8)))
    assert sorted(found) == [False] * 7 + [True]
    assert PartnerReplay.objects.count() == 1


@pytest.mark.postgres15
@pytest.mark.security(14)
@pytest.mark.django_db
def test_same_id_at_two_partners_is_two_answers() -> None:
    assert use_once("ontario", "_a", until=LATER)
    assert use_once("canada", "_a", until=LATER)
    assert not use_once("canada", "_a", until=LATER)
