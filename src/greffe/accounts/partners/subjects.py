"""The subject of a partner as the table of django-allauth keeps it."""

import hashlib

LONGEST = 191
"""Characters that the column holds. The protocols allow 255 and 256."""


def key_of(subject: str) -> str:
    """Give the subject itself, or its hash where it is longer than the column."""
    if len(subject) <= LONGEST:
        return subject
    return f"sha256:{hashlib.sha256(subject.encode()).hexdigest()}"
