"""A script for the sandbox: says which doors are shut, by trying them."""

import json
import os
import socket


def main(fd: int, holds: dict[str, bool]) -> bytes:
    """Give `holds` as JSON, with what was tried: sockets, files, processes, the document."""
    tried = {
        "sockets_refused": _refused(_make_socket),
        "files_refused": _refused(_open_file),
        "processes_refused": _refused(_make_process),
        "document_read": len(os.pread(fd, 1, 0)) >= 0,
    }
    return json.dumps(holds | tried).encode()


def _refused(attempt: object) -> bool:
    if not callable(attempt):
        return False
    try:
        attempt()
    except OSError:
        return True
    return False


def _make_socket() -> None:
    socket.socket(socket.AF_UNIX).close()


def _open_file() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _make_process() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
