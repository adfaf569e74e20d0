"""Pictures of the registry's pages, to look at: ``python -m tools.screenshots [FOLDER]``.

Starts the demonstration with a state of its own, walks every page that links reach as a visitor and
as the first of its people, in both languages, and takes each at the width of a desk and of a phone,
light and dark. Pages of the same kind (two cases, two receipts) are taken once.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

from tests.support.browser import launched

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = {"desk": 1280, "phone": 320}
SCHEMES = ("light", "dark")
PATIENCE = 120
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+\b")
_DOWNLOAD = re.compile(r"\.(?:json|pdf)$|/documents/")


def kind(url: str) -> str:
    """Give the kind of page behind an address: its path with the identifiers left out."""
    return _IDENTIFIER.sub("x", urlsplit(url).path).strip("/").replace("/", "-") or "root"


@contextlib.contextmanager
def demonstration() -> Iterator[str]:
    """Give the address of a demonstration that answers; stopped afterwards. Raises TimeoutError."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Not the project's own state folder: the pictures must show fresh demonstration data.
    with tempfile.TemporaryDirectory(prefix="greffe-") as state:
        environment = os.environ | {"GREFFE_STATE": state}
        command = [sys.executable, "-m", "greffe.cli", "demo", "--port", str(port)]
        with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own command
            try:
                _wait_for(f"http://127.0.0.1:{port}/healthz", process)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(URLError, ConnectionError), urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
            return
        time.sleep(0.2)
    raise TimeoutError(url)


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


def tour(browser: Browser, site: str, language: str, folder: Path) -> int:
    """Take the pages of a visitor, then those of the first person of the demonstration."""
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        taken = walk(page, f"{site}/{language}/", folder / "visitor")
        page.goto(f"{site}/{language}/demonstration/")
        page.locator("main form button").first.click()
        taken += walk(page, f"{site}/{language}/portal/", folder / "counsel")
        page.goto(f"{site}/{language}/portal/")
        cases = page.locator("main a[href*='/portal/cases/']")
        if cases.count():
            cases.first.click()
            page.locator("main form[action*='/file/'] button").first.click()
            taken += walk(page, page.url, folder / "filing")
        return taken


def main(arguments: list[str]) -> None:
    """Take all pictures into a folder (default: artifacts/screenshots)."""
    folder = Path(arguments[0]) if arguments else ROOT / "artifacts" / "screenshots"
    with demonstration() as site, launched() as browser:
        for language in ("en", "fr"):
            taken = tour(browser, site, language, folder / language)
            print(f"{language}: {taken} pages in {folder / language}")


if __name__ == "__main__":
    main(sys.argv[1:])
