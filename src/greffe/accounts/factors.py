"""Second factors: an authenticator application, passkeys, text messages, and recovery codes.

The rows are django-allauth's. What it leaves open is done here: the application's secret is sealed
with the deployment's own, each code is good once in every process, and recovery codes are kept as
HMACs and shown once.
"""

import hmac
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from greffe.accounts import sessions
from greffe.accounts.devices import device_name
from greffe.accounts.models import User
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.notices.actions import queue_notice
from greffe.notices.sealed import SealError, seal, unseal

logger = logging.getLogger(__name__)

CODES = 10
"""Recovery codes that are made at once."""
_ALPHABET = "23456789CDFGHJKMNPQRTVWXYZ"
_LENGTH, _GROUP = 12, 4  # 56 bits
_PERIOD, _DRIFT = 30, 1
_SALT = "greffe.accounts.factors"
_NAME = 60


class FactorKind(StrEnum):
    """What a person has, as the rows name it."""

    APP = "totp"
    PASSKEY = "webauthn"
    TEXT = "text"
    CODES = "recovery_codes"


WORDS = {
    FactorKind.APP: gettext_lazy("Authenticator application"),
    FactorKind.PASSKEY: gettext_lazy("Passkey"),
    FactorKind.TEXT: gettext_lazy("Text message"),
    FactorKind.CODES: gettext_lazy("Recovery codes"),
}


class WrongFactorError(Exception):
    """What was typed, or what the passkey said, is not right, or was used before."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor as its person sees it; `left` counts recovery codes."""

    id: int
    kind: FactorKind
    name: str
    added: datetime
    used: datetime | None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """The session in which factors are changed, which goes on, and what its device says it is."""

    session: SessionBase
    agent: str


def factors_of(user: User) -> list[Factor]:
    """The factors of an account, the first added first."""
    return [_seen(row) for row in _rows(user).order_by("id")]


def has_factor(user: User) -> bool:
    """Whether a sign-in asks for a second factor: recovery codes alone are none."""
    return bool(_rows(user).exclude(type=FactorKind.CODES).exists())


def new_secret() -> str:
    """Draw a secret for an authenticator application (160 bits, base32)."""
    return str(generate_totp_secret())


@transaction.atomic
def add_app(*, by: Actor, user: User, secret: str, typed: str, where: Where) -> list[str]:
    """Add an authenticator application that shows a right code for its secret; one an account.

    Gives recovery codes to show once, where the account had none. Raises WrongFactorError.
    """
    _lock(user)
    counter = _counter_of(secret, typed, after=-1)
    if counter is None or _rows(user).filter(type=FactorKind.APP).exists():
        raise WrongFactorError
    _add(user, FactorKind.APP, {"secret": seal(secret), "last": counter})
    return _added(by, user, FactorKind.APP, where)


@transaction.atomic
def add_passkey(
    *, by: Actor, user: User, name: str, credential: dict[str, Any], where: Where
) -> list[str]:
    """Add a passkey by what the browser says it made; the challenge stands in the session.

    Gives recovery codes as `add_app` does. Raises WrongFactorError.
    """
    _lock(user)
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongFactorError from error
    name = name.strip()[:_NAME] or str(WORDS[FactorKind.PASSKEY])
    _add(user, FactorKind.PASSKEY, {"name": name, "credential": credential})
    return _added(by, user, FactorKind.PASSKEY, where)


@transaction.atomic
def add_text(*, by: Actor, user: User, where: Where) -> list[str]:
    """Turn on text messages, once a code was entered that came by one. Gives recovery codes."""
    _lock(user)
    if _rows(user).filter(type=FactorKind.TEXT).exists():
        return []
    _add(user, FactorKind.TEXT, {})
    return _added(by, user, FactorKind.TEXT, where)


@transaction.atomic
def remove(*, by: Actor, user: User, factor_id: int, where: Where) -> None:
    """Remove a factor; with the last one the recovery codes go.

    Raises Authenticator.DoesNotExist where it is none of this account's.
    """
    _lock(user)
    row = _rows(user).exclude(type=FactorKind.CODES).get(pk=factor_id)
    kind = FactorKind(row.type)
    row.delete()
    if not has_factor(user):
        _rows(user).delete()
    _changed(by, user, Kind.FACTOR_REMOVED, kind, where)


@transaction.atomic
def remove_all(*, by: Actor, user: User, why: str) -> None:
    """Remove every factor of somebody who lost them, on behalf of the registry.

    All sessions of the account end, and the person is told by e-mail.
    """
    _lock(user)
    _rows(user).delete()
    record(
        kind=Kind.FACTOR_REMOVED,
        by=by,
        subject=user.person_id,
        body={"factor": "all", "why": why},
    )
    sessions.end_all(by=by, user=user, reason="factors-changed")
    _tell(user, gettext_lazy("Removed by the registry: all of them"), "")


@transaction.atomic
def renew_codes(*, by: Actor, user: User, where: Where) -> list[str]:
    """Draw recovery codes anew; the old ones are good no more. WrongFactorError if no factor."""
    _lock(user)
    if not has_factor(user):
        raise WrongFactorError
    codes = _new_codes(user)
    _changed(by, user, Kind.FACTOR_ADDED, FactorKind.CODES, where)
    return codes


@transaction.atomic
def check_code(user: User, typed: str) -> FactorKind:
    """Use up a code of the application, or a recovery code; gives which it was.

    Raises WrongFactorError for one that is not right or was used.
    """
    rows = _rows(user).filter(type__in=[FactorKind.APP, FactorKind.CODES]).select_for_update()
    for row in rows.order_by("id"):
        uses = _use_app if row.type == FactorKind.APP else _use_recovery
        if uses(user, row.data, typed):
            row.last_used_at = timezone.now()
            row.save(update_fields=["data", "last_used_at"])
            return FactorKind(row.type)
    raise WrongFactorError


def passkey_options(user: User) -> dict[str, Any]:
    """What the browser is given to ask a passkey; the challenge is kept in the session."""
    return dict(webauthn.begin_authentication(user))


def new_passkey_options(user: User) -> dict[str, Any]:
    """What the browser is given to make a passkey; the challenge is kept in the session."""
    return dict(webauthn.begin_registration(user, False))


@transaction.atomic
def check_passkey(user: User, response: dict[str, Any]) -> None:
    """Check what a passkey of this account says to the session's challenge. WrongFactorError."""
    try:
        webauthn.parse_authentication_response(response)
        row = webauthn.complete_authentication(user, response)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongFactorError from error
    row.record_usage()


def app_address(user: User, secret: str, issuer: str) -> str:
    """The address that an authenticator application reads from a QR code."""
    from urllib.parse import quote, urlencode  # noqa: PLC0415 - nothing else here writes addresses

    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{user.username}')}?{query}"


def _rows(user: User) -> Any:
    return Authenticator.objects.filter(user_id=user.pk)


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _add(user: User, kind: FactorKind, data: dict[str, Any]) -> None:
    Authenticator.objects.create(user=user, type=kind, data=data)


def _seen(row: Any) -> Factor:
    kind = FactorKind(row.type)
    return Factor(
        id=row.pk,
        kind=kind,
        name=row.data.get("name", "") or str(WORDS[kind]),
        added=row.created_at,
        used=row.last_used_at,
        left=len(row.data["codes"]) if kind == FactorKind.CODES else None,
    )


def _added(by: Actor, user: User, kind: FactorKind, where: Where) -> list[str]:
    codes = [] if _rows(user).filter(type=FactorKind.CODES).exists() else _new_codes(user)
    _changed(by, user, Kind.FACTOR_ADDED, kind, where)
    return codes


def _changed(by: Actor, user: User, what: Kind, kind: FactorKind, where: Where) -> None:
    """Record a change, end the other sessions, tell the person by e-mail."""
    record(kind=what, by=by, subject=user.person_id, body={"factor": kind.name.lower()})
    sessions.end_others(by=by, user=user, session=where.session, reason="factors-changed")
    said = gettext_lazy("New: %(factor)s")
    if what == Kind.FACTOR_REMOVED:
        said = gettext_lazy("Removed: %(factor)s")
    _tell(user, said, where.agent, factor=WORDS[kind])


def _tell(user: User, said: Any, agent: str, **words: Any) -> None:
    """Owe the person an e-mail about their factors, in their own language."""
    person = user.person
    if person is None or not person.email:
        return
    lang = person.language
    with translation.override(lang):
        context = {
            "what": str(said) % words,
            "device": device_name(agent) if agent else "–",
            "link": f"/{lang}/portal/account/factors/",
        }
    queue_notice(
        kind="factor-changed",
        language=lang,
        to=person.email,
        person=person.id,
        case_ids=[],
        context=context,
        dedupe=f"factor-changed:{user.pk}:{secrets.token_hex(8)}",
    )


def _counter_of(secret: str, typed: str, *, after: int) -> int | None:
    """The interval of which a code is the right one, of those about now and later than `after`."""
    now, code = int(time.time()) // _PERIOD, "".join(typed.split())
    found = None
    for counter in range(max(now - _DRIFT, after + 1), now + _DRIFT + 1):
        if hmac.compare_digest(
            format_hotp_value(hotp_value(secret, counter)).encode(), code.encode()
        ):
            found = counter
    return found


def _use_app(user: User, data: dict[str, Any], typed: str) -> bool:
    try:
        secret = unseal(data["secret"])
    except SealError:
        logger.warning("the application of account %s was sealed with a secret gone since", user.pk)
        return False
    counter = _counter_of(secret, typed, after=data["last"])
    if counter is None:
        return False
    data.update(last=counter, secret=seal(secret))  # sealed anew: by the newest secret
    return True


def _use_recovery(user: User, data: dict[str, Any], typed: str) -> bool:
    given = {
        _mark(user, typed, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    }
    left = [mark for mark in data["codes"] if mark not in given]
    used = len(left) < len(data["codes"])
    data["codes"] = left
    return used


def _new_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(CODES)]
    _rows(user).filter(type=FactorKind.CODES).delete()
    marks = [_mark(user, code, settings.SECRET_KEY) for code in codes]
    _add(user, FactorKind.CODES, {"codes": marks})
    return ["-".join(_groups(code)) for code in codes]


def _groups(code: str) -> Sequence[str]:
    return [code[at : at + _GROUP] for at in range(0, len(code), _GROUP)]


def _mark(user: User, code: str, key: str) -> str:
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return salted_hmac(_SALT, f"{user.pk} {typed}", secret=key, algorithm="sha256").hexdigest()
