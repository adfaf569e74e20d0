"""What may be filed: each file by its facts, and the submission as a whole."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.codes import CODES
from greffe.law.facts import FileFacts
from greffe.law.filing import (
    Finding,
    judge_file,
)
from greffe.law.findings import make_finding
from greffe.law.ruleset import packaged_rules
from greffe.law.texts import fill, number_words

RULES = packaged_rules()
DAY = dt.date(2026, 11, 21)


def facts(**given: Any) -> FileFacts:
    return FileFacts(**{"size": 1000, "kind": "pdf", "verdict": "opens", "pages": 3, **given})


def judged(name: str = "Preuve 1.pdf", **given: Any) -> tuple[Finding, ...]:
    return judge_file(RULES, facts(**given), name=name, on=DAY)


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_words_and_a_remedy_in_both_languages(code: str) -> None:
    params = {name: f"<{name}>" for name in CODES[code]}
    finding = make_finding(RULES, code, params, on=DAY)
    for words in (finding.text, finding.remedy):
        assert words("fr")
        assert words("en") != words("fr")
        shown = [{name for name in params if f"<{name}>" in words(lang)} for lang in ("en", "fr")]
        assert shown[0] == shown[1]
        assert "{" not in words("en") + words("fr")


@pytest.mark.parametrize("code", sorted(code for code in CODES if "name" in CODES[code]))
def test_finding_of_a_file_names_the_file(code: str) -> None:
    finding = make_finding(RULES, code, {n: f"<{n}>" for n in CODES[code]}, on=DAY)
    assert "“<name>”" in finding.text("en")
    assert "«\u00a0<name>\u00a0»" in finding.text("fr")


def test_every_row_of_a_finding_is_a_code() -> None:
    assert {row.id for row in RULES.findings} == set(CODES)


def test_finding_for_a_receipt_has_both_languages_and_its_place() -> None:
    (finding,) = judge_file(RULES, facts(scripts=True), name="é.pdf", on=DAY, position=2)
    kept = finding.as_json()
    assert kept["document"] == 2
    assert kept["page"] is None
    assert kept["severity"] == "warn"
    assert "scripts" in kept["en"]
    assert kept["fr"].startswith("«\u00a0é.pdf\u00a0»")
    assert set(kept["remedy"]) == {"en", "fr"}
    assert kept["authority"]


def test_finding_survives_being_stored() -> None:
    (finding,) = judged(kind="word", verdict="not-pdf")
    again = Finding.model_validate_json(finding.model_dump_json())
    assert again == finding
    assert again.text("fr") == finding.text("fr")


@given(st.integers(0, 10**12))
def test_number_in_words_reads_back(number: int) -> None:
    assert int(number_words(number, "en").replace(",", "")) == number
    assert int(number_words(number, "fr").replace("\u00a0", "")) == number


def test_fill_without_its_parameter_fails_loudly() -> None:
    with pytest.raises(KeyError):
        fill("{name}", {}, "en")
