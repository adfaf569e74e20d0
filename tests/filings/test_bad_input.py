"""What cannot be filed: each with the code of its reason, nothing filed and nothing lost."""

import dataclasses
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases import actions as case_actions
from greffe.cases.models import Case, Participant
from greffe.cases.rules import reload_rules, rules
from greffe.filings import draft_actions
from greffe.filings.judging import judge_draft
from greffe.filings.models import Attempt, Draft, Submission
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.actors import SYSTEM
from tests.documents import hostile
from tests.support.portal import claimant_of
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

DAY = timedelta(days=1)


@dataclasses.dataclass
class Prepared:
    scene: Scene
    user: User
    case: Case
    draft: Draft

    def refused(self, **request: Any) -> str:
        """Submit, see that nothing came of it, and give the reason."""
        with pytest.raises(FilingRefusedError) as error:
            self.scene.submit(self.user, self.draft, **request)
        assert not Submission.objects.exists()
        self.draft.refresh_from_db()
        assert self.draft.state == "open"
        return error.value.refused.code

    def refusing(self) -> list[str]:
        """The codes of what refuses now."""
        self.draft.refresh_from_db()
        return [finding.code for finding in judge_draft(self.draft, now=timezone.now()).refusing]


def prepare(scene: Scene, *, kind: str = "rpd-written-submissions", **fields: Any) -> Prepared:
    user = scene.user()
    case = scene.case(counsel=user, **fields)
    return Prepared(scene, user, case, scene.draft(user, case, document_type=kind))


def protected() -> bytes:
    """A PDF that opens with a password only."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


@pytest.mark.requirement("MC-07")
@pytest.mark.security(19)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(lambda: b"", "empty", id="empty"),
        pytest.param(lambda: b"Dear registry, here it is.\n", "not-pdf", id="text"),
        pytest.param(lambda: b"MZ\x90\x00" + b"\0" * 600, "not-pdf", id="renamed program"),
        pytest.param(lambda: b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 99, "recording", id="recording"),
        pytest.param(lambda: pdf(3)[:99], "damaged", id="cut off"),
        pytest.param(protected, "password", id="password"),
        pytest.param(hostile.object_stream_bomb, "too-complex", id="exhausts memory"),
        pytest.param(hostile.content_bomb, "too-complex", id="exhausts time or the stack"),
    ],
)
def test_file_that_cannot_be_filed_is_kept_named_and_refused(
    scene: Scene, content: Callable[[], bytes], code: str
) -> None:
    prepared = prepare(scene)
    upload = scene.upload(prepared.user, prepared.draft, content(), name="pièce 1.pdf")
    assert prepared.refusing() == [code]
    (finding,) = judge_draft(prepared.draft, now=timezone.now()).of_file(1)
    for lang in ("en", "fr"):
        assert "pièce 1.pdf" in finding.text(lang)
        assert finding.remedy(lang)
    assert prepared.refused() == "findings-refuse"
    assert not Attempt.objects.exists()
    draft_actions.remove_file(
        by=scene.viewer(prepared.user), draft_id=prepared.draft.id, upload_id=upload.id
    )
    scene.upload(prepared.user, prepared.draft)
    assert scene.submit(prepared.user, prepared.draft).state == "received"


@pytest.mark.requirement("MC-07")
def test_filing_without_a_file_is_refused(scene: Scene) -> None:
    prepared = prepare(scene)
    assert prepared.refusing() == ["no-files"]
    assert prepared.refused() == "findings-refuse"


@pytest.mark.parametrize("since_closed", [0, 30])
def test_case_that_was_closed_takes_no_disclosure(scene: Scene, since_closed: int) -> None:
    prepared = prepare(scene, kind="rpd-disclosure")
    scene.upload(prepared.user, prepared.draft)
    case_actions.close_case(by=SYSTEM, case=prepared.case, on=scene.today - since_closed * DAY)
    assert prepared.refusing() == ["case-closed"]
    assert prepared.refused() == "findings-refuse"


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RAD", "IAD"])
def test_appeal_that_is_not_recorded_takes_nothing(scene: Scene, division: str) -> None:
    kind = f"{division.lower()}-written-submissions"
    prepared = prepare(scene, kind=kind, division=division)
    scene.upload(prepared.user, prepared.draft)
    assert prepared.refusing() == ["appeal-not-recorded"]
    assert prepared.refused() == "findings-refuse"
    case_actions.record_appeal(by=SYSTEM, case=prepared.case, on=scene.today)
    assert scene.submit(prepared.user, prepared.draft).state == "received"


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RAD", "IAD"])
def test_notice_of_appeal_cannot_be_filed_here_even_when_the_appeal_is_recorded(
    scene: Scene, division: str
) -> None:
    kind = f"{division.lower()}-notice-of-appeal"
    prepared = prepare(scene, kind=f"{division.lower()}-written-submissions", division=division)
    scene.upload(prepared.user, prepared.draft)
    case_actions.record_appeal(by=SYSTEM, case=prepared.case, on=scene.today)
    with pytest.raises(FilingRefusedError) as error:
        scene.draft(prepared.user, prepared.case, document_type=kind)
    assert error.value.refused.code == "unknown-type"
    # A draft that was begun while a row allowed it is judged by the rows of today.
    Draft.objects.filter(pk=prepared.draft.pk).update(document_type=kind)
    assert prepared.refusing() == ["notice-of-appeal-not-here"]
    assert prepared.refused() == "findings-refuse"


@pytest.mark.requirement("MC-12")
def test_service_in_the_future_is_refused(scene: Scene) -> None:
    prepared = prepare(scene, kind="id-application", division="ID")
    scene.upload(prepared.user, prepared.draft)
    said = {
        "recipients": "The Minister",
        "method": "by-hand",
        "served_on": (scene.today + DAY).isoformat(),
    }
    viewer = scene.viewer(prepared.user)
    draft_actions.set_service(by=viewer, draft_id=prepared.draft.id, statement=said)
    assert prepared.refusing() == ["service-date-future"]
    assert prepared.refused() == "findings-refuse"


@pytest.mark.security(15)
def test_counsel_removed_since_the_draft_files_nothing_and_keeps_the_files(scene: Scene) -> None:
    prepared = prepare(scene)
    scene.upload(prepared.user, prepared.draft)
    assert prepared.user.person is not None
    case_actions.remove_counsel(
        by=SYSTEM, case=prepared.case, person=prepared.user.person, on=scene.today
    )
    assert prepared.refused() == "not-on-record"
    assert not Attempt.objects.exists()
    assert prepared.draft.files.count() == 1


@pytest.mark.security(15)
def test_counsel_removed_from_one_case_of_the_family_files_in_none(scene: Scene) -> None:
    from greffe.cases.models import FamilyGroup

    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    mine, sibling = (scene.case(counsel=user, family_group=group) for _ in range(2))
    draft = draft_actions.start_draft(
        by=scene.viewer(user),
        case=mine,
        document_type="rpd-written-submissions",
        language="en",
        also_in=[sibling.pk],
    )
    scene.upload(user, draft)
    assert user.person is not None
    case_actions.remove_counsel(by=SYSTEM, case=sibling, person=user.person, on=scene.today)
    assert Prepared(scene, user, mine, draft).refused() == "not-on-record"


@pytest.mark.requirement("MC-17")
def test_claimant_files_in_the_own_case_and_not_after_leaving_it(scene: Scene) -> None:
    case = scene.case()
    claimant = claimant_of(case)
    first, second = scene.draft(claimant, case), scene.draft(claimant, case)
    for draft in (first, second):
        scene.upload(claimant, draft)
    assert scene.submit(claimant, first).capacity == "claimant"
    Participant.objects.filter(case=case).update(until=scene.today)
    with pytest.raises(FilingRefusedError) as error:
        scene.submit(claimant, second)
    assert error.value.refused.code == "not-on-record"


def test_older_version_files_nothing(scene: Scene) -> None:
    prepared = prepare(scene)
    scene.upload(prepared.user, prepared.draft)
    prepared.draft.refresh_from_db()
    assert prepared.refused(version=prepared.draft.version - 1) == "stale"
    assert prepared.refused(version=prepared.draft.version + 1) == "stale"
    assert not Attempt.objects.exists()


def test_stale_page_is_told_which_of_its_files_were_not_filed(scene: Scene) -> None:
    prepared = prepare(scene)
    kept = scene.upload(prepared.user, prepared.draft, name="kept.pdf")
    gone = scene.upload(prepared.user, prepared.draft, name="gone.pdf")
    prepared.draft.refresh_from_db()
    stale = prepared.draft.version
    draft_actions.remove_file(
        by=scene.viewer(prepared.user), draft_id=prepared.draft.id, upload_id=gone.id
    )
    submission = scene.submit(prepared.user, prepared.draft)
    shown = {kept.id: "kept.pdf", gone.id: "gone.pdf"}
    with pytest.raises(FilingRefusedError) as error:
        scene.submit(prepared.user, prepared.draft, version=stale, shown=shown)
    assert error.value.refused.code == "already-filed"
    assert error.value.refused.not_filed == ("gone.pdf",)
    assert Submission.objects.get() == submission


def test_warning_must_be_acknowledged_and_is_on_the_record(scene: Scene) -> None:
    prepared = prepare(scene, kind="rpd-disclosure")
    for name in ("one.pdf", "two.pdf"):
        scene.upload(prepared.user, prepared.draft, name=name)
    warnings = judge_draft(prepared.draft, now=timezone.now()).warnings
    assert "disclosure-several-files" in {finding.code for finding in warnings}
    assert prepared.refused(acknowledged=frozenset()) == "findings-not-acknowledged"
    submission = scene.submit(prepared.user, prepared.draft)
    assert any(finding["acknowledged"] for finding in submission.findings)


@pytest.fixture
def overlay(settings: Any, tmp_path: Path) -> Callable[[str, str], None]:
    """Lays a file of rows over the packaged ones, as the tribunal does."""
    folder = tmp_path / "law"
    folder.mkdir()

    def lay(file: str, rows: str) -> None:
        (folder / file).write_text(rows, encoding="utf-8")
        settings.LAW_OVERLAY = folder
        reload_rules()

    return lay


def test_division_that_stops_taking_filings_here_stops_the_draft(
    scene: Scene, overlay: Callable[[str, str], None]
) -> None:
    prepared = prepare(scene)
    scene.upload(prepared.user, prepared.draft)
    before = rules().hash
    overlay(
        "filing_permissions.toml",
        '[[filing_permission]]\nid = "rpd"\ndivision = "RPD"\nfiling = false\n'
        "notice_of_appeal = false\nneeds_recorded_appeal = false\n"
        'authority = "Practice notice"\nin_force_from = 2020-10-26\n',
    )
    assert rules().hash != before
    assert prepared.refusing() == ["filing-not-permitted"]
    assert prepared.refused() == "findings-refuse"


def test_kind_of_document_that_ended_cannot_be_filed_any_more(
    scene: Scene, overlay: Callable[[str, str], None]
) -> None:
    prepared = prepare(scene, kind="rpd-intention-to-proceed")
    scene.upload(prepared.user, prepared.draft)
    overlay(
        "document_types.toml",
        '[[document_type]]\nid = "rpd-intention-to-proceed"\ndivision = "RPD"\n'
        'category = "division-form"\nlabel.en = "Notice"\nlabel.fr = "Avis"\n'
        'authority = "Form of the division"\nin_force_from = 2012-12-15\n'
        f"in_force_to = {scene.today - DAY}\n",
    )
    assert prepared.refusing() == ["type-not-permitted"]
    assert prepared.refused() == "findings-refuse"


def test_limit_that_shrank_refuses_the_files_above_it(
    scene: Scene, overlay: Callable[[str, str], None]
) -> None:
    prepared = prepare(scene)
    for n in range(2):
        scene.upload(prepared.user, prepared.draft, name=f"{n}.pdf")
    overlay(
        "filing_permissions.toml",
        '[[filing_limit]]\nid = "submission"\nmax_files = 1\nmax_bytes = 52428800\n'
        'kinds = ["pdf"]\nmax_classification.en = "Protected B"\n'
        'max_classification.fr = "Protégé B"\nauthority = "Notice"\nin_force_from = 2020-10-26\n',
    )
    assert prepared.refusing() == ["too-many-files"]
    assert prepared.refused() == "findings-refuse"


def test_new_warning_since_the_page_must_be_seen_first(
    scene: Scene, overlay: Callable[[str, str], None]
) -> None:
    prepared = prepare(scene)
    for n in range(2):
        scene.upload(prepared.user, prepared.draft, name=f"{n}.pdf")
    judged = judge_draft(prepared.draft, now=timezone.now())
    seen = frozenset(finding.key for finding in judged.warnings)
    assert rules().finding("duplicate-file").severity == "warn"
    assert rules().finding("one-subject-per-file").severity == "inform"
    overlay(
        "findings.toml",
        '[[finding]]\nid = "one-subject-per-file"\nseverity = "warn"\n'
        'text.en = "{count} files: one subject each?"\n'
        'text.fr = "{count} fichiers : un sujet chacun ?"\n'
        'remedy.en = "Check."\nremedy.fr = "Vérifiez."\n'
        'authority = "Notice"\nin_force_from = 2020-10-26\n',
    )
    assert prepared.refused(acknowledged=seen) == "findings-not-acknowledged"
    submission = scene.submit(prepared.user, prepared.draft)
    assert submission.rules == rules().hash != judged.rules


def test_submission_keeps_the_rules_that_judged_it(
    scene: Scene, overlay: Callable[[str, str], None]
) -> None:
    prepared = prepare(scene)
    scene.upload(prepared.user, prepared.draft)
    submission = scene.submit(prepared.user, prepared.draft)
    before = rules().hash
    overlay(
        "texts.toml",
        '[[text]]\nid = "extra"\ntext.en = "x"\ntext.fr = "x"\n'
        'authority = "Notice"\nin_force_from = 2020-10-26\n',
    )
    submission.refresh_from_db()
    assert submission.rules == before != rules().hash
