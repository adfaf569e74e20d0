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


class DeploymentError(Exception):
    """Something that must be set or mended before the registry can run; the text says what to do."""

    def __init__(self, en: str, fr: str, *, code: int = WRONG) -> None:
        super().__init__(en)
        self.en, self.fr, self.code = en, fr, code

    def text(self, language: str) -> str:
        """The text in `language`."""
        return self.fr if language == "fr" else self.en


def say_wrong(text: str) -> None:
    """Say on the error stream what went wrong."""
    typer.secho(text, err=True, fg="red")


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
        say_wrong(text)
        raise typer.Exit(code) from error


def _told(error: Exception, language: str) -> tuple[str, int] | None:
    """The message and exit code of an error that we know by name: most commands load none of them."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    known: Any = error
    match kind:
        case "greffe.cli.speech.DeploymentError":
            return known.text(language), known.code
        case "greffe.embedded.errors.EmbeddedError":
            return known.text(language), NO_DATABASE
        case "greffe.sealing.keys.KeyFolderError":
            return _keys(known, language), WRONG
        case "greffe.law.loading.RuleError":
            words = {"en": "A rule is wrong", "fr": "Une règle est fausse"}
            return f"{words[language]}{_colon(language)} {error}", WRONG
        case "psycopg.OperationalError" | "django.db.utils.OperationalError":
            words = {"en": "The database cannot be used", "fr": "La base de données est inutilisable"}
            return f"{words[language]}{_colon(language)} {error}", NO_DATABASE
    return None


def _colon(language: str) -> str:
    return "\u00a0:" if language == "fr" else ":"


_KEYS = {
    "missing": (
        "There are no signing keys here: {path}. Make them with: greffe keys create --name NAME",
        "Il n’y a pas de clés de signature ici\u00a0: {path}. Créez-les avec\u00a0: "
        "greffe keys create --name NOM",
    ),
    "unreadable": (
        "The signing keys cannot be read: {path}. Give this user the right to read them.",
        "Les clés de signature ne peuvent pas être lues\u00a0: {path}. Donnez à cet utilisateur le "
        "droit de les lire.",
    ),
    "too-open": (
        "Others may read the signing keys: {path}. Close them: chmod -R go= on the key folder.",
        "D’autres peuvent lire les clés de signature\u00a0: {path}. Fermez l’accès\u00a0: "
        "chmod -R go= sur le dossier des clés.",
    ),
    "damaged": (
        "The signing keys are damaged: {path}. Restore them from the copy kept apart.",
        "Les clés de signature sont endommagées\u00a0: {path}. Restaurez-les depuis la copie "
        "conservée à part.",
    ),
    "mismatch": (
        "Demonstration keys and others do not mix: {path}. Name another folder in GREFFE_KEYS.",
        "Des clés de démonstration ne se mêlent pas à d’autres\u00a0: {path}. Indiquez un autre "
        "dossier dans GREFFE_KEYS.",
    ),
    "unwritable": (
        "Keys cannot be written here: {path}. Give this user the right to write there.",
        "On ne peut pas écrire de clés ici\u00a0: {path}. Donnez à cet utilisateur le droit d’y écrire.",
    ),
}


def _keys(error: Any, language: str) -> str:
    en, fr = _KEYS[error.code]
    return (fr if language == "fr" else en).format(path=error.path)
