"""Run a script of ours on a document that may be hostile, in a process that can harm only itself.

`run_isolated` starts `python -I` with an empty environment, hands the document over as a descriptor
and waits no longer than it is told. What the process shuts upon itself: `bootstrap` and `kernel`.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from greffe.documents.sandbox import bootstrap

SOURCE = Path(__file__).resolve().parents[3]
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from greffe.documents.sandbox.bootstrap import main; main(sys.argv[2])"
)
_PIECE = 65536
_GRACE = 2.0
"""Seconds between the end of an answer and that of its process."""

FailureCode = Literal["timeout", "killed", "memory", "flooded", "failed", "open"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sandboxed process may use: bytes, seconds, and descriptors open at once."""

    memory: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    output: int = 65536
    files: int = 16


class SandboxError(Exception):
    """The process gave no answer.

    `code`: `timeout` (wall clock), `killed` (by a signal: a crash, the CPU limit, or from outside),
    `memory`, `flooded` (an answer over the limit), `open` (the kernel does not shut what was
    required), `failed` (it could not start, or an error of the script).
    """

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code: FailureCode = code
        self.detail = detail


def reopen(document: int | Path) -> int:
    """Give a descriptor of our own, for reading only, with its own offset."""
    path = f"/proc/self/fd/{document}" if isinstance(document, int) else document
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def run_isolated(
    script: Path, fd: int, limits: Limits, *, required: Iterable[str] = bootstrap.ESSENTIAL
) -> bytes:
    """Run `main(fd, holds)` of the file `script` in a sandbox and give the bytes it returns.

    `fd` is a descriptor open for reading only; the process shares its offset. `holds` tells the
    script which doors are shut, and `required` names those without which it is not run at all (see
    `isolation`). Raises SandboxError.
    """
    process = _start(script, fd, limits, required)
    try:
        answer = _answer(process, limits)
        process.wait(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        raise SandboxError("timeout", "answered but did not end") from None
    finally:
        _end(process)
    return _judge(answer, process.returncode)


def _start(
    script: Path, fd: int, limits: Limits, required: Iterable[str]
) -> "subprocess.Popen[bytes]":
    order = {
        "script": str(script.resolve()),
        "fd": fd,
        "parent": os.getpid(),
        "required": [*required],
        "limits": {"memory": limits.memory, "cpu": limits.cpu_seconds, "files": limits.files},
    }
    try:
        return subprocess.Popen(  # noqa: S603 - our interpreter and our code, no shell
            [sys.executable, "-I", "-B", "-c", _START, str(SOURCE), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(fd,),
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError("failed", f"could not start: {error}") from error


def _answer(process: "subprocess.Popen[bytes]", limits: Limits) -> bytes:
    """Everything the process writes until it closes its end, within time and size."""
    pipe = process.stdout
    if pipe is None:
        raise SandboxError("failed", "no pipe")
    deadline = time.monotonic() + limits.wall_seconds
    read = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while piece := _piece(selector, pipe, deadline):
            read += piece
            if len(read) > limits.output:
                raise SandboxError("flooded", f"more than {limits.output} bytes")
    return bytes(read)


def _piece(selector: selectors.BaseSelector, pipe: IO[bytes], deadline: float) -> bytes:
    while (left := deadline - time.monotonic()) > 0:
        if selector.select(left):
            return os.read(pipe.fileno(), _PIECE)
    raise SandboxError("timeout", "the wall clock")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever is left of its session, before its id can be another's, and collect it."""
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _judge(answer: bytes, returncode: int) -> bytes:
    if returncode < 0:
        raise SandboxError("killed", signal.Signals(-returncode).name)
    if returncode != 0 or not answer:
        raise SandboxError("failed", f"ended with {returncode} and no answer")
    return read_message(answer)


def read_message(message: bytes) -> bytes:
    """What a script gave, from the message that its process wrote. Raises SandboxError."""
    word, _, rest = message.partition(b"\n")
    if word + b"\n" == bootstrap.DONE:
        return rest
    code: dict[bytes, FailureCode] = {b"memory": "memory", b"open": "open"}
    raise SandboxError(code.get(word, "failed"), rest.decode(errors="replace"))
