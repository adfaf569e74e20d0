"""Real sign-in partners on the loopback, and a person who signs in there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client

PEERS = Path(__file__).parent.parent / "peers"
CLIENT_SECRET = "a-secret-of-the-tests-and-of-no-other"
SECONDS = 60.0
LEVEL = "urn:example:level:2"
"""The level of assurance that the registry of the tests wants."""
LOW = "urn:example:level:1"
ID = "canada"
SAML_ID = "ontario"


def reason_to_skip() -> str:
    """Say why no partner can be started here, or "" where one can."""
    if not shutil.which("node"):
        return "no node on PATH"
    if not (PEERS / "node_modules" / "oidc-provider").is_dir():
        return "the partners are not installed: make system"
    return ""


@contextmanager
def started(script: str, given: dict[str, Any]) -> Iterator[str]:
    """Run one of tests/peers; give the line that it says once it listens."""
    with subprocess.Popen(
        ["node", "--no-warnings", str(PEERS / script), json.dumps(given)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().strip()
            assert said, f"{script} did not start"
            yield said
        finally:
            process.terminate()


@dataclass
class OpenIDPeer:
    """A partner that speaks OpenID Connect. `client_id` is the registry's name there."""

    issuer: str
    client_id: str

    def spoil(self, **how: Any) -> None:
        """Have its next answers be wrong in one thing, until told otherwise; see the script."""
        httpx.post(f"{self.issuer}/control", json=how, timeout=SECONDS).raise_for_status()

    def seen(self) -> dict[str, list[str]]:
        """What its token endpoint answered, and which challenges it was given."""
        found: dict[str, list[str]] = httpx.get(f"{self.issuer}/control", timeout=SECONDS).json()
        return found


def begin(client: Client, partner: str = ID, lang: str = "en", **fields: str) -> str:
    """Press the partner's button; give the address that it leads to."""
    response = client.post(f"/{lang}/sign-in/with/{partner}/", fields)
    assert response.status_code == 200, response.content.decode()
    return str(response["Refresh"]).removeprefix("0; url=")


def sign_in_there(
    address: str, login: str = "alice", level: str = LEVEL, *, cancel: bool = False
) -> str:
    """Sign in on the pages of the partner; give the address that it leads back to."""
    with httpx.Client(timeout=SECONDS) as person:
        page = _followed(person, person.get(address))
        if "location" in page.headers:
            return page.headers["location"]
        form = {"login": login, "level": level} | ({"cancel": "1"} if cancel else {})
        back = _followed(person, person.post(str(page.url), data=form))
        return back.headers["location"]


def _followed(person: httpx.Client, page: httpx.Response) -> httpx.Response:
    """Follow the partner within its own pages, up to a form or to where it leads elsewhere."""
    here = page.url
    while "location" in page.headers:
        there = here.join(page.headers["location"])
        if there.host != here.host or there.path.startswith("/sign-in"):
            return page
        page = person.get(there)
    return page


def come_back(client: Client, address: str) -> Any:
    """Open the address that the partner led back to."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def through(client: Client, partner: str = ID, lang: str = "en", **there: Any) -> Any:
    """Sign in through a partner, whole; give our answer to what it sent."""
    return come_back(client, sign_in_there(begin(client, partner, lang), **there))


@dataclass
class SAMLPeer:
    """A partner that speaks SAML 2.0."""

    address: str

    @property
    def entity_id(self) -> str:
        """Its name, which is the address of its metadata."""
        return f"{self.address}/metadata"

    def metadata(self) -> str:
        """What it publishes of itself."""
        return httpx.get(self.entity_id, timeout=SECONDS).text

    def knows(self, metadata: str) -> None:
        """Give it the metadata of the registry."""
        httpx.post(f"{self.address}/registry", content=metadata, timeout=SECONDS)

    def spoil(self, **how: Any) -> None:
        """Have its next responses be wrong in one thing, until told otherwise; see the script."""
        httpx.post(f"{self.address}/control", json=how, timeout=SECONDS).raise_for_status()

    def requests(self) -> list[str]:
        """The requests that the registry sent there."""
        found: list[str] = httpx.get(f"{self.address}/control", timeout=SECONDS).json()
        return found


_HIDDEN = re.compile(r'name="(id|SAMLResponse)" value="([^"]*)"')


def respond_there(address: str, login: str = "alice", level: str = LEVEL) -> str:
    """Sign in on the pages of a partner that speaks SAML; give the response, as it is posted."""
    with httpx.Client(timeout=SECONDS) as person:
        form = dict(_HIDDEN.findall(person.get(address).raise_for_status().text))
        there = address.partition("?")[0]
        page = person.post(there, data=form | {"login": login, "level": level})
        found = dict(_HIDDEN.findall(page.raise_for_status().text))
        return str(found["SAMLResponse"])


def post_response(client: Client, response: str, partner: str = SAML_ID) -> Any:
    """Post a response as the partner's page does; follow to the page that has the session."""
    received = client.post(f"/sign-in/{partner}/response", {"SAMLResponse": response})
    return client.get(received["Location"]) if received.status_code == 302 else received


def through_saml(client: Client, partner: str = SAML_ID, lang: str = "en", **there: Any) -> Any:
    """Sign in through a partner that speaks SAML, whole; give our answer."""
    return post_response(client, respond_there(begin(client, partner, lang), **there), partner)


def write_partners(folder: Path, peers: Mapping[str, OpenIDPeer | SAMLPeer]) -> Path:
    """Write the file of partners of a registry."""
    (folder / "secret").write_text(CLIENT_SECRET)
    rows = [_row(folder, name, peer) for name, peer in peers.items()]
    file = folder / "partners.toml"
    file.write_text("\n".join(rows))
    return file


def _row(folder: Path, name: str, peer: OpenIDPeer | SAMLPeer) -> str:
    head = f"""[[partner]]
id = "{name}"
label = {{ en = "The {name} credential", fr = "Le justificatif {name}" }}
levels = ["{LEVEL}"]
"""
    if isinstance(peer, OpenIDPeer):
        return f"""{head}protocol = "openid-connect"
issuer = "{peer.issuer}"
client_id = "{peer.client_id}"
client_secret_file = "secret"
"""
    (folder / f"{name}.xml").write_text(peer.metadata())
    return f"""{head}protocol = "saml"
entity_id = "{peer.entity_id}"
metadata = "{name}.xml"
"""


def key_and_certificate(days: int = 365) -> dict[str, str]:
    """A key and its certificate, which began a year ago and lasts so many days from now."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A partner of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    return {"key": private.decode(), "certificate": public.decode()}
