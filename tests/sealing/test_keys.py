import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from greffe.sealing.keys import KeyFolderError, KeyRing, load_published
from greffe.sealing.signatures import sign, verify

NAME = "Greffe du Tribunal"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _code(folder: Path) -> str:
    with pytest.raises(KeyFolderError) as caught:
        KeyRing.load(folder)
    return caught.value.code


def test_create_keeps_folder_and_files_to_their_owner(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "keys"
    KeyRing.create(folder, demonstration=False, name=NAME)
    assert _mode(folder) == 0o700
    assert {_mode(path) for path in folder.iterdir()} == {0o600}


def test_create_twice_gives_the_same_keys(tmp_path: Path) -> None:
    first = KeyRing.create(tmp_path / "keys", demonstration=False, name=NAME)
    second = KeyRing.create(tmp_path / "keys", demonstration=False, name="Other")
    assert second.published() == first.published()


def test_create_by_two_processes_at_once_gives_one_ring(tmp_path: Path) -> None:
    program = (
        "import sys, json; from pathlib import Path; from greffe.sealing.keys import KeyRing\n"
        "ring = KeyRing.create(Path(sys.argv[1]), demonstration=False, name='x')\n"
        "print(json.dumps(ring.published()))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert len(said) == 1
    assert len(json.loads(said.pop())["keys"]) == 2


def test_create_after_a_crash_before_the_index_starts_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    for left in (".lock", "ring.json.new", "20210401-00000000.pem"):
        (folder / left).write_bytes(b"torn")
        (folder / left).chmod(0o600)
    ring = KeyRing.create(folder, demonstration=False, name=NAME)
    assert verify(sign({"a": 1}, ring), ring.published()).ok


def test_create_over_demonstration_keys_is_refused(tmp_path: Path) -> None:
    KeyRing.create(tmp_path / "keys", demonstration=True, name=NAME)
    with pytest.raises(KeyFolderError) as caught:
        KeyRing.create(tmp_path / "keys", demonstration=False, name=NAME)
    assert caught.value.code == "mismatch"


def test_create_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeyFolderError) as caught:
        KeyRing.create(tmp_path / "file" / "keys", demonstration=False, name=NAME)
    assert caught.value.code == "unwritable"


def test_load_of_no_folder_says_missing(tmp_path: Path) -> None:
    assert _code(tmp_path / "none") == "missing"


def test_load_without_a_current_private_key_says_missing(ring: KeyRing) -> None:
    (ring.folder / f"{ring.receipt_key()[0]}.pem").unlink()
    assert _code(ring.folder) == "missing"


@pytest.mark.parametrize("mode", [0o710, 0o704, 0o750])
def test_load_of_a_folder_open_to_others_says_too_open(ring: KeyRing, mode: int) -> None:
    ring.folder.chmod(mode)
    assert _code(ring.folder) == "too-open"


def test_load_of_a_private_key_open_to_others_says_too_open(ring: KeyRing) -> None:
    (ring.folder / f"{ring.seal_key()[0]}.pem").chmod(0o640)
    assert _code(ring.folder) == "too-open"


def test_load_of_a_torn_private_key_says_damaged(ring: KeyRing) -> None:
    path = ring.folder / f"{ring.receipt_key()[0]}.pem"
    path.write_bytes(path.read_bytes()[:40])
    assert _code(ring.folder) == "damaged"


def test_load_of_exchanged_private_keys_says_damaged(ring: KeyRing) -> None:
    receipt, seal = (ring.folder / f"{key[0]}.pem" for key in (ring.receipt_key(), ring.seal_key()))
    receipt.write_bytes(seal.read_bytes())
    assert _code(ring.folder) == "damaged"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema":"other"}', "\ud800"])
def test_load_of_an_index_that_is_none_says_damaged(ring: KeyRing, text: str) -> None:
    (ring.folder / "ring.json").write_bytes(text.encode(errors="surrogatepass"))
    assert _code(ring.folder) == "damaged"


@pytest.mark.requirement("BY-02")
def test_rotate_keeps_old_receipts_verifiable_without_their_private_key(ring: KeyRing) -> None:
    old = sign({"a": 1}, ring)
    kid = ring.receipt_key()[0]
    ring.rotate()
    (ring.folder / f"{kid}.pem").unlink()
    again = KeyRing.load(ring.folder)
    assert again.receipt_key()[0] != kid
    verification = verify(old, again.published())
    assert verification.ok
    assert verification.retired_at is not None
    assert verify(sign({"a": 1}, again), again.published()).retired_at is None


def test_rotate_by_another_process_is_noticed(ring: KeyRing) -> None:
    KeyRing.load(ring.folder).rotate()
    signature = sign({"a": 1}, ring)["signature"]
    assert signature["key"] == KeyRing.load(ring.folder).receipt_key()[0]


def test_rotate_leaves_one_current_key_for_each_purpose(ring: KeyRing) -> None:
    ring.rotate()
    ring.rotate()
    keys = ring.published()["keys"]
    current = sorted(entry["purpose"] for entry in keys if entry["retired_at"] is None)
    assert len(keys) == 6
    assert current == ["receipt", "seal"]


def test_published_has_no_private_half(ring: KeyRing) -> None:
    said = json.dumps(ring.published())
    assert "PRIVATE" not in said
    for path in ring.folder.glob("*.pem"):
        body = path.read_text().splitlines()[1]
        assert body not in said


def test_published_is_read_back(ring: KeyRing) -> None:
    assert load_published(json.dumps(ring.published()).encode()) == ring.published()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema":"x"}', b"\xff"])
def test_load_published_of_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_published(data)


@pytest.mark.requirement("BY-02")
def test_demonstration_keys_say_so_wherever_they_appear(demonstration_ring: KeyRing) -> None:
    published = demonstration_ring.published()
    assert published["demonstration"] is True
    assert all(entry["id"].startswith("demo-") for entry in published["keys"])
    assert all(entry["demonstration"] is True for entry in published["keys"])
    pem = demonstration_ring.seal_key()[2]
    subject = x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()
    assert "DEMONSTRATION" in subject


def test_other_keys_do_not_say_demonstration(ring: KeyRing) -> None:
    assert "demo" not in json.dumps(ring.published()).lower().replace('"demonstration": false', "")


def test_create_with_a_very_long_name_makes_a_certificate(tmp_path: Path) -> None:
    name = "Tribunal d’appel des Territoires " * 9
    ring = KeyRing.create(tmp_path / "keys", demonstration=False, name=name)
    certificate = x509.load_pem_x509_certificate(ring.seal_key()[2].encode())
    assert certificate.not_valid_after_utc.year == 9999
