"""People, cases and filings for tests, made by the product's own actions."""

from __future__ import annotations

import datetime as dt
import functools
import io
import itertools
from typing import TYPE_CHECKING, Any

import pikepdf

from tests.support.inspections import remembered

if TYPE_CHECKING:
    from greffe.accounts.models import Person, User
    from greffe.accounts.viewers import Viewer
    from greffe.cases.models import Case
    from greffe.documents.models import Upload
    from greffe.filings.models import Draft, Submission

PASSWORD = "a long phrase for tests only"


def pdf(pages: int = 1, *, text: str = "") -> bytes:
    """A small healthy PDF of so many empty letter pages; `text` makes its bytes its own."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(612, 792))
    document.docinfo["/Title"] = text or "document"
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


@functools.cache
def _hashed() -> str:
    """PASSWORD as accounts keep it: hashed once, for a hash takes its time by design."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


class Scene:
    """Makes what a test needs, with names that tell them apart. Needs the database."""

    def __init__(self) -> None:
        from django.utils import timezone

        from greffe.ledger.actors import SYSTEM

        self.by = SYSTEM
        self.today = timezone.localdate()
        self.start = self.today - dt.timedelta(days=300)
        self._numbers = itertools.count(1)

    def person(self, name: str = "Amélie Tremblay", language: str = "en") -> Person:
        from greffe.accounts.actions import add_person

        return add_person(by=self.by, name=name, language=language)

    def user(self, name: str = "Amélie Tremblay", username: str = "") -> User:
        """A person with an account and PASSWORD."""
        from greffe.accounts.actions import open_account

        person = self.person(name)
        username = username or f"user-{next(self._numbers)}"
        user = open_account(by=self.by, person=person, username=username, password=None)
        user.password = _hashed()
        user.save(update_fields=["password"])
        return user

    def viewer(self, user: User) -> Viewer:
        from greffe.accounts.viewers import viewer_of

        viewer = viewer_of(user, on=self.today)
        assert viewer is not None
        return viewer

    def staff(self, role: str, *, office: str = "", division: str = "") -> User:
        """A person of the staff with an account."""
        from greffe.accounts.actions import give_role
        from greffe.accounts.models import Role

        user = self.user(name=f"{role} of {office or division or 'all'}")
        assert user.person is not None
        give_role(
            by=self.by,
            person=user.person,
            role=Role(role),
            since=self.start,
            office=office,
            division=division,
        )
        return user

    def case(
        self,
        *,
        division: str = "RPD",
        office: str = "montreal",
        counsel: User | None = None,
        number: str = "",
        **fields: Any,
    ) -> Case:
        """A case with a principal, and counsel on the record if given. Appeals are not recorded."""
        from greffe.cases import actions

        serial = next(self._numbers)
        number = number or (f"0018-C6-{serial:05d}" if division == "ID" else f"MC6-{serial:05d}")
        case = actions.open_case(
            by=self.by,
            file_number=number,
            division=division,
            office=office,
            language=fields.pop("language", "en"),
            since=self.start,
            **fields,
        )
        actions.add_participant(
            by=self.by,
            case=case,
            person=self.person(f"Claimant {serial}"),
            part="claimant",
            since=self.start,
            principal=True,
        )
        if counsel is not None and counsel.person is not None:
            actions.add_counsel(by=self.by, case=case, person=counsel.person, since=self.start)
        return case

    def draft(
        self, user: User, case: Case, *, document_type: str = "rpd-written-submissions"
    ) -> Draft:
        from greffe.filings import draft_actions

        return draft_actions.start_draft(
            by=self.viewer(user), case=case, document_type=document_type, language="en"
        )

    def upload(
        self, user: User, draft: Draft, content: bytes | None = None, name: str = "file.pdf"
    ) -> Upload:
        """Put a file in a draft as a page would, without the page.

        What inspection found in the same bytes before is remembered; see tests.support.inspections.
        """
        from greffe.documents.stores import document_store
        from greffe.filings import draft_actions

        with document_store().writer() as writer:
            writer.write(pdf(text=name) if content is None else content)
            stored = writer.commit()
        with remembered():
            return draft_actions.add_file(
                by=self.viewer(user), draft_id=draft.id, stored=stored, name=name
            )

    def submit(self, user: User, draft: Draft, **request: Any) -> Submission:
        """Submit as the page would, with every warning acknowledged unless told otherwise."""
        from django.utils import timezone

        from greffe.filings import actions
        from greffe.filings.judging import judge_draft

        draft.refresh_from_db()
        warnings = judge_draft(draft, now=timezone.now()).warnings
        asked = {"version": draft.version, "acknowledged": frozenset(f.key for f in warnings)}
        return actions.submit_draft(by=self.viewer(user), draft_id=draft.id, **(asked | request))
