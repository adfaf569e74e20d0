"""Reads of uploads, always of one person."""

from uuid import UUID

from greffe.accounts.viewers import Viewer
from greffe.documents.models import Upload


def own_upload(viewer: Viewer, upload_id: UUID) -> Upload | None:
    """An upload of this person, or None: another's does not exist for them."""
    return Upload.objects.select_related("blob").filter(person=viewer.person, id=upload_id).first()
