"""What makes a French catalogue whole: a list of faults, empty when there are none."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from tools import french
from tools.messages import Message

_NAMED = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^{}]*\}")
_POSITIONAL = re.compile(r"%[sd]")
_TAG = re.compile(r"</?[a-z][a-z0-9]*")

Key = tuple[str, str | None]


def faults(catalogue: Catalog, wanted: Iterable[Message]) -> list[str]:
    """Give every fault of a catalogue against the messages that the program uses.

    Missing, fuzzy and stale entries, placeholders or tags that differ, French typography.
    """
    messages = {(message.text, message.context): message for message in wanted}
    entries = {_key(entry): entry for entry in catalogue if entry.id}
    found = [f"missing: {_shown(key)}" for key in messages if not _translated(entries.get(key))]
    for key, entry in entries.items():
        if key not in messages:
            found.append(f"stale: {_shown(key)}")
        else:
            found += [f"{fault}: {_shown(key)}" for fault in _entry_faults(entry, messages[key])]
    found += [f"stale: {_shown(_key(entry))}" for entry in catalogue.obsolete.values()]
    return sorted(found)


def _entry_faults(entry: Entry, message: Message) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    if message.plural is not None and not isinstance(entry.id, tuple | list):
        yield "plural form missing"
    if not _translated(entry):
        return
    forms = _forms(entry)
    if any(not _agrees(form, message, last=form == forms[-1]) for form in forms):
        yield "placeholders differ"
    yield from dict.fromkeys(fault for form in forms for fault in french.faults(form))


def _agrees(form: str, message: Message, *, last: bool) -> bool:
    """Say whether a translated form uses the placeholders and tags of its English.

    The form for one may leave the count out ("Un document"), as in English; none may add any.
    """
    many = _placeholders(message.plural if message.plural is not None else message.text)
    if last:
        return _placeholders(form) == many
    return set(_placeholders(form)) <= set(many) | set(_placeholders(message.text))


def _placeholders(text: str) -> Counter[str]:
    named = {match[1] or match[2] for match in _NAMED.finditer(text)}
    return Counter(named) + Counter(_POSITIONAL.findall(text)) + Counter(_TAG.findall(text))


def _forms(entry: Entry) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _translated(entry: Entry | None) -> bool:
    return entry is not None and any(_forms(entry)) and all(_forms(entry))


def _key(entry: Entry) -> Key:
    text = entry.id if isinstance(entry.id, str) else entry.id[0]
    return text, entry.context


def _shown(key: Key) -> str:
    text, context = key
    return f"{text!r}" + (f" (context {context!r})" if context else "")
