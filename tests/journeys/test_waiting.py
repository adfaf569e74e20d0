"""The page of a batch that nobody has read yet: while no worker runs, and when one has begun."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit
from tests.support import axe
from tests.support.paper import Scan
from tests.support.serving import Registry, registry

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("MC-18"),
    pytest.mark.requirement("BY-06"),
]

WORDS = {
    "en": {
        "officer": "registry-vancouver",
        "queue": "Queue",
        "add": "Add and continue",
        "waits": "The batch is being read",
        "itself": "This page shows the result by itself.",
        "again": "Look again",
        "late": "Reading this scan takes longer than usual.",
        "holds": "What the batch holds",
    },
    "fr": {
        "officer": "greffe-montreal",
        "queue": "File d’attente",
        "add": "Ajouter et continuer",
        "waits": "Le lot est en cours de lecture",
        "itself": "Cette page affichera le résultat d’elle-même.",
        "again": "Regarder de nouveau",
        "late": "La lecture de cette numérisation est plus longue que d’habitude.",
        "holds": "Contenu du lot",
    },
}


@pytest.fixture(scope="module")
def unattended() -> Iterator[Registry]:
    """A registry whose pages are served, and for which nobody works."""
    with registry() as made:
        made.serve()
        yield made


@pytest.fixture(scope="module")
def site(unattended: Registry) -> str:
    """Its address: visits here go to it."""
    return unattended.url


def make_late(made: Registry) -> None:
    """Let every scan have come long ago."""
    assert made.database
    with psycopg.connect(made.database.superuser_url) as connection:
        longer = "UPDATE documents_upload SET received_at = received_at - interval '11 minutes'"
        assert connection.execute(longer).rowcount


def judged_wide_and_narrow(name: str, officer: Visit) -> None:
    """Hold the page against everything that every page must be, and for axe on a telephone too."""
    judged(name, officer)
    for width in (1280, 320):
        officer.page.set_viewport_size({"width": width, "height": 900})
        assert axe.violations(officer.page) == [], (name, width)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_page_of_a_batch_that_waits_is_for_everybody_and_shows_the_result_by_itself(
    visit: Callable[..., Visit], unattended: Registry, tmp_path: Path, lang: str
) -> None:
    officer, words = visit(lang), WORDS[lang]
    page = officer.page
    scan = tmp_path / "lot.pdf"
    scan.write_bytes(Scan().blank(2).bytes())
    officer.sign_in(words["officer"], to=words["queue"])
    officer.go("registry/paper/batch/")
    page.locator("#upload-files").set_input_files(scan)
    officer.follow(page.get_by_role("button", name=words["add"], exact=True))
    officer.at(words["waits"])
    expect(page.get_by_text(words["itself"])).to_be_visible()
    judged_wide_and_narrow("a batch that waits", officer)
    make_late(unattended)
    officer.follow(officer.link(words["again"]))
    officer.at(words["waits"])
    expect(page.locator(".notice")).to_contain_text(words["late"])
    judged_wide_and_narrow("a batch that has waited long", officer)
    worker = unattended.worker()
    try:
        officer.at(words["holds"])
    finally:
        worker.stop()
    judged_wide_and_narrow("a batch that is read", officer)
