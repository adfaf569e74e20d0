"""Reading the signature inside a PDF seal (CMS, RFC 5652) and checking it.

Only what the registry makes is accepted: one signer, SHA-256, ECDSA on P-256, the signer's own
published certificate. Anything else is no seal of ours.
"""

from collections.abc import Mapping
from typing import Any, Literal

from asn1crypto import cms as asn1
from asn1crypto import core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.x509 import load_pem_x509_certificate

_METHODS = ("signed_data", "sha256", "ecdsa")

CmsCode = Literal["key-unknown", "seal-unreadable"]


class CmsError(ValueError):
    """Not a signature of ours; `code` says why."""

    def __init__(self, code: CmsCode) -> None:
        super().__init__(code)
        self.code: CmsCode = code


def signer(data: bytes, certificates: Mapping[bytes, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the published entry (by certificate, DER) that the signature names as its signer.

    Raises CmsError: "seal-unreadable" (not such a signature), "key-unknown".
    """
    signed, info = _read(data)
    try:
        named = info["sid"].chosen["serial_number"].native
        for choice in signed["certificates"]:
            if choice.chosen.serial_number == named:
                entry = certificates.get(choice.chosen.dump())
                if entry is not None:
                    return entry
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CmsError("seal-unreadable") from error
    raise CmsError("key-unknown")


def signs(data: bytes, digest: bytes, certificate: str) -> bool:
    """Say whether the certificate's key signed a content with this SHA-256 digest."""
    try:
        _, info = _read(data)
        attributes = info["signed_attrs"]
        if _attribute(attributes, "content_type") != "data":
            return False
        if _attribute(attributes, "message_digest") != digest:
            return False
        public = load_pem_x509_certificate(certificate.encode()).public_key()
        if not isinstance(public, EllipticCurvePublicKey):
            return False
        covered = attributes.untag().dump()
        public.verify(info["signature"].native, covered, ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return True


def _read(data: bytes) -> tuple[Any, Any]:
    """Parse the signature and its one signer. Raises CmsError "seal-unreadable"."""
    try:
        signed, info, readable = _parse(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CmsError("seal-unreadable") from error
    if not readable:
        raise CmsError("seal-unreadable")
    return signed, info


def _parse(data: bytes) -> tuple[Any, Any, bool]:
    """Return content, signer, and whether they are of our kind, padded with zeros only."""
    content = asn1.ContentInfo.load(data, strict=False)
    padding = data[len(content.dump()) :]
    signed = content["content"]
    (info,) = signed["signer_infos"]
    methods = (
        content["content_type"].native,
        info["digest_algorithm"]["algorithm"].native,
        info["signature_algorithm"].signature_algo,
    )
    return signed, info, methods == _METHODS and not padding.strip(b"\0")


def _attribute(attributes: Any, name: str) -> Any:
    """Return the one value of a signed attribute. Raises ValueError if there is not just one."""
    if isinstance(attributes, core.Void):
        raise TypeError("no signed attributes")
    (attribute,) = [each for each in attributes if each["type"].native == name]
    (value,) = attribute["values"]
    return value.native
