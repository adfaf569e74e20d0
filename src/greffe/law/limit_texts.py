"""The sentences of a time limit, in both languages. What is said here is decided in `limits`."""

import datetime as dt
from collections.abc import Sequence

from greffe.law.dates import NBSP, long_date
from greffe.law.limit_rows import Limit, TriggerEvent
from greffe.law.rows import Text

N = NBSP

MET = Text(
    en="Received {received}; the limit {was} {due}: on time.",
    fr=f"Reçu le {{received}}{N}; le délai {{was}} le {{due}}{N}: dans le délai.",
)
LATE = Text(
    en="Received {received}; the limit was {due}: late.",
    fr=f"Reçu le {{received}}{N}; le délai expirait le {{due}}{N}: hors délai.",
)
LATE_ON_BOTH = Text(
    en="Received {received}; the limit was {due} on one reading of the rule and {later} on the "
    "other: late on both.",
    fr=f"Reçu le {{received}}{N}; le délai expirait le {{due}} selon une lecture de la règle et le "
    f"{{later}} selon l’autre{N}: hors délai selon les deux.",
)
BETWEEN = Text(
    en="Received {received}; the limit was {due} on one reading of the rule and {later} on the "
    "other: the Division decides which applies.",
    fr=f"Reçu le {{received}}{N}; le délai expirait le {{due}} selon une lecture de la règle et le "
    f"{{later}} selon l’autre{N}: la Section dira laquelle s’applique.",
)
UNKNOWN = Text(
    en="No date can be given for this limit ({period}): the date {of_event} is not known.",
    fr=f"Aucune date ne peut être donnée pour ce délai ({{period}}){N}: la date {{of_event}} "
    "n’est pas connue.",
)
UNKNOWN_OF_SEVERAL = Text(
    en="No date can be given for this limit: it depends on which of these happened, and none of "
    "their dates is known: {periods}.",
    fr=f"Aucune date ne peut être donnée pour ce délai{N}: il dépend de l’un des faits suivants, "
    f"dont aucune date n’est connue{N}: {{periods}}.",
)
LATER = Text(
    en="The rule can be read in two ways and the earlier date is used here; on the other reading, "
    "the limit {was} {later}.",
    fr=f"La règle peut se lire de deux façons et la date la plus hâtive est retenue ici{N}; selon "
    "l’autre lecture, le délai {was} le {later}.",
)
VARIED = Text(
    en="A practice notice sets {days} days where the rule itself says {rule_days}.",
    fr=f"Un avis de pratique accorde {{days}}{N}jours là où la règle en prévoit {{rule_days}}.",
)
READINGS = {
    "rollover-before": Text(
        en="Counted back, the limit fell on a day when the office is closed; the rule moves it to "
        "the next working day, closer to the event, and it is not settled that it means to.",
        fr=f"Compté à rebours, le délai tombait un jour où le bureau est fermé{N}; la règle le "
        "reporte au jour ouvrable suivant, plus près de l’événement, et il n’est pas établi que ce "
        "soit voulu.",
    ),
    "clear-days": Text(
        en="The English and French texts of the rule count the days differently.",
        fr="Les textes anglais et français de la règle ne comptent pas les jours de la même façon.",
    ),
    "holiday": Text(
        en="The rule moves nothing, but the Interpretation Act may move a limit that falls on a "
        "Sunday or a holiday.",
        fr="La règle ne reporte rien, mais la Loi d’interprétation peut reporter un délai qui "
        "tombe un dimanche ou un jour férié.",
    ),
}
COUNTED = Text(
    en="{period} ({event}): {day}.",
    fr=f"{{period}} ({{event}}){N}: le {{day}}.",
)
MOVED = Text(
    en="{from_day} is not a working day at this office ({why}): the limit moves to {day}.",
    fr=f"Le {{from_day}} n’est pas un jour ouvrable à ce bureau ({{why}}){N}: le délai est porté "
    "au {day}.",
)
MOVED_BACK = Text(
    en="{from_day} is not a working day at this office ({why}): the last working day before it, "
    "{day}, is used.",
    fr=f"Le {{from_day}} n’est pas un jour ouvrable à ce bureau ({{why}}){N}: le dernier jour "
    "ouvrable qui précède, le {day}, est retenu.",
)
WEEKEND = Text(en="weekend", fr="fin de semaine")
AHEAD = Text(
    en="Must be received by {due}, {place} time: {left}.",
    fr=f"Doit être reçu au plus tard le {{due}}, heure {{place}}{N}: {{left}}.",
)
PASSED = Text(
    en="Had to be received by {due}, {place} time: the limit has passed.",
    fr=f"Devait être reçu au plus tard le {{due}}, heure {{place}}{N}: le délai est expiré.",
)
_WAS = {True: Text(en="was", fr="expirait"), False: Text(en="is", fr="expire")}


def was(due: dt.date, on: dt.date, lang: str) -> str:
    """Give the verb of a limit: past from its own day on."""
    return _WAS[due <= on].get(lang)


def period(row: Limit, days: int, event: TriggerEvent, lang: str) -> str:
    """Say the limit without dates: "10 days before the hearing"."""
    return f"{_count(row, days, lang)} {event.label.get(lang)}"


def _count(row: Limit, days: int, lang: str) -> str:
    french = lang.startswith("fr")
    if days == 0:
        return "en même temps que" if french else "together with"
    side = {"before": ("before", "avant"), "after": ("after", "après")}[row.direction][french]
    return f"{_days(row, days, french=french)} {side}"


def _days(row: Limit, days: int, *, french: bool) -> str:
    many = "s" if days > 1 else ""
    clear, working = row.clear_days, row.unit == "working"
    if french:
        words = f"{days}{N}jour{many}" + (f" ouvrable{many}" if working else "")
        return words + (f" franc{many}" if clear else "")
    return f"{days} {'clear ' if clear else ''}{'working ' if working else ''}day{many}"


def days_left(count: int, lang: str) -> str:
    """Say how long is left: "6 days left", « il reste 6 jours »; 0 is the last day."""
    french = lang.startswith("fr")
    if count == 0:
        return "c’est aujourd’hui le dernier jour" if french else "today is the last day"
    many = "s" if count > 1 else ""
    return f"il reste {count}{N}jour{many}" if french else f"{count} day{many} left"


def place_of(name: str, lang: str) -> str:
    """Put an office's name after "heure" in French: « de Vancouver », « d’Ottawa »."""
    if not lang.startswith("fr"):
        return name
    return f"d’{name}" if name[:1].upper() in "AEIOUYÉÈÊÎÔH" else f"de {name}"


def enumerate_periods(periods: Sequence[str], lang: str) -> str:
    """Put limits one after the other, as a list within a sentence."""
    return (f"{N}; " if lang.startswith("fr") else "; ").join(periods)


def join(sentences: Sequence[str]) -> str:
    """Put sentences one after the other, leaving out the empty ones."""
    return " ".join(sentence for sentence in sentences if sentence)


def dates(lang: str, **days: dt.date | None) -> dict[str, str]:
    """Write each day in full, under its own name."""
    return {name: long_date(day, lang) for name, day in days.items() if day is not None}
