"""The statement of service: asked for exactly when the division's rules want one, and kept."""

from typing import Any

import pytest
from django.utils import timezone

from greffe.cases import actions as case_actions
from greffe.filings import draft_actions
from greffe.filings.judging import judge_draft
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.actors import SYSTEM
from tests.support.portal import payload
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-12"), pytest.mark.postgres15]

# Division, kind of document, whether the Minister joined, the evidence wanted ("" for none).
# Read in the rules: RPD r. 6, 34, 50, 62; RAD r. 29, 5(5), 37; IAD r. 24 to 25; ID r. 26, 38.
WANTED = [
    ("RPD", "rpd-disclosure", False, ""),
    ("RPD", "rpd-disclosure", True, "statement"),
    ("RPD", "rpd-boc", True, ""),
    ("RPD", "rpd-application-date-time", False, ""),
    ("RPD", "rpd-application-date-time", True, "statement"),
    ("RPD", "rpd-application-reopen", False, "statement"),
    ("RPD", "rpd-contact-information", True, ""),
    ("RAD", "rad-application", False, ""),
    ("RAD", "rad-application", True, "signed-statement"),
    ("RAD", "rad-reply-record", False, "signed-statement"),
    ("IAD", "iad-disclosure", False, "statement"),
    ("IAD", "iad-written-submissions", False, ""),
    ("ID", "id-application", False, "statement"),
    ("ID", "id-disclosure", False, ""),
]


def statement(scene: Scene, **changes: Any) -> dict[str, Any]:
    known = {
        "recipients": "The Minister",
        "method": "by-hand",
        "served_on": scene.today.isoformat(),
        "provided_by": "Amélie Tremblay",
        "signed": True,
        "proof": None,
        "explanation": "",
    }
    return known | changes


@pytest.mark.parametrize(("division", "kind", "minister", "evidence"), WANTED)
def test_statement_is_asked_for_exactly_when_a_rule_wants_it(
    scene: Scene, division: str, kind: str, minister: bool, evidence: str
) -> None:
    user = scene.user()
    case = scene.case(division=division, counsel=user)
    if division in {"RAD", "IAD"}:
        case_actions.record_appeal(by=SYSTEM, case=case, on=scene.today)
    if minister:
        case_actions.join_minister(by=SYSTEM, case=case, department="ircc", since=scene.today)
    draft = scene.draft(user, case, document_type=kind)
    scene.upload(user, draft)
    judged = judge_draft(draft, now=timezone.now())
    assert judged.asks_for_service is bool(evidence)
    if not evidence:
        assert payload(scene.submit(user, draft))["service"] is None
        return
    assert [finding.code for finding in judged.refusing] == ["service-missing"]
    with pytest.raises(FilingRefusedError):
        scene.submit(user, draft)
    draft_actions.set_service(by=scene.viewer(user), draft_id=draft.id, statement=statement(scene))
    service = payload(scene.submit(user, draft))["service"]
    assert service["evidence"] == evidence
    assert service["recipient"] == "The Minister"
    assert service["served_on"] == scene.today.isoformat()
    assert service["method"] == {"en": "By hand", "fr": "En mains propres"}
    assert service["authority"]
    assert service["signed_by"] == "Amélie Tremblay"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipients": " "}, "service-recipient-missing"),
        ({"method": ""}, "service-method-missing"),
        ({"served_on": None}, "service-date-missing"),
        ({"provided_by": ""}, "service-server-missing"),
        ({"signed": False}, "service-signature-missing"),
        ({"method": "courier", "signed": False}, "service-proof-missing"),
        ({"method": "courier", "proof": "attached:2"}, "service-proof-not-among-files"),
        ({"proof": "explanation"}, "service-explanation-missing"),
    ],
)
def test_statement_that_lacks_something_refuses(
    scene: Scene, change: dict[str, Any], code: str
) -> None:
    user = scene.user()
    case = scene.case(division="RAD", counsel=user)
    case_actions.record_appeal(by=SYSTEM, case=case, on=scene.today)
    draft = scene.draft(user, case, document_type="rad-reply-record")
    scene.upload(user, draft)
    said = statement(scene, **change)
    draft_actions.set_service(by=scene.viewer(user), draft_id=draft.id, statement=said)
    draft.refresh_from_db()
    refusing = [finding.code for finding in judge_draft(draft, now=timezone.now()).refusing]
    assert refusing == [code]


@pytest.mark.parametrize("joined", [True, False])
def test_minister_who_joins_after_the_draft_was_begun_must_be_served(
    scene: Scene, joined: bool
) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case, document_type="rpd-disclosure")
    scene.upload(user, draft)
    if joined:
        case_actions.join_minister(by=SYSTEM, case=case, department="cbsa", since=scene.today)
        with pytest.raises(FilingRefusedError):
            scene.submit(user, draft)
    else:
        assert scene.submit(user, draft).service is None


def test_statement_made_while_it_was_wanted_is_left_out_when_it_no_longer_is(
    scene: Scene,
) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case, document_type="rpd-disclosure")
    scene.upload(user, draft)
    draft_actions.set_service(by=scene.viewer(user), draft_id=draft.id, statement=statement(scene))
    submission = scene.submit(user, draft)
    assert submission.service is None
    assert payload(submission)["service"] is None
