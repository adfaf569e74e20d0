"""Judges the French that stands beside its English in TOML: rows of law, texts of papers."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import french


def texts(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Give every text under a key ``fr`` or ``…_fr``, with where it stands."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        name = child.get("id", key) if isinstance(child, dict) else key
        if isinstance(child, dict | list):
            yield from texts(child, f"{place} {name}")
        elif isinstance(child, str) and (key == "fr" or str(key).endswith("_fr")):
            yield place, child


def faults(source: Path) -> list[str]:
    """Give what is wrong with the French of every TOML file under a folder."""
    return [
        f"{fault}: {place}: {text!r}"
        for file in sorted(source.rglob("*.toml"))
        for place, text in texts(tomllib.loads(file.read_text("utf-8")), file.name)
        for fault in (["missing"] if not text.strip() else french.faults(text))
    ]
