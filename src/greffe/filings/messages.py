"""Codes to text: why something was not filed, the same words on every face."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, and what to do."""

    text: StrPromise
    remedy: StrPromise


REFUSALS: dict[str, Message] = {
    "not-yours": Message(
        _("This filing was not found among yours."),
        _("Open it from My cases."),
    ),
    "not-on-record": Message(
        _("Nothing was filed: you are no longer on the record of this case."),
        _("Your files are still in the draft. Write to the office that handles the case."),
    ),
    "already-filed": Message(
        _("Nothing more was filed: this filing had already been sent, from another page."),
        _("Look at the receipt. If something is missing from it, start a new filing for it."),
    ),
    "stale": Message(
        _("Nothing was filed: this filing was changed on another page after you opened this one."),
        _("Review it as it is now, then file it."),
    ),
    "not-open": Message(
        _("Nothing was changed: this filing is closed."),
        _("Start a new filing from the case."),
    ),
    "findings-refuse": Message(
        _("Nothing was filed: something must be mended first."),
        _("Mend what is marked below, then file."),
    ),
    "findings-not-acknowledged": Message(
        _("Nothing was filed yet: please confirm that you have read each warning."),
        _("Mend what you can, or tick the box beside each warning, then file."),
    ),
    "too-many-files": Message(
        _("This file was not added: the filing already has as many files as it may."),
        _("Remove one first, or send this one in another filing of the same case."),
    ),
    "unknown-file": Message(
        _("This file is no longer in the filing."),
        _("Look at the list of files as it is now."),
    ),
    "unknown-type": Message(
        _("This kind of document cannot be filed in this case."),
        _("Choose another kind from the list."),
    ),
    "not-in-your-office": Message(
        _("Nothing was changed: this submission is not work of your office."),
        _("If the case was transferred, the office that handles it now decides."),
    ),
    "not-taken": Message(
        _("Nothing was changed: nobody has taken this submission yet."),
        _("Take it first, so that no one else works on it at the same time."),
    ),
    "held-by-another": Message(
        _("Nothing was changed: another officer is working on this submission."),
        _("A supervisor can give it to you."),
    ),
    "already-decided": Message(
        _("Nothing was changed: this submission has been decided meanwhile."),
        _("Look at its status as it is now."),
    ),
    "already-on-file": Message(
        _("Nothing was changed: the documents are already on the case file."),
        _("What is on file is not returned any more. The division may refuse a document."),
    ),
    "no-documents": Message(
        _("Nothing was changed: no document was chosen."),
        _("Choose at least one document, then try again."),
    ),
    "no-reason": Message(
        _("Nothing was changed: no reason was chosen."),
        _("Choose the reason that the filer will read."),
    ),
    "no-note": Message(
        _("Nothing was changed: there is no note to the filer."),
        _("Say in a sentence or two what is wrong and how to mend it."),
    ),
    "note-too-long": Message(
        _("Nothing was changed: the note is longer than 4,000 characters."),
        _("Shorten the note, then try again."),
    ),
    "decided-by-missing": Message(
        _("Nothing was changed: the member who decided is not named."),
        _("Name the member of the division who refused the documents."),
    ),
    "no-such-officer": Message(
        _("Nothing was changed: this person is not an officer of the office today."),
        _("Choose another officer."),
    ),
    "nothing-returned": Message(
        _("There is nothing to file again: no document of this submission was returned."),
        _("Start a new filing from the case."),
    ),
}

UPLOADS: dict[str, Message] = {
    "too-large": Message(
        _("This file was not added: it is larger than 50 MB (52,428,800 bytes)."),
        _("Scan at 300 dots per inch in black and white, or reduce its images, then add it again."),
    ),
    "truncated": Message(
        _("Nothing was added: the connection was lost before everything had arrived."),
        _("Check your connection, then add the files again. Files added earlier are still here."),
    ),
    "no-file": Message(
        _("No file was chosen."),
        _("Choose one or more PDF files, then add them."),
    ),
    "full": Message(
        _("This file was not added: the registry has no room left at the moment."),
        _("Your filing is safe as it is. Try again shortly; if it is urgent, write to the office."),
    ),
    "storage": Message(
        _("This file was not added: the registry could not store it safely."),
        _("Your filing is safe as it is. Try again shortly; if it is urgent, write to the office."),
    ),
}


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """Why one file that was sent was not added."""

    name: str
    message: Message


def refusal_text(code: str) -> Message:
    """The words for a refusal's code.

    Raises KeyError for a code without words, which is our mistake.
    """
    return REFUSALS[code]


def upload_problem(code: str, name: str) -> UploadProblem:
    """The words for a file that was not added; a failure of the store is told as such."""
    return UploadProblem(name, UPLOADS.get(code) or REFUSALS.get(code) or UPLOADS["storage"])
