"""What a sandboxed process can reach: scripts that stand for a hostile one try every door."""

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.isolation import Isolation, isolation
from greffe.documents.sandbox.launcher import Limits, SandboxError, run_isolated

SOURCE = Path(bootstrap.__file__).parents[3]
# A script reads all its code before the doors are shut, so its imports stand at its top.
HEAD = "import _thread, ctypes, errno, os, resource, signal, socket\ndef main(fd, holds):\n"
SOON = Limits(cpu_seconds=5, wall_seconds=120.0)

Run = Callable[..., bytes]

pytestmark = pytest.mark.security(19)


@pytest.fixture
def document(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "document"
    path.write_bytes(b"the document")
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def write_script(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "script.py"
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body), "    "))
    return path


@pytest.fixture
def run(tmp_path: Path, document: int) -> Run:
    def run(body: str, limits: Limits = SOON, **options: object) -> bytes:
        return run_isolated(write_script(tmp_path, body), document, limits, **options)  # type: ignore[arg-type] # only `required`

    return run


def outcome(run: Run, body: str, limits: Limits = SOON) -> tuple[str, str]:
    with pytest.raises(SandboxError) as caught:
        run(body, limits)
    return caught.value.code, caught.value.detail


def refusal(run: Run, attempt: str) -> str:
    """The name of the error that `attempt` met inside, or "done"."""
    tried = "try:\n" + textwrap.indent(attempt, "    ")
    told = "\nexcept OSError as error:\n    return errno.errorcode[error.errno].encode()\n"
    return run(tried + told + "return b'done'").decode()


def test_script_reads_the_document_and_answers(run: Run) -> None:
    assert run("return os.pread(fd, 100, 0).upper()") == b"THE DOCUMENT"


def test_answer_is_not_mixed_with_what_is_printed(run: Run) -> None:
    assert run("print('noise', flush=True); os.write(1, b'noise'); return b'answer'") == b"answer"


def test_gets_a_processor_after_the_pages(run: Run) -> None:
    assert int(run("return str(os.nice(0)).encode()")) == min(19, os.nice(0) + 10)


def test_environment_is_empty_and_folder_is_root(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFE_SECRET_KEY", "to be kept")
    # The interpreter adds the language of its own to an empty environment.
    assert run("return ' '.join(sorted(os.environ)).encode()") in {b"", b"LC_CTYPE"}
    assert run("return os.getcwd().encode()") == b"/"


def test_no_other_descriptor_is_handed_over(run: Run, tmp_path: Path) -> None:
    secret = os.open(write_script(tmp_path, "pass"), os.O_RDONLY)
    try:
        os.set_inheritable(secret, True)
        found = run(
            f"try:\n    os.fstat({secret})\nexcept OSError:\n    return b'closed'\nreturn b'open'"
        )
    finally:
        os.close(secret)
    assert found == b"closed"


def test_two_descriptors_of_the_document_are_not_needed(run: Run) -> None:
    """Only the three standard ones, the answer's and the document are open."""
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
    assert run(body) == b"5"


@pytest.mark.parametrize(
    "attempt",
    [
        "os.close(os.open('/etc/passwd', os.O_RDONLY))",
        "os.close(os.open('/', os.O_RDONLY))",
        "os.close(os.open('/proc/self/environ', os.O_RDONLY))",
        "os.close(os.open(f'/proc/self/fd/{fd}', os.O_WRONLY))",
        "os.close(os.open('/tmp/made-by-a-document', os.O_WRONLY | os.O_CREAT))",
        "os.mkdir('/tmp/made-by-a-document')",
        "os.listdir('/')",
        "os.rename('/tmp', '/tmp2')",
        "os.write(fd, b'x')",
        "os.truncate(fd, 0)",
    ],
)
def test_file_is_refused(run: Run, attempt: str) -> None:
    assert refusal(run, attempt) in {"EPERM", "EACCES", "EBADF", "EINVAL", "EMFILE"}


def test_network_is_not_reachable(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        met = refusal(run, f"socket.socket().connect(('127.0.0.1', {port}))")
        waiting, _, _ = select.select([server], [], [], 0)
    assert met in {"EPERM", "ENETUNREACH"}
    assert not waiting


def test_named_socket_is_not_reachable(run: Run, tmp_path: Path) -> None:
    """As the one of the database, which has no network to be cut from."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        attempt = f"socket.socket(socket.AF_UNIX).connect({str(path)!r})"
        assert refusal(run, attempt) in {"EPERM", "EACCES"}


@pytest.mark.parametrize(
    "attempt",
    [
        "os.fork()",
        "_thread.start_new_thread(print, ())",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 9)",
        "os.kill(-1, 9)",
        "os.setuid(0)",
        "resource.setrlimit(resource.RLIMIT_CPU, (999, 999))",
        "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))",
        "os.close(os.pidfd_open(os.getppid()))",
    ],
)
def test_process_is_refused(run: Run, attempt: str) -> None:
    # Python's own words for two of the refusals.
    other = "except (RuntimeError, ValueError):\n    return b'EPERM'"
    assert refusal(run, f"try:\n    {attempt}\n{other}") in {"EPERM", "EAGAIN", "EACCES", "EINVAL"}


def test_system_calls_of_a_debugger_are_refused(run: Run) -> None:
    body = """
    libc = ctypes.CDLL(None, use_errno=True)
    return b"refused" if libc.ptrace(16, os.getppid(), 0, 0) == -1 else b"done"
    """
    assert run(body) == b"refused"


def test_user_is_not_root(run: Run) -> None:
    body = "return ' '.join(map(str, (*os.getresuid(), *os.getresgid(), *os.getgroups()))).encode()"
    assert b"0" not in run(body).split()


def test_memory_beyond_the_limit_is_refused(run: Run) -> None:
    assert outcome(run, "return bytes(2 << 30)")[0] == "memory"


def test_processor_time_beyond_the_limit_ends_it(run: Run) -> None:
    found = outcome(run, "while True: pass", Limits(cpu_seconds=1, wall_seconds=240.0))
    assert found in {("killed", "SIGXCPU"), ("killed", "SIGKILL")}


def test_time_beyond_the_limit_ends_it(run: Run) -> None:
    assert outcome(run, "signal.pause()", Limits(wall_seconds=0.3))[0] == "timeout"


def test_process_that_stays_after_its_answer_is_killed(run: Run) -> None:
    body = """
    for number in range(3, 64):
        if number != fd:
            try:
                os.close(number)
            except OSError:
                pass
    os.close(1)
    signal.pause()
    """
    assert outcome(run, body) == ("timeout", "answered but did not end")


def test_answer_beyond_the_limit_is_refused(run: Run) -> None:
    assert outcome(run, "return bytes(1 << 24)", Limits(output=4096))[0] == "flooded"


def test_crash_is_told_as_killed(run: Run) -> None:
    assert outcome(run, "ctypes.string_at(0)") == ("killed", "SIGSEGV")


def test_error_of_the_script_is_told(run: Run) -> None:
    assert outcome(run, "raise ValueError('what is wrong')") == (
        "failed",
        "ValueError: what is wrong",
    )


def test_end_without_an_answer_is_told(run: Run) -> None:
    code, detail = outcome(run, "os._exit(3)")
    assert (code, "3" in detail) == ("failed", True)


def test_script_that_is_missing_is_told(document: int, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="FileNotFoundError"):
        run_isolated(tmp_path / "none.py", document, SOON)


def test_door_that_is_required_and_open_stops_before_the_script(run: Run) -> None:
    with pytest.raises(SandboxError) as caught:
        run("os.write(fd, b'never here'); return b''", required=("no-such-door",))
    assert (caught.value.code, caught.value.detail) == ("open", "no-such-door")


def test_killed_from_outside_is_told(tmp_path: Path) -> None:
    script = write_script(tmp_path, "os.write(fd, b'%d' % os.getpid()); signal.pause()")
    reading, writing = os.pipe()
    met: list[SandboxError] = []

    def wait() -> None:
        with pytest.raises(SandboxError) as caught:
            run_isolated(script, writing, SOON)
        met.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    os.kill(int(os.read(reading, 32)), signal.SIGKILL)
    thread.join()
    os.close(reading)
    os.close(writing)
    assert [(error.code, error.detail) for error in met] == [("killed", "SIGKILL")]


def test_dies_with_its_parent(tmp_path: Path) -> None:
    script = write_script(tmp_path, "os.write(fd, b'%d' % os.getpid()); signal.pause()")
    reading, writing = os.pipe()
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
        "from pathlib import Path\n"
        "from greffe.documents.sandbox.launcher import Limits, run_isolated\n"
        f"run_isolated(Path({str(script)!r}), {writing}, Limits(wall_seconds=120))"
    )
    with subprocess.Popen([sys.executable, "-c", program], pass_fds=(writing,)) as parent:
        os.close(writing)
        child = os.pidfd_open(int(os.read(reading, 32)))
        parent.kill()
    ended, _, _ = select.select([child], [], [], 30)
    os.close(child)
    os.close(reading)
    assert ended


def test_isolation_here_is_enough_for_production() -> None:
    found = isolation()
    assert found.error == ""
    assert found.lacking == ()
    assert found.sufficient


@pytest.mark.parametrize(
    ("shut", "lacking"),
    [
        ({"network_namespace": False, "sockets_refused": False}, "network"),
        ({"files_refused": False}, "files"),
        ({"unprivileged": False}, "privileges"),
        ({"no_new_privs": False}, "privileges"),
        ({"processes_refused": False}, "limits"),
        ({"dies_with_parent": False}, "limits"),
    ],
)
def test_isolation_with_one_door_open_is_not_enough(shut: dict[str, bool], lacking: str) -> None:
    found = Isolation(**(dict.fromkeys(set(Isolation.model_fields) - {"error"}, True) | shut))  # type: ignore[arg-type] # all but `error` are bool
    assert found.lacking == (lacking,)
    assert not found.sufficient


def test_isolation_by_calls_alone_is_enough() -> None:
    """Where a container or a distribution refuses user namespaces and Landlock is too new."""
    every = dict.fromkeys(set(Isolation.model_fields) - {"error"}, True)
    without = {"user_namespace": False, "network_namespace": False, "landlock": False}
    assert Isolation(**(every | without)).sufficient  # type: ignore[arg-type] # all but `error` are bool


def test_isolation_that_cannot_be_found_out_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = isolation()
    assert "could not start" in found.error
    assert not found.sufficient


# Each lock of the kernel by itself: in the product they stand one behind the other, and the second
# would hide that the first does not hold.


def alone(lock: str, attempt: str) -> str:
    program = textwrap.dedent(
        f"""
        import ctypes, errno, os, socket, sys
        sys.path.insert(0, {str(SOURCE)!r})
        from greffe.documents.sandbox import kernel
        if not {lock}:
            print("no such lock"); raise SystemExit
        try:
            {attempt}
        except OSError as error:
            print(errno.errorcode[error.errno])
        else:
            print("done")
        """
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    met = ended.stdout.strip()
    if met == "no such lock":
        pytest.skip(f"this kernel or container refuses {lock}")
    return met


def test_namespace_alone_cuts_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        attempt = f"socket.socket().connect(('127.0.0.1', {port}))"
        assert alone("kernel.leave_namespaces()[1]", attempt) == "ENETUNREACH"


def test_namespace_alone_leaves_no_capability() -> None:
    attempt = "ctypes.CDLL(None).sethostname(b'x', 1) == 0 or os.chroot('/')"
    assert alone("kernel.leave_namespaces()[0]", attempt) == "EPERM"


def test_landlock_alone_refuses_files() -> None:
    lock = "(kernel.forbid_new_privileges() and kernel.forbid_files())"
    assert alone(lock, "os.open('/etc/passwd', os.O_RDONLY)") == "EACCES"


@pytest.mark.parametrize(
    "attempt",
    ["socket.socket()", "os.open('/etc/passwd', os.O_RDONLY)", "os.fork()", "os.mkdir('/x')"],
)
def test_seccomp_alone_refuses(attempt: str) -> None:
    assert alone("(kernel.forbid_new_privileges() and kernel.forbid_calls())", attempt) == "EPERM"
