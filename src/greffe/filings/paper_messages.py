"""Codes to text: what an officer is told of paper, of a scan and of its cover sheets."""

from django.utils.translation import gettext_lazy as _

from greffe.filings.messages import Message
from greffe.filings.paper import Warned

REFUSALS: dict[str, Message] = {
    "not-of-office": Message(
        _("Nothing was placed: this case is not handled by your office."),
        _("Send the paper to the office that handles the case."),
    ),
    "no-file": Message(
        _("Nothing was placed: there is no file."),
        _("Add at least one PDF of the document."),
    ),
    "gone": Message(
        _("Nothing was placed: a file is no longer there, or is on the case file already."),
        _("Look at the case file. If the document is not there, add it again."),
    ),
    "unknown-choice": Message(
        _("Nothing was placed: something on this page is not in its list of choices."),
        _("Choose again what kind of document it is, how it came and who may read it."),
    ),
    "in-the-future": Message(
        _("Nothing was placed: the time of receipt is still to come."),
        _("Correct the date and the time of receipt."),
    ),
    "cannot-be-kept": Message(
        _("Nothing was placed: a file could never be read."),
        _("Remove what is marked “Must be fixed”, scan that document again and add it."),
    ),
    "not-confirmed": Message(
        _("Nothing was placed yet: please confirm each point below."),
        _("Tick the box beside each point once you have checked it, then place the documents."),
    ),
    "nothing-to-place": Message(
        _("Nothing was placed: none of the documents you chose can be placed."),
        _("Read below what is wrong with each one."),
    ),
}
"""Why nothing was placed."""

WARNINGS: dict[str, Message] = {
    "long-ago": Message(
        _("The document was received more than 30 days ago."),
        _("Check the date stamped on the paper. Time limits are judged by that day."),
    ),
    "case-closed": Message(
        _("This case is closed."),
        _("Check the file number on the paper. You can still place the document on the file."),
    ),
    "on-file": Message(
        _("“%(name)s” is on this case file already, as document %(position)s."),
        _("The two files are the same to the last byte. Place it again only if you mean to."),
    ),
    "sent-twice": Message(
        _("“%(name)s” is here twice."),
        _("Two of these files are the same to the last byte. Go back and remove one of them."),
    ),
    "same-arrival": Message(
        _(
            "Document %(position)s of this case file is of the same kind, and was received at the "
            "same time in the same way."
        ),
        _("Check that nobody has entered this paper before you."),
    ),
    "upside-down": Message(
        _("The cover sheet was scanned upside down."),
        _("Look at the pages: they may be upside down too."),
    ),
}
"""What the officer confirms before a document is placed."""

PROBLEMS: dict[str, Message] = {
    "before-first-sheet": Message(
        _("These pages come before the first cover sheet."),
        _("Find their document, lay its cover sheet on it and scan it again."),
    ),
    "unreadable-sheet": Message(
        _("The code of this cover sheet cannot be read."),
        _("Print the sheet again, lay it on the document and scan it again."),
    ),
    "not-our-sheet": Message(
        _("This cover sheet was not made by this registry, or was misread."),
        _("Print a new sheet from the case, lay it on the document and scan it again."),
    ),
    "unknown-case": Message(
        _("The case of this cover sheet does not exist in this registry."),
        _("Print a new sheet from the right case, lay it on the document and scan it again."),
    ),
    "other-office": Message(
        _("The case of this cover sheet is not handled by your office."),
        _("Send the paper to the office that handles the case."),
    ),
    "transferred": Message(
        _("The case of this cover sheet has been transferred to another office since."),
        _("Send the paper to that office, with the time at which you received it."),
    ),
    "not-open-to-you": Message(
        _("The case of this cover sheet is not open to you."),
        _("Give the paper to your supervisor."),
    ),
    "no-pages-follow": Message(
        _("No page follows this cover sheet."),
        _("If a document belongs here, lay the sheet on it and scan it again."),
    ),
    "same-sheet": Message(
        _("The same cover sheet comes twice in this scan."),
        _("One sheet is for one document. Print another for the second and scan that one again."),
    ),
    "already-placed": Message(
        _("The document of this cover sheet is on the case file already."),
        _("There is nothing to do. For another document, print another sheet."),
    ),
    "document-too-large": Message(
        _("The pages under this sheet make a file of more than 50 MB."),
        _("Scan them again at 300 dots per inch in black and white, or as two documents."),
    ),
    "expired": Message(
        _("This document is no longer there: a scan is kept for two days."),
        _("Send the scan again."),
    ),
    "unknown-choice": Message(
        _("What this sheet says is no longer in the lists of this registry."),
        _("Print a new sheet from the case, lay it on the document and scan it again."),
    ),
    "in-the-future": Message(
        _("The time of receipt on this sheet is still to come."),
        _("Print a new sheet with the right time, lay it on the document and scan it again."),
    ),
    "cannot-be-kept": Message(
        _("The pages under this sheet cannot be read."),
        _("Scan the document again."),
    ),
}
"""Why a part of a scan cannot be placed."""

SCANS: dict[str, Message] = {
    "no-sheets": Message(
        _("No cover sheet was found in this scan, so nothing can be placed from it."),
        _("Lay a cover sheet on each document and scan again, or add one document from its case."),
    ),
    "damaged": Message(
        _("This file cannot be read: it is not a PDF, is protected by a password or is damaged."),
        _("Scan again to a PDF without a password."),
    ),
    "too-many-pages": Message(
        _("This scan has more than 500 pages."),
        _("Scan again in smaller batches."),
    ),
    "too-complex": Message(
        _("This scan is too complex to be read."),
        _("Scan again in smaller batches, at 300 dots per inch in black and white."),
    ),
    "not-inspected": Message(
        _("Reading this scan takes longer than usual. The scan is kept."),
        _("Open this page again later. If it stays so, tell the people who run the registry."),
    ),
    "too-large": Message(
        _("This scan was not added: it is larger than 100 MB (104,857,600 bytes)."),
        _("Scan again in smaller batches, at 300 dots per inch in black and white."),
    ),
}
"""What is wrong with a whole scan."""


def warning_text(warned: Warned) -> tuple[str, str]:
    """What a warning says and what to check, in the page's language."""
    message = WARNINGS[warned.code]
    return str(message.text) % warned.params, str(message.remedy)
