"""The words of the command line, in both languages: see texts.toml beside this file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((files("greffe.cli") / "texts.toml").read_text("utf-8"))


def words(section: str, code: str, part: str, language: str, params: dict[str, object]) -> str:
    """The text of `code`, filled with `params`; `part` is "means" or "do". Empty if it has none."""
    said: dict[str, str] = _texts()[section][code].get(part, {})
    return said.get(language, "").format(**params)
