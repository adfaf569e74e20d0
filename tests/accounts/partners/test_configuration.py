"""The file of partners: what belongs in it, and every fault said with its place."""

from pathlib import Path

import pytest

from greffe.accounts.partners.configuration import (
    OpenIDPartner,
    PartnersFileError,
    SAMLPartner,
    configured,
    read_partners,
)
from greffe.accounts.partners.saml_metadata import read_metadata
from tests.support.partners import key_and_certificate

OPENID = {
    "id": '"canada"',
    "label": '{ en = "Sign-In", fr = "Connexion" }',
    "levels": '["urn:example:level:2"]',
    "protocol": '"openid-connect"',
    "issuer": '"https://issuer.example"',
    "client_id": '"greffe"',
    "client_secret_file": '"secret"',
}
SAML = {name: OPENID[name] for name in ("label", "levels")} | {
    "id": '"ontario"',
    "protocol": '"saml"',
    "entity_id": '"https://idp.example/metadata"',
    "metadata": '"ontario.xml"',
}
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def metadata(address: str = "https://idp.example/sso", certificates: int = 1) -> str:
    """The metadata of a partner with so many certificates."""
    bodies = [key_and_certificate()["certificate"].split("-----")[2] for _ in range(certificates)]
    keys = "".join(
        f"<md:KeyDescriptor use='signing'><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for body in bodies
    )
    return (
        "<md:EntityDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata' "
        "xmlns:ds='http://www.w3.org/2000/09/xmldsig#' entityID='https://idp.example/metadata'>"
        "<md:IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>"
        f"{keys}<md:SingleSignOnService Binding='{REDIRECT}' Location='{address}'/>"
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a secret and with metadata."""
    (tmp_path / "secret").write_text("a secret\n")
    (tmp_path / "ontario.xml").write_text(metadata())
    return tmp_path


def written(folder: Path, *rows: dict[str, str]) -> Path:
    """Write a list of partners."""
    file = folder / "partners.toml"
    tables = ["[[partner]]\n" + "".join(f"{k} = {v}\n" for k, v in row.items()) for row in rows]
    file.write_text("\n".join(tables))
    return file


def test_partners_are_read_in_their_order_with_what_they_name(folder: Path) -> None:
    openid, saml = read_partners(written(folder, OPENID, SAML))
    assert isinstance(openid, OpenIDPartner)
    assert isinstance(saml, SAMLPartner)
    assert (openid.id, openid.secret.get_secret_value()) == ("canada", "a secret")
    assert read_metadata(saml.published, saml.entity_id).sign_in_address.endswith("/sso")
    assert saml.message_signed
    assert "a secret" not in repr(openid)


def test_no_file_is_no_partner() -> None:
    assert configured(None) == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (OPENID | {"issuer": '"http://issuer.example"'}, "issuer"),
        (OPENID | {"issuer": '"https://issuer.example/?a=b"'}, "issuer"),
        (OPENID | {"levels": "[]"}, "levels"),
        (OPENID | {"id": '"Not An Id"'}, "id"),
        (OPENID | {"label": '{ en = "Sign-In" }'}, "label.fr"),
        (OPENID | {"protocol": '"ldap"'}, "partner 1"),
        (OPENID | {"surprise": "1"}, "surprise"),
        (OPENID | {"secret": '"hunter2-in-the-file"'}, "does not belong in this file"),
        (OPENID | {"client_secret_file": '"nowhere"'}, "nowhere cannot be read"),
        (SAML | {"metadata": '"nowhere.xml"'}, "nowhere.xml cannot be read"),
        (SAML | {"entity_id": '"https://other.example"'}, "no identity provider"),
        (SAML | {"published": '"<xml/>"'}, "does not belong here"),
    ],
    ids=str,
)
def test_wrong_row_is_said_with_its_place_and_without_its_secret(
    folder: Path, row: dict[str, str], said: str
) -> None:
    with pytest.raises(PartnersFileError) as error:
        read_partners(written(folder, row))
    assert said in str(error.value)
    assert "hunter2" not in str(error.value)


def test_every_wrong_row_is_said_at_once(folder: Path) -> None:
    wrong = OPENID | {"levels": "[]"}
    with pytest.raises(PartnersFileError) as error:
        read_partners(written(folder, wrong, SAML, wrong))
    assert [f"partner {number}" in str(error.value) for number in (1, 2, 3)] == [True, False, True]


def test_one_id_is_one_partner(folder: Path) -> None:
    with pytest.raises(PartnersFileError, match="two partners have the id canada"):
        read_partners(written(folder, OPENID, OPENID))


@pytest.mark.parametrize("content", [b"[[partner]", b"\xff\xfe"])
def test_file_that_is_no_toml_is_said(folder: Path, content: bytes) -> None:
    file = folder / "partners.toml"
    file.write_bytes(content)
    with pytest.raises(PartnersFileError, match=r"partners\.toml"):
        read_partners(file)


def test_empty_secret_is_no_secret(folder: Path) -> None:
    (folder / "secret").write_text("\n")
    with pytest.raises(PartnersFileError, match="holds no secret"):
        read_partners(written(folder, OPENID))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not XML", "it is not the metadata"),
        ("<a/>", "no identity provider"),
        (metadata("http://idp.example/sso"), "no https address"),
        (metadata(certificates=0), "no certificate"),
    ],
    ids=["not XML", "another element", "http", "no certificate"],
)
def test_metadata_that_cannot_be_used_is_said(folder: Path, text: str, said: str) -> None:
    (folder / "ontario.xml").write_text(text)
    with pytest.raises(PartnersFileError, match=said):
        read_partners(written(folder, SAML))


def test_partner_that_changes_its_key_has_two_certificates_meanwhile(folder: Path) -> None:
    (folder / "ontario.xml").write_text(metadata(certificates=2))
    (partner,) = read_partners(written(folder, SAML))
    assert isinstance(partner, SAMLPartner)
    assert len(read_metadata(partner.published, partner.entity_id).certificates) == 2
