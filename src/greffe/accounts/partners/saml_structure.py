"""The shape that a response of SAML 2.0 must have before anything in it is believed.

Every wrapping of a signed assertion needs a second one, a signature elsewhere, an id twice or a
reference to something else. Where there is one of each, in its place, what was signed is what is
read.
"""

import base64
import binascii

from lxml import etree

from greffe.accounts.partners.refusals import PartnerError, Why

SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
MOST_BYTES = 128 * 1024

_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_TRANSFORMS = {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", _EXCLUSIVE}
_IDS = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


def response_in(encoded: str) -> tuple[bytes, etree._Element]:
    """Decode a response and parse it, without entities, comments or anything from outside.

    Raises PartnerError(MALFORMED).
    """
    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PartnerError(Why.MALFORMED) from error
    if not raw or len(raw) > MOST_BYTES or b"<!DOCTYPE" in raw:
        raise PartnerError(Why.MALFORMED)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PartnerError(Why.MALFORMED) from error
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{SAMLP}Response":
        raise PartnerError(Why.MALFORMED)
    # Canonical XML leaves comments out: one in a name would be signed as another name.
    if any(not isinstance(node.tag, str) for node in root.iter()):
        raise PartnerError(Why.MALFORMED)
    return raw, root


def only_assertion(root: etree._Element, *, message_signed: bool) -> etree._Element:
    """Give the one assertion of a response, signed itself and in its place.

    Raises PartnerError: SIGNATURE where anything is signed otherwise, or wrapped.
    """
    assertions = list(root.iter(f"{SAML}Assertion", f"{SAML}EncryptedAssertion"))
    if len(assertions) != 1 or assertions[0].getparent() is not root:
        raise PartnerError(Why.SIGNATURE)
    (assertion,) = assertions
    if assertion.tag != f"{SAML}Assertion":
        raise PartnerError(Why.MALFORMED)
    ids = [value for node in root.iter() for name in _IDS if (value := node.get(name)) is not None]
    signatures = list(root.iter(f"{DS}Signature"))
    places = [signature.getparent() for signature in signatures]
    wanted = [root, assertion] if message_signed else [assertion]
    fits = (
        len(ids) == len(set(ids))
        and len(root.findall(f".//{DS}Object")) == 0
        and all(place in (root, assertion) for place in places)
        and all(places.count(place) == 1 for place in wanted)
        and len(places) == len(set(places))
        and all(_refers_to(signature, signature.getparent()) for signature in signatures)
    )
    if not fits:
        raise PartnerError(Why.SIGNATURE)
    return assertion


def _refers_to(signature: etree._Element, signed: etree._Element | None) -> bool:
    """Whether the signature is of the element that holds it, whole."""
    references = signature.findall(f".//{DS}Reference")
    if signed is None or not signed.get("ID") or len(references) != 1:
        return False
    transforms = {one.get("Algorithm") for one in references[0].iter(f"{DS}Transform")}
    return references[0].get("URI") == f"#{signed.get('ID')}" and transforms <= _TRANSFORMS
