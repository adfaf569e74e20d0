"""Log lines that say what broke and where, and never with what values.

An error's message can hold a person's name, a number, a file's name: what was typed, or what a row
says. None of that belongs in a log. Whoever mends it needs the class and the places in the code.
"""

import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]
_DEEPEST = 12
"""Places in the code that a line names at most, the innermost of each error."""

_OURS = str(Path(__file__).parent)


def outline(error: BaseException) -> str:
    """Name an error's class and its places in the code, then those of what led to it; no values."""
    return " <- ".join(f"{_class(one)} at {_places(one)}" for one in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _class(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _places(error: BaseException) -> str:
    """Our own places on the way, and where it broke."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _OURS in frame.filename]
    shown = [*ours, *(frame for frame in frames[-1:] if frame not in ours)]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in shown[-_DEEPEST:]]
    return " > ".join(places) or "?"


class PlainFormatter(logging.Formatter):
    """Formats a record as one line, in UTC; an error that comes with it is outlined, not quoted."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Write the record as one line: nobody can begin a line of their own inside it."""
        record.exc_text = None  # another handler may have left its own words here
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """Outline the error."""
        info: _ExcInfo = ei
        return outline(info[1])
