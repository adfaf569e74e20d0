"""A list of counsel to invite: rows read from a CSV file, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list. `number` is its place in the file, as spreadsheets count."""

    number: int
    file_number: str
    name: str
    channel: str
    to: str
    language: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that was not used, and why; `messages.list_text` has the words."""

    number: int
    code: str
    values: dict[str, str] = field(default_factory=dict)


def read_list(content: bytes) -> tuple[Sequence[ListRow], Sequence[WrongRow]]:
    """Read a CSV file (UTF-8, comma or semicolon, a first line of headings in either language).

    Gives the rows that can be used and those that are wrong, each with its number.
    """
    raise NotImplementedError
