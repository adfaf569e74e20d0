"""What a registration form says, and what is wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """The fields of a registration form, as typed.

    `regulator` and `membership` are ids of law/data/invitations.toml; counsel give them with their
    membership number, claimants and appellants leave all three empty. Telephone numbers may be
    typed in any usual way.
    """

    name: str
    address: str
    mobile: str
    email: str
    language: str
    regulator: str = ""
    membership: str = ""
    membership_number: str = ""
    firm: str = ""
    phone: str = ""
