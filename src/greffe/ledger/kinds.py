"""The closed list of what can happen in a registry. The database refuses any other kind."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """A kind of event. Its label continues the sentence that the actor's name begins.

    "Jane Roe" and "filed documents" make a line of history, and so do « Jane Roe » and « a déposé
    des documents »: each French label begins with « a », so that it agrees with anyone.
    """

    PERSON_ADDED = "person-added", _("added a person")
    ACCOUNT_OPENED = "account-opened", _("opened an account")
    ROLE_GIVEN = "role-given", _("gave a role")
    SIGN_IN = "sign-in", _("signed in")
    SIGN_IN_REFUSED = "sign-in-refused", _("refused a sign-in")
    SIGN_OUT = "sign-out", _("signed out")

    CASE_OPENED = "case-opened", _("opened the case")
    PARTICIPANT_ADDED = "participant-added", _("added a participant to the case")
    COUNSEL_ADDED = "counsel-added", _("added counsel to the record")
    COUNSEL_REMOVED = "counsel-removed", _("removed counsel from the record")
    MINISTER_JOINED = "minister-joined", _("noted that the Minister takes part")
    HEARING_SCHEDULED = "hearing-scheduled", _("scheduled a hearing")
    HEARING_POSTPONED = "hearing-postponed", _("postponed a hearing")
    HEARING_CANCELLED = "hearing-cancelled", _("cancelled a hearing")
    NOTICE_ISSUED = "notice-issued", _("issued a notice")
    DATE_NOTED = "date-noted", _("noted a date of the case")
    APPEAL_RECORDED = "appeal-recorded", _("recorded the appeal as filed")
    CASE_CLOSED = "case-closed", _("closed the case")
    CASE_TRANSFERRED = "case-transferred", _("transferred the case to another office")
    OPENNESS_CHANGED = "openness-changed", _("changed whether the case is open to the public")
    CASE_SEALED = "case-sealed", _("sealed the case")
    CASE_UNSEALED = "case-unsealed", _("lifted the sealing of the case")
    DOCUMENT_PLACED = "document-placed", _("placed a document on the case file")
    DOCUMENT_SEALED = "document-sealed", _("sealed a document")
    DOCUMENT_UNSEALED = "document-unsealed", _("lifted the sealing of a document")
    PAPER_RECEIVED = "paper-received", _("entered a document received on paper")

    UPLOAD_RECEIVED = "upload-received", _("uploaded a file")
    UPLOAD_DISCARDED = "upload-discarded", _("discarded an uploaded file")
    DRAFT_STARTED = "draft-started", _("started a filing")
    DRAFT_DISCARDED = "draft-discarded", _("discarded an unfinished filing")
    SUBMISSION_RECEIVED = "submission-received", _("filed documents")
    RECEIPT_PRINTED = "receipt-printed", _("made the receipt of a filing")
    DOCUMENT_READ = "document-read", _("opened a document")

    SUBMISSION_ACCEPTED = "submission-accepted", _("took documents to the case file")
    SUBMISSION_RETURNED = "submission-returned", _("returned documents")
    SUBMISSION_PASSED = "submission-passed", _("passed documents to the division")
    SUBMISSION_HANDED_BACK = "submission-handed-back", _("gave documents back to the registry")
    DOCUMENT_REFUSED = "document-refused", _("refused documents")
    WORK_TAKEN = "work-taken", _("took a submission to work on")
    WORK_RELEASED = "work-released", _("put a submission back in the queue")
    WORK_REASSIGNED = "work-reassigned", _("gave a submission to another officer")

    NOTICE_SENT = "notice-sent", _("sent an e-mail")
    NOTICE_FAILED = "notice-failed", _("could not send an e-mail")
    NOTICE_BOUNCED = "notice-bounced", _("noted that an e-mail came back undelivered")
    NOTICE_RETRIED = "notice-retried", _("had an e-mail sent again")
    NOTICE_EMPTIED = "notice-emptied", _("removed the words of an e-mail that was sent long ago")
    LEGAL_HOLD_PLACED = "legal-hold-placed", _("placed a legal hold")
    LEGAL_HOLD_LIFTED = "legal-hold-lifted", _("lifted a legal hold")

    CHECKPOINT_PUBLISHED = "checkpoint-published", _("published a checkpoint of the ledger")
