"""Originals of documents: a download only, as they arrived."""

from django.http import FileResponse

from greffe.cases import file_actions
from greffe.cases.models import RecordEntry
from greffe.documents.stores import document_store
from greffe.web.access import PortalRequest


def entry_as_file(request: PortalRequest, entry: RecordEntry) -> FileResponse:
    """Give the original of a document on a case file, with the reading recorded first."""
    file_actions.note_reading(by=request.viewer, entry=entry)
    file = document_store().open(entry.blob.key)
    response = FileResponse(file, as_attachment=True, filename=entry.name)
    response["Content-Type"] = "application/pdf"
    response["X-Download-Options"] = "noopen"
    return response
