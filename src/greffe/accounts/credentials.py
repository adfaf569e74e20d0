"""The credential: a username, a password and three recovery answers. It opens no case by itself."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction

from greffe.accounts import recovery, sessions, terms
from greffe.accounts.actors import account_actor
from greffe.accounts.limits import one_spelling
from greffe.accounts.models import User
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
"""One spelling of a username is given out once, however it is typed."""


class UsernameTakenError(Exception):
    """Some account has this username, in this or another spelling."""


@transaction.atomic
def make_credential(
    *,
    username: str,
    password: str,
    answers: Mapping[str, str],
    terms_version: str,
    language: str,
    on: date,
) -> User:
    """Open an account for whoever asks, with the terms of the credential accepted.

    It acts for nobody until an invitation is bound to it. The password has been judged by the
    validators. Everything is hashed before the username is looked up: a taken one takes as long.
    Raises UsernameTakenError, recovery.AnswersError and terms.TermsChangedError; nothing is made
    then.
    """
    secret, hashes = make_password(password), recovery.hashed(answers)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"username {one_spelling(username)}"])
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTakenError
    user = User.objects.create(username=username, password=secret)
    recovery.keep_answers(user, hashes)
    by = account_actor(user)
    record(kind=Kind.ACCOUNT_OPENED, by=by, subject=None, body={"username": username})
    record(
        kind=Kind.RECOVERY_QUESTIONS_SET, by=by, subject=None, body={"count": recovery.QUESTIONS}
    )
    terms.accept(
        by=by, user=user, terms=terms.CREDENTIAL, version=terms_version, language=language, on=on
    )
    return user


def note_changed_password(*, by: Actor, user: User, session: SessionBase) -> None:
    """Record that an account has another password, end its other sessions and tell the person.

    Stands in the transaction of the change; `session` is the one that made it.
    """
    sessions.renew_key(session)
    sessions.end_others(by=by, user=user, session=session, reason="password-changed")
    record(kind=Kind.PASSWORD_CHANGED, by=by, subject=user.person_id, body={"how": "changed"})
    recovery.tell_of_new_password(user)


@transaction.atomic
def reset_password(*, user: User, password: str) -> None:
    """Give an account the password that the holder of a link chose, and end all its sessions.

    Nobody is signed in by it: the next sign-in asks for whatever it asks for.
    """
    by = account_actor(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(by=by, user=user, reason="password-changed")
    record(kind=Kind.PASSWORD_CHANGED, by=by, subject=user.person_id, body={"how": "reset"})
    recovery.tell_of_new_password(user)


@transaction.atomic
def close_account(*, by: Actor, user: User, why: str) -> None:
    """Close an account: its sessions end at once, and it can no longer be used to sign in.

    A closed account stays as it is; what its person filed is kept.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(kind=Kind.ACCOUNT_CLOSED, by=by, subject=user.person_id, body={"why": why})


@transaction.atomic
def end_sessions(*, by: Actor, user: User, why: str) -> int:
    """End every session of an account on behalf of the registry; gives how many."""
    ended = sessions.end_all(by=by, user=user, reason="ended-by-registry")
    record(
        kind=Kind.SESSIONS_ENDED,
        by=by,
        subject=user.person_id,
        body={"sessions": ended, "why": why},
    )
    return ended
