"""A registry with one case, and everybody who may or may not see it."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from greffe.accounts.models import User
from greffe.cases import actions
from greffe.cases.models import Case
from greffe.documents.models import Upload
from greffe.filings.models import Draft, Submission
from greffe.ledger.actors import SYSTEM
from tests.support.portal import address, browser, claimant_of
from tests.support.scenes import Scene

PERSON = "Xanthippe Quellmalz-Ẑ"
FILE = "preuve-de-Quellmalz.pdf"


@dataclasses.dataclass
class Registry:
    """The case, what is in it, and the people around it, made when they are asked for."""

    scene: Scene
    counsel: User
    case: Case
    draft: Draft
    upload: Upload
    submission: Submission

    def user(self, role: str) -> User | None:
        made = {
            "visitor": lambda: None,
            "counsel": lambda: self.counsel,
            "other counsel": self._other_counsel,
            "claimant": lambda: claimant_of(self.case),
            "other claimant": lambda: claimant_of(self.scene.case()),
            "officer": lambda: self.scene.staff("officer", office="montreal"),
            "officer elsewhere": lambda: self.scene.staff("officer", office="vancouver"),
            "member": lambda: self._member(self.case),
            "other member": lambda: self._member(self.scene.case(office="toronto")),
            "auditor": lambda: self.scene.staff("auditor"),
            "operator": lambda: self.scene.staff("operator"),
        }
        return made[role]()

    def client(self, role: str) -> Client:
        return browser(self.user(role))

    def path(self, name: str, lang: str = "en") -> str:
        return address(name, *self.arguments(name), lang=lang)

    def arguments(self, name: str) -> list[Any]:
        if name.endswith("-file"):
            return [self.draft.id, self.upload.id]
        if name == "portal:submitted-document":
            return [self.submission.id, 1]
        if name in {"portal:submission", "portal:receipt-json", "portal:receipt-pdf"}:
            return [self.submission.id]
        if name in {"portal:case", "portal:case-history", "portal:start-filing"}:
            return [self.case.id]
        return [self.draft.id] if name.startswith("portal:draft") else []

    def secrets(self) -> list[str]:
        """What only those may read who may see the case."""
        return [PERSON, "Quellmalz", self.case.file_number, self.submission.number]

    def assert_draft_is_untouched(self) -> None:
        """See that the draft is as it was made."""
        made = self.draft.version + 1  # its upload was the one change
        kept = Draft.objects.get(pk=self.draft.pk)
        assert (kept.state, kept.version) == ("open", made)
        assert kept.files.get().upload == self.upload

    def _other_counsel(self) -> User:
        user = self.scene.user("Daniel Okafor")
        self.scene.case(counsel=user)
        return user

    def _member(self, case: Case) -> User:
        member = self.scene.staff("member", division="RPD")
        # It is over, so that the date of a hearing is still something for the filer to name.
        starts_at = datetime.now(ZoneInfo("America/Toronto")) - timedelta(days=2)
        actions.schedule_hearing(
            by=SYSTEM, case=case, starts_at=starts_at, office="montreal", member=member.person
        )
        return member


def make(scene: Scene) -> Registry:
    """One case at the RPD, the Minister in it, with a draft and a submission of its counsel."""
    counsel = scene.user("Amélie Tremblay")
    case = scene.case(counsel=counsel, number="MC6-77777")
    claimant = case.participants.get().person
    claimant.name = PERSON
    claimant.save(update_fields=["name"])
    actions.join_minister(by=SYSTEM, case=case, department="ircc", since=scene.start)
    filed = scene.draft(counsel, case)
    scene.upload(counsel, filed, name=FILE)
    submission = scene.submit(counsel, filed)
    draft = scene.draft(counsel, case, document_type="rpd-disclosure")
    upload = scene.upload(counsel, draft, name=f"brouillon-{FILE}")
    return Registry(scene, counsel, case, draft, upload, submission)
