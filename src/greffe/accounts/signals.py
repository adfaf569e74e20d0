"""Sign-ins, refusals and sign-outs, recorded; what ends a session besides."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from greffe.accounts import sessions
from greffe.accounts.actors import account_actor
from greffe.accounts.credentials import note_changed_password
from greffe.accounts.models import User
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind


def _record(kind: Kind, user: User | None) -> None:
    if user is None:
        return
    with transaction.atomic():
        record(kind=kind, by=account_actor(user), subject=user.person_id, body={})


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Record a sign-in, and start the clocks of its session."""
    del sender
    sessions.begin(request, user)
    _record(Kind.SIGN_IN, user)


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    """Record a sign-out."""
    del sender
    sessions.forget(request.session)
    _record(Kind.SIGN_OUT, user)


@receiver([password_changed, password_set])
def password_is_new(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """End every other session: whoever holds one may have known the old password."""
    del sender
    with transaction.atomic():
        note_changed_password(by=account_actor(user), user=user, session=request.session)


@receiver(post_save, sender=User)
def account_is_closed(sender: Any, instance: User, **_: Any) -> None:
    """End the sessions of an account that is no longer active."""
    del sender
    if not instance.is_active:
        sessions.end_all(by=SYSTEM, user=instance, reason="account-closed")


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
