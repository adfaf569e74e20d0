"""How well this machine can shut a sandboxed process in: found out by doing it."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from greffe.documents.sandbox.launcher import Limits, SandboxError, run_isolated

_PROBE = Path(__file__).with_name("probe.py")

Lack = Literal["network", "files", "privileges", "limits"]


class Isolation(BaseModel):
    """Which doors the kernel shut, as the process itself reports them.

    `error` says why it could not be found out at all; then nothing is shut.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_namespace: bool = False
    network_namespace: bool = False
    landlock: bool = False
    seccomp: bool = False
    no_new_privs: bool = False
    rlimits: bool = False
    unprivileged: bool = False
    dies_with_parent: bool = False
    network_shut: bool = False
    files_shut: bool = False
    sockets_refused: bool = False
    files_refused: bool = False
    processes_refused: bool = False
    document_read: bool = False
    error: str = ""

    @property
    def lacking(self) -> tuple[Lack, ...]:
        """What a hostile document could still reach, worst first."""
        shut: dict[Lack, bool] = {
            "network": self.network_namespace or self.sockets_refused,
            "files": self.files_shut and self.files_refused,
            "privileges": self.no_new_privs and self.unprivileged,
            "limits": self.rlimits and self.processes_refused and self.dies_with_parent,
        }
        return tuple(name for name, is_shut in shut.items() if not is_shut)

    @property
    def sufficient(self) -> bool:
        """Whether production may inspect documents here; the demonstration only says so."""
        return self.document_read and not self.lacking


def isolation() -> Isolation:
    """Start a sandbox, have it try every door, and say which are shut. Takes about 0.1 s."""
    document = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        answer = run_isolated(_PROBE, document, Limits(wall_seconds=15.0), required=())
    except SandboxError as error:
        return Isolation(error=str(error))
    finally:
        os.close(document)
    return Isolation.model_validate_json(answer)
