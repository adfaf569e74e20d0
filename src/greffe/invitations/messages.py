"""Codes to text: what each state says to the person and to the registry, and why not."""

from dataclasses import dataclass
from typing import Literal

from greffe.law.rows import Text

Owner = Literal["person", "registry", "nobody"]


@dataclass(frozen=True, slots=True)
class StateWords:
    """What a state says: to the person, to the officer, the next step of each, and whose it is."""

    person: Text
    officer: Text
    person_next: Text
    officer_next: Text
    owner: Owner


STATES: dict[str, StateWords] = {}
"""The words of every state of `law.states.INVITATION`."""
