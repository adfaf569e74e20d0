"""What an officer says of a document on paper. The form reads it; the rules judge what it means."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from greffe.cases.models import Case, RecordEntry
from greffe.cases.queries import counsel_in, participants_in
from greffe.cases.rules import rules
from greffe.filings.paper import Details, Method, office_at
from greffe.web.fields import PARTS, DateField
from greffe.web.portal.forms import GROUPS
from greffe.web.portal.lines import lang

LONGEST_NAME = 200
OTHER, MINISTER = "other", "minister"
_CLOCK = re.compile(r"(\d{1,2})\s*[:hH.]\s*(\d{2})")


class ClockField(forms.CharField):
    """A time of day as people write it: 14:30, 14 h 30. Gives a `datetime.time`."""

    def clean(self, value: Any) -> Any:
        """Read it, or say how it is written."""
        said = super().clean(value)
        found = _CLOCK.fullmatch(said.strip().replace("\u00a0", " "))
        try:
            return dt.time(int(found[1]), int(found[2])) if found else self._unknown()
        except ValueError:
            return self._unknown()

    def _unknown(self) -> dt.time:
        raise ValidationError(_("Write the time in hours and minutes, from 00:00 to 23:59."))


class PaperForm(forms.Form):
    """What is said of a document, for one arrival or for a cover sheet."""

    document_type = forms.ChoiceField(
        label=_("Document type"),
        error_messages={
            "required": _("Choose the document type."),
            "invalid_choice": _("Choose a type from the list."),
        },
    )
    received_on = DateField(label=_("Date received"))
    received_time = ClockField(
        label=_("Time received"),
        max_length=10,
        help_text=_("On the clock of the office, for example 14:30."),
        error_messages={"required": _("Enter the time at which it was received.")},
    )
    method = forms.ChoiceField(
        label=_("How it came"),
        choices=Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came.")},
    )
    received_by = forms.CharField(
        label=_("Received at the office by"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter who received it.")},
    )
    filed_by = forms.ChoiceField(
        label=_("Filed by"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who filed it.")},
    )
    filed_by_name = forms.CharField(
        label=_("Name, if somebody else filed it"), max_length=LONGEST_NAME, required=False
    )
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=RecordEntry.Audience.choices,
        initial=RecordEntry.Audience.PARTIES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Offer the kinds of document of the case's division, and the people of the case."""
        super().__init__(*args, **kwargs)
        self.case = case
        self.names = dict(_filers(case))
        self._offer("document_type", [("", gettext("Choose a type")), *_kinds(case)])
        words = [(key, label) for key, (label, _name) in self.names.items()]
        self._offer("filed_by", [*words, (OTHER, gettext("Somebody else"))])

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Put the day and the time together, and find the name of who filed it."""
        said = super().clean() or {}
        if said.get("filed_by") == OTHER and not said.get("filed_by_name", "").strip():
            self.add_error("filed_by_name", gettext("Enter the name of who filed it."))
        on, at = said.get("received_on"), said.get("received_time")
        if on is not None and at is not None:
            said["received_at"] = self._instant(on, at)
        return said

    def _instant(self, on: dt.date, at: dt.time) -> dt.datetime | None:
        """The moment, on the clock of the office that handled the case on that day."""
        zone = ZoneInfo(office_at(self.case, on).zone)
        local = dt.datetime.combine(on, at, tzinfo=zone)  # of an hour that comes twice, the first
        instant = local.astimezone(dt.UTC)
        if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.add_error(
                "received_time",
                gettext("There was no such time on that day: the clocks were moved forward."),
            )
        elif instant > timezone.now():
            self.add_error(
                "received_on",
                gettext("The date and time of receipt cannot be in the future."),
            )
        return instant

    def details(self) -> Details:
        """What was said. For a form that is valid."""
        said = self.cleaned_data
        other = said["filed_by"] == OTHER
        name = said["filed_by_name"].strip() if other else self.names[said["filed_by"]][1]
        return Details(
            document_type=said["document_type"],
            received_at=said["received_at"],
            method=said["method"],
            received_by=said["received_by"].strip(),
            filed_by=name,
            audience=said["audience"],
        )

    def carried(self) -> Iterator[tuple[str, str]]:
        """The fields as they were sent, for the page that asks to confirm them."""
        for name in self.fields:
            names = [f"{name}_{part}" for part in PARTS] if name == "received_on" else [name]
            yield from ((one, self.data.get(one, "")) for one in names)


def _kinds(case: Case) -> list[Any]:
    kinds = rules().document_types_for(case.division, timezone.localdate())
    groups = [
        (str(heading), [(kind.id, kind.label.get(lang())) for kind in kinds if kind.category in of])
        for heading, of in GROUPS
    ]
    return [(heading, offered) for heading, offered in groups if offered]


def _filers(case: Case) -> Iterator[tuple[str, tuple[str, str]]]:
    """Who may have filed it: for each a key, the words of the choice, the name that is kept."""
    today = timezone.localdate()
    for one in participants_in(case, on=today):
        words = f"{one.person.name} – {one.get_part_display()}"
        yield f"participant-{one.pk}", (words, one.person.name)
    for link in counsel_in(case, on=today):
        words = f"{link.person.name} – {gettext('Counsel of record')}"
        yield f"counsel-{link.pk}", (words, link.person.name)
    yield MINISTER, (gettext("The Minister"), _minister(case))


def _minister(case: Case) -> str:
    """The Minister as the file of the case names them, in the language of the case."""
    with translation.override(case.language):
        joined = case.minister.filter(until=None).order_by("pk").first()
        return str(joined) if joined else gettext("The Minister")
