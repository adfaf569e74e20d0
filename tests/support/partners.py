"""Real sign-in partners on the loopback, and a person who signs in there."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.test import Client

PEERS = Path(__file__).parent.parent / "peers"
CLIENT_SECRET = "a-secret-of-the-tests-and-of-no-other"
SECONDS = 60.0
LEVEL = "urn:example:level:2"
"""The level of assurance that the registry of the tests wants."""
LOW = "urn:example:level:1"
ID = "canada"


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


def write_partners(folder: Path, peers: dict[str, OpenIDPeer]) -> Path:
    """Write the file of partners of a registry."""
    (folder / "secret").write_text(CLIENT_SECRET)
    rows = [
        f"""[[partner]]
id = "{name}"
protocol = "openid-connect"
label = {{ en = "The {name} credential", fr = "Le justificatif {name}" }}
issuer = "{peer.issuer}"
client_id = "{peer.client_id}"
client_secret_file = "secret"
levels = ["{LEVEL}"]
"""
        for name, peer in peers.items()
    ]
    file = folder / "partners.toml"
    file.write_text("\n".join(rows))
    return file
