"""Who may open what: written by hand, one row for each address of the registry.

Each status stands under its role. What is another's is 404, as if it were not there; a visitor is
asked to sign in (302). The case is one of the RPD in Montréal; "counsel" is on its record and owns
the draft and the submission; "elsewhere" and "other" are the same kind of person for another case.
"""

ROLES = (
    "visitor",
    "counsel",
    "other counsel",
    "claimant",
    "other claimant",
    "officer",
    "officer elsewhere",
    "member",
    "other member",
    "auditor",
    "operator",
)

EVERYBODY = (200,) * 11
REDIRECT = (302,) * 11
# Visitor, counsel (theirs, another's), claimant, officer, member, auditor, operator.
# fmt: off
ACCOUNT   = (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200)
CASE      = (302, 200, 404, 200, 404, 200, 404, 200, 404, 200, 404)
DOCUMENTS = (302, 200, 404, 200, 404, 200, 404, 200, 404, 404, 404)
FILERS    = (302, 200, 404, 200, 404, 404, 404, 404, 404, 404, 404)
OWN       = (302, 200, 404, 404, 404, 404, 404, 404, 404, 404, 404)
REGISTRY  = (302, 404, 404, 404, 404, 200, 200, 404, 404, 404, 404)
BENCH     = (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404)
READERS   = (302, 404, 404, 404, 404, 200, 404, 200, 404, 404, 404)
DESK      = (302, 404, 404, 404, 404, 200, 404, 404, 404, 404, 404)
NOBODY    = (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404)
STAFF     = (302, 404, 404, 404, 404, 200, 200, 200, 200, 200, 404)
CASE_FILE = (302, 404, 404, 404, 404, 200, 404, 200, 404, 200, 404)
KEEPERS   = (302, 404, 404, 404, 404, 404, 404, 200, 404, 404, 404)  # and supervisors
AUDITORS  = (302, 404, 404, 404, 404, 404, 404, 404, 404, 200, 404)
# fmt: on


def own(status: int) -> tuple[int, ...]:
    """The owner gets `status`; for everybody else there is nothing."""
    return (302, status, *OWN[2:])


def filers(status: int) -> tuple[int, ...]:
    """Those who may file in the case get `status`; for everybody else there is nothing."""
    return tuple(status if found == 200 else found for found in FILERS)


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
    "sign-in": (200, *(302,) * 10),
    "sign-out": ACCOUNT,
    "account_login": (200, *(302,) * 10),
    "account_logout": ACCOUNT,
    "account_inactive": EVERYBODY,
    "personas": EVERYBODY,
    "demonstration-mail": EVERYBODY,
    "demonstration-message": EVERYBODY,
    "portal:account": ACCOUNT,
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
    "registry:queue": BENCH,
    "registry:unsent": REGISTRY,
    "registry:load": NOBODY,  # supervisors, who are in tests/web/registry
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
    "registry:paper-details": tuple(302 if found == 200 else found for found in DESK),
    "registry:paper-placed": tuple(302 if found == 200 else found for found in DESK),
    "registry:paper-document": NOBODY,  # the officer who added it, in tests/web/registry
    "registry:paper-document-page": NOBODY,
    "registry:paper-batch-document": NOBODY,
    "registry:paper-batch-document-page": NOBODY,
    "registry:paper-sheet": DESK,
    "registry:paper-sheet-pdf": NOBODY,  # the session that made it
    "registry:paper-batch": REGISTRY,
    "registry:paper-batch-found": NOBODY,  # the officer who sent it
}
"""Status of GET and of HEAD."""

WRITE: dict[str, tuple[int, ...]] = {
    "registry:take": tuple(302 if found == 200 else found for found in REGISTRY),
    "registry:release": tuple(302 if found == 200 else found for found in REGISTRY),
    "registry:reassign": NOBODY,
    "registry:send-again": NOBODY,  # of a notice that is not there
    "registry:submission": tuple(422 if found == 200 else found for found in DESK),
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
    "portal:password": tuple(422 if found == 200 else found for found in ACCOUNT),
    "portal:session-time": ACCOUNT,
    "portal:end-session": own(302),  # one of counsel's own
    "portal:end-other-sessions": REDIRECT,
    "registry:schedule-hearing": tuple(422 if found == 200 else found for found in DESK),
    "registry:postpone-hearing": tuple(422 if found == 200 else found for found in DESK),
    "registry:cancel-hearing": tuple(409 if found == 200 else found for found in DESK),
    "registry:issue-notice": tuple(409 if found == 200 else found for found in DESK),
    "registry:case-transfer": tuple(422 if found == 200 else found for found in DESK),
    "registry:case-openness": tuple(422 if found == 200 else found for found in KEEPERS),
    "registry:case-seal": tuple(422 if found == 200 else found for found in KEEPERS),
    "registry:case-document-seal": tuple(422 if found == 200 else found for found in KEEPERS),
    "registry:paper": tuple(422 if found == 200 else found for found in DESK),
    "registry:paper-details": tuple(409 if found == 200 else found for found in DESK),
    "registry:paper-remove": tuple(302 if found == 200 else found for found in DESK),
    "registry:paper-sheet": tuple(422 if found == 200 else found for found in DESK),
    "registry:paper-batch": tuple(422 if found == 200 else found for found in REGISTRY),
    "registry:paper-batch-found": NOBODY,
}
"""Status of a POST that carries nothing, in this order: later ones end what earlier ones need."""

ALSO_POST = {
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
