"""Why nothing was done with an invitation. The words are in greffe.invitations.messages."""

from dataclasses import dataclass
from typing import Literal

RefusalCode = Literal[
    "not-yours",
    "not-now",
    "stale",
    "no-active-case",
    "not-in-case",
    "already-invited",
    "has-account",
    "no-address",
    "bad-address",
    "party-by-letter",
    "no-reason",
    "form-not-accepted",
    "no-times",
    "time-passed",
    "time-not-offered",
    "meeting-too-far",
    "meeting-to-come",
    "no-documents-seen",
    "bad-document-seen",
    "identity-not-confirmed",
    "identity-confirmed",
    "mistyped",
    "wrong-code",
    "code-expired",
    "code-used",
    "code-revoked",
    "code-of-another",
    "account-taken",
    "phone-changed",
]


@dataclass
class InvitationRefusedError(Exception):
    """An action on an invitation was refused; nothing has changed. `code` says why."""

    code: RefusalCode


@dataclass(frozen=True, slots=True)
class FormProblem:
    """What is wrong with one field of a registration form; `code` names the words for it."""

    field: str
    code: str


@dataclass
class FormRefusedError(Exception):
    """A registration form cannot be taken as it is. Every problem is named, nothing has changed."""

    problems: tuple[FormProblem, ...]
