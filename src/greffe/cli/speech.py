"""How commands speak: the language, what went wrong said plainly, and the exit codes.

0: done, and all is well. 1: done, and the answer is no (a file would be refused, a receipt is not
proven, the ledger has a problem, the doctor found a failure). 2: not done, since something given or
set is missing or wrong. 3: not done, since the database cannot be used.
"""

import contextlib
import os
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

NO, WRONG, NO_DATABASE = 1, 2, 3


class Lang(StrEnum):
    """The two languages."""

    en = "en"
    fr = "fr"


def system_language() -> Lang:
    """The language of this session: French where the system says so, English elsewhere."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return Lang.fr if next(filter(None, names), "").startswith("fr") else Lang.en


Language = Annotated[
    Lang, typer.Option("--lang", help="en or fr (default: the system's).", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


class DeploymentError(Exception):
    """Something must be set or mended first; `code` names its words under `wrong` in texts.toml."""

    def __init__(self, code: str, /, *, exit_code: int = WRONG, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.exit_code, self.params = code, exit_code, params

    def text(self, language: str) -> str:
        """What is wrong and what to do, in `language`."""
        return _both("wrong", self.code, language, self.params)


def _both(section: str, code: str, language: str, params: dict[str, object]) -> str:
    from greffe.cli.texts import words  # noqa: PLC0415 - most commands end without a word of it

    parts = (words(section, code, part, language, params) for part in ("means", "do"))
    return "\n".join(filter(None, parts))


def pick(en: str, fr: str) -> str:
    """The text in the language of this session."""
    return fr if system_language() == Lang.fr else en


def say_wrong(error: DeploymentError, language: str | None = None) -> None:
    """Say on the error stream what is wrong."""
    typer.secho(error.text(language or system_language()), err=True, fg="red")


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what an operator can mend into a message and an exit code, without a traceback."""
    try:
        yield
    except Exception as error:
        told = _told(error, system_language())
        if told is None:
            raise
        text, code = told
        typer.secho(text, err=True, fg="red")
        raise typer.Exit(code) from error


# Errors known by name: most commands never load their modules. Words in texts.toml and exit code.
_KNOWN = {
    "greffe.law.loading.RuleError": ("rule", WRONG),
    "environs.exceptions.EnvValidationError": ("setting", WRONG),
    "psycopg.OperationalError": ("database", NO_DATABASE),
    "django.db.utils.OperationalError": ("database", NO_DATABASE),
}


def _told(error: Any, language: str) -> tuple[str, int] | None:
    """The message and exit code of an error; None for one that nobody expected."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, DeploymentError):
        return error.text(language), error.exit_code
    if kind == "greffe.embedded.errors.EmbeddedError":
        return error.text(language), NO_DATABASE
    if kind == "greffe.sealing.keys.KeyFolderError":
        return _both("keys", error.code, language, {"path": error.path}), WRONG
    if kind in _KNOWN:
        code, exit_code = _KNOWN[kind]
        return _both("wrong", code, language, {"detail": error}), exit_code
    return None
