"""What a person reads of the ledger: lines of history, and what is wrong with the chain."""

import unicodedata
from typing import Literal

from django.utils.translation import gettext as _

from greffe.law.rows import Text
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event

ProblemKind = Literal[
    "removed", "altered", "added", "reordered", "truncated", "rewritten", "checkpoint-invalid"
]

PROBLEMS: dict[ProblemKind, Text] = {
    "removed": Text(
        en="Removed: the ledger once had {event} at place {place}, and has it no more.",
        fr="Retiré : le journal avait {event} à la place {place} et ne l’a plus.",
    ),
    "altered": Text(
        en="Altered: {event} at place {place} is not what was recorded.",
        fr="Modifié : {event} à la place {place} n’est pas ce qui a été consigné.",
    ),
    "added": Text(
        en="Added: {event} (place {place}) was put in afterwards, not recorded in its turn.",
        fr="Ajouté : {event} (place {place}) a été inséré après coup et non consigné à son tour.",
    ),
    "reordered": Text(
        en="Reordered: {event} stands at place {place}, which is not its own.",
        fr="Déplacé : {event} se trouve à la place {place}, qui n’est pas la sienne.",
    ),
    "truncated": Text(
        en="Cut off: a checkpoint has place {place}, and the chain ends before it.",
        fr="Tronqué : un point de contrôle porte la place {place} et la chaîne finit avant.",
    ),
    "rewritten": Text(
        en="Rewritten: at place {place} the chain is not the one of the checkpoint.",
        fr="Réécrit : à la place {place}, la chaîne n’est pas celle du point de contrôle.",
    ),
    "checkpoint-invalid": Text(
        en="A checkpoint (place {place}) does not carry the registry’s signature.",
        fr="Un point de contrôle (place {place}) ne porte pas la signature du greffe.",
    ),
}
_EVENT = Text(en="event {id}", fr="l’événement {id}")
_SOME_EVENT = Text(en="an event", fr="un événement")
_NO_PLACE = Text(en="none", fr="aucune")
_TO = Text(en="{first} to {last}", fr="{first} à {last}")

# Marks that turn the direction of what follows; a name needs none of them to be written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def describe_problem(
    kind: ProblemKind, *, event: str | None, seq: int | None, through: int | None
) -> Text:
    """Put a problem of the chain into words: which event, at which place or places."""

    def words(lang: str) -> str:
        which = _EVENT.get(lang).format(id=event) if event else _SOME_EVENT.get(lang)
        place = str(seq) if seq is not None else _NO_PLACE.get(lang)
        if through is not None and through != seq:
            place = _TO.get(lang).format(first=seq, last=through)
        return PROBLEMS[kind].get(lang).format(event=which, place=place)

    return Text(en=words("en"), fr=words("fr"))


def line(event: Event) -> str:
    """Give the event's line of history in the language of the moment: who did what, for whom.

    Control characters in a name are shown as a replacement mark, so that no name forges a line.
    """
    who = _("The registry") if event.actor_capacity == "system" else printable(event.actor_name)
    what = {"who": who, "what": Kind(event.kind).label, "whom": printable(event.for_name)}
    if event.for_name:
        return _("%(who)s, for %(whom)s, %(what)s") % what
    return _("%(who)s %(what)s") % what


def printable(text: str) -> str:
    """Give the text on one line: its control and direction marks replaced by U+FFFD."""
    return "".join("\ufffd" if _breaks_lines(character) else character for character in text)


def _breaks_lines(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in _TURNING
