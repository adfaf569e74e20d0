"""Sign-ins, refusals and sign-outs, recorded."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from greffe.accounts.models import User
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind


def _record(kind: Kind, user: User | None) -> None:
    if user is None or user.person is None:
        return
    by = Actor(
        name=user.person.name, capacity="account", person_id=user.person.id, account_id=user.pk
    )
    with transaction.atomic():
        record(kind=kind, by=by, subject=user.person.id, body={})


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, **_: Any) -> None:
    """Record a sign-in."""
    del sender
    _record(Kind.SIGN_IN, user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **_: Any) -> None:
    """Record a sign-out."""
    del sender
    _record(Kind.SIGN_OUT, user)


@receiver(user_login_failed)
def sign_in_refused(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Record a refused sign-in, for the account's person where there is one.

    Never what was typed: people type passwords where user names belong.
    """
    del sender, request
    record_refusal(credentials.get("username") or "", body={})


def record_refusal(username: str, *, body: dict[str, Any]) -> None:
    """Record that a sign-in was refused, for the person of the account if there is one."""
    user = User.objects.filter(username__iexact=username).first()
    subject = user.person_id if user is not None else None
    with transaction.atomic():
        record(kind=Kind.SIGN_IN_REFUSED, by=SYSTEM, subject=subject, body=body)
