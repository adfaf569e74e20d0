"""greffe retention: it says what goes and why, and does it only when told to."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.support.backups import contents
from tests.support.serving import Registry

OVER = """
UPDATE documents_upload SET expires_at = now() - interval '1 day' WHERE NOT taken
    AND id NOT IN (SELECT upload_id FROM filings_draftfile);
UPDATE filings_draft SET expires_at = now() - interval '1 day' WHERE state = 'open';
UPDATE documents_upload SET expires_at = now() - interval '1 day' WHERE NOT taken
"""


@pytest.fixture
def old(empty: Registry, target: Path) -> Registry:
    """A registry in which the time of every draft is over."""
    assert empty.command("restore", str(target)).returncode == 0
    assert empty.database
    with psycopg.connect(empty.database.superuser_url) as connection:
        connection.execute(OVER)
    return empty


def lines(site: Registry, *arguments: str) -> list[dict[str, object]]:
    done = site.command("retention", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.postgres15
def test_retention_says_what_goes_and_does_it_when_told(old: Registry) -> None:
    before = contents(old)
    said = lines(old)
    assert {one["kind"] for one in said} == {"draft", "upload"}
    assert {one["goes"] for one in said} == {True}
    assert not any(one["gone"] for one in said)
    assert lines(old, "--dry-run") == said
    assert contents(old) == before
    assert lines(old, "--apply") == [one | {"gone": True} for one in said]
    uploads = sum(one["kind"] == "upload" for one in said)
    assert len(contents(old)) == len(before) - uploads
    assert lines(old) == []


@pytest.mark.requirement("BY-06")
def test_hold_and_rows_are_told_in_both_languages(old: Registry) -> None:
    assert old.database
    with psycopg.connect(old.database.superuser_url) as connection:
        connection.execute("UPDATE documents_blob SET legal_hold = true")
    english = old.command("retention", "--apply").stdout
    assert "0 are gone" in english
    assert "stays, under a legal hold" in english
    assert "upload: A file that was sent and not filed is kept for 2 days" in english
    french = old.command("retention", "--lang", "fr").stdout
    assert "reste, sous préservation juridique" in french
    assert "conservation de 30 jours" in french
