"""When the last whole backup was made, noted in the state folder for the doctor."""

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from greffe.cli import deployment

NAME = "last-backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """A backup: its folder, and the moment of everything in it."""

    folder: Path
    made_at: datetime


def note_backup(folder: Path, made_at: str) -> None:
    """Note that a whole backup was made; it is whole also where this cannot be written."""
    place = deployment.state_folder() / NAME
    fresh = place.with_suffix(".new")
    said = {"folder": str(folder.resolve()), "made_at": made_at}
    with contextlib.suppress(OSError):
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(said, file, ensure_ascii=False)
        fresh.replace(place)


def last_backup() -> LastBackup | None:
    """The last whole backup that was noted; None where there is none, or no sense in the note."""
    try:
        said = json.loads((deployment.state_folder() / NAME).read_text("utf-8"))
        made_at = datetime.fromisoformat(said["made_at"])
        return LastBackup(Path(said["folder"]), made_at) if made_at.tzinfo else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
