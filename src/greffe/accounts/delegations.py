"""Delegates: who views, downloads and sends in the name of counsel (docs/adr/0022-delegates.md).

Whether counsel has a case, and so their delegate, is asked of the case: greffe.cases.permissions.
"""

import dataclasses
from typing import Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from greffe.accounts.actions import add_person
from greffe.accounts.addresses import Address
from greffe.accounts.delegate_codes import is_code_of
from greffe.accounts.delegate_notices import tell_named, tell_removed
from greffe.accounts.limits import Kind as Guess
from greffe.accounts.limits import attempt, succeeded
from greffe.accounts.models import Delegation, Person, StaffRole, User
from greffe.accounts.viewers import Viewer
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.rules import rules

Refusal = Literal["no-match", "yourself", "staff", "already", "too-many", "not-found"]


class DelegationRefusedError(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        """Keep why."""
        super().__init__(code)
        self.code = code


def delegates_of(principal: Person) -> QuerySet[Delegation]:
    """Those who act for a person now, the first named first."""
    now = Delegation.objects.filter(principal=principal, until=None)
    return now.select_related("delegate").order_by("since", "id")


def acts_for(person: Person, principal: Person) -> bool:
    """Whether a person is a delegate of another now."""
    return Delegation.objects.filter(delegate=person, principal=principal, until=None).exists()


def name_delegate(
    *, by: Viewer, username: str, code: str, name: str, address: Address | None
) -> Delegation:
    """Let the person of another account act for `by`, from now on.

    `code` is what that account shows; `name` how its person is called, for an account that acts for
    nobody yet. `address` is where the request comes from: guesses at codes are counted.
    Raises DelegationRefusedError ("no-match" for every pair that does not fit, whatever of it is
    known), and TooManyTriesError.
    """
    tried = attempt(Guess.DELEGATE_CODE, str(by.account_id), address=address)
    with transaction.atomic():
        # One naming at a time for each principal, so that two at once are counted one by one.
        Person.objects.select_for_update(no_key=True).get(pk=by.id)
        user = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
        if not is_code_of(user, code) or user is None:
            raise DelegationRefusedError("no-match")
        delegation = _name(by, user, name)
    succeeded(tried)
    return delegation


def _name(by: Viewer, user: User, name: str) -> Delegation:
    # Locked, so that the same code names nobody twice and an account becomes one person only.
    user = User.objects.select_for_update(of=("self",)).select_related("person").get(pk=user.pk)
    person = user.person
    if person is not None and person.pk == by.id:
        raise DelegationRefusedError("yourself")
    if person is not None and _works_here(person):
        raise DelegationRefusedError("staff")
    now = delegates_of(by.person)
    if person is not None and now.filter(delegate=person).exists():
        raise DelegationRefusedError("already")
    if now.count() >= rules().most_delegates(timezone.localdate()):
        raise DelegationRefusedError("too-many")
    actor = by.actor("counsel")
    if person is None:
        person = add_person(by=actor, name=name, language=by.person.language, email=user.email)
        user.person = person
        user.save(update_fields=["person"])
    delegation = Delegation.objects.create(principal=by.person, delegate=person)
    record(
        kind=Kind.DELEGATE_NAMED,
        by=actor,
        subject=person.id,
        body={"delegation": str(delegation.id), "name": person.name},
    )
    tell_named(delegation)
    return delegation


def _works_here(person: Person) -> bool:
    """Whether this person has, or will have, a role of the staff."""
    held = StaffRole.objects.filter(person=person)
    return held.exclude(held_to__lte=timezone.localdate()).exists()


@transaction.atomic
def remove_delegate(*, by: Viewer, delegation_id: UUID) -> Delegation:
    """End a delegation of one's own at once: what its delegate has under way comes to nothing.

    What is being recorded at this moment ends first (`still_acts_for`).
    Raises DelegationRefusedError "not-found".
    """
    found = Delegation.objects.select_for_update(of=("self",)).select_related("delegate")
    delegation = found.filter(pk=delegation_id, principal=by.person, until=None).first()
    if delegation is None:
        raise DelegationRefusedError("not-found")
    ended = Delegation.objects.filter(pk=delegation.pk)
    ended.update(until=Greatest(Now(), F("since")))
    record(
        kind=Kind.DELEGATE_REMOVED,
        by=by.actor("counsel"),
        subject=delegation.delegate_id,
        body={"delegation": str(delegation.id), "name": delegation.delegate.name},
    )
    tell_removed(delegation)
    return delegation


_HOLD = """
SELECT id FROM accounts_delegation
WHERE principal_id = %s AND delegate_id = %s AND until IS NULL
FOR SHARE
"""


def still_acts_for(by: Viewer, person: UUID) -> bool:
    """Whether `by` may act for this person until the transaction ends: themselves or a delegate.

    What was read when the request began may be over. A delegation is locked, so that its end waits
    for what is written under it, and what is written waits for an end that has begun.
    """
    if person == by.id:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [person, by.id])
        return cursor.fetchone() is not None


def acting(by: Viewer, capacity: str, person: UUID | None = None) -> Actor:
    """`by` as the ledger names them, acting for this person where it is a principal of theirs."""
    actor = by.actor(capacity)
    for principal in by.principals:
        if principal.id == person:
            return dataclasses.replace(
                actor,
                capacity="delegate",
                for_person_id=principal.id,
                for_name=principal.name,
            )
    return actor
