"""Making one key: its private half, its id, its public entry and, for seals, its certificate."""

import base64
import datetime as dt
import hashlib
from typing import Literal, TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

Purpose = Literal["receipt", "seal"]
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

# RFC 5280, 4.1.2.5: a certificate without a known end of validity. Receipts are verified years
# later, and retirement is published beside the certificate.
_NO_END = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
_COMMON_NAME_MAX = 64  # RFC 5280, upper bound of a common name


class Entry(TypedDict):
    """The public half of a key, as published."""

    id: str
    purpose: Purpose
    algorithm: Literal["Ed25519", "P-256"]
    public: str
    certificate: str | None
    not_before: str
    retired_at: str | None
    demonstration: bool


def make_pair(
    name: str, *, demonstration: bool, now: dt.datetime
) -> tuple[tuple[Entry, bytes], tuple[Entry, bytes]]:
    """Make a key for receipts and one for seals: each its public entry and its private PEM."""
    receipt = Ed25519PrivateKey.generate()
    seal = generate_private_key(SECP256R1())
    return (
        _entry("receipt", receipt, None, demonstration=demonstration, now=now),
        _entry(
            "seal",
            seal,
            certificate(seal, name, demonstration=demonstration, now=now),
            demonstration=demonstration,
            now=now,
        ),
    )


def _entry(
    purpose: Purpose,
    key: PrivateKey,
    pem: str | None,
    *,
    demonstration: bool,
    now: dt.datetime,
) -> tuple[Entry, bytes]:
    entry = Entry(
        id=key_id(key, demonstration=demonstration, now=now),
        purpose=purpose,
        algorithm="Ed25519" if isinstance(key, Ed25519PrivateKey) else "P-256",
        public=public_text(key),
        certificate=pem,
        not_before=stamp(now),
        retired_at=None,
        demonstration=demonstration,
    )
    return entry, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_id(key: PrivateKey, *, demonstration: bool, now: dt.datetime) -> str:
    """Name a key by its day and a thumbprint of its public half: "demo-20260412-9f3c01ab"."""
    thumb = hashlib.sha256(public_text(key).encode()).hexdigest()[:8]
    return f"{'demo-' if demonstration else ''}{now:%Y%m%d}-{thumb}"


def public_text(key: PrivateKey) -> str:
    """Return the public half as base64url: 32 raw bytes (Ed25519) or the SPKI DER (P-256)."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        return base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    return base64url(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def read_private(pem: bytes) -> PrivateKey:
    """Read a private key of ours. Raises ValueError for anything else."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:  # the file is encrypted, which ours never are
        raise ValueError("encrypted private key") from error
    if isinstance(key, (Ed25519PrivateKey, EllipticCurvePrivateKey)):
        return key
    raise ValueError("neither Ed25519 nor elliptic curve")


def certificate(
    key: EllipticCurvePrivateKey, name: str, *, demonstration: bool, now: dt.datetime
) -> str:
    """Issue the key's own certificate (PEM), for signatures that bind, of files only."""
    kid = key_id(key, demonstration=demonstration, now=now)
    unit = "DEMONSTRATION - proves nothing" if demonstration else "Electronic registry"
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:_COMMON_NAME_MAX]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, kid),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(_NO_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def stamp(now: dt.datetime) -> str:
    """Write an instant as ISO 8601 in UTC, whole seconds."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def base64url(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
