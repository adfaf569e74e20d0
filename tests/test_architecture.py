"""What must hold of the whole code base, whoever adds to it."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "greffe"
MAX_LINES = 400
# What starts before, or without, Django: the offline commands, the sandbox, the database.
WITHOUT_DJANGO = ("law", "sealing", "papers", "embedded", "documents/sandbox")
COMMANDS_WITHOUT_DJANGO = (("check", "--help"), ("verify", "--help"), ("--help",))


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (f for f in (ROOT / folder).rglob("*.py") if "migrations" not in f.parts)


def modules_after(code: str) -> set[str]:
    """Run code in a new process; give the top-level packages that it imported."""
    shown = (
        "import json, sys; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\n{shown}"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


@pytest.mark.parametrize("room", WITHOUT_DJANGO)
def test_room_below_django_does_not_import_it(room: str) -> None:
    files = [f for f in (SOURCE / room).rglob("*.py") if f.stem not in {"__init__", "__main__"}]
    modules = [".".join(f.relative_to(ROOT / "src").with_suffix("").parts) for f in files]
    assert modules
    assert "django" not in modules_after("\n".join(f"import {module}" for module in modules))


@pytest.mark.parametrize("arguments", COMMANDS_WITHOUT_DJANGO)
def test_offline_command_starts_without_django(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom greffe.cli.app import main\n"
        f"sys.argv = ['greffe', *{arguments!r}]\n"
        "try: main()\nexcept SystemExit as end: assert not end.code, end.code"
    )
    assert "django" not in modules_after(code)


@pytest.mark.parametrize(
    "file", list(python_files("src", "tests", "tools", "bench")), ids=lambda f: f.name
)
def test_file_can_be_read_in_one_sitting(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= MAX_LINES


def test_product_prints_only_through_its_console() -> None:
    printing = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in python_files("src")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    assert printing == []


def test_package_files_are_empty() -> None:
    full = [f for f in SOURCE.rglob("__init__.py") if f.read_text("utf-8").strip()]
    assert [str(f.relative_to(SOURCE)) for f in full] == []


def test_every_silenced_rule_has_its_reason() -> None:
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(.*)")
    with_reason = re.compile(r"^(?::\s*[A-Z0-9, ]+|\[[\w, -]+\])\s*[#—–-]+\s*\w.{3,}")
    bare = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in python_files("src", "tests", "tools", "bench")
        if file != Path(__file__)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if (found := silenced.search(line)) and not with_reason.match(found[1])
    ]
    assert bare == []


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", text, re.MULTILINE))


def test_development_has_every_pin_of_the_deployment() -> None:
    assert pins("base.txt").items() <= pins("dev.txt").items()


def test_every_pin_has_a_hash() -> None:
    for name in ("base.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text("utf-8")
        entries = re.split(r"^(?=[\w.\[\]-]+==)", text, flags=re.MULTILINE)[1:]
        assert entries
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


# What nobody asks for: the registry's own upkeep, and steps inside another action.
WITHOUT_ACTOR = {
    "documents/actions.py:expire_uploads",
    "documents/actions.py:inspect_upload",
    "documents/actions.py:keep_blob",
    "documents/actions.py:keep_part",
    "documents/actions.py:sweep_store",
    "documents/actions.py:take_uploads",
    "filings/actions.py:make_paper",
    "ledger/actions.py:sequence",
    "notices/actions.py:queue_notice",
    "notices/actions.py:send_due",
}


def test_writes_take_keywords_and_name_their_actor() -> None:
    loose = {
        f"{file.relative_to(SOURCE)}:{node.name}"
        for file in SOURCE.rglob("actions.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (node.args.args or "by" not in {a.arg for a in node.args.kwonlyargs})
    }
    assert loose == WITHOUT_ACTOR


def imported_in(file: Path) -> Iterator[str]:
    """The top-level packages that a module imports when it runs, not for its types alone."""
    tree = ast.parse(file.read_text("utf-8"))
    guarded = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_registry_runs_on_what_it_requires_and_not_on_what_only_developers_have() -> None:
    pinned = (ROOT / "requirements" / "base.txt").read_text("utf-8")
    required = {
        normal(name) for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", pinned, re.MULTILINE)
    }
    known = metadata.packages_distributions()
    lacking = {
        f"{package} in {file.relative_to(SOURCE)}"
        for file in python_files("src")
        for package in imported_in(file)
        if package not in sys.stdlib_module_names
        and package != "greffe"
        and not required & {normal(name) for name in known.get(package, ())}
    }
    assert not lacking


def normal(name: str) -> str:
    """The name of a distribution as the registry of Python packages compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
