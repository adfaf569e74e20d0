"""What a process can reach that was split off for one document: as one that was started for it."""

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.forks import Forks
from greffe.documents.sandbox.launcher import Limits, SandboxError

SOURCE = Path(bootstrap.__file__).parents[3]
SOON = Limits(cpu_seconds=5, wall_seconds=120.0)
# It does what the test asks: all that a document could make of the process that reads it.
SCRIPT = """
import _thread, ctypes, errno, os, resource, signal, socket, time

def main(fd, holds, asked):
    found = {}
    exec("def body(fd, holds):\\n" + asked["body"], globals(), found)
    return found["body"](fd, holds)
"""

Run = Callable[..., bytes]

pytestmark = pytest.mark.security(19)


@pytest.fixture
def document(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "document"
    path.write_bytes(b"the document")
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def forks(tmp_path: Path) -> Iterator[Forks]:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    made = Forks(path)
    yield made
    made.close()


@pytest.fixture
def run(forks: Forks, document: int) -> Run:
    def run(body: str, limits: Limits = SOON, **options: object) -> bytes:
        asked = {"body": textwrap.indent(textwrap.dedent(body), "    ")}
        return forks.run(document, asked, limits, **options)  # type: ignore[arg-type] # only `required`

    return run


def outcome(run: Run, body: str, limits: Limits = SOON) -> str:
    with pytest.raises(SandboxError) as caught:
        run(body, limits)
    return caught.value.code


def refusal(run: Run, attempt: str) -> str:
    """The name of the error that `attempt` met inside, or "done"."""
    tried = "try:\n" + textwrap.indent(attempt, "    ")
    told = "\nexcept OSError as error:\n    return errno.errorcode[error.errno].encode()\n"
    return run(tried + told + "return b'done'").decode()


def test_script_reads_the_document_and_answers(run: Run) -> None:
    assert run("return os.pread(fd, 100, 0).upper()") == b"THE DOCUMENT"


def test_every_door_is_shut_that_production_asks_for(run: Run) -> None:
    assert run("return b'shut'", required=bootstrap.STRICT) == b"shut"


def test_each_document_has_a_process_of_its_own(run: Run) -> None:
    first = run("globals()['left'] = b'behind'; return str(os.getpid()).encode()")
    second = run("return str(os.getpid()).encode() + globals().get('left', b'')")
    assert first != second
    assert second.isdigit()


def test_process_that_waits_never_sees_what_is_asked(run: Run) -> None:
    """So nobody's question, nor anything of a document, can be in the process of the next one."""
    secret = f"looked for by {os.getpid()}, another reader"
    waiting = int(run(f"return str(os.getppid()).encode() # {secret}"))
    assert secret.encode() not in memory_of(waiting)
    assert b"pidfd_send_signal" in memory_of(waiting)


def memory_of(process: int) -> bytes:
    """Everything that a process can write to, as the kernel shows it to its parent."""
    found = bytearray()
    lines = Path(f"/proc/{process}/maps").read_text().splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in lines:
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(number, 16) for number in place.split("-"))
                memory.seek(start)
                found += memory.read(end - start)
    return bytes(found)


def test_environment_is_empty_and_folder_is_root(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFE_SECRET_KEY", "to be kept")
    assert run("return ' '.join(sorted(os.environ)).encode()") in {b"", b"LC_CTYPE"}
    assert run("return os.getcwd().encode()") == b"/"


def test_only_the_document_and_the_way_to_answer_are_open(run: Run, tmp_path: Path) -> None:
    secret = os.open(tmp_path / "script.py", os.O_RDONLY)
    os.set_inheritable(secret, True)
    body = """
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return str(len(found)).encode()
    """
    try:
        assert run(body) == b"5"
    finally:
        os.close(secret)


def test_document_cannot_be_written(run: Run) -> None:
    assert refusal(run, "os.write(fd, b'x')") == "EBADF"


@pytest.mark.parametrize(
    "attempt",
    [
        "os.close(os.open('/etc/passwd', os.O_RDONLY))",
        "os.close(os.open('/proc/self/environ', os.O_RDONLY))",
        "os.close(os.open(f'/proc/self/fd/{fd}', os.O_WRONLY))",
        "os.mkdir('/tmp/made-by-a-document')",
        "os.listdir('/')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 9)",
        "os.kill(-1, 9)",
        "os.setuid(0)",
        "os.close(os.pidfd_open(os.getppid()))",
    ],
)
def test_file_or_process_is_refused(run: Run, attempt: str) -> None:
    assert refusal(run, attempt) in {"EPERM", "EACCES", "EAGAIN", "EINVAL", "EMFILE"}


def test_network_is_not_reachable(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        met = refusal(run, f"socket.socket().connect(('127.0.0.1', {port}))")
        waiting, _, _ = select.select([server], [], [], 0)
    assert met in {"EPERM", "ENETUNREACH"}
    assert not waiting


def test_user_is_not_root(run: Run) -> None:
    body = "return ' '.join(map(str, (*os.getresuid(), *os.getresgid(), *os.getgroups()))).encode()"
    assert b"0" not in run(body).split()


def test_gets_a_processor_after_the_pages(run: Run) -> None:
    assert int(run("return str(os.nice(0)).encode()")) == min(19, os.nice(0) + 10)


def test_what_exceeds_its_limits_is_ended_and_told(run: Run) -> None:
    assert outcome(run, "return bytes(2 << 30)") == "memory"
    assert outcome(run, "while True: pass", Limits(cpu_seconds=1, wall_seconds=240.0)) == "killed"
    assert outcome(run, "signal.pause()", Limits(wall_seconds=0.5)) == "timeout"
    assert outcome(run, "return bytes(1 << 24)", Limits(output=4096)) == "flooded"


def test_one_whose_time_is_over_does_not_live_on(forks: Forks, run: Run) -> None:
    """The time of the wall is kept by whoever asked, who ends it by its handle."""
    run("return b'the process that waits is there'")
    reading, writing = os.pipe()
    body = "    os.write(fd, b'%d' % os.getpid()); signal.pause()"
    with pytest.raises(SandboxError):
        forks.run(writing, {"body": body}, Limits(wall_seconds=3.0))
    os.close(writing)
    process = int(os.read(reading, 32))
    os.close(reading)
    assert ended(process)


def ended(process: int) -> bool:
    """Whether a process has ended, or does so by itself in a while."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    over, _, _ = select.select([handle], [], [], 20)
    os.close(handle)
    return bool(over)


def test_crash_ends_that_process_and_nothing_else(run: Run) -> None:
    waiting = run("return str(os.getppid()).encode()")
    assert outcome(run, "ctypes.string_at(0)") == "killed"
    assert outcome(run, "os._exit(3)") == "killed"
    assert run("return str(os.getppid()).encode()") == waiting


def test_answer_cut_short_is_no_answer(run: Run) -> None:
    body = """
    for number in range(3, 64):
        if number != fd:
            try:
                os.write(number, (1000).to_bytes(8, "big") + b"done\\nonly this")
            except OSError:
                pass
    os._exit(0)
    """
    assert outcome(run, body) == "killed"


def test_error_of_the_script_is_told(run: Run) -> None:
    with pytest.raises(SandboxError, match="ValueError: what is wrong"):
        run("raise ValueError('what is wrong')")


def test_script_that_does_not_load_is_told(document: int, tmp_path: Path) -> None:
    broken = Forks(tmp_path / "none.py")
    with pytest.raises(SandboxError) as caught:
        broken.run(document, {}, SOON)
    assert caught.value.code == "failed"


def test_door_that_is_required_and_open_stops_before_the_script(run: Run) -> None:
    with pytest.raises(SandboxError) as caught:
        run("return b''", required=("no-such-door",))
    assert (caught.value.code, caught.value.detail) == ("open", "no-such-door")


def test_process_that_waits_is_started_again_when_it_was_killed(run: Run) -> None:
    first = int(run("return str(os.getppid()).encode()"))
    os.kill(first, signal.SIGKILL)
    assert int(run("return str(os.getppid()).encode()")) != first


def test_many_at_once_are_not_mixed_up(run: Run) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda n: run(f"return b'{n}' * 100_000", Limits(output=1 << 20)), "0123"
        )
    assert [answer[:1] for answer in answers] == [b"0", b"1", b"2", b"3"]


def test_killed_from_outside_is_told(forks: Forks) -> None:
    reading, writing = os.pipe()
    met: list[SandboxError] = []

    def wait() -> None:
        body = "    os.write(fd, b'%d' % os.getpid()); signal.pause()"
        with pytest.raises(SandboxError) as caught:
            forks.run(writing, {"body": body}, SOON)
        met.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    os.kill(int(os.read(reading, 32)), signal.SIGKILL)
    thread.join()
    os.close(reading)
    os.close(writing)
    assert [error.code for error in met] == ["killed"]


def test_everything_ends_with_the_process_that_asked(forks: Forks, tmp_path: Path) -> None:
    """A web server that is killed leaves neither the one that waits nor what it split off."""
    asker = textwrap.dedent(f"""
        import os, sys
        sys.path.insert(0, {str(SOURCE)!r})
        from pathlib import Path
        from greffe.documents.sandbox.forks import Forks
        from greffe.documents.sandbox.launcher import Limits
        body = "    os.write(fd, b'%d %d' % (os.getpid(), os.getppid())); signal.pause()"
        script = Path({str(tmp_path / "script.py")!r})
        Forks(script).run(1, {{"body": body}}, Limits(wall_seconds=60.0))
    """)
    with subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = os.read(process.stdout.fileno(), 64)
        processes = [int(number) for number in told.split()]
        process.kill()
    assert all(ended(number) for number in processes)
