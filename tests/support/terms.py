"""A tribunal's own rows for accounts, laid over the packaged ones for a while."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings


@contextmanager
def overlay(file: str, rows: str) -> Iterator[None]:
    """Lay rows of one file over the packaged ones."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, file).write_text(rows, encoding="utf-8")
        with override_settings(LAW_OVERLAY=folder):
            yield


@contextmanager
def new_version(terms: str, version: str, since: dt.date) -> Iterator[None]:
    """Bring another version of terms in force on a day; until then the first one is."""
    first = _row(terms, "1", f"in_force_from = 2020-10-26\nin_force_to = {_before(since)}")
    with overlay("terms.toml", first + _row(terms, version, f"in_force_from = {since}")):
        yield


@contextmanager
def factor_each_time() -> Iterator[None]:
    """Demand a second factor at every sign-in."""
    rows = """
[[sign_in_policy]]
id = "second-factor-each-time"
label.en = "A second factor is asked at each sign-in"
label.fr = "Un second facteur est demandé à chaque ouverture de session"
on = true
authority = "Policy"
in_force_from = 2020-10-26
"""
    with overlay("credentials.toml", rows):
        yield


def _before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=1)


def _row(terms: str, version: str, dates: str) -> str:
    return f"""
[[terms]]
id = "{terms}"
version = "{version}"
label.en = "Terms of the {terms}"
label.fr = "Conditions de « {terms} »"
text.en = "These are the words of version {version}.\\n\\nA second paragraph."
text.fr = "Voici les mots de la version {version}.\\n\\nUn second paragraphe."
authority = "Policy"
{dates}
"""
