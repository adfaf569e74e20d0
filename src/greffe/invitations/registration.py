"""What a registration form says, and what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from greffe.invitations.refusals import FormProblem
from greffe.notices.texts import one_line
from greffe.rules import rules

_MOST: Final = {"address": 1000, "email": 254, "membership_number": 32, "phone": 40, "mobile": 40}
_USUAL: Final = 200
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{1,31}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
_ABROAD = re.compile(r"\+[2-9][0-9]{6,14}")
_BETWEEN = frozenset(" .-()/\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u2212")
_TEN = re.compile(r"[2-9][0-9]{9}")
_ELEVEN = re.compile(r"1[2-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Registration:
    """The fields of a registration form, as typed.

    `regulator` and `membership` are ids of law/data/invitations.toml; counsel give them with their
    membership number, claimants and appellants leave all three empty. Telephone numbers may be
    typed in any usual way.
    """

    name: str
    address: str
    mobile: str
    email: str
    language: str
    regulator: str = ""
    membership: str = ""
    membership_number: str = ""
    firm: str = ""
    phone: str = ""


def telephone(typed: str) -> str | None:
    """Give a telephone number as E.164, or None where it is none.

    Ten digits are a number of Canada or the United States; others begin with +, 00 or 011.
    """
    kept = "".join(_digit(sign) for sign in unicodedata.normalize("NFKC", typed).strip())
    if _TEN.fullmatch(kept):
        kept = f"+1{kept}"
    elif _ELEVEN.fullmatch(kept):
        kept = f"+{kept}"
    elif kept.startswith(("011", "00")):
        kept = f"+{kept.removeprefix('011') if kept.startswith('011') else kept[2:]}"
    known = _NORTH_AMERICAN.fullmatch(kept) or _ABROAD.fullmatch(kept)
    return kept if known else None


def _digit(sign: str) -> str:
    """A digit of any script as ours; what stands between digits is left out."""
    if sign in _BETWEEN or unicodedata.category(sign) == "Cf":
        return ""
    return str(unicodedata.decimal(sign, sign))


def is_email(text: str) -> bool:
    """Whether mail can be sent to this address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii()


def tidied(form: Registration) -> Registration:
    """Give the form with spaces in order and telephone numbers as E.164 where they are some."""
    said = {one.name: getattr(form, one.name) for one in fields(form)}
    lines = (one_line(line) for line in said.pop("address").splitlines())
    kept = {name: one_line(value) for name, value in said.items()}
    kept["address"] = "\n".join(line for line in lines if line)
    for name in ("mobile", "phone"):
        kept[name] = telephone(kept[name]) or kept[name]
    return replace(form, **kept)


def problems_of(
    form: Registration, *, counsel: bool, email_needed: bool, on: date
) -> tuple[FormProblem, ...]:
    """Name everything that is wrong with a tidied form, in the order of its fields."""
    found = [
        *_missing(form, email_needed=email_needed),
        *(_membership(form, on) if counsel else ()),
        *_ways(form),
        *_too_long(form),
    ]
    order = [one.name for one in fields(form)]
    return tuple(sorted(found, key=lambda problem: order.index(problem.field)))


def _missing(form: Registration, *, email_needed: bool) -> Iterator[FormProblem]:
    for name in ("name", "address", "mobile"):
        if not getattr(form, name):
            yield FormProblem(name, f"{name}-missing")
    if form.language not in {"en", "fr"}:
        yield FormProblem("language", "language-missing")
    if email_needed and not form.email:
        yield FormProblem("email", "email-missing")


def _membership(form: Registration, on: date) -> Iterator[FormProblem]:
    rows = {row.id: row for row in rules().regulators if row.in_force(on)}
    regulator = rows.get(form.regulator)
    if regulator is None:
        yield FormProblem("regulator", "regulator-missing")
        return
    if not form.membership:
        yield FormProblem("membership", "membership-missing")
    elif form.membership not in regulator.members:
        yield FormProblem("membership", "membership-of-another")
    if not regulator.publishes_numbers:
        return
    if not form.membership_number:
        yield FormProblem("membership_number", "number-missing")
    elif not _NUMBER.fullmatch(form.membership_number):
        yield FormProblem("membership_number", "number-wrong")


def _ways(form: Registration) -> Iterator[FormProblem]:
    if form.mobile and telephone(form.mobile) is None:
        yield FormProblem("mobile", "mobile-wrong")
    if form.phone and telephone(form.phone) is None:
        yield FormProblem("phone", "phone-wrong")
    if form.email and not is_email(form.email):
        yield FormProblem("email", "email-wrong")


def _too_long(form: Registration) -> Iterator[FormProblem]:
    for one in fields(form):
        if len(getattr(form, one.name)) > _MOST.get(one.name, _USUAL):
            yield FormProblem(one.name, "too-long")
