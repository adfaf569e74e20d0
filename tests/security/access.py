"""Who may open what: written by hand, one row for each address of the registry.

Each sign of a row stands under its role: `#` opens, `.` is 404, as if it were not there, `_` is
asked to sign in. What is another's is 404. The case is one of the RPD in Montréal; "counsel" is on
its record and owns the draft and the submission, the designated representative stands in it for
its claimant, the Minister is a party to it. "Delegate" is that of counsel; the other delegate was
theirs until they were removed, and is that of other counsel. "Elsewhere" and "other" are the same
kind of person for another case. No account stands for the Minister and none for a partner system:
today the Minister's counsel sees nothing but an account of their own, and a key opens nothing.
"""

ROLES = (
    "visitor",
    "counsel",
    "other counsel",
    "delegate",
    "other delegate",
    "claimant",
    "other claimant",
    "designated representative",
    "Minister’s counsel",
    "officer",
    "officer elsewhere",
    "supervisor",
    "member",
    "other member",
    "auditor",
    "operator",
    "representatives’ officer",
    "policy staff",
    "manager",
    "partner system",
)

SIGNS = {"#": 200, ".": 404, "_": 302}


def row(signs: str) -> tuple[int, ...]:
    """The statuses of a row of signs; blanks only set its groups apart."""
    return tuple(SIGNS[sign] for sign in signs.replace(" ", ""))


def when_open(row: tuple[int, ...], status: int) -> tuple[int, ...]:
    """The same row, with another status for those to whom it opens."""
    return tuple(status if found == 200 else found for found in row)


# Visitor, counsel (theirs, another's), delegate (same), claimant (same), designated representative,
# Minister's counsel; officer (here, elsewhere), supervisor; member (hears it, another); auditor,
# operator, representatives' officer, policy staff, manager; partner system.
# fmt: off
EVERYBODY = row("# ## ## ## # #  ## #  ##  # # # # #  #")
ACCOUNT   = row("_ ## ## ## # #  ## #  ##  # # # # #  _")
CASE      = row("_ #. #. #. # .  #. #  #.  # . . . .  _")
DOCUMENTS = row("_ #. #. #. # .  #. #  #.  . . . . .  _")
FILERS    = row("_ #. #. #. # .  .. .  ..  . . . . .  _")
OWN       = row("_ #. #. .. . .  .. .  ..  . . . . .  _")
COUNSEL   = row("_ ## .. .. . .  .. .  ..  . . . . .  _")
SELF      = row("_ #. .. .. . .  .. .  ..  . . . . .  _")
REGISTRY  = row("_ .. .. .. . .  ## #  ..  . . . . .  _")
BENCH     = row("_ .. .. .. . .  ## #  ##  . . . . .  _")
READERS   = row("_ .. .. .. . .  #. #  #.  . . . . .  _")
DESK      = row("_ .. .. .. . .  #. #  ..  . . . . .  _")
HEADS     = row("_ .. .. .. . .  .. #  ..  . . . . .  _")
NOBODY    = row("_ .. .. .. . .  .. .  ..  . . . . .  _")
STAFF     = row("_ .. .. .. . .  ## #  ##  # . . . .  _")
CASE_FILE = row("_ .. .. .. . .  #. #  #.  # . . . .  _")
KEEPERS   = row("_ .. .. .. . .  .. #  #.  . . . . .  _")
ACCOUNTS  = row("_ .. .. .. . .  ## #  ..  . # . . .  _")
OPERATORS = row("_ .. .. .. . .  .. .  ..  . # . . .  _")
AUDITORS  = row("_ .. .. .. . .  .. .  ..  # . . . .  _")
REDIRECT  = when_open(EVERYBODY, 302)
GONE      = when_open(EVERYBODY, 410)
VISITORS  = row("# __ __ __ _ _  __ _  __  _ _ _ _ _  #")
# fmt: on


def own(status: int) -> tuple[int, ...]:
    """The owner, and their delegate, get `status`; for everybody else there is nothing."""
    return when_open(OWN, status)


def filers(status: int) -> tuple[int, ...]:
    """Those who may file in the case get `status`; for everybody else there is nothing."""
    return when_open(FILERS, status)


READ: dict[str, tuple[int, ...]] = {
    "root": REDIRECT,
    "healthz": EVERYBODY,
    "published-keys": EVERYBODY,
    "checkpoint": EVERYBODY,
    "home": EVERYBODY,
    "help": EVERYBODY,
    "accessibility": EVERYBODY,
    "privacy": EVERYBODY,
    "check-receipt": EVERYBODY,
    "sign-in": VISITORS,
    "sign-out": ACCOUNT,
    "account_login": VISITORS,
    "account_logout": ACCOUNT,
    "account_inactive": EVERYBODY,
    "account_reauthenticate": ACCOUNT,
    "credential-create": VISITORS,
    "account_reset_password": EVERYBODY,
    "recovery-sent": EVERYBODY,
    "recovery-link": GONE,
    "recovery-password": GONE,
    "second-factor": REDIRECT,  # same
    "portal:factors": ACCOUNT,
    "portal:add-app": ACCOUNT,
    "portal:add-passkey": ACCOUNT,
    "portal:add-text": ACCOUNT,
    "portal:factor-codes": when_open(ACCOUNT, 302),  # nothing to make codes for
    "portal:remove-factor": NOBODY,  # one's own, in tests/web/portal/test_factor_pages.py
    "sign-in-terms": REDIRECT,  # in the middle of a sign-in only
    "partner-return": (404,) * len(ROLES),  # of a partner that this registry does not know
    "partner-metadata": (404,) * len(ROLES),  # same
    "invitation:start": EVERYBODY,
    "invitation:ask": EVERYBODY,
    "invitation:asked": EVERYBODY,
    "invitation:code": REDIRECT,  # to sign-in, or to where somebody's work begins
    "invitation:mine": EVERYBODY,  # whoever has the link, which nobody can guess
    "invitation:form": EVERYBODY,
    "invitation:times": REDIRECT,  # nothing has come back: no times are proposed
    "invitation:cancel": REDIRECT,
    "invitation:calendar": (404,) * len(ROLES),  # no meeting yet
    "personas": EVERYBODY,
    "demonstration-mail": EVERYBODY,
    "demonstration-message": EVERYBODY,
    "portal:access-code": REDIRECT,  # nothing is asked for: on to where one's work begins
    "portal:account": ACCOUNT,
    "portal:contact": ACCOUNT,
    "portal:delegates": COUNSEL,
    "portal:remove-delegate": SELF,
    "portal:act-for-counsel": ACCOUNT,
    "portal:password": ACCOUNT,
    "portal:sessions": ACCOUNT,
    "portal:session-time": ACCOUNT,
    "portal:my-cases": ACCOUNT,
    "portal:case": CASE,
    "portal:case-history": CASE,
    "portal:start-filing": FILERS,
    "portal:draft": own(302),
    "portal:draft-type": OWN,
    "portal:draft-files": OWN,
    "portal:draft-service": OWN,
    "portal:draft-dates": OWN,
    "portal:draft-review": OWN,
    "portal:draft-discard": OWN,
    "portal:submission": DOCUMENTS,
    "portal:receipt-json": DOCUMENTS,
    "portal:receipt-pdf": DOCUMENTS,
    "portal:submitted-document": DOCUMENTS,
    "registry:accounts": ACCOUNTS,
    "registry:account": ACCOUNTS,  # counsel’s
    "registry:queue": BENCH,
    "registry:unsent": REGISTRY,
    "registry:load": HEADS,
    "registry:submission": DESK,
    "registry:cases": STAFF,
    "registry:case": CASE_FILE,
    "registry:case-history": CASE_FILE,
    "registry:case-transfer": DESK,
    "registry:case-openness": KEEPERS,
    "registry:case-seal": KEEPERS,
    "registry:case-document": READERS,
    "registry:case-document-seal": KEEPERS,
    "registry:case-readings": AUDITORS,
    "registry:person-readings": AUDITORS,
    "portal:record-document": DOCUMENTS,
    "portal:hearing-calendar": CASE,
    "registry:hearings": DESK,
    "registry:schedule-hearing": DESK,
    "registry:postpone-hearing": DESK,
    "registry:cancel-hearing": DESK,
    "registry:issue-notice": DESK,
    "registry:document": READERS,
    "registry:document-page": READERS,
    "registry:document-text": READERS,
    "registry:paper": DESK,
    "registry:paper-details": when_open(DESK, 302),
    "registry:paper-placed": when_open(DESK, 302),
    "registry:paper-document": NOBODY,  # the officer who added it, in tests/web/registry
    "registry:paper-document-page": NOBODY,
    "registry:paper-batch-document": NOBODY,
    "registry:paper-batch-document-page": NOBODY,
    "registry:paper-sheet": DESK,
    "registry:paper-sheet-pdf": NOBODY,  # the session that made it
    "registry:paper-batch": REGISTRY,
    "registry:paper-batch-found": NOBODY,  # the officer who sent it
    "registry:invitations": REGISTRY,
    "registry:invite-find": REGISTRY,
    "registry:invite": DESK,
    "registry:invite-many": REGISTRY,
    "registry:invitation": DESK,  # it was sent by mail, and nothing has come back
    "registry:invitation-letter": DESK,
    "registry:invitation-fax": DESK,
    "registry:invitation-send": DESK,
    "registry:revoke-invitation": DESK,
    "registry:enter-registration": DESK,
    "registry:review-registration": when_open(DESK, 409),
    "registry:invitation-mobile": when_open(DESK, 409),
    "registry:propose-meeting": when_open(DESK, 409),
    "registry:choose-meeting": when_open(DESK, 409),
    "registry:move-meeting": when_open(DESK, 409),
    "registry:cancel-meeting": when_open(DESK, 409),
    "registry:record-meeting": when_open(DESK, 409),
    "registry:meeting-calendar": when_open(DESK, 409),
    "registry:issue-code": when_open(DESK, 409),
}
"""Status of GET and of HEAD."""

WRITE: dict[str, tuple[int, ...]] = {
    "partner-start": (404,) * len(ROLES),  # of a partner that this registry does not know
    "partner-response": (404,) * len(ROLES),  # same
    "invitation:ask": when_open(EVERYBODY, 422),
    "invitation:form": when_open(EVERYBODY, 422),
    "invitation:times": REDIRECT,
    "invitation:cancel": REDIRECT,
    "invitation:code": REDIRECT,
    "registry:take": when_open(REGISTRY, 302),
    "registry:release": when_open(REGISTRY, 302),
    "registry:reassign": when_open(HEADS, 302),
    "registry:send-again": NOBODY,  # of a notice that is not there
    "registry:submission": when_open(DESK, 422),
    "portal:file-again": own(409),
    "portal:start-filing": filers(422),
    "portal:draft-type": own(422),
    "portal:draft-files": own(422),
    "portal:draft-service": own(302),
    "portal:draft-dates": own(302),
    "portal:draft-review": own(409),
    "portal:draft-replace-file": own(422),
    "portal:draft-remove-file": own(302),
    "portal:draft-discard": own(302),
    "portal:access-code": REDIRECT,
    "portal:access-code-again": REDIRECT,
    "portal:password": when_open(ACCOUNT, 422),
    "account_reauthenticate": when_open(ACCOUNT, 422),
    "registry:end-account-sessions": when_open(ACCOUNTS, 422),
    "registry:close-account": when_open(ACCOUNTS, 422),
    "registry:remove-account-factors": when_open(OPERATORS, 422),
    "portal:add-app": when_open(ACCOUNT, 422),
    "portal:add-passkey": when_open(ACCOUNT, 422),
    "portal:add-text": when_open(ACCOUNT, 422),
    "portal:factor-codes": when_open(ACCOUNT, 302),
    "portal:remove-factor": NOBODY,
    "portal:session-time": ACCOUNT,
    "portal:contact": when_open(ACCOUNT, 422),
    "portal:delegates": when_open(COUNSEL, 422),
    "portal:act-for-counsel": when_open(ACCOUNT, 302),
    "portal:remove-delegate": when_open(SELF, 302),  # one of counsel's own
    "portal:end-session": when_open(SELF, 302),  # one of counsel's own
    "portal:end-other-sessions": REDIRECT,
    "registry:schedule-hearing": when_open(DESK, 422),
    "registry:postpone-hearing": when_open(DESK, 422),
    "registry:cancel-hearing": when_open(DESK, 409),
    "registry:issue-notice": when_open(DESK, 409),
    "registry:case-transfer": when_open(DESK, 422),
    "registry:case-openness": when_open(KEEPERS, 422),
    "registry:case-seal": when_open(KEEPERS, 422),
    "registry:case-document-seal": when_open(KEEPERS, 422),
    "registry:paper": when_open(DESK, 422),
    "registry:paper-details": when_open(DESK, 409),
    "registry:paper-remove": when_open(DESK, 302),
    "registry:paper-sheet": when_open(DESK, 422),
    "registry:paper-batch": when_open(REGISTRY, 422),
    "registry:paper-batch-found": NOBODY,
    "registry:invite": when_open(DESK, 422),
    "registry:invite-many": when_open(REGISTRY, 422),
    "registry:invitation-send": when_open(DESK, 422),
    "registry:revoke-invitation": when_open(DESK, 422),
    "registry:enter-registration": when_open(DESK, 422),
    "registry:review-registration": when_open(DESK, 409),
    "registry:invitation-mobile": when_open(DESK, 409),
    "registry:propose-meeting": when_open(DESK, 409),
    "registry:choose-meeting": when_open(DESK, 409),
    "registry:move-meeting": when_open(DESK, 409),
    "registry:cancel-meeting": when_open(DESK, 409),
    "registry:record-meeting": when_open(DESK, 409),
    "registry:issue-code": when_open(DESK, 409),
}
"""Status of a POST that carries nothing, in this order: later ones end what earlier ones need."""

ALSO_POST = {
    "credential-create",
    "account_reset_password",
    "recovery-password",
    "second-factor",
    "sign-in-terms",
    "check-receipt",
    "sign-in",
    "sign-out",
    "account_login",
    "account_logout",
    "account_inactive",
    "personas",
}
"""Pages for everybody that take a POST too; what they do with one is tested where they are."""

DEMONSTRATION = {"personas", "demonstration-mail", "demonstration-message"}
"""Addresses that exist in the demonstration only."""
