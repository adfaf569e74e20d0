"""The plugin, run in projects of its own: pytest inside pytest."""

from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

CONFTEST = 'pytest_plugins = ["tests.plugins.requirements"]'
SKIPPED = 'import pytest\n@pytest.mark.skip(reason="no Chromium here")\ndef test_a(): ...\n'
MODULE_SKIPPED = 'import pytest\npytest.skip("no browser", allow_module_level=True)\n'
MARKED = "import pytest\n@pytest.mark.requirement({})\ndef test_a(): ...\n"


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(
    pytester: pytest.Pytester, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> Run:
    for name in ("CI", "GREFFE_NO_SKIPS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\nmarkers = requirement(id): proves it\n")
    pytester.makeconftest(CONFTEST)

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_inner=source)
        monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
        return pytester.runpytest_subprocess(
            "-p", "no:django", "-p", "no:randomly", "-ra", *options, timeout=180
        )

    return run


@pytest.mark.parametrize("source", [SKIPPED, MODULE_SKIPPED])
def test_skip_on_a_desk_is_listed_and_passes(run: Run, source: str) -> None:
    result = run(source)
    assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    result.stdout.fnmatch_lines(["SKIPPED*no *"])


@pytest.mark.parametrize("variable", ["CI", "GREFFE_NO_SKIPS"])
@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_skip_in_ci_fails_and_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv(variable, "true")
    result = run(SKIPPED + "def test_b(): ...", *options)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED (skipped) test_inner.py::test_a", "*1 passed, 1 skipped*"])


def test_skipped_module_in_ci_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert run(MODULE_SKIPPED).ret != pytest.ExitCode.OK


def test_false_in_ci_variable_changes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "false")
    assert run(SKIPPED).ret == pytest.ExitCode.OK


def test_known_requirement_passes(run: Run) -> None:
    assert run(MARKED.format('"MC-07", "BY-02"')).ret == pytest.ExitCode.OK


@pytest.mark.parametrize("arguments", ['"MC-99"', ""])
def test_wrong_requirement_is_an_error(run: Run, arguments: str) -> None:
    result = run(MARKED.format(arguments))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_inner.py::test_a*require*"])
