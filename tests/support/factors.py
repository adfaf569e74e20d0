"""Second factors for tests: what an authenticator application would show."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.backends.db import SessionStore

if TYPE_CHECKING:
    from greffe.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def shown(secret: str = SECRET, *, later: int = 0) -> str:
    """The code of an application now, or so many intervals later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def with_app(user: User) -> list[str]:
    """Give an account an application of SECRET; gives its recovery codes.

    The code that it showed an interval ago is used up by it.
    """
    from greffe.accounts import factors
    from greffe.accounts.actors import account_actor

    where = factors.Where(SessionStore(), "")
    return factors.add_app(
        by=account_actor(user), user=user, secret=SECRET, typed=shown(later=-1), where=where
    )
