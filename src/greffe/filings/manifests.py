"""What exactly is asked to be filed, as one fingerprint.

The same request again has the same one.
"""

import hashlib

import rfc8785

from greffe.filings.models import Draft


def manifest_of(draft: Draft) -> str:
    """The SHA-256 (hex) of everything that the filer decides: cases, type, files, service, dates.

    Two attempts with the same manifest are the same filing, so that the earlier one gives its time.
    """
    content = {
        "draft": str(draft.id),
        "cases": sorted(str(link.case_id) for link in draft.case_links.all()),
        "document_type": draft.document_type,
        "files": [
            {
                "position": file.position,
                "upload": str(file.upload_id),
                "name": file.upload.name,
                "sha256": file.upload.blob.sha256,
            }
            for file in draft.ordered_files
        ],
        "service": draft.service,
        "named_events": draft.named_events,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
