"""Templates of rows become sentences: parameters in braces, numbers as a person writes them.

Values are turned into words here, so that no row depends on how a machine prints a number. Dates
and times are in `dates`.
"""

from collections.abc import Mapping

from greffe.law.dates import NBSP
from greffe.law.rows import Text

Value = str | int | Text


def number_words(number: int, lang: str) -> str:
    """Write a whole number with its thousands apart: "52,428,800", « 52 428 800 »."""
    grouped = f"{number:,}"
    return grouped.replace(",", NBSP) if lang.startswith("fr") else grouped


def fill(template: str, params: Mapping[str, Value], lang: str) -> str:
    """Put `params` into the {names} of `template`, written for a reader of `lang`.

    A KeyError means that a parameter is missing: the code that makes the finding is wrong.
    """
    return template.format_map({name: _words(value, lang) for name, value in params.items()})


def _words(value: Value, lang: str) -> str:
    match value:
        case Text():
            return value.get(lang)
        case int():
            return number_words(value, lang)
        case _:
            return value
