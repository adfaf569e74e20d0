"""The e-mail about a sign-in on a device from which the account had not been used."""

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation

from greffe.accounts.devices import device_name
from greffe.accounts.known_browsers import known_browser
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.rows import Text
from greffe.notices.actions import queue_notice

if TYPE_CHECKING:
    from greffe.accounts.models import User

_EASTERN = Text(en="Eastern time", fr="heure de l’Est")


@transaction.atomic
def tell_of_new_device(request: HttpRequest, user: "User") -> bool:
    """Owe the person an e-mail if they have just signed in from a browser that is not known.

    It says when and what kind of device, no more. Nobody without an e-mail address is told. Gives
    whether one is owed. Call it before the browser is remembered.
    """
    person = user.person
    if person is None or not person.email or known_browser(request, user.username):
        return False
    lang = person.language
    with translation.override(lang):
        device = device_name(request.META.get("HTTP_USER_AGENT", ""))
    return queue_notice(
        kind="new-device",
        language=lang,
        to=person.email,
        person=person.id,
        case_ids=[],
        context={
            "when": long_time(eastern(timezone.now()), lang, place=_EASTERN.get(lang)),
            "device": device,
            "link": f"/{lang}/portal/account/sessions/",
        },
        dedupe=f"new-device:{user.pk}:{secrets.token_hex(8)}",
    )
