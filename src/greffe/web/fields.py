"""Form fields of our own: a date asked for in three parts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")
_FIRST_YEAR = 1900


class DateParts(forms.MultiWidget):
    """Three short text boxes: day, month, year. The field's template draws their labels."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: dt.date | None) -> list[int | None]:
        """Give the three parts of a day, or three blanks."""
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        """Give the id of the first box: where a link to this field lands."""
        return f"{id_}_0" if id_ else id_


class DateField(forms.MultiValueField):
    """A day asked for in three parts. Gives a `datetime.date` or None.

    The code of each error names the parts that are wrong ("month", "day-year", or "date" for a day
    that no calendar has), so that the template marks those and no others.
    """

    widget = DateParts

    def __init__(self, **kwargs: Any) -> None:
        boxes = [forms.CharField(required=False, max_length=10) for _part in PARTS]
        super().__init__(fields=boxes, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> dt.date | None:
        """Read three boxes; a blank one and a number that cannot be are told apart."""
        given = [str(part or "").strip() for part in value or ("", "", "")]
        if not any(given):
            if self.required:
                raise ValidationError(_("Enter the date."), code="date")
            return None
        day = self.compress(given)
        self.run_validators(day)
        return day

    def compress(self, data_list: Sequence[str]) -> dt.date:
        """Make a day of three texts, or say which part to mend."""
        numbers = dict(zip(PARTS, data_list, strict=True))
        if blank := [part for part in PARTS if not numbers[part]]:
            raise ValidationError(_MISSING[blank[0]], code="-".join(blank))
        if odd := [part for part in PARTS if not _plausible(part, numbers[part])]:
            raise ValidationError(_ODD[odd[0]], code="-".join(odd))
        try:
            return dt.date(*(int(numbers[part]) for part in reversed(PARTS)))
        except ValueError as error:
            raise ValidationError(
                _("This month does not have that many days. Check the day and the month."),
                code="day-month",
            ) from error


_MISSING = {
    "day": _("The date must include a day."),
    "month": _("The date must include a month."),
    "year": _("The date must include a year."),
}
_ODD = {
    "day": _("The day must be a number from 1 to 31."),
    "month": _("The month must be a number from 1 to 12."),
    "year": _("The year must be four digits, for example 2026."),
}
_HIGHEST = {"day": 31, "month": 12, "year": 9999}


def _plausible(part: str, text: str) -> bool:
    if not (text.isascii() and text.isdigit()):
        return False
    return (_FIRST_YEAR if part == "year" else 1) <= int(text) <= _HIGHEST[part]
