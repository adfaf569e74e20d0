"""The row of a day on which offices are closed."""

from collections.abc import Iterator

from greffe.law.rows import Row, RowId


class Closure(Row):
    """A closure of offices."""

    offices: tuple[RowId, ...] = ()

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the offices."""
        yield from (("offices", office) for office in self.offices)
