"""Why a hearing was not scheduled, postponed or cancelled, and what an officer must know first.

The words are in greffe.cases.hearing_messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

RefusalCode = Literal[
    "not-yours",
    "case-closed",
    "past",
    "too-far",
    "clock-change",
    "wrong-office",
    "wrong-member",
    "taken",
    "stale",
    "cancelled",
    "began",
    "unchanged",
    "warnings",
    "paper",
]

WarningCode = Literal["weekend", "office-closed", "other-hearing", "limit-passed"]


@dataclass(frozen=True, slots=True)
class HearingWarning:
    """Something that an officer confirms having seen; `values` are what its words name.

    `key` tells what was seen: another day, or another limit, is to be seen again.
    """

    code: WarningCode
    key: str
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass
class HearingRefusedError(Exception):
    """An action on a hearing was refused; nothing has changed. `code` says why."""

    code: RefusalCode
    warnings: Sequence[HearingWarning] = ()
