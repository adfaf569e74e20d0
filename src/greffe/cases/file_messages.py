"""Codes to text: why something was not done with a case file."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

REFUSALS: dict[str, StrPromise] = {
    "not-allowed": _(
        "Nothing was changed: you may no longer do this in this case. Its office or its member"
        " may have changed."
    ),
    "case-closed": _("The case was not transferred: it is closed, and stays with its last office."),
    "same-office": _("The case was not transferred: this office handles it already."),
    "unknown-office": _(
        "The case was not transferred: choose an office of the list that serves its division."
    ),
    "wrong-day": _(
        "Nothing was changed: the day must be today, or a past day since the last change."
    ),
    "no-reason": _("Nothing was changed: say why, in words that the file can keep."),
    "reason-too-long": _("Nothing was changed: the reason has more than 2,000 characters."),
    "already-sealed": _("Nothing was changed: it was sealed already, perhaps by somebody else."),
    "not-sealed": _("Nothing was changed: it was not sealed, or was unsealed by somebody else."),
    "same-openness": _("Nothing was changed: the case is like this already."),
}
"""The words for a refusal's code."""
