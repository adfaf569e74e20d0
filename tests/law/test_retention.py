"""Rows of retention that would remove what must stay, or that leave a day without a rule."""

from pathlib import Path

import pytest

from greffe.law.ruleset import RuleError, load_rules


def wrong(folder: Path, content: str) -> RuleError:
    (folder / "retention.toml").write_text(content, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(folder)
    return caught.value


@pytest.mark.parametrize("kept", ["filing", "receipt", "case", "registration"])
def test_row_that_would_remove_what_was_filed_is_refused(kept: str, tmp_path: Path) -> None:
    row = f'[[retention]]\nid = "{kept}"\nlabel.en = "a"\nlabel.fr = "b"\nauthority = "c"\n'
    days = 'days = 10\ncounted_from.en = "d"\ncounted_from.fr = "e"\nin_force_from = 2020-01-01\n'
    error = wrong(tmp_path, row + days)
    assert (error.row, "ever removed" in error.reason) == (kept, True)


def test_class_that_would_never_end_or_has_a_gap_is_refused(tmp_path: Path) -> None:
    row = '[[retention]]\nid = "upload"\nlabel.en = "a"\nlabel.fr = "b"\nauthority = "c"\n'
    assert "days" in wrong(tmp_path, f"{row}in_force_from = 2020-01-01\n").reason
    late = 'days = 1\ncounted_from.en = "d"\ncounted_from.fr = "e"\nin_force_from = 2030-01-01\n'
    assert "2020-10-26" in wrong(tmp_path, row + late).reason
