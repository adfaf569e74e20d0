"""What must not run does not: each refusal has its exit code and says what to do."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from greffe.cli import deployment, speech
from greffe.documents.sandbox import isolation as sandbox
from greffe.embedded.errors import problem
from greffe.sealing.keys import KeyRing
from tests.support.postgres import short_folder
from tests.support.serving import Registry, free_port

Greffe = Callable[..., Result]
SECRET = "x" * 64


@pytest.fixture
def production(site: Registry, tmp_path: Path) -> Registry:
    """That registry's database, in the settings of production, with all that it needs."""
    keys = tmp_path / "keys"
    KeyRing.create(keys, demonstration=False, name="Greffe")
    settings = {"GREFFE_DEMO": "0", "GREFFE_SECRET_KEY": SECRET, "GREFFE_KEYS": str(keys)}
    return replace(site, settings=settings)


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"GREFFE_SECRET_KEY": ""}, 2, "GREFFE_SECRET_KEY"),
        ({"GREFFE_KEYS": "/nowhere"}, 2, "greffe keys create"),
        ({"GREFFE_BEHIND_PROXY": "perhaps"}, 2, "GREFFE_BEHIND_PROXY"),
        ({"GREFFE_TRUSTED_PROXIES": "-1"}, 2, "GREFFE_TRUSTED_PROXIES"),
        ({"GREFFE_LAW": "/nowhere"}, 2, "/nowhere"),
        ({"GREFFE_SIGN_IN_PARTNERS": "/nowhere"}, 2, "/nowhere cannot be read"),
        ({"DATABASE_URL": "postgresql://greffe@127.0.0.1:1/greffe"}, 3, "DATABASE_URL"),
        ({"GREFFE_SECRET_KEY": "", "LANG": "fr_CA.UTF-8"}, 2, "Donnez-lui un long texte"),
    ],
)
def test_production_refuses_what_only_the_operator_can_mend(
    changes: dict[str, str], code: int, told: str, production: Registry
) -> None:
    proxies = {"GREFFE_BEHIND_PROXY", "GREFFE_TRUSTED_PROXIES"}
    command = "worker" if proxies & set(changes) else "serve"
    refused = replace(production, settings=production.settings | changes).command(command)
    assert (refused.returncode, told in refused.stderr) == (code, True), refused.stderr
    assert "Traceback" not in refused.stderr


def test_production_refuses_demonstration_keys(production: Registry, tmp_path: Path) -> None:
    keys = tmp_path / "demonstration"
    KeyRing.create(keys, demonstration=True, name="Greffe")
    for command in ("serve", "worker"):
        settings = production.settings | {"GREFFE_KEYS": str(keys)}
        refused = replace(production, settings=settings).command(command)
        assert (refused.returncode, "proves nothing" in refused.stderr) == (2, True)


def test_production_serves_when_it_has_all_it_needs(production: Registry) -> None:
    with ExitStack() as stack:
        served = replace(production, port=free_port(), stack=stack)
        served.state.joinpath("serve.log").unlink(missing_ok=True)
        running = served.serve()
        assert running.stop() == 0


@pytest.mark.parametrize("demonstration", [True, False])
def test_only_the_demonstration_goes_on_without_isolation(
    demonstration: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A machine without isolation: its sandbox cannot start at all.
    monkeypatch.setattr(sandbox, "_PROBE", Path("/nowhere/probe.py"))
    assert not sandbox.isolation().sufficient
    monkeypatch.setenv("GREFFE_DEMO", "1" if demonstration else "")
    if demonstration:
        deployment.require_isolation()
        assert "without full isolation" in capsys.readouterr().err
        return
    with pytest.raises(speech.DeploymentError) as refused:
        deployment.require_isolation()
    assert refused.value.code == "no-isolation"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens, ready to share it as our own server would."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_port_that_somebody_has_is_refused(
    command: str, taken: int, site: Registry, tmp_path: Path
) -> None:
    alone = replace(site, state=tmp_path / "state")
    refused = alone.command(command, "--port", str(taken))
    assert (refused.returncode, f"port {taken}" in refused.stderr) == (2, True), refused.stderr
    assert "--port" in refused.stderr


def test_address_of_another_machine_is_refused(site: Registry) -> None:
    refused = site.command("serve", "--host", "192.0.2.1")
    assert (refused.returncode, "192.0.2.1" in refused.stderr) == (2, True)


def test_database_without_tables_is_refused(production: Registry) -> None:
    with short_folder() as folder:
        refused = replace(production, database=None, state=folder / "state").command("worker")
    assert (refused.returncode, "greffe migrate" in refused.stderr) == (3, True), refused.stderr


def test_invented_people_are_refused_in_production(production: Registry) -> None:
    refused = production.command("demonstration-data")
    assert (refused.returncode, "demonstration only" in refused.stderr) == (2, True)


def test_state_folder_that_cannot_be_is_refused(
    tmp_path: Path, greffe: Greffe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GREFFE_STATE", str(tmp_path / "file" / "state"))
    refused = greffe("demo")
    assert (refused.exit_code, "GREFFE_STATE" in refused.stderr) == (3, True)


def test_error_of_the_database_is_told_in_the_language_of_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = problem("unwritable", path="/state", detail="why")
    assert speech._told(error, "en") == (error.message_en, 3)
    assert speech._told(error, "fr") == (error.message_fr, 3)
    assert speech._told(KeyError(), "en") is None
    assert os.environ.get("LANG") is None
    monkeypatch.setenv("LC_ALL", "fr_FR")
    assert speech.system_language() == "fr"
