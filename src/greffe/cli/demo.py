"""greffe demo: the whole registry on this machine, with invented people and cases."""

import http.client
import os
import time
from pathlib import Path

import typer

from greffe.cli import deployment
from greffe.cli.processes import Children, try_lock, until_told_to_stop
from greffe.cli.running import Host, Port
from greffe.cli.speech import NO, DeploymentError, pick, told_plainly

READY_SECONDS = 60.0


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)
    app.command("demonstration-data", hidden=True)(demonstration_data)


def demo(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the whole registry on this machine with invented people and cases, until Ctrl-C."""
    os.environ["GREFFE_DEMO"] = "1"
    os.environ.setdefault("GREFFE_URL", f"http://{host}:{port}")
    with told_plainly(), until_told_to_stop():
        state = deployment.make_state_folder()
        lock = _alone(state, host, port)
        try:
            _run(host, port, held=_after_the_last_one(state))
        finally:
            (state / "demonstration.url").unlink(missing_ok=True)
            os.close(lock)


def _alone(state: Path, host: str, port: int) -> int:
    """Take this state folder for this demonstration. DeploymentError if another runs on it."""
    lock = try_lock(state / "demonstration.lock")
    url = state / "demonstration.url"
    if lock is None:
        where = url.read_text() if url.exists() else "?"
        raise DeploymentError("runs-already", folder=state, url=where)
    url.write_text(f"http://{host}:{port}/")
    return lock


def _after_the_last_one(state: Path) -> int:
    """Wait until what an earlier one started has ended, and hold the lock that says so."""
    held = try_lock(state / "children.lock", wait=True)
    if held is None:  # pragma: no cover - a lock that is waited for is had
        raise AssertionError
    return held


def _run(host: str, port: int, *, held: int) -> None:
    deployment.prepare_environment()
    deployment.ensure_keys()
    deployment.require_rules()
    deployment.require_port(host, port)
    typer.echo(pick("Greffe: starting the database…", "Greffe démarre la base de données…"))
    with deployment.database():
        children = Children(held)
        try:
            _prepare(children)
            children.start(["serve", "--host", host, "--port", str(port)], _for_pages())
            children.start(["worker"], _for_pages())
            _until_it_answers(children, host, port)
            _say_where(host, port)
            _ended(children.wait())
        finally:
            children.stop()


def _prepare(children: Children) -> None:
    """Bring the database up to date and enter the invented people, each in a process of its own."""
    for step in ("migrate", "demonstration-data"):
        code = children.run([step], dict(os.environ))
        if code:
            raise typer.Exit(code)


def _for_pages() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}


def _until_it_answers(children: Children, host: str, port: int) -> None:
    """Wait until pages come. DeploymentError when they do not, or a process ended."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a comparison
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _ended(children.wait(0.05))
        try:
            asked = http.client.HTTPConnection(local, port, timeout=10)
            asked.request("GET", "/healthz", headers={"Host": "localhost"})
            asked.getresponse().read()
        except OSError:
            continue
        return
    raise DeploymentError("no-pages", seconds=int(READY_SECONDS))


def _ended(code: int | None) -> None:
    if code is not None:
        raise DeploymentError("ended", exit_code=NO, number=code)


def _say_where(host: str, port: int) -> None:
    url = f"http://{host}:{port}/"
    typer.secho(
        pick(
            f"Greffe: open {url}  (Ctrl-C stops it)",
            f"Greffe\u00a0: ouvrez {url}  (Ctrl-C l’arrête)",
        ),
        bold=True,
    )


def demonstration_data() -> None:
    """Enter the invented people and cases of the demonstration, once."""
    with told_plainly():
        if not deployment.is_demonstration():
            raise DeploymentError("demonstration-only")
        with deployment.django():
            deployment.ensure_keys()  # what is filed gets its receipts
            from greffe.cli import demonstration  # noqa: PLC0415 - Django is set up above

            demonstration.make()
