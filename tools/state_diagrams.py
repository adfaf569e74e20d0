"""Draws docs/states.md from the program's state tables, so that page and program cannot differ."""

from collections.abc import Iterator

from greffe.law.states import TABLES, StateTable
from greffe.notices.states import NOTICE


def page(head: str) -> str:
    """Give the page: for each table a diagram, and the answer to every event in every state."""
    lines = ["# States", "", head]
    lines += [
        "What each event makes of each state. A dash: the event is refused there.",
        "",
    ]
    for table in (*TABLES, NOTICE):
        lines += _section(table)
    return "\n".join(lines)


def _section(table: StateTable) -> list[str]:
    lines = [f"## {table.name.capitalize()}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"  {line}" for line in _diagram(table)]
    lines += ["```", "", _heading(table), "|---" * (len(table.events) + 3) + "|"]
    lines += [_row(table, state) for state in table.states]
    return [*lines, ""]


def _diagram(table: StateTable) -> Iterator[str]:
    yield f"[*] --> {table.initial}"
    for (state, event), following in table.table.items():
        # An event that leaves the state as it is stands in the table, not in the picture.
        if following is not None and following != state:
            yield f"{state} --> {following}: {event}"


def _heading(table: StateTable) -> str:
    return "| " + " | ".join(["State", "English", "Français", *table.events]) + " |"


def _row(table: StateTable, state: str) -> str:
    label = table.states[state]
    answers = [table.table[state, event] or "–" for event in table.events]
    return "| " + " | ".join([f"`{state}`", label.en, label.fr, *answers]) + " |"
