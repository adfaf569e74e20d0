"""What is counted from a hearing and stored elsewhere: higher modules register it here."""

from collections.abc import Callable

from greffe.cases.models import Case

Follower = Callable[[Case], None]
"""Takes the case, locked, in the transaction in which one of its hearings changes."""

_followers: list[Follower] = []


def follows_hearings(follower: Follower) -> None:
    """Have `follower` called at each change of a hearing. An app does this once, when ready."""
    if follower not in _followers:
        _followers.append(follower)


def hearings_changed(case: Case) -> None:
    """Bring up to date everything that is counted from the hearings of a case.

    Raises RuntimeError where nothing is registered: work would wait in a wrong order unnoticed.
    """
    if not _followers:
        raise RuntimeError("nothing is registered to follow the hearings of a case")
    for follower in _followers:
        follower(case)
