"""Terms of use: which an account has still to accept, and that it accepted them.

Three acceptances lead into the portal: the terms of the credential when it is made, those of the
portal before the invitation code, and once more with the code. The texts are rows of the law.
"""

from datetime import date

from django.db import transaction

from greffe.accounts.models import TermsAcceptance, User
from greffe.law.account_rows import Terms
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.rules import rules

CREDENTIAL, PORTAL, CODE = "credential", "portal", "code"
"""The terms that there are: of the credential, of the portal, and once more with the code."""


class TermsChangedError(Exception):
    """What was accepted is not the version in force: `terms` is what is to be read instead."""

    def __init__(self, terms: Terms) -> None:
        """Keep the terms in force."""
        super().__init__(f"terms {terms.id} are at version {terms.version}")
        self.terms = terms


def in_force(terms: str, on: date) -> Terms:
    """Give the terms of that id as they are on a day. Raises UnknownRowError for no such terms."""
    return rules().terms_of(terms, on)


def wanted(user: User, on: date) -> tuple[Terms, ...]:
    """The terms that an account has still to accept on the way into the portal, first to last.

    Those of the credential are not asked of an account that has none: it signs in with a partner.
    """
    ids = [CREDENTIAL, PORTAL, CODE] if user.has_usable_password() else [PORTAL, CODE]
    return _unaccepted(user, [in_force(one, on) for one in ids])


def outdated(user: User, on: date) -> tuple[Terms, ...]:
    """The terms of which an account accepted an earlier version, but not the one in force."""
    ids = user.accepted_terms.order_by("id").values_list("terms", flat=True)
    now = {row.id: row for row in rules().terms if row.in_force(on)}
    return _unaccepted(user, [now[one] for one in dict.fromkeys(ids) if one in now])


def accepted(user: User, terms: str, on: date) -> bool:
    """Whether an account accepted the version of these terms that is in force on a day."""
    return not _unaccepted(user, [in_force(terms, on)])


@transaction.atomic
def accept(
    *, by: Actor, user: User, terms: str, version: str, language: str, on: date
) -> TermsAcceptance:
    """Keep that an account accepted a version of terms, as read in a language; once.

    Raises TermsChangedError where another version is in force on the day `on`: nothing is accepted
    that was not shown.
    """
    row = in_force(terms, on)
    if row.version != version:
        raise TermsChangedError(row)
    made, new = TermsAcceptance.objects.get_or_create(
        account=user, terms=terms, version=version, defaults={"language": language}
    )
    if new:
        record(
            kind=Kind.TERMS_ACCEPTED,
            by=by,
            subject=user.person_id,
            body={"terms": terms, "version": version, "language": language},
        )
    return made


def _unaccepted(user: User, rows: list[Terms]) -> tuple[Terms, ...]:
    found = set(user.accepted_terms.values_list("terms", "version"))
    return tuple(row for row in rows if (row.id, row.version) not in found)
