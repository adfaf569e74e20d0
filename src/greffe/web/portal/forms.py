"""The forms of a filing. They read what was typed; the law judges what it means."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from greffe.accounts.viewers import Principal
from greffe.cases.models import Case
from greffe.filings.models import DraftFile
from greffe.law.limit_rows import TriggerEvent
from greffe.law.ruleset import RuleSet
from greffe.law.service import methods_for
from greffe.law.tables import Category, DocumentType, ServiceDuty
from greffe.web.fields import DateField

GROUPS: Sequence[tuple[StrPromise, frozenset[Category]]] = (
    (_("Documents and submissions"), frozenset({"disclosure", "written-submissions", "record"})),
    (_("Forms and notices"), frozenset({"division-form", "notice", "notice-of-appeal"})),
    (_("Applications"), frozenset({"application"})),
    (_("Answers to an application"), frozenset({"response", "reply"})),
    (_("Representation and contact"), frozenset({"contact"})),
)
"""The headings under which a kind of document is looked for, the most used first."""


class TypeForm(forms.Form):
    """What kind of document, and in which cases of the family."""

    document_type = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the document type."),
            "invalid_choice": _("Choose a type from the list."),
        },
    )
    also_in = forms.ModelMultipleChoiceField(
        queryset=Case.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[DocumentType],
        family: QuerySet[Case],
        whom: Sequence[Principal] = (),
        **kwargs: Any,
    ) -> None:
        """Offer these kinds of document and these other cases; `whom` a delegate may file for."""
        super().__init__(*args, **kwargs)
        lang = translation.get_language() or "en"
        field = self.fields["document_type"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (str(heading), offered)
            for heading, categories in GROUPS
            if (offered := _of(kinds, categories, lang))
        ]
        hints = {kind.id: kind.help.get(lang) for kind in kinds if kind.help}
        vars(field)["choice_hints"] = hints
        also_in = self.fields["also_in"]
        assert isinstance(also_in, forms.ModelMultipleChoiceField)  # noqa: S101 - same
        also_in.queryset = family
        self._whom = whom
        if len(whom) > 1:
            self.fields["whom"] = forms.ChoiceField(
                choices=[(str(one.id), one.name) for one in whom],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose in whose name you file."),
                    "invalid_choice": _("Choose a name from the list."),
                },
            )

    def whom_id(self) -> UUID | None:
        """In whose name it is filed, where that is not one's own."""
        if len(self._whom) > 1:
            return UUID(self.cleaned_data["whom"])
        return self._whom[0].id if self._whom else None

    def also_in_ids(self) -> list[Any]:
        """The ids of the other cases that were ticked."""
        return [case.pk for case in self.cleaned_data["also_in"]]


def _of(
    kinds: Sequence[DocumentType], categories: frozenset[Category], lang: str
) -> list[tuple[str, str]]:
    return [(kind.id, kind.label.get(lang)) for kind in kinds if kind.category in categories]


class ServiceForm(forms.Form):
    """How and when the other party was given the document. Empty fields become findings."""

    recipients = forms.CharField(required=False, max_length=2000)
    method = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    served_on = DateField(required=False)
    provided_by = forms.CharField(required=False, max_length=500)
    signed = forms.BooleanField(required=False)
    proof = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    explanation = forms.CharField(required=False, max_length=10000, widget=forms.Textarea)

    def __init__(
        self,
        *args: Any,
        rules: RuleSet,
        duty: ServiceDuty,
        files: Sequence[DraftFile],
        on: date,
        **kwargs: Any,
    ) -> None:
        """Ask what this duty wants to know of these files. `initial` is a kept statement."""
        kwargs["initial"] = _with_dates(kwargs.get("initial"), "served_on")
        super().__init__(*args, **kwargs)
        self.duty = duty
        self.methods = methods_for(rules, duty.division, on)
        lang = translation.get_language() or "en"
        self._offer("method", [(method.id, method.label.get(lang)) for method in self.methods])
        if duty.evidence == "proof" or duty.proof_with_statement:
            self._offer("proof", list(_proofs(duty, files)))
        else:
            del self.fields["proof"], self.fields["explanation"]
        if not duty.explanation_instead and "explanation" in self.fields:
            del self.fields["explanation"]
        if duty.evidence == "statement":
            del self.fields["signed"]
        # Left empty they become findings: they are not optional, and no field says that they are.
        for field in self.fields.values():
            vars(field)["expected"] = True

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def statement(self) -> Mapping[str, Any]:
        """What was said, as it is kept in the draft."""
        said = self.cleaned_data
        served_on = said.get("served_on")
        return {
            "recipients": said.get("recipients", "").strip(),
            "method": said.get("method", ""),
            "served_on": served_on.isoformat() if served_on else None,
            "provided_by": said.get("provided_by", "").strip(),
            "signed": bool(said.get("signed")),
            "proof": said.get("proof") or None,
            "explanation": said.get("explanation", "").strip(),
        }


def _with_dates(kept: Mapping[str, Any] | None, *names: str) -> dict[str, Any]:
    days = {name: date.fromisoformat(kept[name]) for name in names if kept and kept.get(name)}
    return dict(kept or {}) | days


def _proofs(duty: ServiceDuty, files: Sequence[DraftFile]) -> Any:
    yield "", gettext("My signed statement above is the proof")
    for position, file in enumerate(files, start=1):
        yield (
            f"attached:{position}",
            gettext("The proof is the file “%(name)s”") % {"name": file.upload.name},
        )
    if duty.explanation_instead:
        yield "explanation", gettext("I have no proof and explain why below")


class DatesForm(forms.Form):
    """Dates that only the filer knows. Each may be left empty."""

    def __init__(self, *args: Any, events: Sequence[TriggerEvent], **kwargs: Any) -> None:
        """Ask for the day of each of these events. `initial` has ISO days by event."""
        kwargs["initial"] = _with_dates(kwargs.get("initial"), *(event.id for event in events))
        super().__init__(*args, **kwargs)
        lang = translation.get_language() or "en"
        for event in events:
            self.fields[event.id] = DateField(required=False, label=_date_of(event, lang))

    def events(self) -> Mapping[str, date]:
        """The days that were given, by event."""
        return {event: on for event, on in self.cleaned_data.items() if on}


def _date_of(event: TriggerEvent, lang: str) -> str:
    return gettext("Date %(of_event)s") % {"of_event": event.of_label.get(lang)}
