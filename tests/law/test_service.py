"""Duties of service, and statements that will or will not do."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.filing import Finding
from greffe.law.ruleset import packaged_rules
from greffe.law.service import (
    ServiceStatement,
    check_statement,
    duty_for,
    evidence_given,
    methods_for,
    statement_wanted,
)
from greffe.law.tables import ServiceDuty

RULES = packaged_rules()
DAY = dt.date(2026, 11, 20)
YESTERDAY = dt.date(2026, 11, 19)

pytestmark = pytest.mark.requirement("MC-12")


def duty(kind: str, *, party: bool = False, minister: bool = False) -> ServiceDuty | None:
    return duty_for(
        RULES,
        division=kind.partition("-")[0].upper(),
        document_type=kind,
        minister_is_party=party,
        filer_is_minister=minister,
        on=DAY,
    )


def the_duty(kind: str, *, party: bool = True, minister: bool = False) -> ServiceDuty:
    found = duty(kind, party=party, minister=minister)
    assert found is not None
    return found


def statement(**given: Any) -> ServiceStatement:
    usual = {"recipients": "Ministre (ASFC)", "method": "email", "served_on": YESTERDAY}
    return ServiceStatement(**{**usual, **given})


def checked(kind: str, given: ServiceStatement | None, **more: Any) -> tuple[Finding, ...]:
    return check_statement(RULES, the_duty(kind), given, on=DAY, **more)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


# Duties


def test_disclosure_at_the_rpd_is_served_only_if_the_minister_is_a_party() -> None:
    assert duty("rpd-disclosure", party=False) is None
    found = the_duty("rpd-disclosure", party=True)
    assert found.evidence == "statement"
    assert "r. 34" in found.authority
    assert found.recipient.fr == "le ministre"


@pytest.mark.parametrize("kind", ["iad-disclosure", "iad-application", "id-application"])
def test_minister_is_always_a_party_at_the_iad_and_the_id(kind: str) -> None:
    assert duty(kind, party=False) == duty(kind, party=True)
    assert the_duty(kind, party=False).evidence == "statement"


def test_minister_serves_the_person_always() -> None:
    found = the_duty("rpd-disclosure", party=False, minister=True)
    assert "claimant" in found.recipient.en


@pytest.mark.parametrize(
    "kind",
    ["rad-appellant-record", "rad-application-extension", "rad-application-reopen",
     "rad-application-reinstate", "rad-application-public", "rad-notice-of-appeal",
     "rpd-application-public", "id-application-public", "iad-notice-of-appeal"],
)  # fmt: skip
def test_what_the_division_passes_on_itself_is_served_by_nobody(kind: str) -> None:
    assert duty(kind, party=True) is None


@pytest.mark.parametrize(
    "kind", ["rpd-boc", "rpd-boc-changes", "rpd-interpreter", "iad-no-documents-statement"]
)
def test_what_goes_to_the_division_only_is_served_by_nobody(kind: str) -> None:
    assert duty(kind, party=True) is None


@pytest.mark.parametrize(
    "kind", ["rpd-contact-information", "rpd-counsel-contact-information", "rpd-language-change"]
)
def test_contact_and_language_at_the_rpd_go_to_the_minister_even_when_no_party(kind: str) -> None:
    found = the_duty(kind, party=False)
    assert found.recipient.en == "the Minister"
    assert not statement_wanted(found)


@pytest.mark.parametrize("kind", ["rpd-application-reopen", "rpd-application-reinstate"])
def test_reopening_and_reinstating_at_the_rpd_go_to_the_minister_even_when_no_party(
    kind: str,
) -> None:
    assert the_duty(kind, party=False).evidence == "statement"


@pytest.mark.parametrize(
    "kind",
    ["rad-reply-record", "rad-respondent-record", "rad-notice-of-intent-to-respond",
     "rad-counsel-removal-notice"],
)  # fmt: skip
def test_rad_wants_service_first_and_proof(kind: str) -> None:
    found = the_duty(kind, party=False)
    assert (found.order, found.evidence) == ("before-filing", "proof")


def test_disclosure_at_the_id_is_served_without_a_statement() -> None:
    found = the_duty("id-disclosure")
    assert found.evidence == "none"
    assert codes(check_statement(RULES, found, None, on=DAY)) == ["service-without-statement"]


def test_duty_before_the_rules_is_none() -> None:
    found = duty_for(
        RULES,
        division="IAD",
        document_type="iad-disclosure",
        minister_is_party=True,
        on=dt.date(2023, 1, 13),
    )
    assert found is None


def test_no_duty_wants_no_statement() -> None:
    assert not statement_wanted(None)
    assert statement_wanted(the_duty("rpd-disclosure"))


def test_every_evidence_of_the_requirement_is_known() -> None:
    assert {row.evidence for row in RULES.service_duties} >= {"none", "statement", "proof"}
    assert all(row.evidence in {"proof", "none"}
               for row in RULES.service_duties if row.division == "RAD")  # fmt: skip


# How and when


def test_statement_of_how_and_when_will_do_at_the_rpd() -> None:
    assert checked("rpd-disclosure", statement()) == ()


def test_statement_that_is_missing_is_refused_with_who_must_be_given_it() -> None:
    (finding,) = checked("rpd-disclosure", None)
    assert (finding.code, finding.severity) == ("service-missing", "refuse")
    assert "the Minister" in finding.text("en")
    assert "le ministre" in finding.text("fr")
    assert "r. 34" in finding.authority


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"recipients": "  "}, "service-recipient-missing"),
        ({"method": ""}, "service-method-missing"),
        ({"served_on": None}, "service-date-missing"),
        ({"served_on": dt.date(2026, 11, 21)}, "service-date-future"),
    ],
)
def test_statement_with_something_wrong_is_refused(given: dict[str, Any], code: str) -> None:
    (finding,) = checked("rpd-disclosure", statement(**given))
    assert (finding.code, finding.severity) == (code, "refuse")


def test_method_that_the_rules_do_not_list_warns_since_the_division_may_have_allowed_it() -> None:
    (finding,) = checked("rpd-disclosure", statement(method="pigeon"))
    assert (finding.code, finding.severity) == ("service-method-not-permitted", "warn")


def test_service_today_is_not_in_the_future() -> None:
    assert checked("rpd-disclosure", statement(served_on=DAY)) == ()


def test_service_in_the_future_names_the_date_in_words() -> None:
    (finding,) = checked("rpd-disclosure", statement(served_on=dt.date(2026, 12, 1)))
    assert "Tuesday 1 December 2026" in finding.text("en")
    assert "mardi 1er décembre 2026" in finding.text("fr")


def test_every_fault_is_told_at_once() -> None:
    found = checked("rpd-disclosure", ServiceStatement())
    assert codes(found) == [
        "service-recipient-missing", "service-method-missing", "service-date-missing",
    ]  # fmt: skip


def test_other_electronic_means_is_no_method_of_the_id() -> None:
    assert "other-electronic" not in {method.id for method in methods_for(RULES, "ID", DAY)}
    (finding,) = checked("id-application", statement(method="other-electronic"))
    assert finding.code == "service-method-not-permitted"
    assert "autre moyen électronique" in finding.text("fr")


# Proof


def test_rad_takes_the_confirmation_of_receipt_of_an_email() -> None:
    assert checked("rad-reply-record", statement(proof="attached:2"), files=2) == ()


def test_rad_email_without_proof_is_refused_with_the_proof_wanted() -> None:
    (finding,) = checked("rad-reply-record", statement(signed=True, provided_by="A. B."))
    assert (finding.code, finding.severity) == ("service-proof-missing", "refuse")
    assert "a confirmation of receipt" in finding.text("en")
    assert "une confirmation de réception" in finding.text("fr")


@pytest.mark.parametrize("method", ["regular-mail", "by-hand"])
def test_rad_takes_a_signed_statement_for_mail_and_by_hand(method: str) -> None:
    signed = statement(method=method, signed=True, provided_by="A. B.")
    assert checked("rad-reply-record", signed) == ()
    unsigned = statement(method=method)
    assert codes(checked("rad-reply-record", unsigned)) == [
        "service-server-missing", "service-signature-missing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "method", ["registered-mail", "courier", "fax", "email", "other-electronic"]
)
def test_rad_takes_no_bare_statement_for_other_methods(method: str) -> None:
    signed = statement(method=method, signed=True, provided_by="A. B.")
    assert codes(checked("rad-reply-record", signed)) == ["service-proof-missing"]


def test_rad_takes_a_signed_explanation_where_there_is_no_proof() -> None:
    explained = statement(
        proof="explanation", explanation="The courier closed.", signed=True, provided_by="A. B."
    )
    found = checked("rad-reply-record", explained)
    assert [(f.code, f.severity) for f in found] == [("service-explained", "inform")]


def test_rad_explanation_must_be_written_and_signed() -> None:
    found = checked("rad-reply-record", statement(proof="explanation", explanation=" "))
    assert codes(found) == [
        "service-server-missing", "service-signature-missing", "service-explanation-missing",
    ]  # fmt: skip


def test_proof_that_is_not_among_the_files_is_refused() -> None:
    (finding,) = checked("rad-reply-record", statement(proof="attached:3"), files=2)
    assert finding.code == "service-proof-not-among-files"


def test_proof_beside_a_statement_may_follow() -> None:
    (finding,) = checked("rpd-application-join-separate", statement())
    assert (finding.code, finding.severity) == ("service-proof-to-follow", "warn")
    with_proof = statement(proof="attached:1")
    assert checked("rpd-application-join-separate", with_proof, files=1) == ()


def test_signed_statement_wants_name_and_signature() -> None:
    signed_wanted = the_duty("rpd-disclosure").model_copy(update={"evidence": "signed-statement"})
    found = check_statement(RULES, signed_wanted, statement(), on=DAY)
    assert codes(found) == ["service-server-missing", "service-signature-missing"]
    full = statement(signed=True, provided_by="A. B.")
    assert check_statement(RULES, signed_wanted, full, on=DAY) == ()
    assert evidence_given(signed_wanted, full) == "signed-statement"


def test_receipt_names_the_evidence_given() -> None:
    assert evidence_given(the_duty("rpd-disclosure"), statement(signed=True)) == "statement"
    assert evidence_given(the_duty("rad-reply-record"), statement(proof="attached:1")) == "proof"


@pytest.mark.parametrize("proof", ["attached:0", "attached:", "attached:-1", "none", "attached:x"])
def test_proof_of_no_known_form_is_not_a_statement(proof: str) -> None:
    with pytest.raises(ValueError, match="proof"):
        statement(proof=proof)


STATEMENTS = st.builds(
    ServiceStatement,
    recipients=st.text(max_size=20),
    method=st.sampled_from(["", "pigeon", *(row.id for row in RULES.service_methods)]),
    served_on=st.none() | st.dates(),
    provided_by=st.text(max_size=20),
    signed=st.booleans(),
    proof=st.none() | st.sampled_from(["explanation", "attached:1", "attached:9"]),
    explanation=st.text(max_size=20),
)


@given(st.sampled_from(RULES.service_duties), st.none() | STATEMENTS)
def test_any_statement_is_judged_in_words(row: ServiceDuty, given: ServiceStatement | None) -> None:
    findings = check_statement(RULES, row, given, on=DAY, files=2)
    for finding in findings:
        assert finding.authority == row.authority
        assert finding.text("fr")
        assert finding.remedy("en")
    if given is None and row.evidence != "none":
        assert codes(findings) == ["service-missing"]
    if row.evidence == "none":
        assert not any(finding.refuses for finding in findings)
    elif given is not None and (given.served_on is None or given.served_on > DAY):
        assert any(finding.refuses for finding in findings)
