"""A registry with one case, and everybody who may or may not see it."""

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.test import Client

from greffe.accounts.delegations import remove_delegate
from greffe.accounts.models import Delegation, User
from greffe.cases import actions
from greffe.cases.models import Case, Hearing, RecordEntry
from greffe.documents.models import Upload
from greffe.filings.models import Draft, Submission
from greffe.invitations.actions import invite
from greffe.invitations.codes import link_token
from greffe.invitations.models import Invitation
from greffe.ledger.actors import SYSTEM
from greffe.notices.models import Notice
from tests.support.delegates import delegate
from tests.support.files import place
from tests.support.hearings import officer, schedule
from tests.support.mail import queue
from tests.support.portal import address, browser, claimant_of
from tests.support.scenes import Scene

PERSON = "Xanthippe Quellmalz-Ẑ"
FILE = "preuve-de-Quellmalz.pdf"


def two_days_ago() -> datetime:
    """A time that is over: the date of a hearing is still something for the filer to name."""
    return datetime.now(ZoneInfo("America/Toronto")) - timedelta(days=2)


@dataclasses.dataclass
class Registry:
    """The case, what is in it, and the people around it, made when they are asked for."""

    scene: Scene
    counsel: User
    case: Case
    draft: Draft
    upload: Upload
    submission: Submission

    @cached_property
    def entry(self) -> RecordEntry:
        """A document on the record of the case, put there when it is asked for."""
        return place(self.scene, self.case, f"reçue-{FILE}")

    @cached_property
    def held(self) -> Hearing:
        """A hearing of the case that is over, so that its date is still for the filer to name."""
        return actions.schedule_hearing(
            by=SYSTEM, case=self.case, starts_at=two_days_ago(), office="montreal"
        )

    @cached_property
    def hearing(self) -> Hearing:
        """A hearing to come, in another case of the same office and counsel."""
        case = self.scene.case(counsel=self.counsel)
        return schedule(officer(self.scene), case).hearing

    @cached_property
    def invitation(self) -> Invitation:
        """An invitation of counsel by mail, of which nothing has come back."""
        person = self.counsel.person
        assert person is not None
        return invite(
            by=officer(self.scene),
            person=person,
            office="montreal",
            channel="mail",
            language="en",
            to="1 Example Street",
            replaces_account=True,
        )

    @cached_property
    def delegation(self) -> Delegation:
        """Somebody who acts in counsel's name."""
        return delegate(self.scene, self.counsel, self.scene.user("Ann Lee"))

    @cached_property
    def elsewhere(self) -> int:
        """Another session of counsel's, on another device."""
        before = set(UserSession.objects.values_list("pk", flat=True))
        browser(self.counsel)
        return int(UserSession.objects.exclude(pk__in=before).get().pk)

    def user(self, role: str) -> User | None:
        made = {
            "visitor": lambda: None,
            "counsel": lambda: self.counsel,
            "other counsel": self._other_counsel,
            "delegate": lambda: self._delegate("Jane Roe", self.counsel),
            "other delegate": self._other_delegate,
            "claimant": lambda: claimant_of(self.case),
            "other claimant": lambda: claimant_of(self.scene.case()),
            "officer": lambda: self.scene.staff("officer", office="montreal"),
            "officer elsewhere": lambda: self.scene.staff("officer", office="vancouver"),
            "designated representative": self._representative,
            "Minister’s counsel": lambda: self.scene.user("Counsel of the Minister"),
            "supervisor": lambda: self.scene.staff("supervisor", office="montreal"),
            "member": lambda: self._member(self.case),
            "other member": lambda: self._member(self.scene.case(office="toronto")),
            "auditor": lambda: self.scene.staff("auditor"),
            "operator": lambda: self.scene.staff("operator"),
            "representatives’ officer": lambda: self.scene.staff("representatives-officer"),
            "policy staff": lambda: self.scene.staff("policy"),
            "manager": lambda: self.scene.staff("manager"),
            "partner system": lambda: None,
        }
        return made[role]()

    def client(self, role: str) -> Client:
        if role == "partner system":
            return browser(headers={"Authorization": "Bearer a-key-of-a-partner"})
        return browser(self.user(role))

    def path(self, name: str, lang: str = "en") -> str:
        return address(name, *self.arguments(name), lang=lang)

    def arguments(self, name: str) -> list[Any]:
        """What an address of that name stands behind: the first pattern that fits it."""
        rules: list[tuple[str, Callable[[], list[Any]]]] = [
            (
                r"registry:(account|end-account-sessions|close-account|remove-account-factors)$",
                lambda: [self.counsel.pk],
            ),
            (r"portal:remove-factor", lambda: [0]),
            (r"recovery-link", lambda: ["1", "not-a-token"]),
            (r".*-file$", lambda: [self.draft.id, self.upload.id]),
            (r"portal:submitted-document|registry:document$", lambda: [self.submission.id, 1]),
            (r"registry:document-", lambda: [self.submission.id, 1, 1]),
            (r".*:(record|case)-document", lambda: [self.case.id, self.entry.id]),
            (r"registry:(hearings|schedule-hearing)", lambda: [self.case.id]),
            (r"registry:(postpone|cancel)-hearing|.*:issue-notice", lambda: [self.hearing.id]),
            (r"portal:hearing-calendar", lambda: [self.held.id]),
            (r"registry:case(-|$)", lambda: [self.case.id]),
            (r"registry:paper-document-page", lambda: [self.case.id, self.upload.id, 1]),
            (r"registry:paper-batch-document-page", lambda: [self.upload.id, 1, 1]),
            (r"registry:paper-batch-document", lambda: [self.upload.id, 1]),
            (r"registry:paper-(sheet-pdf|remove|document)", lambda: [self.case.id, self.upload.id]),
            (r"registry:paper-batch-found", lambda: [self.upload.id]),
            (r"registry:paper(-details|-placed|-sheet)?$", lambda: [self.case.id]),
            (r"registry:person-readings", lambda: [self.counsel.person_id]),
            (r".*:submission$|portal:receipt-", lambda: [self.submission.id]),
            (r"portal:(case|case-history|start-filing)$", lambda: [self.case.id]),
            (r"portal:file-again", lambda: [self.submission.id]),
            (r"registry:send-again", lambda: [uuid4()]),
            (r"portal:end-session", lambda: [self.elsewhere]),
            (r"demonstration-message", lambda: [self._message()]),
            (r"partner-", lambda: ["nobody"]),
            (r"portal:remove-delegate", lambda: [self.delegation.id]),
            (r"portal:draft", lambda: [self.draft.id]),
            (
                r"invitation:(mine|form|times|cancel|calendar)$",
                lambda: [link_token(self.invitation.pk)],
            ),
            (r"registry:invite$", lambda: [self.counsel.person_id]),
            (r"registry:invitation(-letter|-fax|-send|-mobile)?$", lambda: [self.invitation.pk]),
            (r"registry:(revoke-inv|enter-|review-|issue-code)", lambda: [self.invitation.pk]),
            (r"registry:(.*-meeting$|meeting-)", lambda: [self.invitation.pk]),
        ]
        return next((made() for pattern, made in rules if re.match(pattern, name)), [])

    def _message(self) -> UUID:
        """A notice of an invented case, which everybody may read in the demonstration."""
        queue("notice-issued", dedupe="demonstration-message")
        return Notice.objects.get(dedupe="demonstration-message").id

    def secrets(self) -> list[str]:
        """What only those may read who may see the case."""
        return [PERSON, "Quellmalz", self.case.file_number, self.submission.number]

    def assert_draft_is_untouched(self) -> None:
        """See that the draft is as it was made."""
        made = self.draft.version + 1  # its upload was the one change
        kept = Draft.objects.get(pk=self.draft.pk)
        assert (kept.state, kept.version) == ("open", made)
        assert kept.files.get().upload == self.upload

    def _representative(self) -> User:
        user = self.scene.user("Denise Roy")
        assert user.person is not None
        actions.add_participant(
            by=SYSTEM,
            case=self.case,
            person=user.person,
            part="designated-representative",
            since=self.scene.start,
        )
        return user

    def _delegate(self, name: str, *principals: User) -> User:
        user = self.scene.user(name)
        for principal in principals:
            delegate(self.scene, principal, user)
        return user

    def _other_delegate(self) -> User:
        user = self._delegate("Paul Renaud", self.counsel, self._other_counsel())
        removed = Delegation.objects.get(principal=self.counsel.person, delegate=user.person)
        remove_delegate(by=self.scene.viewer(self.counsel), delegation_id=removed.id)
        return user

    def _other_counsel(self) -> User:
        user = self.scene.user("Daniel Okafor")
        self.scene.case(counsel=user)
        return user

    def _member(self, case: Case) -> User:
        member = self.scene.staff("member", division="RPD")
        actions.schedule_hearing(
            by=SYSTEM, case=case, starts_at=two_days_ago(), office="montreal", member=member.person
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
