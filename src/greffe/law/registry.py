"""The registry's own work: by when it looks at what arrives, and why it returns or refuses it."""

import datetime as dt
from typing import Literal

from greffe.law.calendar import add_working_days
from greffe.law.ruleset import RuleSet
from greffe.law.tables import DecisionReason

ARRIVALS = "arrivals"


def due_on(rules: RuleSet, *, received: dt.date, hearing: dt.date | None, office: str) -> dt.date:
    """Give the day by which `office` should have looked at what it received on a day.

    So many working days after the date of receipt, sooner where the hearing is near, but never
    before the date of receipt itself. The row is the registry's service standard (registry.toml).
    """
    row = next(row for row in rules.registry_due if row.id == ARRIVALS and row.in_force(received))
    due = add_working_days(rules, received, row.working_days, office)
    if hearing is not None and hearing >= received:
        due = min(due, add_working_days(rules, hearing, -row.before_hearing, office))
    return max(due, received)


def reasons_for(
    rules: RuleSet, event: Literal["return", "refuse"], on: dt.date
) -> tuple[DecisionReason, ...]:
    """Give the reasons that may be chosen on a day for returning, or for refusing."""
    return tuple(row for row in rules.decision_reasons if row.event == event and row.in_force(on))
