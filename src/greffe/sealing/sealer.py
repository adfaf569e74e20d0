"""Putting the seal into a PDF with pyHanko. Slow to import: only who seals needs it."""

import io
from typing import Any

from asn1crypto import core as asn1_core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from greffe.sealing.pades import SealError, pem_bytes


def _know_every_name() -> None:
    """Make asn1crypto's tables of names whole, now that pyHanko has added its own.

    It makes each at its first use and never again: in a process that had checked a seal before, the
    names that pyHanko adds stayed unknown, and nothing could be sealed any more. Made here, under
    the lock of the import, no thread sees one half made either.
    """
    kinds: list[Any] = [asn1_core.ValueMap]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        if getattr(kind, "_map", None):
            kind._reverse_map = {name: key for key, name in kind._map.items()}  # noqa: SLF001 - it has no other way


_know_every_name()

# Invisible for PDF/A (printable, no size) and for PDF/UA (outside the page, described).
_FIELD = fields.SigFieldSpec(
    "GreffeSeal",
    readable_field_name="Seal of the registry / Sceau du greffe",
    invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
)
_SIGNATURE_BYTES = 8192


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata alone: rewritten, the XMP packet would no longer be PDF/A."""

    def _update_meta(self) -> None:
        """Write nothing: the time of sealing is in the signature."""


def add_seal(
    pdf: bytes,
    key: EllipticCurvePrivateKey,
    certificate: str,
    *,
    kid: str,
    registry: str,
    reason: str,
) -> bytes:
    """Return the PDF with an invisible certifying signature that permits no change.

    Raises SealError for a PDF that cannot take one.
    """
    try:
        writer = _Writer(io.BytesIO(pdf))
        metadata = signers.PdfSignatureMetadata(
            field_name=_FIELD.sig_field_name,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=reason,
            name=f"{registry} ({kid})",
        )
        signer = signers.PdfSigner(metadata, _signer(key, certificate), new_field_spec=_FIELD)
        sealed = signer.sign_pdf(writer, bytes_reserved=_SIGNATURE_BYTES)
    except Exception as error:  # pyHanko names no common base for what a bad PDF makes it raise
        raise SealError(f"{type(error).__name__}: {error}") from error
    return bytes(sealed.getvalue())


def _signer(key: EllipticCurvePrivateKey, certificate: str) -> Any:
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(pem_bytes(certificate)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # theirs
    )
