"""Reading a backup, and what can be found in it or in what came of it. No Django in here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greffe.cli.backup_folder import (
    LIST,
    Code,
    Document,
    Manifest,
    Problem,
    Progress,
    compare,
    place_of,
    read_documents,
    read_manifest,
    require_whole,
)

if TYPE_CHECKING:  # it needs Django
    from greffe.ledger.verify import Report


@dataclass
class Found:
    """What verification found.

    `filed_otherwise`: number of submission and SHA-256 of what the ledger alone has.
    """

    documents: int = 0
    size: int = 0
    problems: dict[str, Problem] = field(default_factory=dict)
    ledger: "Report | None" = None
    ledger_differs: bool = False
    filed_otherwise: list[tuple[str, str]] = field(default_factory=list)
    application_role: bool = False
    pending_migrations: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything is there and as the ledger says."""
        whole = self.ledger is None or self.ledger.ok
        return whole and not (self.problems or self.ledger_differs or self.filed_otherwise)

    def as_json(self) -> dict[str, Any]:
        """Give it as a JSON object."""
        return {
            "documents": self.documents,
            "bytes": self.size,
            "problems": [one.model_dump(mode="json") for one in self.problems.values()],
            "ledger": self.ledger.as_json() if self.ledger else None,
            "ledger_differs": self.ledger_differs,
            "filed_otherwise": [
                {"submission": number, "sha256": sha256} for number, sha256 in self.filed_otherwise
            ],
            "application_role": self.application_role,
            "pending_migrations": self.pending_migrations,
        }

    def note(self, document: Document, code: Code) -> None:
        """Note a document that is not as its row says, once."""
        problem = Problem(code=code, key=document.key, sha256=document.sha256)
        self.problems.setdefault(document.key, problem)


def look_at(folder: Path, *, progress: Progress) -> tuple[Manifest, Found]:
    """Read a whole backup and say what is missing or altered in it; nothing else is touched.

    DeploymentError where the dump or the list is not as the manifest says.
    """
    manifest, found = read_whole(folder), Found()
    progress.begin("documents", manifest.documents.size)
    for document in read_documents(folder / LIST):
        code = _judge(place_of(folder, document), document)
        if code:
            found.note(document, code)
        found.documents, found.size = found.documents + 1, found.size + document.size
        progress.advance(document.size)
    return manifest, found


def read_whole(folder: Path) -> Manifest:
    """Read the manifest, and refuse a dump or a list that is not as it says (DeploymentError)."""
    manifest = read_manifest(folder)
    for file in (manifest.database, manifest.documents):
        require_whole(folder, file)
    return manifest


def _judge(path: Path, document: Document) -> Code | None:
    """What is wrong with the bytes of a file, if anything."""
    try:
        with path.open("rb") as file:
            return compare(file, document)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
