"""An action that was refused: why, and what it left out.

The words are in greffe.filings.messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not done; `not_filed` are the names of files that the submission lacks."""

    code: str
    not_filed: tuple[str, ...] = ()


@dataclass
class FilingRefusedError(Exception):
    """An action was refused; nothing has changed. `refused` says why."""

    refused: Refused = field(default_factory=lambda: Refused("stale"))


def refuse(code: str, not_filed: Iterable[str] = ()) -> FilingRefusedError:
    """Make the error of a refused action; `not_filed` are names of files that were not filed."""
    return FilingRefusedError(Refused(code, tuple(not_filed)))
