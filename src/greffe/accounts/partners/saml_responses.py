"""A response of SAML 2.0, verified whole: its shape, what it says, and who signed it.

The signature and the schema are python3-saml's to judge; audience, times, level and which request
is answered are judged here, for it lets five minutes pass and a missing audience too.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from greffe.accounts.partners.configuration import CLOCK_SECONDS, SAMLPartner
from greffe.accounts.partners.refusals import PartnerError, Why
from greffe.accounts.partners.saml_structure import SAML, SAMLP, only_assertion, response_in

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
LONGEST_SUBJECT = 256


@dataclass(frozen=True, slots=True)
class Said:
    """What a verified response says. Instants are seconds since 1970."""

    subject: str
    answers: str
    """The id of our request."""
    assertion: str
    issued: float
    until: float
    """From when on the assertion is refused for its age."""


@dataclass(frozen=True, slots=True)
class Here:
    """This registry, as the partner knows it."""

    entity_id: str
    response_address: str


def read_response(
    encoded: str, *, partner: SAMLPartner, here: Here, settings: dict[str, Any], now: int
) -> Said:
    """Verify a response and give what it says.

    `settings` are python3-saml's, of this partner and registry. Raises PartnerError.
    """
    raw, root = response_in(encoded)
    status = root.find(f"{SAMLP}Status/{SAMLP}StatusCode")
    if status is None or status.get("Value") != SUCCESS:
        raise PartnerError(Why.CANCELLED if status is not None else Why.MALFORMED)
    assertion = only_assertion(root, message_signed=partner.message_signed)
    said = _judged(root, assertion, partner, here, now)
    _verify(raw, settings, here)
    return said


def _judged(
    root: etree._Element, assertion: etree._Element, partner: SAMLPartner, here: Here, now: int
) -> Said:
    """Judge what the assertion says. Its signature is verified before anybody relies on it."""
    _demand(_texts(root, f"{SAML}Issuer") in ([], [partner.entity_id]), Why.ISSUER)
    _demand(_texts(assertion, f"{SAML}Issuer") == [partner.entity_id], Why.ISSUER)
    _demand(root.get("Destination") == here.response_address, Why.AUDIENCE)
    audiences = _texts(assertion, f"{SAML}Conditions/{SAML}AudienceRestriction/{SAML}Audience")
    _demand(audiences == [here.entity_id], Why.AUDIENCE)
    conditions = _one(assertion, f"{SAML}Conditions")
    subject = _one(assertion, f"{SAML}Subject")
    confirmation = _one(subject, f"{SAML}SubjectConfirmation")
    _demand(confirmation.get("Method") == BEARER, Why.MALFORMED)
    data = _one(confirmation, f"{SAML}SubjectConfirmationData")
    _demand(data.get("Recipient") == here.response_address, Why.AUDIENCE)
    answers = data.get("InResponseTo") or ""
    _demand(bool(answers) and root.get("InResponseTo") == answers, Why.UNSOLICITED)
    issued = _instant(assertion, "IssueInstant")
    until = min(_instant(conditions, "NotOnOrAfter"), _instant(data, "NotOnOrAfter"))
    _demand(until > now - CLOCK_SECONDS, Why.EXPIRED)
    _demand(issued <= now + CLOCK_SECONDS, Why.EARLY)
    if conditions.get("NotBefore"):
        _demand(_instant(conditions, "NotBefore") <= now + CLOCK_SECONDS, Why.EARLY)
    levels = f"{SAML}AuthnStatement/{SAML}AuthnContext/{SAML}AuthnContextClassRef"
    found = _texts(assertion, levels)
    _demand(len(found) == 1 and found[0] in partner.levels, Why.LEVEL)
    name = "".join(_texts(subject, f"{SAML}NameID"))
    _demand(0 < len(name) <= LONGEST_SUBJECT, Why.MALFORMED)
    return Said(name, answers, assertion.get("ID", ""), issued, until + CLOCK_SECONDS)


def _verify(raw: bytes, settings: dict[str, Any], here: Here) -> None:
    """Have python3-saml verify the signatures and the schema, and what it judges besides."""
    scheme, _, rest = here.response_address.partition("://")
    host, _, path = rest.partition("/")
    request: dict[str, Any] = {
        "https": "on" if scheme == "https" else "off",
        "http_host": host,
        "script_name": f"/{path}",
        "get_data": {},
        "post_data": {},
    }
    try:
        response = OneLogin_Saml2_Response(
            OneLogin_Saml2_Settings(settings), base64.b64encode(raw).decode()
        )
        response.is_valid(request, raise_exceptions=True)
    except OneLogin_Saml2_ValidationError as error:
        raise PartnerError(_WHY.get(error.code, Why.MALFORMED)) from error
    except (OneLogin_Saml2_Error, etree.LxmlError, ValueError) as error:
        raise PartnerError(Why.MALFORMED) from error


_Code = OneLogin_Saml2_ValidationError
_WHY = dict.fromkeys(
    (
        _Code.NO_SIGNED_ASSERTION,
        _Code.NO_SIGNED_MESSAGE,
        _Code.NO_SIGNATURE_FOUND,
        _Code.INVALID_SIGNATURE,
        _Code.DEPRECATED_SIGNATURE_METHOD,
        _Code.DEPRECATED_DIGEST_METHOD,
    ),
    Why.SIGNATURE,
) | {
    _Code.WRONG_AUDIENCE: Why.AUDIENCE,
    _Code.WRONG_ISSUER: Why.ISSUER,
    _Code.ASSERTION_EXPIRED: Why.EXPIRED,
    _Code.SESSION_EXPIRED: Why.EXPIRED,
    _Code.ASSERTION_TOO_EARLY: Why.EARLY,
    _Code.WRONG_SUBJECTCONFIRMATION: Why.EXPIRED,
}


def _one(node: etree._Element, path: str) -> etree._Element:
    found = node.findall(path)
    if len(found) != 1:
        raise PartnerError(Why.MALFORMED)
    return found[0]


def _texts(node: etree._Element, path: str) -> list[str]:
    return [(one.text or "").strip() for one in node.findall(path)]


def _instant(node: etree._Element, name: str) -> float:
    """Read an instant, which SAML has in UTC."""
    try:
        found = datetime.fromisoformat(node.get(name, ""))
    except ValueError as error:
        raise PartnerError(Why.MALFORMED) from error
    if found.tzinfo is None:
        raise PartnerError(Why.MALFORMED)
    return found.timestamp()


def _demand(holds: bool, why: Why) -> None:
    if not holds:
        raise PartnerError(why)
