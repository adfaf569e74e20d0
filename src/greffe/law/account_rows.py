"""Row classes for accounts: terms of use, recovery questions, and what a sign-in asks for."""

from typing import Annotated

from pydantic import StringConstraints

from greffe.law.rows import Row, Text

Version = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=16)]


class Terms(Row):
    """Terms of use that a person accepts, by version; `text` in paragraphs, a blank line between.

    A new version is a new row of the same id, in force from its own day.
    """

    version: Version
    label: Text
    text: Text

    def paragraphs(self, lang: str) -> list[str]:
        """Give the paragraphs of the text in a language."""
        return [part.strip() for part in self.text.get(lang).split("\n\n")]


class RecoveryQuestion(Row):
    """A question whose answer is one more check when a password is made anew, never alone."""

    text: Text


class SignInPolicy(Row):
    """Something that every sign-in asks for, or not: on or off from a day on."""

    label: Text
    on: bool
