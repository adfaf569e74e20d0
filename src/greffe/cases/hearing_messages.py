"""Codes to text: why nothing was done with a hearing, and what its officer is warned of."""

from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from greffe.cases.hearing_refusals import HearingWarning, RefusalCode
from greffe.law.dates import long_date, long_time
from greffe.law.rows import Text

# Words of papers and of calendars: in the language of the case or of the reader, not of the page.
NOTICE_NAME = Text(en="Notice to appear", fr="Avis de convocation")
ENTRY = Text(en="Hearing {file}", fr="Audience {file}")
CANCELLED_ENTRY = Text(en="Cancelled: hearing {file}", fr="Annulée\u00a0: audience {file}")
LIMITS_IN_PORTAL = Text(
    en="The time limits that the hearing sets are in the portal.",
    fr="Les délais que l’audience fixe sont dans le portail.",
)
REGISTRY = Text(en="Registry of the tribunal", fr="Greffe du tribunal")


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, and what to do. `field` is the field of the form that it is about."""

    text: StrPromise
    remedy: StrPromise
    field: str = ""


REFUSALS: dict[RefusalCode, Message] = {
    "not-yours": Message(
        gettext_lazy("Nothing was changed: your office does not handle this case now."),
        gettext_lazy("Write to the office that handles it."),
    ),
    "case-closed": Message(
        gettext_lazy("Nothing was changed: this case is closed."),
        gettext_lazy("A hearing can be scheduled in an open case only."),
    ),
    "past": Message(
        gettext_lazy("This date and time have passed at the place of the hearing."),
        gettext_lazy("Enter a date to come."),
        "day",
    ),
    "too-far": Message(
        gettext_lazy("This date is more than five years ahead."),
        gettext_lazy("Check the year."),
        "day",
    ),
    "clock-change": Message(
        gettext_lazy(
            "The clocks change on that night: this time is left out or comes twice at the place"
            " of the hearing."
        ),
        gettext_lazy("Enter another time."),
        "time",
    ),
    "wrong-office": Message(
        gettext_lazy("This division holds no hearings at that office."),
        gettext_lazy("Choose an office from the list."),
        "office",
    ),
    "wrong-member": Message(
        gettext_lazy("This person is not a member of the division now."),
        gettext_lazy("Choose a member from the list."),
        "member",
    ),
    "taken": Message(
        gettext_lazy("A hearing is already scheduled in this case at that time."),
        gettext_lazy("Postpone or cancel that one, or enter another time."),
        "day",
    ),
    "stale": Message(
        gettext_lazy(
            "Nothing was changed: this hearing has changed since you opened the page, from"
            " another page or by somebody else."
        ),
        gettext_lazy("Look at the hearings as they are now."),
    ),
    "cancelled": Message(
        gettext_lazy("Nothing was changed: this hearing is already cancelled."),
        gettext_lazy("Look at the hearings as they are now."),
    ),
    "began": Message(
        gettext_lazy("Nothing was changed: this hearing has already begun."),
        gettext_lazy("Schedule another hearing for what remains to be heard."),
    ),
    "unchanged": Message(
        gettext_lazy("The hearing is already scheduled exactly so."),
        gettext_lazy("Change its date, time, length, office, place or member."),
        "day",
    ),
    "warnings": Message(
        gettext_lazy("Nothing was scheduled yet: please confirm that you have read each warning."),
        gettext_lazy("Change the hearing, or tick the box beside each warning."),
        "warnings",
    ),
    "paper": Message(
        gettext_lazy("The notice was not issued: its PDF could not be made."),
        gettext_lazy("Nothing is on the case file. Try again; if it happens again, tell support."),
    ),
}


def refusal_text(code: RefusalCode) -> Message:
    """The words for a refusal's code."""
    return REFUSALS[code]


def warning_text(warning: HearingWarning) -> str:
    """The words of a warning, in the language of the moment."""
    lang = get_language() or "en"
    said = warning.values
    match warning.code:
        case "weekend":
            return _("%(day)s is a Saturday or a Sunday: the office is closed.") % {
                "day": long_date(said["day"], lang)
            }
        case "office-closed":
            return _("The office is closed on %(day)s (%(why)s).") % {
                "day": long_date(said["day"], lang),
                "why": said["why"].get(lang),
            }
        case "other-hearing":
            return _("Another hearing of this case is scheduled: %(when)s.") % {
                "when": long_time(said["when"], lang, place=said["place"].get(lang))
            }
        case "limit-passed":
            return _("With this date a time limit has already passed: %(limit)s, due %(day)s.") % {
                "limit": said["limit"].get(lang),
                "day": long_date(said["day"], lang),
            }
