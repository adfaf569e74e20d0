"""The states of a notice on its way out of the registry."""

from types import MappingProxyType

from greffe.law.rows import Text
from greffe.law.states import StateTable

_ROWS: dict[str, dict[str, str | None]] = {
    "queued": {
        "claim": "sending",
        "sent": None,
        "delay": None,
        "fail": None,
        "bounce": None,
        "retry": None,
        "withdraw": "withdrawn",
    },
    # Claimed again where the lease of whoever claimed it first has run out.
    "sending": {
        "claim": "sending",
        "sent": "sent",
        "delay": "queued",
        "fail": "failed",
        "bounce": None,
        "retry": None,
        "withdraw": None,
    },
    # The mail server had taken it, and says later, by mail, that it could not deliver it.
    "sent": {
        "claim": None,
        "sent": None,
        "delay": None,
        "fail": None,
        "bounce": "failed",
        "retry": None,
        "withdraw": None,
    },
    "failed": {
        "claim": None,
        "sent": None,
        "delay": None,
        "fail": None,
        "bounce": None,
        "retry": "queued",
        "withdraw": None,
    },
    # Overtaken before it was sent: a later one says what holds now.
    "withdrawn": {
        "claim": None,
        "sent": None,
        "delay": None,
        "fail": None,
        "bounce": None,
        "retry": None,
        "withdraw": None,
    },
}

NOTICE = StateTable(
    name="notice",
    initial="queued",
    states=MappingProxyType(
        {
            "queued": Text(en="Waiting to be sent", fr="En attente d’envoi"),
            "sending": Text(en="Being sent", fr="En cours d’envoi"),
            "sent": Text(en="Sent", fr="Envoyé"),
            "failed": Text(en="Could not be sent", fr="Envoi impossible"),
            "withdrawn": Text(en="Overtaken by a later one", fr="Remplacé par un plus récent"),
        }
    ),
    events=MappingProxyType(
        {
            "claim": Text(en="Begin to send", fr="Commencer l’envoi"),
            "sent": Text(en="The mail server has taken it", fr="Le serveur de courriel l’a pris"),
            "delay": Text(en="Try again later", fr="Réessayer plus tard"),
            "fail": Text(en="Give up", fr="Renoncer"),
            "bounce": Text(en="It has come back", fr="Le courriel est revenu"),
            "retry": Text(en="Send again", fr="Envoyer de nouveau"),
            "withdraw": Text(en="A later one takes its place", fr="Un plus récent le remplace"),
        }
    ),
    table=MappingProxyType(
        {(state, event): to for state, row in _ROWS.items() for event, to in row.items()}
    ),
)
