"""Pytest plugin: requirement markers name real requirements, and CI allows no skipped test.

Skips are listed at the end with their reason (``-ra``). Where CI or GREFFE_NO_SKIPS is set, each of
them is a failure: what is skipped there is not known to work.
"""

import os
from collections.abc import Iterator

import pytest

from tools.requirement_ids import known_ids

SKIPS = pytest.StashKey[list[str]]()
NO = {"", "0", "false", "no"}


def skips_forbidden() -> bool:
    """Say whether a skipped test fails the run."""
    return any(os.environ.get(name, "").lower() not in NO for name in ("CI", "GREFFE_NO_SKIPS"))


def marked_ids(item: pytest.Item) -> Iterator[str]:
    """Give the requirement ids on a test, from the function, its class and its module."""
    for mark in item.iter_markers("requirement"):
        if not mark.args:
            message = f"{item.nodeid}: the requirement marker needs at least one id"
            raise pytest.UsageError(message)
        yield from mark.args


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SKIPS] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = known_ids()
    for item in items:
        for identifier in marked_ids(item):
            if identifier not in known:
                message = f"{item.nodeid}: {identifier!r} is no requirement of the mission"
                raise pytest.UsageError(message)


class SkipCounter:
    """Collects what was skipped, in the process that reports (not in the workers)."""

    def __init__(self, config: pytest.Config) -> None:
        self.skips = config.stash[SKIPS]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skips.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skips.append(report.nodeid)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(SkipCounter(session.config))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.config.stash[SKIPS] and skips_forbidden() and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skips = config.stash[SKIPS]
    if skips and skips_forbidden():
        terminalreporter.section("skipped where nothing may be skipped", red=True)
        for nodeid in sorted(skips):
            terminalreporter.write_line(f"FAILED (skipped) {nodeid}", red=True)
