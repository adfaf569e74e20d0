"""The folders of the embedded database, when several make them at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greffe.embedded.places import open_places

AT_ONCE = 8


def test_folders_made_by_several_at_once_are_made_once_and_refused_to_nobody(
    tmp_path: Path,
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for attempt in range(50):
            together = threading.Barrier(AT_ONCE)
            state = tmp_path / str(attempt) / "state"

            def make(state: Path = state, together: threading.Barrier = together) -> Path:
                together.wait()
                return open_places(state).control

            made = {future.result() for future in [pool.submit(make) for _ in range(AT_ONCE)]}
            assert made == {state / "postgres"}


def test_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("")
    with pytest.raises(FileExistsError):
        open_places(tmp_path)
