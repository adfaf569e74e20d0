"""The French catalogue: one for all of src/greffe, with the English texts as its keys.

``python -m tools.translations update|check|compile``
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools import catalogue, french_rows, messages
from tools.messages import Message

SOURCE = Path(__file__).resolve().parent.parent / "src" / "greffe"
PO = SOURCE / "web" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
# Dates and names that change with every run would only make two branches conflict.
_NOISE = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By'
    rb"|Report-Msgid-Bugs-To|Project-Id-Version):.*\n",
    re.MULTILINE,
)


def read(po: Path) -> Catalog:
    """Read a catalogue; an absent file is an empty catalogue."""
    if not po.exists():
        return _empty()
    with po.open("rb") as file:
        return read_po(file, locale="fr", domain="django")


def updated(old: Catalog, found: list[tuple[str, Message]]) -> Catalog:
    """Give the catalogue for these messages: known translations kept, new ones empty, rest gone."""
    new = _empty()
    for path, message in found:
        known = old.get(message.text, message.context)
        same_shape = known is not None and isinstance(known.id, str) == (message.plural is None)
        new.add(
            message.id,
            string=known.string if known is not None and same_shape else None,
            locations=[(path, 0)],
            auto_comments=message.comments,
            user_comments=known.user_comments if known is not None else (),
            flags={"fuzzy"} & known.flags if known is not None else (),
            context=message.context,
        )
    return new


def written(new: Catalog) -> bytes:
    """Give the bytes of a catalogue file: sorted, without line numbers or dates."""
    file = BytesIO()
    write_po(file, new, sort_output=True, include_lineno=False, ignore_obsolete=True, width=100)
    return _NOISE.sub(b"", file.getvalue())


def update(po: Path, source: Path) -> int:
    """Take the messages of a source tree into its catalogue; give how many wait for French."""
    new = updated(read(po), list(messages.in_tree(source)))
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_bytes(written(new))
    return sum(1 for fault in catalogue.faults(new, _wanted(source)) if fault.startswith("missing"))


def compile_catalogue(po: Path) -> None:
    """Write the compiled catalogue beside its source, whole or not at all."""
    ready = po.with_suffix(".mo.new")
    with ready.open("wb") as file:
        write_mo(file, read(po))
    ready.replace(po.with_suffix(".mo"))


def check(po: Path, source: Path) -> list[str]:
    """Give every fault of a catalogue against its source tree."""
    return catalogue.faults(read(po), _wanted(source))


def main(arguments: list[str]) -> int:
    """Run one of the three; the exit status is 1 where the check finds a fault."""
    match arguments:
        case ["update"]:
            print(f"{update(PO, SOURCE)} texts wait for their French in {PO.name}")
        case ["compile"]:
            compile_catalogue(PO)
        case ["check"]:
            found = check(PO, SOURCE) + french_rows.faults(SOURCE)
            print("\n".join(found) if found else "French is complete.")
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2
    return 0


def _wanted(source: Path) -> list[Message]:
    return [message for _, message in messages.in_tree(source)]


def _empty() -> Catalog:
    return Catalog(
        locale="fr", domain="django", header_comment="# French texts of Greffe.", fuzzy=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
