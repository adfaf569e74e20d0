"""Who acts, in which capacity, for whom: what the ledger keeps of a person."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A snapshot of who acts; it stays true when the person later changes name or leaves.

    `capacity` is "counsel", "claimant", "delegate", "officer", "member", "operator", "auditor" or
    "system". `for_person_id` and `for_name` say on whose behalf, where that is somebody else.
    """

    name: str
    capacity: str
    person_id: uuid.UUID | None = None
    account_id: int | None = None
    for_person_id: uuid.UUID | None = None
    for_name: str = ""


SYSTEM = Actor(name="greffe", capacity="system")
"""The registry itself: what no person started."""
