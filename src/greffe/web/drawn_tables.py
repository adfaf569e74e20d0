"""The long tables of the registry, drawn by Jinja: a line costs a fraction of Django's (ADR 0014).

A page stays Django's; its `{% table "queue.html" … %}` hands rows to a file of `web/tables`. Those
know the words of the catalogue (`_`, `ngettext`), texts, days and clocks in the page's language,
and the macros of `parts.html`. Everything is escaped; a name that is not given is an error.
"""

import datetime as dt
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from greffe.law.calendar import eastern, local
from greffe.law.citations import cited
from greffe.law.dates import long_date, long_time
from greffe.law.tables import Office

# What stands for each row's own in the address of a row.
_KEY, _NUMBER = UUID(int=0), 9_999_999_999
_in_words = lru_cache(4096)(long_date)

ROWS = 8_192
"""How many drawn rows a process keeps: about 1,500 characters each."""


class Addresses:
    """Writes the address of each row of a table: Django works it out once, not for each.

    Two of the same address are equal, whichever page made them.
    """

    do_not_call_in_templates = True
    """Django's templates hand it on and do not call it."""

    def __init__(self, name: str, *fixed: object, numbered: bool = False) -> None:
        """Take an address by its name: its arguments are `fixed`, then a UUID, then a number.

        The number only where it is `numbered`.
        """
        row = (_KEY, _NUMBER) if numbered else (_KEY,)
        pattern = reverse(name, args=(*fixed, *row)).replace(str(_KEY), "{}")
        self._pattern = pattern.replace(str(_NUMBER), "{}")

    def __call__(self, *row: object) -> str:
        """Give the address of a row from its UUID, and its number where there is one."""
        return self._pattern.format(*row)

    def __eq__(self, other: object) -> bool:
        """Whether both write the same addresses."""
        return isinstance(other, Addresses) and self._pattern == other._pattern

    def __hash__(self) -> int:
        """By what it writes."""
        return hash(self._pattern)


@lru_cache(256)
def _addresses(lang: str, name: str, *fixed: object, numbered: bool = False) -> Addresses:
    """Give what writes the addresses of that name in a language: the prefix of all of them."""
    del lang
    return Addresses(name, *fixed, numbered=numbered)


def addresses(name: str, *fixed: object, numbered: bool = False) -> Addresses:
    """Give what writes the addresses of that name in the page's language."""
    return _addresses(get_language() or "en", name, *fixed, numbered=numbered)


class Clock(NamedTuple):
    """A moment for machines, and as a clock on a wall shows it."""

    iso: str
    words: str


def environment(**options: Any) -> Environment:
    """Give Jinja's environment, as the settings name it."""
    made = Environment(  # noqa: S701 - among the options: Django's backend switches escaping on
        **options | {"undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    made.globals |= {"addresses": addresses, "drawn": drawn}
    made.filters |= {
        "cited": cited,
        "long_date": _in_words,
        "at_office": at_office,
        "in_eastern": in_eastern,
    }
    return made


def draw(name: str, **given: Any) -> SafeString:
    """Draw a table in the page's language, from what its file says that it is given."""
    drawn = get_template(name, using="tables").render(given | {"lang": get_language() or "en"})
    return mark_safe(drawn)  # noqa: S308 - Jinja escapes what it is given


def drawn(name: str, row: Hashable) -> SafeString:
    """Draw a row of a table, a file of `web/tables`, or give it as it was drawn before.

    `row` holds all that the file draws, and nothing that can change: what is the same is drawn once
    in a language, however often and by whomever it is looked at.
    """
    return _drawn(name, get_language() or "en", row)


@lru_cache(ROWS)
def _drawn(name: str, lang: str, row: Hashable) -> SafeString:
    made = get_template(name, using="tables").render({"row": row, "lang": lang})
    return mark_safe(made)  # noqa: S308 - Jinja escapes what it is given


def at_office(at: dt.datetime, office: Office, lang: str) -> Clock:
    """Give the clock of an office at a moment, with its place."""
    return _clock(local(at, office.zone), lang, office.label.get(lang))


def in_eastern(at: dt.datetime, office: Office, lang: str) -> Clock | None:
    """Give the clock of Eastern time at a moment, where that of the office shows another."""
    there = eastern(at)
    if there.utcoffset() == local(at, office.zone).utcoffset():
        return None
    return _clock(there, lang, gettext("Eastern time"))


def _clock(at: dt.datetime, lang: str, place: str) -> Clock:
    return Clock(at.isoformat(timespec="seconds"), long_time(at, lang, place))
