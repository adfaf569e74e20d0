"""greffe verify and greffe keys: keys are made, published, rotated, and receipts checked."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from greffe.sealing.keys import KeyRing
from greffe.sealing.signatures import envelope_bytes, sign
from tests.sealing.sample import payload

Greffe = Callable[..., Result]
Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys"
    monkeypatch.setenv("GREFFE_KEYS", str(path))
    return path


@pytest.fixture
def published(folder: Path, tmp_path: Path, greffe: Greffe) -> Path:
    """Real keys, made and published by the commands."""
    assert greffe("keys", "create", "--name", "Greffe").exit_code == 0
    path = tmp_path / "keys.json"
    path.write_text(greffe("keys", "publish").stdout)
    return path


@pytest.fixture
def receipt(folder: Path, published: Path, tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(envelope_bytes(sign(payload(), KeyRing.load(folder))))
    return path


@pytest.mark.requirement("BY-02")
def test_whole_receipt_is_proven(receipt: Path, published: Path, lines: Lines) -> None:
    (line,) = lines("verify", receipt, "--keys", published)
    assert line["ok"]
    assert line["file"] == str(receipt)
    assert line["proven"]
    assert line["not_proven"]


@pytest.mark.requirement("BY-02")
def test_altered_receipt_is_not(receipt: Path, published: Path, greffe: Greffe) -> None:
    receipt.write_bytes(receipt.read_bytes().replace(b"2021", b"2020"))
    said = greffe("verify", receipt, "--keys", published)
    assert said.exit_code == 1
    assert "NOT PROVEN" in said.stdout
    assert "NON PROUVÉ" in greffe("verify", receipt, "--keys", published, "--lang", "fr").stdout


def test_receipt_of_before_a_rotation_stays_proven(
    receipt: Path, published: Path, greffe: Greffe, lines: Lines
) -> None:
    before = json.loads(published.read_text())
    assert greffe("keys", "rotate").exit_code == 0
    published.write_text(greffe("keys", "publish").stdout)
    assert len(json.loads(published.read_text())["keys"]) == 2 * len(before["keys"])
    (line,) = lines("verify", receipt, "--keys", published)
    assert line["ok"]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1]", b'{"schema": "other"}'])
def test_wrong_file_of_keys_is_said_plainly(
    content: bytes, receipt: Path, tmp_path: Path, greffe: Greffe
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(content)
    said = greffe("verify", receipt, "--keys", wrong)
    assert said.exit_code == 2
    assert "is not a list of published keys" in said.stderr


@pytest.mark.parametrize("missing", ["keys", "document", "receipt"])
def test_file_that_is_not_there_is_said_plainly(
    missing: str, receipt: Path, published: Path, tmp_path: Path, greffe: Greffe
) -> None:
    absent = tmp_path / "absent"
    keys = absent if missing == "keys" else published
    extra = ["--document", absent] if missing == "document" else []
    said = greffe("verify", absent if missing == "receipt" else receipt, "--keys", keys, *extra)
    assert said.exit_code == 2
    assert f"{absent} cannot be read" in said.stderr


def test_unreadable_receipt_has_its_line_too(
    receipt: Path, published: Path, tmp_path: Path, lines: Lines
) -> None:
    first, second = lines("verify", tmp_path / "absent", receipt, "--keys", published)
    assert (first["ok"], first["problems"][0]["code"]) == (False, "unreadable")
    assert second["ok"]


def test_keys_are_closed_to_others_and_creating_again_changes_nothing(
    published: Path, folder: Path, greffe: Greffe
) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert greffe("keys", "create", "--name", "Another").exit_code == 0
    assert json.loads(greffe("keys", "publish").stdout) == json.loads(published.read_text())


def test_keys_that_are_missing_or_open_are_said_plainly(
    published: Path, folder: Path, greffe: Greffe, monkeypatch: pytest.MonkeyPatch
) -> None:
    next(folder.glob("*.pem")).parent.chmod(0o755)
    open_to_others = greffe("keys", "publish")
    assert (open_to_others.exit_code, "chmod" in open_to_others.stderr) == (2, True)
    monkeypatch.setenv("GREFFE_KEYS", str(folder / "nowhere"))
    missing = greffe("keys", "rotate")
    assert (missing.exit_code, "greffe keys create" in missing.stderr) == (2, True)


def test_keys_say_what_they_are_as_json(published: Path, greffe: Greffe) -> None:
    said = json.loads(greffe("keys", "rotate", "--json").stdout)
    assert set(said) == {"folder", "receipt", "seal"}
