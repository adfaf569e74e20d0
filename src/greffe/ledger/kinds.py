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
    DATE_NOTED = "date-noted", _("noted a date of the case")
    APPEAL_RECORDED = "appeal-recorded", _("recorded the appeal as filed")
    CASE_CLOSED = "case-closed", _("closed the case")

    UPLOAD_RECEIVED = "upload-received", _("uploaded a file")
    UPLOAD_DISCARDED = "upload-discarded", _("discarded an uploaded file")
    DRAFT_STARTED = "draft-started", _("started a filing")
    DRAFT_DISCARDED = "draft-discarded", _("discarded an unfinished filing")
    SUBMISSION_RECEIVED = "submission-received", _("filed documents")
    RECEIPT_PRINTED = "receipt-printed", _("made the receipt of a filing")
    DOCUMENT_READ = "document-read", _("opened a document")

    CHECKPOINT_PUBLISHED = "checkpoint-published", _("published a checkpoint of the ledger")
