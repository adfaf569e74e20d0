"""What the doctor says: one outcome a check, with words in both languages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from greffe.cli.texts import words
from greffe.law.rows import Text

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: its name, how it went, and which words of texts.toml say so.

    `params` fill the words, a Text in the language of the reader; `details` go into the JSON as
    they are.
    """

    name: str
    status: Status
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def means(self, language: str) -> str:
        """What was found, and what it means."""
        return self._fill("means", language)

    def remedy(self, language: str) -> str:
        """What to do; empty where nothing is to be done."""
        return self._fill("do", language)

    def as_json(self, language: str) -> dict[str, Any]:
        """One object of the JSON."""
        return {
            "check": self.name,
            "status": self.status,
            "code": self.code,
            "means": self.means(language),
            "do": self.remedy(language) or None,
            "details": dict(self.details),
        }

    def _fill(self, part: str, language: str) -> str:
        filled = {
            name: value.get(language) if isinstance(value, Text) else value
            for name, value in self.params.items()
        }
        return words("doctor", self.code, part, language, filled)


def guarded(name: str, check: Callable[[], Iterable[Outcome]]) -> Iterator[Outcome]:
    """Run a check. One that breaks is an outcome too: the others are still wanted."""
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not hide the others
        yield Outcome(name, "fail", "broken", {"detail": f"{type(error).__name__}: {error}"})
