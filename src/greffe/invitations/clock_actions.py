"""What time does to invitations: reminders and expiry, by the rows of law/data/invitations.toml."""

from datetime import datetime


def remind_due(*, now: datetime) -> int:
    """Remind everybody whose time ends soon; give how many."""
    raise NotImplementedError


def expire_due(*, now: datetime) -> int:
    """Let expire what nobody did in time; give how many."""
    raise NotImplementedError
