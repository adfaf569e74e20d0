"""Access codes by text message: sent, entered once, within ten minutes, where they were asked for.

A code is kept as an HMAC, and so is the session that asked for it. The message goes through the
outbox, where its words wait sealed and are emptied once it is sent. See
docs/adr/0019-text-messages-and-access-codes.md.
"""

import secrets
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from greffe.accounts import limits
from greffe.accounts.addresses import Address
from greffe.accounts.code_errors import (
    ExpiredCodeError,
    ExpiredWhy,
    MalformedCodeError,
    NoTextsError,
    WrongCodeError,
)
from greffe.accounts.models import AccessCode, User
from greffe.accounts.sending import count_sending, phone_of
from greffe.accounts.text_watch import watch
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind
from greffe.notices import quota
from greffe.notices.channels import channel
from greffe.notices.quota import QuotaSpentError
from greffe.notices.text_messages import TEXT, queue_text, withdraw

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
"""Wrong entries after which a code is good for nothing."""

KEPT: Final = timedelta(days=1)
"""How long the row of a code is kept: it says why one that comes too late is refused."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asks from: an address, and a browser that the account signed in from."""

    address: Address | None = None
    browser: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Who a code is for where the account is nobody's yet; officers of the cases see a failure."""

    person: UUID | None = None
    case_ids: Collection[UUID] = ()


NOWHERE, NOBODY = Place(), About()

_SALT = "greffe.accounts.access_codes"
_SEPARATORS = frozenset({"Zs", "Pd", "Cf", "Cc"})


def send(
    *,
    by: Actor,
    user: User,
    purpose: AccessCode.Purpose,
    mobile: str,
    bound_to: str,
    language: str,
    place: Place = NOWHERE,
    about: About = NOBODY,
) -> AccessCode:
    """Send a new code to a mobile number; the older ones of this account and purpose end.

    `bound_to` is the key of the session that asks: the code is good there alone. An empty `mobile`
    is counted and answered like any other, and nothing is sent. Raises TooManySentError
    (`sending`), and NoTextsError where no text message can be sent now.
    """
    with transaction.atomic():
        _lock(user)
        count_sending(phone=phone_of(mobile, user.pk), account=str(user.pk), address=place.address)
        if channel(TEXT) is None:
            raise NoTextsError("off")
        now = _clock()
        _end_older(user, purpose, now)
        code = AccessCode(
            account=user,
            purpose=purpose,
            bound_to=_bound(purpose, bound_to),
            mobile=mobile,
            sent_at=now,
            expires_at=now + LASTS,
        )
        digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        code.code = _hashed(code, digits)
        code.save(force_insert=True)
        _queue(code, digits, language, about)
        record(
            kind=Kind.ACCESS_CODE_SENT,
            by=by,
            subject=user.person_id,
            body={"purpose": str(purpose), "id": str(code.pk)},
        )
    return code


def _queue(code: AccessCode, digits: str, language: str, about: About) -> None:
    try:
        if not code.mobile:
            quota.take()
            return
        _, usage = queue_text(
            kind="access-code",
            language=language,
            to=code.mobile,
            person=about.person or code.account.person_id,
            case_ids=about.case_ids,
            context={"code": digits, "minutes": str(int(LASTS.total_seconds()) // 60)},
            dedupe=message_of(code),
            lasts=LASTS,
        )
    except QuotaSpentError as spent:
        raise NoTextsError("quota", again=spent.again) from None
    watch(usage)


def message_of(code: AccessCode) -> str:
    """The key under which the outbox has the message of a code."""
    return f"access-code:{code.pk}"


def _end_older(user: User, purpose: AccessCode.Purpose, now: datetime) -> None:
    """End the codes that are still good, and take back those that still wait to be sent."""
    older = AccessCode.objects.filter(
        account=user, purpose=purpose, used_at=None, expires_at__gt=now
    )
    withdraw([message_of(code) for code in older])
    older.update(expires_at=now)


def enter(
    *,
    by: Actor,
    user: User,
    purpose: AccessCode.Purpose,
    bound_to: str,
    typed: str,
    mobile: str | None = None,
    place: Place = NOWHERE,
    then: Callable[[], None] | None = None,
) -> None:
    """Use the code up that this session was sent, and do `then` in the same transaction.

    `mobile` is the number as it is now: a code that went to another is refused; None does not ask.
    Raises MalformedCodeError (nothing was looked at), limits.TooManyTriesError, WrongCodeError,
    ExpiredCodeError, and whatever `then` raises: the code stays good then. A wrong try stays
    counted: refuses to run inside another transaction.
    """
    digits = digits_of(typed)
    try:
        tried = limits.attempt(
            limits.Kind.ACCESS_CODE,
            f"{purpose} {user.pk}",
            address=place.address,
            browser=place.browser,
        )
    except limits.TooManyTriesError as refusal:
        if refusal.first:
            _refuse(user, purpose, "too-many-tries")
        raise
    error: WrongCodeError | ExpiredCodeError | None = None
    right = False
    try:
        with transaction.atomic(durable=True):
            _lock(user)
            code, now = _latest(user, purpose), _clock()
            why = _why_over(code, _bound(purpose, bound_to), mobile, now)
            if code is None or why is not None:
                error = ExpiredCodeError(why or "none")
            elif constant_time_compare(bytes(code.code), _hashed(code, digits)):
                right = True
                _use_up(code, by=by, now=now)
                if then is not None:
                    then()
            else:
                error = _count_wrong(code)
            if error is not None:
                _refuse(user, purpose, error.why)
    finally:
        if right:  # also where `then` has undone it: that was no guess
            limits.succeeded(tried)
    if error is not None:
        raise error


def _use_up(code: AccessCode, *, by: Actor, now: datetime) -> None:
    code.used_at = now
    code.save(update_fields=["used_at"])
    record(
        kind=Kind.ACCESS_CODE_ENTERED,
        by=by,
        subject=code.account.person_id,
        body={"purpose": code.purpose, "id": str(code.pk)},
    )


def _why_over(
    code: AccessCode | None, bound: bytes, mobile: str | None, now: datetime
) -> ExpiredWhy | None:
    """Why no code can be entered here now; None where one can."""
    if code is None:
        return "none"
    reasons: dict[ExpiredWhy, bool] = {
        "other-session": not constant_time_compare(bytes(code.bound_to), bound),
        "phone-changed": mobile is not None and code.mobile != mobile,
        "used": code.used_at is not None,
        "expired": code.expires_at <= now,
        "spent": code.tries >= TRIES,
    }
    return next((why for why, holds in reasons.items() if holds), None)


def _count_wrong(code: AccessCode) -> WrongCodeError | ExpiredCodeError:
    code.tries += 1
    code.save(update_fields=["tries"])
    if code.tries >= TRIES:
        return ExpiredCodeError("spent")
    return WrongCodeError(left=TRIES - code.tries)


def _refuse(user: User, purpose: AccessCode.Purpose, why: str) -> None:
    with transaction.atomic():
        record(
            kind=Kind.ACCESS_CODE_REFUSED,
            by=SYSTEM,
            subject=user.person_id,
            body={"purpose": str(purpose), "why": why},
        )


def digits_of(typed: str) -> str:
    """Give the digits of what was typed, however they are grouped or written.

    Raises MalformedCodeError where it is not as many digits as a code has.
    """
    kept = [sign for sign in typed if unicodedata.category(sign) not in _SEPARATORS]
    digits = "".join(str(unicodedata.decimal(sign, "?")) for sign in kept)
    if len(digits) != DIGITS or not digits.isdecimal():
        raise MalformedCodeError
    return digits


def latest_of(user: User, purpose: AccessCode.Purpose, bound_to: str) -> AccessCode | None:
    """The latest code of this account and purpose, if this session asked for it."""
    code = _latest(user, purpose)
    if code is None or bytes(code.bound_to) != _bound(purpose, bound_to):
        return None
    return code


def _latest(user: User, purpose: AccessCode.Purpose) -> AccessCode | None:
    return AccessCode.objects.filter(account=user, purpose=purpose).order_by("-sent_at").first()


def sweep() -> int:
    """Remove the rows of codes that were over long ago; gives how many."""
    return int(AccessCode.objects.filter(expires_at__lt=_clock() - KEPT).delete()[0])


def _lock(user: User) -> None:
    """One after the other for one account."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    at: datetime = now
    return at


def _bound(purpose: str, session_key: str) -> bytes:
    return _hmac("session", f"{purpose} {session_key}")


def _hashed(code: AccessCode, digits: str) -> bytes:
    return _hmac("code", f"{code.pk} {digits}")


def _hmac(what: str, value: str) -> bytes:
    return salted_hmac(f"{_SALT}.{what}", value, algorithm="sha256").digest()
