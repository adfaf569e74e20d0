"""The e-mails about a delegation: to counsel and to the delegate, each in their own language."""

from django.utils import timezone

from greffe.accounts.models import Delegation, Person
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.rows import Text
from greffe.notices.actions import queue_notice

EASTERN = Text(en="Eastern time", fr="heure de l’Est")


def tell_named(delegation: Delegation) -> None:
    """Owe both the e-mail that says who acts for whom from now on."""
    principal, delegate = delegation.principal, delegation.delegate
    _tell("delegate-named", delegation, principal, delegate.name, "account/delegates/")
    _tell("named-as-delegate", delegation, delegate, principal.name, "")


def tell_removed(delegation: Delegation) -> None:
    """Owe both the e-mail that says that it is over."""
    principal, delegate = delegation.principal, delegation.delegate
    _tell("delegate-removed", delegation, principal, delegate.name, "account/delegates/")
    _tell("removed-as-delegate", delegation, delegate, principal.name, "")


def _tell(kind: str, delegation: Delegation, person: Person, other: str, page: str) -> None:
    if not person.email:
        return
    lang = person.language
    queue_notice(
        kind=kind,
        language=lang,
        to=person.email,
        person=person.id,
        case_ids=[],
        context={
            "name": other,
            "when": long_time(eastern(timezone.now()), lang, place=EASTERN.get(lang)),
            "link": f"/{lang}/portal/{page}",
        },
        dedupe=f"{kind}:{delegation.pk}",
    )
