"""The process that waits, its code loaded, and splits off one new process for each document.

Loading Python and PDFium takes 0.2 s, which nobody should wait for at each page. This process has
done it; it is handed a document as a descriptor that it never reads, and forks. The new process
shuts itself in exactly as `bootstrap` has it, and only then reads what is asked and the document:
so nothing of one document, nor of what was asked about it, is ever in the process of another.

`forks` starts it and speaks to it. Standard library only.
"""

import gc
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

from greffe.documents.sandbox import bootstrap

AskedScript = Callable[[int, dict[str, bool], Any], bytes]
"""What such a script defines as `main`: the document, what holds, what is asked of it."""

LENGTH = struct.Struct(">Q")
"""Before each message: its length, so that one cut short is known as such."""


def main(control: int, script: str) -> NoReturn:
    """Load the script, then split for every document that comes over the socket `control`.

    It ends when the other end is closed, and what it split off ends with it.
    """
    run = cast("AskedScript", bootstrap.load(Path(script)))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=control) as orders:
        while True:
            word, descriptors, *_ = socket.recv_fds(orders, 1, 2)
            if not word:
                os._exit(0)
            _split(orders, run, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _split(orders: socket.socket, run: AskedScript, document: int, talk: int) -> None:
    """Fork; give the other side a handle on the new process, by which it can end it."""
    waiting = os.getpid()
    process = os.fork()
    if process == 0:
        try:
            orders.close()
            _serve(run, document, talk, waiting)
        finally:
            os._exit(1)
    with socket.socket(fileno=os.dup(talk)) as answers:
        try:
            handle = os.pidfd_open(process)
        except ProcessLookupError:
            return
        try:
            socket.send_fds(answers, [b"h"], [handle])
        except OSError:  # whoever asked is gone
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _serve(run: AskedScript, document: int, talk: int, waiting: int) -> None:
    """Hear what is asked, shut the doors, look at the document, answer."""
    os.setsid()  # its place in the queue for a processor is its own
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdout = sys.stderr
    (length,) = LENGTH.unpack(_exactly(talk, LENGTH.size))
    order = json.loads(_exactly(talk, length)) | {"parent": waiting}

    def script(fd: int, holds: dict[str, bool]) -> bytes:
        return run(fd, holds, order["asked"])

    message = bootstrap.told(order | {"fd": document}, lambda: script)
    bootstrap.write(talk, LENGTH.pack(len(message)) + message)
    # No destructor of a library gets to run on what a hostile document left behind.
    os._exit(0)


def _exactly(descriptor: int, size: int) -> bytes:
    read = b""
    while len(read) < size:
        piece = os.read(descriptor, size - len(read))
        if not piece:
            raise EOFError
        read += piece
    return read
