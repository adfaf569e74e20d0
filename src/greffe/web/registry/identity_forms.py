"""What an officer is asked about an identity meeting. The actions judge it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from greffe.accounts.models import Person
from greffe.cases.rules import rules
from greffe.invitations.meeting_actions import MeetingRecord, Seen
from greffe.invitations.models import Meeting
from greffe.law.calendar import NoSuchTimeError, instant, local
from greffe.law.dates import long_time
from greffe.web.fields import DateField
from greffe.web.portal.lines import lang
from greffe.web.registry.hearing_forms import ClockField
from greffe.web.registry.invitation_forms import LONGEST_NOTE, labelled, offer

TIMES = 3
"""Times that a page offers to propose at once."""

DOCUMENTS = 2
"""Identity documents that a page asks of a meeting."""

MINUTES = (15, 30, 45, 60)
LONGEST_JOIN = 500


class OptionalClock(ClockField):
    """A time of day that may be left empty."""

    def clean(self, value: Any) -> Any:
        """Read it, unless there is nothing."""
        return super().clean(value) if str(value or "").strip() or self.required else None


class _JoinField(forms.CharField):
    """How the meeting is joined."""

    def __init__(self) -> None:
        super().__init__(
            label=_("How to join"),
            help_text=_("The address of the video meeting, or a telephone number. It is sent."),
            max_length=LONGEST_JOIN,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("Say how to join the meeting.")},
        )


def read_instant(form: forms.Form, day: str, clock: str, zone: str) -> datetime | None:
    """The moment that two fields say on an office's clock; None, with a problem, where none is."""
    said = form.cleaned_data
    if said.get(day) is None or said.get(clock) is None:
        return None
    try:
        return instant(said[day], said[clock], zone)
    except NoSuchTimeError:
        form.add_error(
            clock, _("The clocks change then: this time does not exist. Choose another.")
        )
    except OverflowError:
        form.add_error(day, _("This date is too far away."))
    return None


class ProposeForm(forms.Form):
    """Up to three times to choose from, on the clock of the office."""

    minutes = forms.TypedChoiceField(
        label=_("Length"),
        coerce=int,
        initial=30,
        widget=forms.Select(attrs={"class": "select"}),
    )
    join = _JoinField()

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Ask for the first time; the others may be left empty."""
        super().__init__(*args, **kwargs)
        self._zone = zone
        offer(self, "minutes", [(str(n), gettext("%(n)s minutes") % {"n": n}) for n in MINUTES])
        for n in range(TIMES):
            which = {"n": n + 1}
            self.fields[f"day_{n}"] = DateField(
                label=gettext("Choice %(n)s: date") % which, required=n == 0
            )
            self.fields[f"time_{n}"] = OptionalClock(
                label=gettext("Choice %(n)s: time") % which,
                required=n == 0,
                max_length=12,
                error_messages={"required": _("Enter the time.")},
            )
            vars(self.fields[f"time_{n}"])["width"] = "10"
        self.order_fields(
            [*(name for name in self.fields if name[-1].isdigit()), "minutes", "join"]
        )

    def clean(self) -> dict[str, Any]:
        """Want both halves of each time or neither."""
        said = dict(super().clean() or {})
        times = []
        for n in range(TIMES):
            day, clock = f"day_{n}", f"time_{n}"
            if not {day, clock} & set(self.errors):
                if bool(said.get(day)) != (said.get(clock) is not None):
                    self._half(day, clock, said)
                elif (at := read_instant(self, day, clock, self._zone)) is not None:
                    times.append(at)
        return said | {"times": sorted(set(times))}

    def _half(self, day: str, clock: str, said: Mapping[str, Any]) -> None:
        if said.get(day):
            self.add_error(clock, _("Enter the time that goes with this date."))
        else:
            self.add_error(day, _("Enter the date that goes with this time."))


class MoveForm(forms.Form):
    """Another time for the meeting."""

    day = DateField(label=_("New date"))
    time = ClockField(
        label=_("New time"),
        help_text=_("On the clock of the office, for example 9:30."),
        max_length=12,
        error_messages={"required": _("Enter the time.")},
    )
    join = _JoinField()

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Read times on the clock of this zone."""
        super().__init__(*args, **kwargs)
        self._zone = zone

    def clean(self) -> dict[str, Any]:
        """Make a moment of the date and the time."""
        said = dict(super().clean() or {})
        return said | {"starts_at": read_instant(self, "day", "time", self._zone)}


def standing(meeting: Meeting, zone: str) -> dict[str, Any]:
    """How a meeting stands, for the form that moves it."""
    if meeting.starts_at is None:
        return {"join": meeting.join}
    at = local(meeting.starts_at, zone)
    return {"day": at.date(), "time": f"{at:%H:%M}", "join": meeting.join}


class OutcomeForm(forms.Form):
    """What came of the meeting."""

    outcome = forms.ChoiceField(
        label=_("What came of the meeting?"),
        choices=[
            ("confirmed", _("Held, and the identity is confirmed")),
            ("refused", _("Held, and the identity is not confirmed")),
            ("held", _("Held, to be decided later")),
            ("not-held", _("Not held")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the meeting.")},
    )
    held_by = forms.ChoiceField(
        label=_("Who held it?"),
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={
            "required": _("Choose an officer from the list."),
            "invalid_choice": _("Choose an officer from the list."),
        },
    )
    note = forms.CharField(
        label=_("Why, or what to remember"),
        help_text=_(
            "Needed where the meeting was not held or the identity is not confirmed. The person"
            " does not read it."
        ),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, officers: Iterable[Person], decided: bool, **kwargs: Any
    ) -> None:
        """Offer the officers; a meeting that was held is only decided."""
        super().__init__(*args, **kwargs)
        offer(self, "held_by", [(str(person.pk), person.name) for person in officers])
        if decided:
            offer(self, "outcome", list(self.fields["outcome"].choices)[:2])  # type: ignore[attr-defined]  # a ChoiceField
        vars(self.fields["note"])["expected"] = True
        kinds = labelled(rules().identity_documents)
        order = ["outcome", "held_by"]
        for n in range(DOCUMENTS):
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label=gettext("Identity document %(n)s") % {"n": n + 1},
                required=False,
                choices=[("", gettext("No document")), *kinds],
                widget=forms.Select(attrs={"class": "select"}),
            )
            self.fields[f"last_{n}"] = forms.CharField(
                label=gettext("Last four characters of the number of document %(n)s")
                % {"n": n + 1},
                required=False,
                max_length=20,
            )
            vars(self.fields[f"last_{n}"])["width"] = "4"
            for name in (f"kind_{n}", f"last_{n}"):
                vars(self.fields[name])["expected"] = True
                order.append(name)
        self.order_fields([*order, "note"])

    def record(self) -> MeetingRecord:
        """What was entered."""
        said = self.cleaned_data
        decisions = {"confirmed": True, "refused": False}
        return MeetingRecord(
            held=said["outcome"] != "not-held",
            confirmed=decisions.get(said["outcome"]),
            seen=tuple(self._seen()),
            held_by=UUID(said["held_by"]),
            note=said["note"],
        )

    def _seen(self) -> Iterator[Seen]:
        for n in range(DOCUMENTS):
            kind, last = self.cleaned_data[f"kind_{n}"], self.cleaned_data[f"last_{n}"]
            if kind or last:
                yield Seen(kind, last)


class ChooseForm(forms.Form):
    """Which of the times offered the person takes."""

    starts_at = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, meeting: Meeting, zone: str, place: str, **kwargs: Any) -> None:
        """Offer the times that are still to come, on the clock of the office."""
        super().__init__(*args, **kwargs)
        now = timezone.now()
        times = [at for at in meeting.times if at > now]
        field = self.fields["starts_at"]
        field.label = gettext("Which time does the person take?")
        field.error_messages["required"] = gettext("Choose a time.")
        field.error_messages["invalid_choice"] = gettext("Choose one of the times.")
        words = [long_time(local(at, zone), lang(), place=place) for at in times]
        offer(self, "starts_at", zip((at.isoformat() for at in times), words, strict=True))
