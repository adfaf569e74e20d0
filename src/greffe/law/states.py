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


_NOTHING_MORE: dict[str, str | None] = dict.fromkeys(
    ("accept", "accept-part", "return", "pass", "hand-back", "refuse", "refuse-part")
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

# The registry receives, and returns what was not filed as it should be; the division refuses what
# was, but does not satisfy its rules. Once on the case file, nothing is returned any more.
SUBMISSION = _table(
    "submission",
    "received",
    {
        "received": Text(en="Received", fr="Reçue"),
        "with-division": Text(en="Before the division", fr="Devant la section"),
        "accepted": Text(en="On the case file", fr="Au dossier"),
        "partly-accepted": Text(en="Partly on the case file", fr="En partie au dossier"),
        "returned": Text(en="Returned", fr="Retournée"),
        "refused": Text(en="Refused by the division", fr="Refusée par la section"),
    },
    {
        "accept": Text(en="Take all to the case file", fr="Verser le tout au dossier"),
        "accept-part": Text(
            en="Take some to the case file, return the others",
            fr="En verser une partie au dossier, retourner le reste",
        ),
        "return": Text(en="Return", fr="Retourner"),
        "pass": Text(en="Pass to the division", fr="Transmettre à la section"),
        "hand-back": Text(en="Give back to the registry", fr="Rendre au greffe"),
        "refuse": Text(en="Refuse all", fr="Refuser le tout"),
        "refuse-part": Text(en="Refuse some", fr="En refuser une partie"),
    },
    {
        "received": {
            "accept": "accepted",
            "accept-part": "partly-accepted",
            "return": "returned",
            "pass": "with-division",
            "hand-back": None,
            "refuse": None,
            "refuse-part": None,
        },
        "with-division": {
            "accept": "accepted",
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": "received",
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "accepted": {
            "accept": None,
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": None,
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "partly-accepted": {
            "accept": None,
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": None,
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "returned": _NOTHING_MORE,
        "refused": _NOTHING_MORE,
    },
)

# One document of a submission.
DOCUMENT = _table(
    "document",
    "filed",
    {
        "filed": Text(en="Filed", fr="Déposé"),
        "on-file": Text(en="On the case file", fr="Au dossier"),
        "returned": Text(en="Returned", fr="Retourné"),
        "refused": Text(en="Refused by the division", fr="Refusé par la section"),
    },
    {
        "place": Text(en="Take to the case file", fr="Verser au dossier"),
        "return": Text(en="Return", fr="Retourner"),
        "refuse": Text(en="Refuse", fr="Refuser"),
    },
    {
        "filed": {"place": "on-file", "return": "returned", "refuse": "refused"},
        "on-file": {"place": None, "return": None, "refuse": "refused"},
        "returned": {"place": None, "return": None, "refuse": None},
        "refused": {"place": None, "return": None, "refuse": None},
    },
)

TABLES: tuple[StateTable, ...] = (DRAFT, SUBMISSION, DOCUMENT)
