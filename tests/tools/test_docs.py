from pathlib import Path

import pytest

from greffe.law.states import TABLES
from tools.docs import UnknownRequirementError, requirements_page
from tools.marked_tests import MarkedTest, UnreadableMarkerError, find
from tools.requirement_ids import known_ids
from tools.state_diagrams import page as states_page

PARTS = {"A. Filing": {"XX-01": "First thing", "XX-02": "Second thing"}}


def write(root: Path, text: str) -> None:
    (root / "tests").mkdir()
    (root / "tests" / "test_a.py").write_text(text)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('@pytest.mark.requirement("XX-01")\ndef test_f(): ...', "test_f"),
        ('@pytest.mark.requirement("XX-01")\nasync def test_f(): ...', "test_f"),
        ('@pytest.mark.requirement("XX-01")\nclass TestC:\n  def test_f(self): ...', "TestC"),
        (
            'class TestC:\n  @pytest.mark.requirement("XX-01")\n  def test_f(self): ...',
            "TestC.test_f",
        ),
        ('pytestmark = [pytest.mark.requirement("XX-01")]\ndef test_f(): ...', ""),
        (
            '@parametrize("x", [param(1, marks=mark.requirement("XX-01"))])\ndef test_f(): ...',
            "test_f",
        ),
    ],
)
def test_marker_is_found_where_it_stands(tmp_path: Path, source: str, name: str) -> None:
    write(tmp_path, source)
    assert find(tmp_path) == {"XX-01": [MarkedTest("tests/test_a.py", name)]}


def test_marker_with_several_ids_counts_for_each(tmp_path: Path) -> None:
    write(tmp_path, '@pytest.mark.requirement("XX-01", "XX-02")\ndef test_f(): ...')
    assert sorted(find(tmp_path)) == ["XX-01", "XX-02"]


@pytest.mark.parametrize("arguments", ["", "NAME", '"XX-01", NAME', "7"])
def test_marker_that_cannot_be_read_is_refused(tmp_path: Path, arguments: str) -> None:
    write(tmp_path, f"\n@pytest.mark.requirement({arguments})\ndef test_f(): ...")
    with pytest.raises(UnreadableMarkerError, match=r"tests/test_a\.py:2"):
        find(tmp_path)


def test_page_lists_tests_and_says_not_yet() -> None:
    page = requirements_page(PARTS, {"XX-01": [MarkedTest("tests/test_a.py", "test_f")]})
    assert "1 of 2 requirements have a test." in page
    assert "| XX-01 | First thing | [test_f](../tests/test_a.py) |" in page
    assert "| XX-02 | Second thing | not yet |" in page


def test_page_refuses_an_unknown_requirement() -> None:
    with pytest.raises(UnknownRequirementError, match="XX-99"):
        requirements_page(PARTS, {"XX-99": [MarkedTest("tests/test_a.py", "test_f")]})


def test_mission_has_every_part() -> None:
    parts = {"EX": 10, "MC": 18, "IF": 8, "DE": 6, "EL": 6, "RR": 14, "BY": 6}
    wanted = {f"{part}-{n:02}" for part, last in parts.items() for n in range(1, last + 1)}
    assert known_ids() == wanted


def test_states_page_draws_every_table_and_every_answer() -> None:
    page = states_page("")
    for table in TABLES:
        assert f"## {table.name.capitalize()}" in page
        assert f"[*] --> {table.initial}" in page
        for (state, event), following in table.table.items():
            assert (f"{state} --> {following}: {event}" in page) == (
                following is not None and following != state
            )
        for state, label in table.states.items():
            assert f"| `{state}` | {label.en} | {label.fr} |" in page
