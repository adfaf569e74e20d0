"""What a partner that speaks SAML 2.0 publishes of itself: a file that the operator was given."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography import x509
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as Parser

from greffe.accounts.partners.fetching import is_safe


class MetadataError(Exception):
    """The metadata cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where the partner is asked, and the certificates of the keys that it signs with."""

    entity_id: str
    sign_in_address: str
    certificates: tuple[str, ...]

    def ends(self) -> list[datetime]:
        """When each certificate ends, the first first."""
        read = (x509.load_pem_x509_certificate(_pem(one)) for one in self.certificates)
        return sorted(one.not_valid_after_utc for one in read)


@lru_cache
def read_metadata(text: str, entity_id: str) -> Published:
    """Read the metadata of the entity. Raises MetadataError where the registry could not use it."""
    try:
        idp: dict[str, Any] = Parser.parse(
            text.encode(),
            required_sso_binding=Constants.BINDING_HTTP_REDIRECT,
            entity_id=entity_id,
        ).get("idp", {})
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise MetadataError("it is not the metadata of SAML 2.0") from error
    if idp.get("entityId") != entity_id:
        raise MetadataError("it describes no identity provider of that entity_id")
    address = idp.get("singleSignOnService", {}).get("url")
    if not is_safe(address):
        raise MetadataError("it has no https address for sign-in by HTTP-Redirect")
    several = idp.get("x509certMulti", {}).get("signing") or []
    found = Published(
        entity_id, str(address), tuple(several) or tuple(filter(None, [idp.get("x509cert")]))
    )
    try:
        ends = found.ends()
    except ValueError as error:
        raise MetadataError("a certificate in it cannot be read") from error
    if not ends:
        raise MetadataError("it has no certificate to sign with")
    return found


def _pem(body: str) -> bytes:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n".encode()
