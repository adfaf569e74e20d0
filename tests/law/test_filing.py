"""What may be filed: each file by its facts, and the submission as a whole."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.facts import FileFacts
from greffe.law.filing import (
    CaseFacts,
    FileSummary,
    Finding,
    judge_file,
    judge_submission,
    refused,
)
from greffe.law.ruleset import load_rules, packaged_rules

RULES = packaged_rules()
DAY = dt.date(2026, 11, 21)
LIMIT = 52_428_800
DIVISIONS = ["RPD", "RAD", "IAD", "ID"]
NOT_PDF = ["word", "zip", "jpeg", "png", "tiff", "html", "text", "executable", "unknown", "novel"]


def facts(**given: Any) -> FileFacts:
    return FileFacts(**{"size": 1000, "kind": "pdf", "verdict": "opens", "pages": 3, **given})


def judged(name: str = "Preuve 1.pdf", **given: Any) -> tuple[Finding, ...]:
    return judge_file(RULES, facts(**given), name=name, on=DAY)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def files(*names: str) -> list[FileSummary]:
    return [FileSummary(name, 1000, f"{position:064x}") for position, name in enumerate(names)]


def submitted(**given: Any) -> tuple[Finding, ...]:
    usual = {
        "division": "RPD",
        "document_type": "rpd-application",
        "cases": [CaseFacts(division=given.get("division", "RPD"), file_number="TB7-12345")],
        "files": files("Demande.pdf"),
        "on": DAY,
    }
    return judge_submission(RULES, **{**usual, **given})


# One file


@pytest.mark.requirement("MC-07")
def test_ordinary_pdf_has_no_finding() -> None:
    assert judged() == ()


@pytest.mark.requirement("MC-07")
def test_file_at_the_limit_is_accepted_and_one_byte_more_refused() -> None:
    assert judged(size=LIMIT) == ()
    (finding,) = judged(size=LIMIT + 1)
    assert (finding.code, finding.severity) == ("too-large", "refuse")
    assert "52,428,801 bytes" in finding.text("en")
    assert "52\u00a0428\u00a0801 octets" in finding.text("fr")
    assert "52\u00a0428\u00a0800" in finding.text("fr")


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize("kind", NOT_PDF)
def test_file_of_another_kind_is_refused_by_its_content(kind: str) -> None:
    (finding,) = judged(name="renamed.pdf", kind=kind, verdict="not-pdf", pages=None)
    assert (finding.code, finding.severity) == ("not-pdf", "refuse")
    assert "renamed.pdf" in finding.text("en")


@pytest.mark.requirement("MC-07")
def test_file_of_another_kind_is_told_what_it_is() -> None:
    (finding,) = judged(kind="word", verdict="not-pdf", pages=None)
    assert "it is a Word document, not a PDF" in finding.text("en")
    assert "c’est un document Word, pas un PDF" in finding.text("fr")


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize("kind", ["audio", "video"])
def test_recording_is_refused_with_where_to_ask(kind: str) -> None:
    (finding,) = judged(kind=kind, verdict="not-pdf", pages=None)
    assert (finding.code, finding.severity) == ("recording", "refuse")
    assert "office that handles the case" in finding.remedy("en")


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"verdict": "empty", "size": 0, "pages": None}, "empty"),
        ({"verdict": "not-pdf", "kind": "empty", "size": 0, "pages": None}, "empty"),
        ({"verdict": "password", "pages": None}, "password"),
        ({"verdict": "damaged", "pages": None}, "damaged"),
        ({"verdict": "too-complex", "pages": None}, "too-complex"),
        ({"verdict": "not-inspected", "pages": None}, "not-inspected"),
        ({"pages": 0}, "no-pages"),
        ({"xfa": True, "needs_rendering": True}, "dynamic-form"),
    ],
)
def test_file_that_cannot_be_read_is_refused(given: dict[str, Any], code: str) -> None:
    findings = judged(scripts=True, **given)
    assert codes(findings) == [code]
    assert refused(findings)


@pytest.mark.parametrize(
    ("given", "code", "severity"),
    [
        ({"verdict": "repaired"}, "repaired", "warn"),
        ({"xfa": True}, "form-layer", "warn"),
        ({"scripts": True}, "scripts", "warn"),
        ({"attachments": 2}, "attachments-inside", "warn"),
        ({"restricted": True}, "restricted", "inform"),
    ],
)
def test_file_that_can_be_read_is_only_remarked_on(
    given: dict[str, Any], code: str, severity: str
) -> None:
    (finding,) = judged(**given)
    assert (finding.code, finding.severity) == (code, severity)


def test_file_too_large_and_damaged_gets_both_findings() -> None:
    assert codes(judged(size=LIMIT + 1, verdict="damaged")) == ["too-large", "damaged"]


def test_finding_of_a_file_knows_its_place() -> None:
    (finding,) = judge_file(RULES, facts(verdict="password"), name="x.pdf", on=DAY, position=4)
    assert finding.file == 4


@given(st.builds(
    FileFacts,
    size=st.integers(0, 2 * LIMIT),
    kind=st.sampled_from(["pdf", *NOT_PDF, "audio", "video", "empty"]),
    verdict=st.sampled_from(["opens", "repaired", "password", "damaged", "not-pdf", "empty",
                             "too-complex", "not-inspected"]),
    pages=st.none() | st.integers(0, 20_000),
    restricted=st.booleans(), xfa=st.booleans(), needs_rendering=st.booleans(),
    scripts=st.booleans(), attachments=st.integers(0, 9), acroform=st.booleans(),
    signed=st.booleans(), detail=st.text(),
), st.text())  # fmt: skip
def test_any_facts_are_judged_and_only_readable_pdfs_pass(seen: FileFacts, name: str) -> None:
    findings = judge_file(RULES, seen, name=name, on=DAY)
    readable = seen.verdict in {"opens", "repaired"} and 0 < seen.size <= LIMIT and seen.pages != 0
    dynamic = seen.xfa and seen.needs_rendering
    assert refused(findings) == (not readable or dynamic)
    for finding in findings:
        assert name in finding.text("en")
        assert name in finding.text("fr")


def test_name_with_braces_is_shown_as_it_is() -> None:
    (finding,) = judged(name="{size} {0} {}.pdf", verdict="password")
    assert "“{size} {0} {}.pdf”" in finding.text("en")


# The submission


def test_ordinary_submission_has_no_finding() -> None:
    assert submitted() == ()


@pytest.mark.requirement("MC-07")
def test_five_files_are_accepted_and_six_refused() -> None:
    five = submitted(files=files(*"abcde"))
    assert codes(five) == ["one-subject-per-file"]
    assert not refused(five)
    six = submitted(files=files(*"abcdef"))
    assert codes(six) == ["too-many-files", "one-subject-per-file"]
    assert refused(six)
    assert "6 were added" in six[0].text("en")


def test_submission_without_a_file_is_refused() -> None:
    assert codes(submitted(files=[])) == ["no-files"]


def test_submission_whose_files_are_not_chosen_yet_is_not_blamed_for_it() -> None:
    assert submitted(files=None, document_type=None) == ()


def test_same_file_twice_is_pointed_out_at_the_second() -> None:
    twice = [
        FileSummary("a.pdf", 9, "00"),
        FileSummary("b.pdf", 9, "11"),
        FileSummary("c.pdf", 9, "00"),
    ]
    found = [f for f in submitted(files=twice) if f.code == "duplicate-file"]
    assert [(f.file, f.severity) for f in found] == [(3, "warn")]
    assert "“c.pdf” and “a.pdf”" in found[0].text("en")


@pytest.mark.requirement("MC-09")
@pytest.mark.parametrize("division", DIVISIONS)
def test_disclosure_in_several_files_warns(division: str) -> None:
    kind = f"{division.lower()}-disclosure"
    case = CaseFacts(division=division, file_number="TB7-12345", appeal_recorded=True)
    split = submitted(division=division, document_type=kind, cases=[case], files=files("a", "b"))
    whole = submitted(division=division, document_type=kind, cases=[case], files=files("a"))
    assert [(f.code, f.severity) for f in split] == [("disclosure-several-files", "warn")]
    assert whole == ()


@pytest.mark.requirement("MC-10")
def test_several_files_of_anything_else_are_told_one_subject_each() -> None:
    found = submitted(document_type="rpd-written-submissions", files=files("a", "b"))
    assert [(f.code, f.severity) for f in found] == [("one-subject-per-file", "inform")]
    assert "un seul sujet" in found[0].text("fr")


def test_findings_of_the_files_come_with_their_place() -> None:
    own = judged(scripts=True)
    with_own = [FileSummary("a", 9, "00"), FileSummary("b", 9, "11", own)]
    assert [f.file for f in submitted(files=with_own) if f.code == "scripts"] == [2]


@pytest.mark.requirement("MC-08")
@pytest.mark.parametrize("kind", ["iad-disclosure", "novel", "RPD-DISCLOSURE"])
def test_type_of_another_division_or_of_none_is_refused(kind: str) -> None:
    found = submitted(document_type=kind)
    assert codes(found) == ["type-not-permitted"]
    assert refused(found)


@pytest.mark.requirement("MC-08")
def test_type_of_the_minister_is_refused_to_a_person() -> None:
    found = submitted(document_type="rpd-notice-of-intervention")
    assert codes(found) == ["type-of-other-party"]
    assert submitted(document_type="rpd-notice-of-intervention", filer="minister") == ()


@pytest.mark.requirement("MC-08")
@pytest.mark.parametrize("division", DIVISIONS)
def test_every_type_offered_to_a_person_can_be_filed(division: str) -> None:
    case = CaseFacts(division=division, file_number="TB7-12345", appeal_recorded=True)
    for kind in RULES.document_types_for(division, DAY, "person"):
        assert submitted(division=division, document_type=kind.id, cases=[case]) == ()


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("kind", ["rad-notice-of-appeal", "iad-notice-of-appeal"])
@pytest.mark.parametrize("recorded", [True, False])
def test_notice_of_appeal_is_refused_here(kind: str, recorded: bool) -> None:
    division = kind[:3].upper()
    case = CaseFacts(division=division, file_number="TB7-12345", appeal_recorded=recorded)
    found = submitted(division=division, document_type=kind, cases=[case])
    assert [(f.code, f.severity) for f in found] == [("notice-of-appeal-not-here", "refuse")]
    assert "délai continue" in found[0].remedy("fr")


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RAD", "IAD"])
def test_nothing_is_filed_in_an_appeal_that_is_not_recorded(division: str) -> None:
    kind = f"{division.lower()}-application"
    waiting = CaseFacts(division=division, file_number="TB7-12345", appeal_recorded=False)
    recorded = CaseFacts(division=division, file_number="TB7-12345", appeal_recorded=True)
    for chosen in (kind, None):
        found = submitted(division=division, document_type=chosen, cases=[waiting])
        assert codes(found) == ["appeal-not-recorded"]
        assert refused(found)
        assert "TB7-12345" in found[0].text("fr")
    assert submitted(division=division, document_type=kind, cases=[recorded]) == ()


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RPD", "ID"])
def test_no_appeal_is_asked_for_where_there_is_none(division: str) -> None:
    case = CaseFacts(division=division, file_number="TB7-12345")
    kind = f"{division.lower()}-application"
    assert submitted(division=division, document_type=kind, cases=[case]) == ()


@pytest.mark.requirement("MC-11")
def test_notice_of_appeal_is_allowed_where_a_tribunal_has_a_row_for_it(tmp_path: Path) -> None:
    (tmp_path / "filing_permissions.toml").write_text(
        """
        [[filing_permission]]
        id = "rad"
        division = "RAD"
        filing = true
        notice_of_appeal = true
        needs_recorded_appeal = true
        authority = "A practice notice to come"
        in_force_from = 2026-01-01
        """,
        encoding="utf-8",
    )
    rules = load_rules(tmp_path)
    found = judge_submission(
        rules,
        division="RAD",
        document_type="rad-notice-of-appeal",
        cases=[CaseFacts(division="RAD", file_number="TB7-12345")],
        files=files("avis.pdf"),
        on=DAY,
    )
    assert found == ()
    assert "rad-notice-of-appeal" in {t.id for t in rules.document_types_for("RAD", DAY)}


def test_closed_case_takes_no_disclosure() -> None:
    closed = CaseFacts(division="RPD", file_number="TB7-12345", closed=True)
    found = submitted(document_type="rpd-disclosure", cases=[closed])
    assert [(f.code, f.severity) for f in found] == [("case-closed", "refuse")]


@pytest.mark.parametrize(
    "kind", ["rpd-application-reopen", "rpd-application-reinstate", "rpd-reasons-request"]
)
def test_closed_case_takes_what_the_rules_allow_after_a_decision(kind: str) -> None:
    closed = CaseFacts(division="RPD", file_number="TB7-12345", closed=True)
    assert submitted(document_type=kind, cases=[closed]) == ()


def test_case_of_another_division_is_refused() -> None:
    cases = [CaseFacts("RPD", "TB7-12345"), CaseFacts("ID", "0018-C1-01234")]
    found = submitted(cases=cases)
    assert codes(found) == ["wrong-division"]
    assert "0018-C1-01234" in found[0].text("en")


def test_submission_that_waits_for_its_case_is_judged_without_one() -> None:
    assert submitted(cases=[]) == ()


def test_filing_where_no_row_permits_it_is_refused(tmp_path: Path) -> None:
    row = """
    [[filing_permission]]
    id = "id"
    division = "ID"
    filing = false
    notice_of_appeal = false
    needs_recorded_appeal = false
    authority = "Not served here"
    in_force_from = 2020-10-26
    """
    (tmp_path / "filing_permissions.toml").write_text(row, encoding="utf-8")
    (found,) = judge_submission(
        load_rules(tmp_path),
        division="ID",
        document_type="id-disclosure",
        cases=[CaseFacts("ID", "0018-C1-01234")],
        files=files("a.pdf"),
        on=DAY,
    )
    assert (found.code, found.severity) == ("filing-not-permitted", "refuse")
    assert found.authority == "Not served here"
