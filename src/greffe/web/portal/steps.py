"""The steps of a filing: which ones this draft has, which one a page is, what is done."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from greffe.filings.judging import Judgement
from greffe.filings.models import Draft

Name = Literal["type", "files", "service", "dates", "review"]

LABELS = {
    "type": pgettext_lazy("step of a filing", "Type of document"),
    "files": pgettext_lazy("step of a filing", "Files"),
    "service": pgettext_lazy("step of a filing", "Statement of service"),
    "dates": pgettext_lazy("step of a filing", "Dates"),
    "review": pgettext_lazy("step of a filing", "Review and file"),
}
TITLE = _("File documents")


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page shows it."""

    name: Name
    label: str
    number: int
    current: bool
    url_name: str


def names_of(judgement: Judgement | None) -> list[Name]:
    """The steps that this draft needs, in order. Before there is a draft: what every filing has."""
    names: list[Name] = ["type", "files"]
    if judgement is not None and judgement.asks_for_service:
        names.append("service")
    if judgement is not None and judgement.events_to_name:
        names.append("dates")
    return [*names, "review"]


def steps_of(judgement: Judgement | None, current: Name) -> list[Step]:
    """The steps for the indicator at the top of the page."""
    return [
        Step(name, str(LABELS[name]), number, name == current, f"portal:draft-{name}")
        for number, name in enumerate(names_of(judgement), start=1)
    ]


def after(judgement: Judgement, current: Name) -> str:
    """The address name of the step that follows."""
    names = names_of(judgement)
    return f"portal:draft-{names[names.index(current) + 1]}"


def before(judgement: Judgement, current: Name) -> str:
    """The address name of the step before."""
    names = names_of(judgement)
    return f"portal:draft-{names[max(0, names.index(current) - 1)]}"


def first_unfinished(draft: Draft, judgement: Judgement) -> str:
    """Where to go on with a draft that was left."""
    if not draft.files.exists():
        return "portal:draft-files"
    if judgement.asks_for_service and not draft.service:
        return "portal:draft-service"
    return "portal:draft-review"
