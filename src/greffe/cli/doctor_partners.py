"""What the doctor asks of the sign-in partners: whether each could be used now."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from greffe.cli.doctor_outcomes import Outcome
from greffe.law.dates import long_date
from greffe.law.rows import Text

if TYPE_CHECKING:
    from greffe.accounts.partners.configuration import OpenIDPartner, Partner, SAMLPartner

SOON = timedelta(days=60)
"""How long before a certificate ends the operator is told: partners change theirs slowly."""


def partners(now: datetime) -> Iterator[Outcome]:
    """The partners of GREFFE_SIGN_IN_PARTNERS, each with what it publishes."""
    from greffe.accounts.partners.configuration import (  # noqa: PLC0415 - the doctor's alone
        PartnersFileError,
        read_partners,
    )

    file = os.environ.get("GREFFE_SIGN_IN_PARTNERS", "")
    if not file:
        yield Outcome("partners", "ok", "partners-none")
        return
    try:
        listed = read_partners(Path(file))
    except PartnersFileError as error:
        yield Outcome("partners", "fail", "partners-wrong", {"detail": error})
        return
    if not listed:
        yield Outcome("partners", "ok", "partners-none")
    for partner in listed:
        yield _partner(partner, now)


def _partner(partner: "Partner", now: datetime) -> Outcome:
    if partner.protocol == "saml":
        return _saml(partner, now)
    return _openid(partner)


def _openid(partner: "OpenIDPartner") -> Outcome:
    """Whether it answers, and publishes what the registry demands."""
    from greffe.accounts.partners.discovery import published  # noqa: PLC0415 - the doctor's alone
    from greffe.accounts.partners.refusals import PartnerError  # noqa: PLC0415 - same

    said = {"partner": partner.id}
    try:
        published(partner, anew=True)
    except PartnerError as error:
        why = {"why": error.why.value}
        return Outcome("partners", "fail", "partner-silent", said | why, said | why)
    return Outcome("partners", "ok", "partner", said, said)


def _saml(partner: "SAMLPartner", now: datetime) -> Outcome:
    """How long its certificates last: the last of them counts, for it may be changing them."""
    from greffe.accounts.partners.saml_metadata import read_metadata  # noqa: PLC0415 - same

    last = read_metadata(partner.published, partner.entity_id).ends()[-1]
    day = Text(en=long_date(last.date(), "en"), fr=long_date(last.date(), "fr"))
    said = {"partner": partner.id, "day": day}
    details = {"partner": partner.id, "until": last.isoformat()}
    if last <= now:
        return Outcome("partners", "fail", "partner-certificate-over", said, details)
    if last <= now + SOON:
        return Outcome("partners", "warn", "partner-certificate-ends", said, details)
    return Outcome("partners", "ok", "partner", said, details)
