"""The sign-in partners of a deployment: one file of rows, checked whole before anything starts.

The key of a person at a partner is the partner's id with the subject: an id is never given to
another partner. See docs/how-to/connect-a-sign-in-partner.md.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic import model_validator as check

from greffe.law.rows import Frozen, Text, Words

CLOCK_SECONDS = 90
"""Seconds by which the clock of a partner may differ from ours. More is refused."""


class PartnersFileError(Exception):
    """The file of partners cannot be used; the message says where and why, a line for each."""


def _safe(address: str) -> str:
    """Refuse an address that others on the way could read or change."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment):
        return address
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return address
    raise ValueError("must be an https address without a query (http only on this machine)")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


PartnerId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Address = Annotated[str, AfterValidator(_safe)]
Levels = Annotated[tuple[Words, ...], Field(min_length=1)]


class _Partner(Frozen):
    id: PartnerId
    label: Text
    levels: Levels
    """The levels of assurance that open the registry, as the partner writes them."""


class OpenIDPartner(_Partner):
    """A partner that speaks OpenID Connect."""

    protocol: Literal["openid-connect"]
    issuer: Address
    client_id: Words
    client_secret_file: Path
    authentication: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    secret: SecretStr = SecretStr("")

    @check(mode="after")
    def _secret_is_kept_apart(self) -> Self:
        if "secret" in self.model_fields_set:
            raise ValueError("a secret does not belong in this file: name a client_secret_file")
        return self


class SAMLPartner(_Partner):
    """A partner that speaks SAML 2.0; `metadata` is the file that it published.

    Its assertions are always signed; `message_signed` is off only for one that cannot sign both.
    """

    protocol: Literal["saml"]
    entity_id: Words
    metadata: Path
    message_signed: bool = True
    published: str = ""

    @check(mode="after")
    def _metadata_is_a_file(self) -> Self:
        if "published" in self.model_fields_set:
            raise ValueError("metadata names a file: its text does not belong here")
        return self


Partner: TypeAlias = OpenIDPartner | SAMLPartner


class _File(Frozen):
    partner: tuple[Annotated[Partner, Field(discriminator="protocol")], ...] = ()


def read_partners(file: Path) -> tuple[Partner, ...]:
    """Give the partners that a TOML file lists, with what the files that it names hold.

    Raises PartnersFileError, with every fault that was found.
    """
    try:
        listed = _File.model_validate(tomllib.loads(_text(file)))
    except tomllib.TOMLDecodeError as error:
        raise PartnersFileError(f"{file} is not TOML: {error}") from None
    except ValidationError as error:
        raise PartnersFileError("\n".join(_faults(file, error))) from None
    ids = [partner.id for partner in listed.partner]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise PartnersFileError(f"{file}: two partners have the id {', '.join(twice)}")
    return tuple(_complete(partner, file.parent) for partner in listed.partner)


def configured(file: Path | None) -> tuple[Partner, ...]:
    """The partners of a deployment; none where no file is named. Raises PartnersFileError."""
    if file is None:
        return ()
    return _configured(file)


# Read once: a process that serves keeps the partners that it was started with.
_configured = lru_cache(read_partners)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise PartnersFileError(f"{file} cannot be read: {reason}") from None


def _complete(partner: Partner, folder: Path) -> Partner:
    """The partner with its secret, or its metadata; paths begin at the folder of the list."""
    if isinstance(partner, SAMLPartner):
        return _with_metadata(partner, folder / partner.metadata)
    secret = _text(folder / partner.client_secret_file).strip()
    if not secret:
        raise PartnersFileError(f"{folder / partner.client_secret_file} holds no secret")
    return partner.model_copy(update={"secret": SecretStr(secret)})


def _with_metadata(partner: SAMLPartner, file: Path) -> SAMLPartner:
    from greffe.accounts.partners.saml_metadata import (  # noqa: PLC0415 - only for SAML
        MetadataError,
        read_metadata,
    )

    text = _text(file)
    try:
        read_metadata(text, partner.entity_id)
    except MetadataError as error:
        raise PartnersFileError(f"{file}: {error}") from None
    return partner.model_copy(update={"published": text})


def _faults(file: Path, error: ValidationError) -> list[str]:
    """Each fault with its place, and never with what was written there: it may be a secret."""
    faults = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        table, *rest = fault["loc"] or ("",)
        row = f"{table} {int(rest[0]) + 1}" if rest and isinstance(rest[0], int) else str(table)
        place = ".".join(str(step) for step in rest[2:])
        faults.append(": ".join(part for part in (str(file), row, place, fault["msg"]) if part))
    return faults
