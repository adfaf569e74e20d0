"""Who acts for counsel, and whom a change of address is told: what the rules and the portal say."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from greffe.law.rows import Row, RowId, Text

DELEGATES = "delegates"
"""The row of how many delegates there may be."""


class DelegateLimit(Row):
    """How many delegates counsel may have at one time."""

    most: Annotated[int, Field(ge=0)]


class ContactDuty(Row):
    """Whom the rules of a division want a change of contact information given to, beside itself.

    `only_if_minister_is_party`: otherwise also where the Minister takes no part in the case.
    """

    division: RowId
    also_to: Text
    only_if_minister_is_party: bool

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division."""
        yield "divisions", self.division
