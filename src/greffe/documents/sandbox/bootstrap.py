"""The first code of a sandboxed process: loads the script, shuts itself in, hands it the document.

The script is read, with all it imports, before anything is shut; the document is read only
afterwards. `launcher` starts it and shares its words. Standard library only.
"""

import importlib.util
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from greffe.documents.sandbox import kernel

Script = Callable[[int, dict[str, bool]], bytes]
"""What a script defines as `main`: the descriptor of the document, what holds; gives its answer."""

ESSENTIAL = ("no_new_privs", "rlimits", "dies_with_parent")
"""What every kernel of Linux can hold, so that nothing runs without it."""
STRICT = (*ESSENTIAL, "unprivileged", "network_shut", "files_shut")
"""What production asks for: two of these have two ways to hold, of which one is enough."""

DONE, FAILED, MEMORY, OPEN = b"done\n", b"failed\n", b"memory\n", b"open\n"


def main(argument: str) -> NoReturn:
    """Run the script named by `argument` (JSON from `launcher`) and write its answer to fd 1."""
    order = json.loads(argument)
    answer = _take_stdout()
    write(answer, told(order, lambda: load(Path(order["script"]))))
    # No destructor of a library gets to run on what a hostile document left behind.
    os._exit(0)


def told(order: dict[str, Any], script: Callable[[], Script]) -> bytes:
    """Shut this process in as `order` asks, run what `script` gives; say what came of it."""
    try:
        return DONE + _run(order, script)
    except MemoryError:
        return MEMORY
    except _NotShutError as error:
        return OPEN + str(error).encode()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must be told
        return FAILED + f"{type(error).__name__}: {error}".encode(errors="replace")[:2000]


class _NotShutError(Exception):
    """The kernel refused what the caller requires."""


def _run(order: dict[str, Any], load_script: Callable[[], Script]) -> bytes:
    kernel.offer_to_memory_killer()
    kernel.come_later()
    early = kernel.die_with_parent(order["parent"])
    script = load_script()
    holds = _shut_in(order, early=early)
    lacking = [name for name in order["required"] if not holds.get(name)]
    if lacking:
        raise _NotShutError(", ".join(lacking))
    result: bytes = script(order["fd"], holds)
    return result


def load(path: Path) -> Script:
    """Run the file of a script, with all it imports, and give its `main`."""
    spec = importlib.util.spec_from_file_location("greffe_sandboxed", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    script: Script = module.main
    return script


def _shut_in(order: dict[str, Any], *, early: bool) -> dict[str, bool]:
    """Shut every door in the one order that works; say which are shut."""
    privileges = kernel.forbid_new_privileges()
    user, network, unprivileged = kernel.leave_namespaces()
    rlimits = _limit(order["limits"])
    parent = kernel.die_with_parent(order["parent"])
    landlock, seccomp = kernel.forbid_files(), kernel.forbid_calls()
    return {
        "no_new_privs": privileges,
        "user_namespace": user,
        "network_namespace": network,
        "unprivileged": unprivileged,
        "rlimits": rlimits,
        "dies_with_parent": early and parent,
        "landlock": landlock,
        "seccomp": seccomp,
        "network_shut": network or seccomp,
        "files_shut": landlock or seccomp,
    }


def _limit(limits: dict[str, int]) -> bool:
    """Hard limits of the kernel, which a process that is not root cannot raise again."""
    wanted = {
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_CPU: limits["cpu"],
        resource.RLIMIT_NOFILE: limits["files"],
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        resource.setrlimit(kind, (most, most))
    return True


def _take_stdout() -> int:
    """Keep the answer's pipe for us: what a library prints goes nowhere."""
    answer = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answer


def write(descriptor: int, message: bytes) -> None:
    """Write the whole of a message."""
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]
