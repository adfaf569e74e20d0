"""Finds the tests that carry a requirement marker, without running or importing them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class MarkedTest:
    """A test by its file (relative to the project) and its name; no name means the whole file."""

    path: str
    name: str

    def link(self) -> str:
        """Give the test as a Markdown link that works from docs/."""
        return f"[{self.name or Path(self.path).name}](../{self.path})"


class UnreadableMarkerError(Exception):
    """A requirement marker whose ids are not plain strings, so that no page could list them."""


def find(root: Path, tests: str = "tests") -> dict[str, list[MarkedTest]]:
    """Give the marked tests under ``root/tests`` by requirement id.

    Raises UnreadableMarkerError for a marker without ids or with computed ones.
    """
    found: defaultdict[str, set[MarkedTest]] = defaultdict(set)
    for file in sorted((root / tests).rglob("*.py")):
        path = file.relative_to(root).as_posix()
        for name, marker in _markers(ast.parse(file.read_text("utf-8")), ""):
            for identifier in _ids(marker, path):
                found[identifier].add(MarkedTest(path, name))
    return {identifier: sorted(marked) for identifier, marked in found.items()}


def _markers(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
    """Give each requirement marker under a node with the test or class that it stands on."""
    for child in ast.iter_child_nodes(node):
        inside = name
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{name}.{child.name}" if name else child.name
        if isinstance(child, ast.Call) and _is_requirement(child.func):
            yield inside, child
        yield from _markers(child, inside)


def _is_requirement(func: ast.expr) -> bool:
    return ast.unparse(func) in {"pytest.mark.requirement", "mark.requirement"}


def _ids(marker: ast.Call, path: str) -> list[str]:
    ids = [arg.value for arg in marker.args if isinstance(arg, ast.Constant)]
    words = [identifier for identifier in ids if isinstance(identifier, str)]
    if not words or len(words) != len(marker.args):
        message = f"{path}:{marker.lineno}: write the ids as plain strings"
        raise UnreadableMarkerError(message)
    return words
