"""Finds what has to be translated, in Python, in Django's templates and Jinja's, without xgettext.

Django's own ``templatize`` rewrites a template into gettext calls; Babel reads those, as it reads
Python. So ``{% translate %}``, ``{% blocktranslate %}`` (count, context, trimmed), ``_()`` inside
tags and filters, and every function of ``django.utils.translation`` are understood. Jinja brings
its own way of reading its files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize
from jinja2.ext import babel_extract

# How Babel names arguments: a number is the message, (n, "c") the context.
_SPECS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {
    "_": None,
    "gettext_noop": None,
    **{f"{name}{suffix}": spec for name, spec in _SPECS.items() for suffix in ("", "_lazy")},
}
TEMPLATES = frozenset({".html", ".txt", ".xml"})


@dataclass(frozen=True)
class Message:
    """One text to translate: its English, the English plural if it has one, its context."""

    text: str
    plural: str | None
    context: str | None
    comments: tuple[str, ...] = ()

    @property
    def id(self) -> str | tuple[str, str]:
        """Give the text as Babel's catalogues key it."""
        return (self.text, self.plural) if self.plural is not None else self.text


def in_python(source: str) -> Iterator[Message]:
    """Give the messages of a Python module, in order."""
    found = extract(
        "python",
        BytesIO(source.encode()),
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for _, text, comments, context in found:
        singular, plural = text if isinstance(text, tuple) else (text, None)
        if singular:
            yield Message(singular, plural, context, tuple(comments))


def in_template(source: str, origin: str = "") -> Iterator[Message]:
    """Give the messages of a Django template, in order.

    Raises SyntaxError where a translation block holds another block tag.
    """
    calls = templatize(source, origin=origin)
    # Indentation means nothing in a template but something to Babel's tokenizer.
    return in_python("\n".join(line.lstrip() for line in calls.splitlines()) + "\n")


def in_table(source: str) -> Iterator[Message]:
    """Give the messages of a table that Jinja draws, in order: `_` and `ngettext`.

    Raises TemplateSyntaxError where Jinja cannot read it.
    """
    options = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
    for _, _, text, comments in babel_extract(
        BytesIO(source.encode()), ("_", "ngettext"), ("Translators:",), options
    ):
        singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, None)
        if singular:
            yield Message(singular, plural, None, tuple(comments))


def in_tree(root: Path) -> Iterator[tuple[str, Message]]:
    """Give every message under a folder with the file it stands in (relative to the folder)."""
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if "/migrations/" in path or not file.is_file():
            continue
        if file.suffix == ".py":
            messages = in_python(file.read_text("utf-8"))
        elif file.suffix in TEMPLATES and "/templates/" in f"/{path}":
            messages = in_template(file.read_text("utf-8"), path)
        elif file.suffix == ".html" and "/tables/" in f"/{path}":
            messages = in_table(file.read_text("utf-8"))
        else:
            continue
        for message in messages:
            yield path, message
