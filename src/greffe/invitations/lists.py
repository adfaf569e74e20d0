"""A list of counsel to invite: rows read from a CSV file, and what is wrong with them."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.invitations.permissions import active_cases, counsel_now
from greffe.law.identifiers import parse_file_number
from greffe.notices.texts import one_line

MOST_ROWS: Final = 500
MOST_BYTES: Final = 512 * 1024
_LONGEST_FIELD: Final = 1000

HEADINGS: Mapping[str, str] = {
    "file number": "file_number",
    "file": "file_number",
    "numero de dossier": "file_number",
    "dossier": "file_number",
    "name": "name",
    "counsel": "name",
    "nom": "name",
    "conseil": "name",
    "by": "channel",
    "channel": "channel",
    "way": "channel",
    "par": "channel",
    "voie": "channel",
    "moyen": "channel",
    "address": "to",
    "to": "to",
    "adresse": "to",
    "a": "to",
    "language": "language",
    "langue": "language",
}
CHANNELS: Mapping[str, str] = {
    "": "email",
    "e-mail": "email",
    "email": "email",
    "courriel": "email",
    "mail": "mail",
    "letter": "mail",
    "poste": "mail",
    "lettre": "mail",
    "courrier": "mail",
    "fax": "fax",
    "telecopieur": "fax",
    "telecopie": "fax",
}
LANGUAGES: Mapping[str, str] = {
    "": "",
    "en": "en",
    "english": "en",
    "anglais": "en",
    "fr": "fr",
    "french": "fr",
    "francais": "fr",
}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list. `number` is its place in the file, as spreadsheets count.

    `language` is empty where the person's own is meant.
    """

    number: int
    file_number: str
    name: str
    channel: str
    to: str
    language: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that was not used, and why; `form_messages.list_text` has the words."""

    number: int
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def folded(text: str) -> str:
    """Give a text without accents, capitals and double spaces: how two spellings are compared."""
    plain = unicodedata.normalize("NFKD", text).replace("\u2019", "'")
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.casefold().split())


def read_list(content: bytes) -> tuple[Sequence[ListRow], Sequence[WrongRow]]:
    """Read a CSV file (UTF-8, comma or semicolon, a first line of headings in either language).

    Gives the rows that can be used and those that are wrong, each with its number. A file that is
    wrong as a whole has one wrong row, of number 0.
    """
    try:
        lines = _read(content)
    except _UnreadableError as error:
        return (), (WrongRow(0, error.code, {"most": str(MOST_ROWS)}),)
    columns = [HEADINGS.get(folded(cell), "") for cell in lines[0][1]]
    read = [_row(number, dict(zip(columns, cells, strict=False))) for number, cells in lines[1:]]
    rows = [one for one in read if isinstance(one, ListRow)]
    return rows, [one for one in read if isinstance(one, WrongRow)]


class _UnreadableError(Exception):
    """A file that is wrong as a whole; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _read(content: bytes) -> list[tuple[int, list[str]]]:
    """The lines of a file, with its headings. Raises _UnreadableError."""
    if len(content) > MOST_BYTES:
        raise _UnreadableError("list-too-large")
    try:
        lines = list(_lines(content.decode("utf-8-sig").replace("\x00", "")))
    except UnicodeDecodeError:
        raise _UnreadableError("list-not-utf8") from None
    except csv.Error:
        raise _UnreadableError("list-not-csv") from None
    if not lines:
        raise _UnreadableError("list-empty")
    if not {"file_number", "name"} <= {HEADINGS.get(folded(cell), "") for cell in lines[0][1]}:
        raise _UnreadableError("list-no-headings")
    if len(lines) - 1 > MOST_ROWS:
        raise _UnreadableError("list-too-large")
    return lines


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, numbered as a spreadsheet does: the headings are line 1."""
    first = text.partition("\n")[0]
    comma = ";" if first.count(";") > first.count(",") else ","
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=comma), start=1):
        if any(cell.strip() for cell in cells):
            yield number, [one_line(cell) for cell in cells]


def _row(number: int, said: Mapping[str, str]) -> ListRow | WrongRow:
    if any(len(value) > _LONGEST_FIELD for value in said.values()):
        return WrongRow(number, "row-too-long")
    file_number = parse_file_number(said.get("file_number", ""))
    if file_number is None:
        return WrongRow(number, "row-file-number", {"given": said.get("file_number", "")})
    if not said.get("name"):
        return WrongRow(number, "row-no-name")
    channel = CHANNELS.get(folded(said.get("channel", "")))
    if channel is None:
        return WrongRow(number, "row-channel", {"given": said.get("channel", "")})
    language = LANGUAGES.get(folded(said.get("language", "")))
    if language is None:
        return WrongRow(number, "row-language", {"given": said.get("language", "")})
    return ListRow(
        number=number,
        file_number=file_number.text,
        name=said["name"],
        channel=channel,
        to=said.get("to", ""),
        language=language,
    )


def person_of(viewer: Viewer, row: ListRow, *, on: date) -> Person | WrongRow:
    """The counsel that a row means: who is on the record of that file under that name.

    A file that is unknown, closed, sealed or another office's is the same to this officer.
    """
    cases = active_cases(viewer, on=on).filter(file_number=row.file_number)
    counsel = [link.person for link in counsel_now(cases, on=on).select_related("person")]
    named = {one.id: one for one in counsel if folded(one.name) == folded(row.name)}
    if len(named) == 1:
        return next(iter(named.values()))
    if named:
        return WrongRow(row.number, "row-several", {"name": row.name})
    if not counsel and not cases.exists():
        return WrongRow(row.number, "row-no-case", {"file": row.file_number})
    return WrongRow(row.number, "row-not-counsel", {"name": row.name, "file": row.file_number})
