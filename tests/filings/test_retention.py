"""What goes because its time is over: as said beforehand, and never against a legal hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greffe.cases.models import Case
from greffe.cases.rules import reload_rules
from greffe.documents.actions import discard_upload, receive_upload
from greffe.documents.models import Blob, Upload
from greffe.documents.retention import DRAFT, UPLOAD, kept_for
from greffe.documents.store import StoredBlob
from greffe.documents.stores import document_store
from greffe.filings.draft_actions import expire_all
from greffe.filings.models import Draft, DraftFile, SubmittedDocument
from greffe.filings.retention import everything_over, hold_on_its_cases
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

DAY = timedelta(days=1)


def stored(content: bytes = b"x") -> StoredBlob:
    with document_store().writer() as writer:
        writer.write(content)
        return writer.commit()


def sent(scene: Scene, by: Any) -> Upload:
    """A file of somebody's that belongs to nothing."""
    return receive_upload(by=by, stored=stored(), name="a.pdf", capacity="counsel")


def rows() -> tuple[Any, ...]:
    """Everything that retention could change."""
    return (
        sorted(Draft.objects.values_list("id", "state")),
        sorted(DraftFile.objects.values_list("draft_id", "upload_id")),
        sorted(Upload.objects.values_list("id", flat=True)),
        sorted(Blob.objects.values_list("id", flat=True)),
        Event.objects.count(),
    )


@dataclass(frozen=True)
class Thing:
    """A draft with files, or a file alone: how old, and what is held."""

    days: int
    files: int  # 0: a file alone, in no draft
    case_held: bool
    held_files: frozenset[int]


THINGS = st.lists(
    st.builds(
        Thing,
        days=st.sampled_from([0, 1, 3, 29, 31, 400]),
        files=st.integers(0, 2),
        case_held=st.booleans(),
        held_files=st.frozensets(st.integers(0, 1), max_size=2),
    ),
    max_size=3,
)


class Made:
    """Drafts and files made from a list of things, and what of them is held."""

    def __init__(self, scene: Scene, user: Any, things: list[Thing]) -> None:
        self.scene, self.held = scene, set[UUID]()
        self.by = scene.viewer(user)
        for thing in things:
            uploads = [sent(scene, self.by) for _ in range(max(thing.files, 1))]
            if thing.files:
                self._draft(user, thing, uploads)
            for place, upload in enumerate(uploads):
                if place in thing.held_files:
                    Blob.objects.filter(pk=upload.blob_id).update(legal_hold=True)
                    self.held.add(upload.id)
            ids = [upload.id for upload in uploads]
            Upload.objects.filter(pk__in=ids).update(
                expires_at=timezone.now() + kept_for(UPLOAD) - thing.days * DAY
            )

    def _draft(self, user: Any, thing: Thing, uploads: list[Upload]) -> None:
        case = self.scene.case(counsel=user)
        draft = self.scene.draft(user, case)
        for position, upload in enumerate(uploads, 1):
            DraftFile.objects.create(draft=draft, upload=upload, position=position)
        Draft.objects.filter(pk=draft.pk).update(
            expires_at=timezone.now() + kept_for(DRAFT) - thing.days * DAY
        )
        Case.objects.filter(pk=case.pk).update(legal_hold=thing.case_held)
        if thing.case_held:
            self.held |= {draft.id, *(upload.id for upload in uploads)}
        if thing.held_files & set(range(len(uploads))):
            self.held |= {draft.id, *(upload.id for upload in uploads)}


@pytest.fixture
def user(scene: Scene) -> Any:
    """Whose drafts and files they are, made once for all examples."""
    return scene.user()


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(things=THINGS)
def test_dry_run_changes_nothing_and_says_exactly_what_goes_and_hold_always_wins(
    scene: Scene, user: Any, things: list[Thing]
) -> None:
    with transaction.atomic():
        check(Made(scene, user, things).held)
        transaction.set_rollback(True)


def check(held: set[UUID]) -> None:
    """Say what goes, let it go, and compare."""
    now = timezone.now()
    before = rows()
    said = list(everything_over(now=now))
    assert rows() == before
    events = set(Event.objects.values_list("id", flat=True))

    expire_all(now=now)

    drafts = {id_ for id_, state in before[0] if state == "open"}
    ended = drafts & set(Draft.objects.filter(state="expired").values_list("id", flat=True))
    gone = set(before[2]) - set(Upload.objects.values_list("id", flat=True))
    assert {one.id for one in said if one.goes} == ended | gone
    assert {one.id for one in said if not one.goes} <= held
    assert not (ended | gone) & held
    told = Event.objects.exclude(id__in=events)
    assert set(told.values_list("subject", flat=True)) == ended | gone
    assert {one.id for one in everything_over(now=now) if one.goes} == set()


@pytest.mark.parametrize(("days", "goes"), [(29, 0), (31, 2)])
def test_draft_goes_with_its_files_when_its_row_says_so(days: int, goes: int, scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, pdf())
    said = list(everything_over(now=timezone.now() + days * DAY))
    assert [one.kind for one in said if one.goes] == ["draft", "upload"][:goes]
    assert [one.as_json()["rule"] for one in said] == ["draft", "upload"][:goes]
    assert [one.rule.days for one in said] == [30, 2][:goes]


def test_what_was_filed_never_goes(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, pdf())
    scene.submit(user, draft)
    far = timezone.now() + 40_000 * DAY
    assert list(everything_over(now=far)) == []
    expire_all(now=far)
    assert SubmittedDocument.objects.count() == Blob.objects.count() == 1


def test_bytes_on_hold_stay_even_when_their_person_discards_the_file(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    by = scene.viewer(scene.user())
    upload = sent(scene, by)
    Blob.objects.filter(pk=upload.blob_id).update(legal_hold=True)
    with django_capture_on_commit_callbacks(execute=True):
        discard_upload(by=by, upload=upload, capacity="counsel")
    assert not Upload.objects.exists()
    blob = Blob.objects.get()
    assert list(document_store().keys()) == [blob.key]
    assert Event.objects.filter(kind=Kind.UPLOAD_DISCARDED).exists()


@pytest.mark.parametrize("model", [Case, Blob])
def test_hold_placed_between_the_list_and_the_end_is_seen(model: Any, scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, pdf())
    assert not hold_on_its_cases(draft)
    model.objects.update(legal_hold=True)
    assert hold_on_its_cases(draft)


def test_row_of_the_tribunal_changes_the_period_of_what_comes_after(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    by = scene.viewer(scene.user())
    before = sent(scene, by)
    (tmp_path / "retention.toml").write_text(
        '[[retention]]\nid = "upload"\nlabel.en = "a"\nlabel.fr = "b"\ndays = 9\n'
        'counted_from.en = "c"\ncounted_from.fr = "d"\n'
        'authority = "Order of the Chairperson"\nin_force_from = 2020-01-01\n'
    )
    settings.LAW_OVERLAY = tmp_path
    reload_rules()
    after = sent(scene, by)
    said = list(everything_over(now=timezone.now() + 3 * DAY))
    assert [one.id for one in said] == [before.id]
    assert after.expires_at
    assert before.expires_at
    assert 6 * DAY < after.expires_at - before.expires_at < 8 * DAY


def test_json_of_what_is_over_names_the_row_and_its_authority(scene: Scene) -> None:
    sent(scene, scene.viewer(scene.user()))
    (one,) = everything_over(now=datetime(2100, 1, 1, tzinfo=UTC))
    said = one.as_json()
    assert (said["kind"], said["goes"], said["held"], said["days"]) == ("upload", True, False, 2)
    assert "policy" in said["authority"]
