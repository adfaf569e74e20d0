"""Sessions in the database, read by a statement of our own: what Django's store says, it says."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as Djangos
from django.contrib.sessions.models import Session
from django.utils import timezone

from greffe.accounts.session_store import SessionStore

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def _kept() -> str:
    store = SessionStore()
    store["word"] = "été"
    store.create()
    store["word"] = "été"
    store.save()
    assert store.session_key is not None
    return store.session_key


def test_session_is_read_as_django_reads_it() -> None:
    key = _kept()
    assert dict(SessionStore(key).items()) == dict(Djangos(key).items()) == {"word": "été"}


def test_session_that_is_over_holds_nothing_and_has_no_key_any_more() -> None:
    key = _kept()
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    over = SessionStore(key)
    assert dict(over.items()) == {}
    assert over.session_key is None


@pytest.mark.security(9)
def test_key_that_was_made_up_becomes_nobodys_session() -> None:
    store = SessionStore("a" * 32)
    assert dict(store.items()) == {}
    assert store.session_key is None
