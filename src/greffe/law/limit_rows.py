"""The row of a time limit."""

from collections.abc import Iterator

from greffe.law.rows import Row, RowId


class Limit(Row):
    """One time limit of a division's rules."""

    division: RowId
    document_types: tuple[RowId, ...] = ()

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division and the document types."""
        yield "divisions", self.division
        yield from (("document_types", kind) for kind in self.document_types)
