"""Sessions: where an account is signed in, how long that lasts, and how it is ended.

The time is kept in the session itself, so that a page asks the database nothing more; the list of a
person's sessions is django-allauth's table, written when one begins and at most once in two minutes
of use. Addresses on the network are not kept: nobody needs them here.
"""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind

if TYPE_CHECKING:
    from greffe.accounts.models import User

Limit = Literal["idle", "absolute"]
Reason = Literal[
    "ended-by-person",
    "others-ended",
    "password-changed",
    "factors-changed",
    "account-closed",
    "ended-by-registry",
    "idle",
    "absolute",
]

NOTED_EVERY = 120
"""Seconds in which the use of a session is written down once: not at each request."""

_BEGAN, _SEEN, _ROW, _PROVED = "began", "seen", "row", "proved"
_NO_ADDRESS = "::"
_AGENT = 200


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How many seconds a session has, and which limit ends it: idleness, or its whole length."""

    seconds: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its person sees it. `current` is the one that asks."""

    id: int
    began: datetime
    seen: datetime
    agent: str
    current: bool


def begin(request: HttpRequest, user: "User") -> None:
    """Start the clocks of a session in which `user` has just signed in, and enter it in the list.

    Raises nothing; the session has its new key already (Django renews it at sign-in).
    """
    session, now = request.session, int(time.time())
    if not session.session_key:
        session.save()
    row = UserSession.objects.create(
        user=user,
        session_key=session.session_key,
        ip=_NO_ADDRESS,
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:_AGENT],
    )
    session.update({_BEGAN: now, _SEEN: now, _ROW: row.pk})


def time_left(session: SessionBase) -> TimeLeft | None:
    """How long a session lasts unless it is used; None where nobody is signed in.

    The seconds are 0 or fewer once it is over.
    """
    if SESSION_KEY not in session:
        return None
    now = int(time.time())
    idle = session.get(_SEEN, now) + settings.SESSION_IDLE_AGE - now
    whole = session.get(_BEGAN, now) + settings.SESSION_COOKIE_AGE - now
    return TimeLeft(idle, "idle") if idle < whole else TimeLeft(whole, "absolute")


def note_proof(session: SessionBase) -> None:
    """Note that whoever holds the session has just shown again who they are."""
    session[_PROVED] = int(time.time())


def proved_within(session: SessionBase, seconds: int) -> bool:
    """Whether who holds the session signed in, or showed again who they are, so lately."""
    latest = max(session.get(_BEGAN, 0), session.get(_PROVED, 0))
    return SESSION_KEY in session and int(time.time()) - latest < seconds


def note_use(request: HttpRequest) -> None:
    """Start the idle time of a signed-in person's session anew.

    Written at most once in `NOTED_EVERY` seconds. A session from before there were clocks gets
    its own now.
    """
    session, now = request.session, int(time.time())
    if SESSION_KEY not in session:
        return
    if _ROW not in session:
        if request.user.is_authenticated:
            begin(request, request.user)
    elif now - session[_SEEN] >= NOTED_EVERY:
        session[_SEEN] = now
        UserSession.objects.filter(pk=session[_ROW]).update(
            last_seen_at=timezone.now(),
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:_AGENT],
        )


def sessions_of(user: "User", session: SessionBase) -> list[OpenSession]:
    """The open sessions of an account, the one that asks first, then the latest used.

    Those that are over, for any reason, are taken off the list.
    """
    rows = list(UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at", "-pk"))
    kept = _alive(user, [row.session_key for row in rows])
    idle, whole = _earliest()
    open_: list[UserSession] = []
    over: list[UserSession] = []
    for row in rows:
        alive = row.session_key in kept and row.last_seen_at > idle and row.created_at > whole
        (open_ if alive else over).append(row)
    if over:
        _delete(over)
    current = session.get(_ROW)
    listed = [
        OpenSession(
            id=row.pk,
            began=row.created_at,
            seen=row.last_seen_at,
            agent=row.user_agent,
            current=row.pk == current,
        )
        for row in open_
    ]
    return sorted(listed, key=lambda one: not one.current)


def _earliest() -> tuple[datetime, datetime]:
    """The last use and the beginning before which a session is over."""
    now = timezone.now()
    idle, whole = settings.SESSION_IDLE_AGE, settings.SESSION_COOKIE_AGE
    return now - timedelta(seconds=idle), now - timedelta(seconds=whole)


def sweep() -> int:
    """Remove the sessions that are over and to which nobody came back; gives how many.

    Nothing is recorded: they ended when their time was over, whenever this runs.
    """
    idle, whole = _earliest()
    over = UserSession.objects.filter(Q(last_seen_at__lte=idle) | Q(created_at__lte=whole))
    Session.objects.filter(
        Q(session_key__in=over.values("session_key")) | Q(expire_date__lte=timezone.now())
    ).delete()
    return int(over.delete()[0])


def _alive(user: "User", keys: Collection[str]) -> set[str]:
    """Which of these keys still are sessions of the account as its password is today."""
    mark = user.get_session_auth_hash()
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {
        stored.session_key
        for stored in found
        if stored.get_decoded().get("_auth_user_hash") == mark
    }


def end_one(*, by: Actor, user: "User", session_id: int) -> None:
    """End one session of `user`. Raises UserSession.DoesNotExist where it is none of theirs."""
    row = UserSession.objects.get(pk=session_id, user_id=user.pk)
    _end(by, user, [row], "ended-by-person")


def end_others(
    *, by: Actor, user: "User", session: SessionBase, reason: Reason = "others-ended"
) -> int:
    """End every session of `user` but this one; gives how many."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(pk=session.get(_ROW))
    return _end(by, user, list(rows), reason)


def end_all(*, by: Actor, user: "User", reason: Reason) -> int:
    """End every session of `user`; gives how many."""
    return _end(by, user, list(UserSession.objects.filter(user_id=user.pk)), reason)


def expire(request: HttpRequest, limit: Limit) -> None:
    """End the session of this request: its time is over. The request goes on as a visitor's."""
    row = UserSession.objects.select_related("user").filter(pk=request.session.get(_ROW)).first()
    if row is not None:
        _end(SYSTEM, cast("User", row.user), [row], limit)
    request.session.flush()


def renew_key(session: SessionBase) -> None:
    """Enter the session's new key in the list, after Django gave it one."""
    UserSession.objects.filter(pk=session.get(_ROW)).update(session_key=session.session_key)


def forget(session: SessionBase) -> None:
    """Take a session that its person has signed out of off the list."""
    UserSession.objects.filter(pk=session.get(_ROW)).delete()


@transaction.atomic
def _end(by: Actor, user: "User", rows: Collection[UserSession], reason: Reason) -> int:
    if not rows:
        return 0
    _delete(rows)
    record(
        kind=Kind.SIGN_OUT,
        by=by,
        subject=user.person_id,
        body={"sessions": len(rows), "reason": reason},
    )
    return len(rows)


def _delete(rows: Iterable[UserSession]) -> None:
    """Delete sessions and their rows; whoever holds one is a visitor from their next request on."""
    rows = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
