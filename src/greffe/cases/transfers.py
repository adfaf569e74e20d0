"""What moves with a case from one office to another: higher modules register it here."""

from collections.abc import Callable

from greffe.cases.models import Case

Mover = Callable[[Case, str], None]
"""Takes the case, locked, and the id of its new office, in the transaction of the transfer."""

_movers: list[Mover] = []


def moves_with_the_case(mover: Mover) -> None:
    """Have `mover` called at each transfer. An app does this once, when it is ready."""
    if mover not in _movers:
        _movers.append(mover)


def move_with(case: Case, office: str) -> None:
    """Move everything that must be where the case is.

    Raises RuntimeError where nothing is registered: work would be left behind unnoticed.
    """
    if not _movers:
        raise RuntimeError("nothing is registered to move with a case")
    for mover in _movers:
        mover(case, office)
