"""State tables: what each event makes of each state. Total: every pair has its answer.

The labels are read by people, in both languages; `docs/states.md` is drawn from the same tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from greffe.law.rows import Text


class TransitionError(Exception):
    """An event that a state does not allow."""

    def __init__(self, table: str, state: str, event: str) -> None:
        self.table, self.state, self.event = table, state, event
        super().__init__(f"{table}: “{event}” is not allowed in state “{state}”")


@dataclass(frozen=True, slots=True)
class StateTable:
    """States, events, and for every pair the state that follows, or None where it is refused."""

    name: str
    initial: str
    states: Mapping[str, Text]
    events: Mapping[str, Text]
    table: Mapping[tuple[str, str], str | None]

    def __post_init__(self) -> None:
        """Refuse a table with a hole or an unknown name: our own mistake, seen at import."""
        wanted = {(state, event) for state in self.states for event in self.events}
        named = {state for state in self.table.values() if state is not None} | {self.initial}
        if set(self.table) != wanted or not named <= set(self.states):
            message = f"{self.name}: the table and its states and events do not agree"
            raise ValueError(message)

    def after(self, state: str, event: str) -> str:
        """Give the state that follows; TransitionError where the event is not allowed.

        A state or an event that the table does not know is refused in the same way.
        """
        following = self.table.get((state, event))
        if following is None:
            raise TransitionError(self.name, state, event)
        return following

    def allows(self, state: str, event: str) -> bool:
        """Say whether the event may happen in the state."""
        return self.table.get((state, event)) is not None

    def label(self, state: str, lang: str) -> str:
        """Give the state as a person reads it."""
        return self.states[state].get(lang)


def _table(
    name: str,
    initial: str,
    states: dict[str, Text],
    events: dict[str, Text],
    rows: dict[str, dict[str, str | None]],
) -> StateTable:
    table = {(state, event): to for state, row in rows.items() for event, to in row.items()}
    return StateTable(
        name,
        initial,
        MappingProxyType(states),
        MappingProxyType(events),
        MappingProxyType(table),
    )


_NOTHING_MORE: dict[str, str | None] = dict.fromkeys(
    ("accept", "accept-part", "return", "pass", "hand-back", "refuse", "refuse-part")
)

DRAFT = _table(
    "draft",
    "open",
    {
        "open": Text(en="In preparation", fr="En préparation"),
        "submitted": Text(en="Filed", fr="Déposé"),
        "expired": Text(en="Expired", fr="Expiré"),
        "discarded": Text(en="Discarded", fr="Abandonné"),
    },
    {
        "change": Text(en="Change", fr="Modifier"),
        "submit": Text(en="File", fr="Déposer"),
        "expire": Text(en="Expire", fr="Expirer"),
        "discard": Text(en="Discard", fr="Abandonner"),
    },
    {
        "open": {
            "change": "open",
            "submit": "submitted",
            "expire": "expired",
            "discard": "discarded",
        },
        # The same request again gives the same receipt: submitting twice is no error.
        "submitted": {"change": None, "submit": "submitted", "expire": None, "discard": None},
        "expired": {"change": None, "submit": None, "expire": "expired", "discard": "discarded"},
        "discarded": {"change": None, "submit": None, "expire": None, "discard": "discarded"},
    },
)

# The registry receives, and returns what was not filed as it should be; the division refuses what
# was, but does not satisfy its rules. Once on the case file, nothing is returned any more.
SUBMISSION = _table(
    "submission",
    "received",
    {
        "received": Text(en="Received", fr="Reçue"),
        "with-division": Text(en="Before the division", fr="Devant la section"),
        "accepted": Text(en="On the case file", fr="Au dossier"),
        "partly-accepted": Text(en="Partly on the case file", fr="En partie au dossier"),
        "returned": Text(en="Returned", fr="Retournée"),
        "refused": Text(en="Refused by the division", fr="Refusée par la section"),
    },
    {
        "accept": Text(en="Take all to the case file", fr="Verser le tout au dossier"),
        "accept-part": Text(
            en="Take some to the case file, return the others",
            fr="En verser une partie au dossier, retourner le reste",
        ),
        "return": Text(en="Return", fr="Retourner"),
        "pass": Text(en="Pass to the division", fr="Transmettre à la section"),
        "hand-back": Text(en="Give back to the registry", fr="Rendre au greffe"),
        "refuse": Text(en="Refuse all", fr="Refuser le tout"),
        "refuse-part": Text(en="Refuse some", fr="En refuser une partie"),
    },
    {
        "received": {
            "accept": "accepted",
            "accept-part": "partly-accepted",
            "return": "returned",
            "pass": "with-division",
            "hand-back": None,
            "refuse": None,
            "refuse-part": None,
        },
        "with-division": {
            "accept": "accepted",
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": "received",
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "accepted": {
            "accept": None,
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": None,
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "partly-accepted": {
            "accept": None,
            "accept-part": None,
            "return": None,
            "pass": None,
            "hand-back": None,
            "refuse": "refused",
            "refuse-part": "partly-accepted",
        },
        "returned": _NOTHING_MORE,
        "refused": _NOTHING_MORE,
    },
)

# One document of a submission.
DOCUMENT = _table(
    "document",
    "filed",
    {
        "filed": Text(en="Filed", fr="Déposé"),
        "on-file": Text(en="On the case file", fr="Au dossier"),
        "returned": Text(en="Returned", fr="Retourné"),
        "refused": Text(en="Refused by the division", fr="Refusé par la section"),
    },
    {
        "place": Text(en="Take to the case file", fr="Verser au dossier"),
        "return": Text(en="Return", fr="Retourner"),
        "refuse": Text(en="Refuse", fr="Refuser"),
    },
    {
        "filed": {"place": "on-file", "return": "returned", "refuse": "refused"},
        "on-file": {"place": None, "return": None, "refuse": "refused"},
        "returned": {"place": None, "return": None, "refuse": None},
        "refused": {"place": None, "return": None, "refuse": None},
    },
)

# From asking to be invited to the account that is joined. What the person has to do ends by itself;
# what the registry has to do does not.
_INVITATION_EVENTS = {
    "invite": Text(en="Invite", fr="Inviter"),
    "send-again": Text(en="Send the invitation again", fr="Envoyer de nouveau l’invitation"),
    "remind": Text(en="Remind", fr="Rappeler"),
    "return-form": Text(en="Return the form", fr="Retourner le formulaire"),
    "accept-form": Text(en="Accept the form", fr="Accepter le formulaire"),
    "send-back": Text(en="Ask for another form", fr="Demander un autre formulaire"),
    "propose": Text(en="Propose times", fr="Proposer des moments"),
    "choose": Text(en="Choose a time", fr="Choisir un moment"),
    "move": Text(en="Move the meeting", fr="Déplacer la rencontre"),
    "cancel": Text(en="Cancel the meeting", fr="Annuler la rencontre"),
    "miss": Text(en="Note that it was not held", fr="Noter qu’elle n’a pas eu lieu"),
    "hold": Text(en="Note that it was held", fr="Noter qu’elle a eu lieu"),
    "confirm": Text(en="Confirm the identity", fr="Confirmer l’identité"),
    "refuse": Text(en="Not confirm the identity", fr="Ne pas confirmer l’identité"),
    "issue": Text(en="Issue a code", fr="Délivrer un code"),
    "activate": Text(en="Join the portal", fr="Rejoindre le portail"),
    "expire": Text(en="Expire", fr="Expirer"),
    "revoke": Text(en="Revoke", fr="Révoquer"),
}


def _only(**allowed: str) -> dict[str, str | None]:
    """A row that answers every event, and refuses those that are not named."""
    named = {event.replace("_", "-"): to for event, to in allowed.items()}
    return dict.fromkeys(_INVITATION_EVENTS) | named


INVITATION = _table(
    "invitation",
    "asked",
    {
        "asked": Text(en="Asked for", fr="Demandée"),
        "invited": Text(en="Invited", fr="Envoyée"),
        "form-returned": Text(en="Form returned", fr="Formulaire reçu"),
        "meeting-proposed": Text(en="Meeting proposed", fr="Rencontre proposée"),
        "scheduled": Text(en="Meeting scheduled", fr="Rencontre fixée"),
        "held": Text(en="Meeting held", fr="Rencontre tenue"),
        "confirmed": Text(en="Identity confirmed", fr="Identité confirmée"),
        "refused": Text(en="Identity not confirmed", fr="Identité non confirmée"),
        "code-issued": Text(en="Code issued", fr="Code délivré"),
        "activated": Text(en="Portal joined", fr="Portail rejoint"),
        "expired": Text(en="Expired", fr="Expirée"),
        "revoked": Text(en="Revoked", fr="Révoquée"),
    },
    _INVITATION_EVENTS,
    {
        "asked": _only(invite="invited", revoke="revoked"),
        "invited": _only(
            send_again="invited",
            remind="invited",
            return_form="form-returned",
            expire="expired",
            revoke="revoked",
        ),
        # Until it is looked at, a form may be returned once more: the latest counts.
        "form-returned": _only(
            return_form="form-returned",
            accept_form="form-returned",
            send_back="invited",
            propose="meeting-proposed",
            revoke="revoked",
        ),
        "meeting-proposed": _only(
            propose="meeting-proposed",
            remind="meeting-proposed",
            choose="scheduled",
            cancel="form-returned",
            expire="expired",
            revoke="revoked",
        ),
        "scheduled": _only(
            move="scheduled",
            cancel="form-returned",
            miss="form-returned",
            hold="held",
            revoke="revoked",
        ),
        "held": _only(
            propose="meeting-proposed", confirm="confirmed", refuse="refused", revoke="revoked"
        ),
        "confirmed": _only(issue="code-issued", revoke="revoked"),
        "refused": _only(),
        "code-issued": _only(
            issue="code-issued",
            remind="code-issued",
            activate="activated",
            expire="expired",
            revoke="revoked",
        ),
        "activated": _only(),
        # Begun again; whoever's identity was confirmed is issued another code and no more.
        "expired": _only(send_again="invited", issue="code-issued", revoke="revoked"),
        "revoked": _only(),
    },
)

TABLES: tuple[StateTable, ...] = (DRAFT, SUBMISSION, DOCUMENT, INVITATION)
