"""What the doctor says of backups: when the last whole one was made, from this state folder."""

from collections.abc import Iterator
from datetime import UTC, datetime

from greffe.cli.doctor_outcomes import Outcome
from greffe.cli.last_backup import last_backup

DAYS = 2
"""Days after which a backup is old: one a day, and one that may have failed."""


def backup(now: datetime) -> Iterator[Outcome]:
    """The last backup that was made whole."""
    last = last_backup()
    if last is None:
        yield Outcome("backup", "warn", "backup-none")
        return
    age = now - last.made_at
    made = f"{last.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    params = {"made": made, "folder": last.folder, "days": age.days}
    details = {"made_at": last.made_at.isoformat(), "folder": str(last.folder)}
    if age.days >= DAYS:
        yield Outcome("backup", "warn", "backup-old", params, details)
    else:
        yield Outcome("backup", "ok", "backup", params, details)
