"""State tables: what each event makes of each state. Total: every pair has its answer.

The labels are read by people, in both languages; `docs/states.md` is drawn from the same tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from greffe.law.rows import Text


class TransitionError(Exception):
    """An event that a state does not allow."""

    def __init__(self, table: str, state: str, event: str) -> None:
        self.table, self.state, self.event = table, state, event
        super().__init__(f"{table}: “{event}” is not allowed in state “{state}”")


@dataclass(frozen=True, slots=True)
class StateTable:
    """States, events, and for every pair the state that follows, or None where it is refused."""

    name: str
    initial: str
    states: Mapping[str, Text]
    events: Mapping[str, Text]
    table: Mapping[tuple[str, str], str | None]

    def __post_init__(self) -> None:
        """Refuse a table with a hole or an unknown name: our own mistake, seen at import."""
        wanted = {(state, event) for state in self.states for event in self.events}
        named = {state for state in self.table.values() if state is not None} | {self.initial}
        if set(self.table) != wanted or not named <= set(self.states):
            message = f"{self.name}: the table and its states and events do not agree"
            raise ValueError(message)

    def after(self, state: str, event: str) -> str:
        """Give the state that follows; TransitionError where the event is not allowed.

        A state or an event that the table does not know is refused in the same way.
        """
        following = self.table.get((state, event))
        if following is None:
            raise TransitionError(self.name, state, event)
        return following

    def allows(self, state: str, event: str) -> bool:
        """Say whether the event may happen in the state."""
        return self.table.get((state, event)) is not None

    def label(self, state: str, lang: str) -> str:
        """Give the state as a person reads it."""
        return self.states[state].get(lang)


def _table(
    name: str,
    initial: str,
    states: dict[str, Text],
    events: dict[str, Text],
    rows: dict[str, dict[str, str | None]],
) -> StateTable:
    table = {(state, event): to for state, row in rows.items() for event, to in row.items()}
    return StateTable(
        name,
        initial,
        MappingProxyType(states),
        MappingProxyType(events),
        MappingProxyType(table),
    )


DRAFT = _table(
    "draft",
    "open",
    {
        "open": Text(en="In preparation", fr="En préparation"),
        "submitted": Text(en="Filed", fr="Déposé"),
        "expired": Text(en="Expired", fr="Expiré"),
        "discarded": Text(en="Discarded", fr="Abandonné"),
    },
    {
        "change": Text(en="Change", fr="Modifier"),
        "submit": Text(en="File", fr="Déposer"),
        "expire": Text(en="Expire", fr="Expirer"),
        "discard": Text(en="Discard", fr="Abandonner"),
    },
    {
        "open": {
            "change": "open",
            "submit": "submitted",
            "expire": "expired",
            "discard": "discarded",
        },
        # The same request again gives the same receipt: submitting twice is no error.
        "submitted": {"change": None, "submit": "submitted", "expire": None, "discard": None},
        "expired": {"change": None, "submit": None, "expire": "expired", "discard": "discarded"},
        "discarded": {"change": None, "submit": None, "expire": None, "discard": "discarded"},
    },
)

# Taking to the case file, returning and refusing belong to the registry's own work.
SUBMISSION = _table(
    "submission",
    "received",
    {"received": Text(en="Received", fr="Reçue")},
    {},
    {"received": {}},
)

TABLES: tuple[StateTable, ...] = (DRAFT, SUBMISSION)
