"""What every row of law shares: an id, an authority, the days on which it is in force."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Lang = Literal["en", "fr"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RowId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=80)]
LANGS: tuple[Lang, Lang] = ("en", "fr")


def fields_of(words: str) -> frozenset[str]:
    """Give the {names} that a text asks for; ValueError where a brace is no plain {name}."""
    try:
        parts = list(string.Formatter().parse(words))
    except ValueError:
        parts = [("", "", "not plain", None)]
    names = [(name, spec, conversion) for _, name, spec, conversion in parts if name is not None]
    if any(not name.isidentifier() or spec or conversion for name, spec, conversion in names):
        message = f"a brace in “{words}” is not a plain {{name}}"
        raise ValueError(message)
    return frozenset(name for name, _, _ in names)


class Frozen(BaseModel):
    """A value that cannot be changed and that accepts no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """The same words in both official languages. Neither may be empty."""

    en: Words
    fr: Words

    def get(self, lang: str) -> str:
        """Give the words in `lang` ("fr"; anything else is English)."""
        return self.fr if lang.startswith("fr") else self.en


class Row(Frozen):
    """One dated row of law. `in_force_to` is the last day on which it applies, or None."""

    id: RowId
    authority: Words
    in_force_from: dt.date
    in_force_to: dt.date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.in_force_to is not None and self.in_force_to < self.in_force_from:
            message = (
                f"it ends on {self.in_force_to}, before it begins on {self.in_force_from}: "
                "correct in_force_from or in_force_to"
            )
            raise ValueError(message)
        return self

    def in_force(self, on: dt.date) -> bool:
        """Say whether the row applies on the day `on`."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def overlaps(self, other: Row) -> bool:
        """Say whether some day has both rows in force."""
        return self.in_force(other.in_force_from) or other.in_force(self.in_force_from)

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the rows that this one needs, as (table, id); the loader checks that they exist."""
        yield from ()
