"""Starts the machine's own Chromium for tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

PATIENCE = 90_000
"""Milliseconds that a page may take for anything: much more than any does, on a busy machine."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Give the path of the first Chromium on PATH, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def reason_to_skip() -> str:
    """Say why browser tests cannot run here, or "" where they can."""
    return "" if chromium() else f"no Chromium on PATH (looked for {', '.join(NAMES)})"


@contextmanager
def launched() -> Iterator[Browser]:
    """Give a headless browser, closed afterwards. Raises RuntimeError where there is none."""
    path = chromium()
    if path is None:
        raise RuntimeError(reason_to_skip())
    # Chromium's own sandbox does not start for root.
    flags = [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=flags)
        expect.set_options(timeout=PATIENCE)
        try:
            yield browser
        finally:
            browser.close()
