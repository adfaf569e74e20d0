"""greffe check: what the registry would say of a file, without a registry."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.support.scenes import pdf

Greffe = Callable[..., Result]
Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "lettre à la Section.pdf"
    path.write_bytes(pdf(3))
    return path


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    path = tmp_path / "renamed.pdf"
    path.write_bytes(b"PK\x03\x04 this is no PDF")
    return path


@pytest.mark.requirement("BY-01")
def test_healthy_file_is_one_object_of_the_promised_fields(good: Path, lines: Lines) -> None:
    (line,) = lines("check", good)
    assert line == {
        "file": str(good),
        "sha256": hashlib.sha256(good.read_bytes()).hexdigest(),
        "pages": 3,
        "verdict": "ok",
        "findings": [],
    }


@pytest.mark.requirement("BY-01")
def test_file_that_is_no_pdf_is_refused_with_its_reason(renamed: Path, lines: Lines) -> None:
    (line,) = lines("check", renamed)
    (finding,) = line["findings"]
    assert (line["verdict"], line["pages"]) == ("refuse", None)
    assert set(finding) == {"code", "severity", "page", "message"}
    assert (finding["severity"], finding["page"]) == ("refuse", None)
    assert "renamed.pdf" in finding["message"]


def test_each_file_gets_its_own_line_in_order(good: Path, renamed: Path, lines: Lines) -> None:
    said = lines("check", good, renamed, good)
    assert [line["verdict"] for line in said] == ["ok", "refuse", "ok"]
    assert [line["file"] for line in said] == [str(good), str(renamed), str(good)]


def test_exit_code_says_whether_all_can_be_filed(
    good: Path, renamed: Path, tmp_path: Path, greffe: Greffe
) -> None:
    assert greffe("check", good).exit_code == 0
    assert greffe("check", good, renamed).exit_code == 1
    assert greffe("check", renamed, tmp_path / "absent.pdf").exit_code == 2


@pytest.mark.parametrize("name", ["absent.pdf", "."])
def test_file_that_cannot_be_read_is_said_and_the_others_are_checked(
    name: str, good: Path, tmp_path: Path, lines: Lines, greffe: Greffe
) -> None:
    missing = tmp_path / name
    first, second = lines("check", missing, good)
    assert (first["verdict"], first["sha256"]) == ("refuse", None)
    assert first["findings"][0]["code"] == "unreadable"
    assert second["verdict"] == "ok"
    told = greffe("check", missing)
    assert str(missing) in told.stderr
    assert "Traceback" not in told.output


@pytest.mark.requirement("BY-06")
def test_french_is_spoken_when_asked_or_when_the_system_does(
    renamed: Path, lines: Lines, greffe: Greffe
) -> None:
    (line,) = lines("check", renamed, "--lang", "fr")
    assert "ne peut pas être déposé" in line["findings"][0]["message"]
    assert "serait refusé" in greffe("check", renamed, "--lang", "fr").stdout
    assert greffe("check", renamed, "--lang", "de").exit_code == 2


def test_session_in_french_gets_french(good: Path) -> None:
    command = [sys.executable, "-m", "greffe.cli", "check", str(good)]
    environment = {"PATH": os.environ["PATH"], "LANG": "fr_CA.UTF-8"}
    said = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert "peut être déposé" in said.stdout


@pytest.mark.parametrize("command", ["check", "verify"])
def test_command_does_its_whole_work_without_django(
    command: str, good: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"schema": "greffe.keys/1", "keys": []}))
    arguments = [command, str(good)] + (["--keys", str(keys)] if command == "verify" else [])
    code = (
        "import sys\nfrom greffe.cli.app import main\n"
        f"sys.argv = ['greffe', *{arguments!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "slow = {'django', 'psycopg', 'procrastinate', 'granian', 'typst'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
