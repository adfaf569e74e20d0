"""Pictures of the registry's pages: ``python -m tools.screenshots [FOLDER]``, or ``… readme``.

Starts the demonstration with a state of its own, walks every page that links reach as a visitor and
as counsel, a registry officer and a supervisor, in both languages, files a document on the way, and
takes each page at the width of a desk and of a phone, light and dark. Pages of the same kind (two
cases, say) are taken once.
``readme`` takes only the pictures of the README, into docs/images.
"""

import re
import sys
import tempfile
from collections import deque
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pikepdf
from playwright.sync_api import Browser, Page, ViewportSize

from tests.journeys.site import running
from tests.journeys.walking import Visit
from tests.support.browser import launched

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = {"desk": 1280, "phone": 320}
SCHEMES = ("light", "dark")
COUNSEL = {"en": ("okafor", "TC5-10022", "iad"), "fr": ("tremblay", "MC6-02345", "rpd")}
STAFF = ("greffe-montreal", "superviseure")
QUEUE = {"en": "Queue", "fr": "File d’attente"}
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+\b")
_DOWNLOAD = re.compile(r"\.(?:ics|json|pdf)$|/documents/")


def kind(url: str) -> str:
    """Give the kind of page behind an address: its path with the identifiers left out."""
    return _IDENTIFIER.sub("x", urlsplit(url).path).strip("/").replace("/", "-") or "root"


def walk(page: Page, start: str, folder: Path) -> int:
    """Take every kind of page that links reach from an address in its language; give how many.

    Raises RuntimeError where a page refuses or fails.
    """
    prefix = "/".join(start.split("/")[:4]) + "/"
    waiting, seen = deque([start]), {kind(start)}
    while waiting:
        answer = page.goto(waiting.popleft())
        if answer is None or not answer.ok:
            message = f"{page.url} did not answer with a page"
            raise RuntimeError(message)
        _take(page, folder / kind(page.url))
        for link in page.locator("a[href]").evaluate_all("links => links.map(a => a.href)"):
            url = urldefrag(urljoin(page.url, link)).url
            wanted = url.startswith(prefix) and not _DOWNLOAD.search(urlsplit(url).path)
            if wanted and kind(url) not in seen:
                seen.add(kind(url))
                waiting.append(url)
    return len(seen)


def _take(page: Page, name: Path) -> None:
    for width, pixels in WIDTHS.items():
        page.set_viewport_size({"width": pixels, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.screenshot(path=f"{name}-{width}-{scheme}.png", full_page=True)


def files(folder: Path, lang: str) -> tuple[Path, Path]:
    """Make a PDF that can be filed and one that is protected by a password."""
    names = {"en": ("Disclosure.pdf", "Lease.pdf"), "fr": ("Communication.pdf", "Bail.pdf")}[lang]
    good, protected = folder / names[0], folder / names[1]
    with pikepdf.new() as document:
        for _ in range(42):
            document.add_blank_page(page_size=(612, 792))
        document.save(good)
        document.save(protected, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return good, protected


def file_something(visit: Visit, folder: Path, files_picture: Path | None = None) -> str:
    """File as counsel; give the address of the draft, and stay on the receipt."""
    username, number, division = COUNSEL[visit.lang]
    good, protected = files(folder, visit.lang)
    visit.sign_in(username)
    visit.open_case(number)
    visit.choose_type(f"{division}-disclosure")
    visit.add(good, protected)
    if files_picture:
        visit.page.screenshot(path=files_picture)
    draft = visit.page.url
    visit.line(protected.name).locator("form").last.get_by_role("button").click()
    visit.line(protected.name).wait_for(state="detached")
    visit.go_on_from_files()
    visit.state_service()
    visit.skip_dates()
    visit.submit()
    return draft


def tour(browser: Browser, site: str, lang: str, folder: Path) -> int:
    """Take the pages of a visitor, of counsel with a filing and a draft, and of the registry."""
    with browser.new_context(reduced_motion="reduce") as context:
        visit = Visit(context.new_page(), site, lang)
        taken = walk(visit.page, f"{site}/{lang}/", folder / "visitor")
        with tempfile.TemporaryDirectory() as made:
            file_something(visit, Path(made))
            visit.go("portal/")
            visit.open_case(COUNSEL[lang][1])
            visit.choose_type(f"{COUNSEL[lang][2]}-disclosure")
            visit.add(*files(Path(made), lang))
            taken += walk(visit.page, visit.page.url, folder / "filing")
        taken += walk(visit.page, f"{site}/{lang}/portal/", folder / "counsel")
    for username in STAFF:
        with browser.new_context(reduced_motion="reduce") as context:
            staff = Visit(context.new_page(), site, lang)
            staff.sign_in(username, to=QUEUE[lang])
            taken += walk(staff.page, f"{site}/{lang}/registry/", folder / username)
    return taken


def readme(browser: Browser, site: str, lang: str, folder: Path) -> int:
    """Take the page of the files, the receipt and the queue, as the README shows them."""
    size = ViewportSize(width=1000, height=900)
    with (
        browser.new_context(reduced_motion="reduce", viewport=size) as context,
        tempfile.TemporaryDirectory() as made,
    ):
        visit = Visit(context.new_page(), site, lang)
        file_something(visit, Path(made), folder / f"filing-{lang}.png")
        visit.page.screenshot(path=folder / f"receipt-{lang}.png")
    with browser.new_context(reduced_motion="reduce", viewport=size) as context:
        officer = Visit(context.new_page(), site, lang)
        officer.sign_in(STAFF[0], to=QUEUE[lang])
        officer.page.screenshot(path=folder / f"queue-{lang}.png")
    return 3


def main(arguments: list[str]) -> None:
    """Take all pictures into a folder (default: artifacts/screenshots), or those of the README."""
    only_readme = arguments == ["readme"]
    chosen = Path(arguments[0]) if arguments else ROOT / "artifacts" / "screenshots"
    folder = ROOT / "docs" / "images" if only_readme else chosen
    folder.mkdir(parents=True, exist_ok=True)
    # Not the project's own state folder: the pictures must show fresh demonstration data.
    with (
        tempfile.TemporaryDirectory() as state,
        running(Path(state)) as site,
        launched() as browser,
    ):
        for lang in ("en", "fr"):
            if only_readme:
                taken = readme(browser, site, lang, folder)
            else:
                taken = tour(browser, site, lang, folder / lang)
            print(f"{lang}: {taken} pages in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
