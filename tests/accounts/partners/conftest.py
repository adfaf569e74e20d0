"""Partners that run for all tests of this folder, and a registry that knows them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import partners
from tests.support.partners import CLIENT_SECRET, SAML_ID, OpenIDPeer, SAMLPeer
from tests.support.portal import browser


def _running(name: str) -> Iterator[OpenIDPeer]:
    if reason := partners.reason_to_skip():
        pytest.skip(reason)
    given = {
        "clientId": "greffe",
        "clientSecret": CLIENT_SECRET,
        "redirects": [f"http://testserver/sign-in/{name}/return"],
    }
    with partners.started("openid.mjs", given) as issuer:
        yield OpenIDPeer(issuer, "greffe")


@pytest.fixture(scope="session")
def first_peer() -> Iterator[OpenIDPeer]:
    """A partner, started once."""
    yield from _running("canada")


@pytest.fixture(scope="session")
def second_peer() -> Iterator[OpenIDPeer]:
    """Another partner, started once."""
    yield from _running("quebec")


@pytest.fixture
def peer(first_peer: OpenIDPeer, settings: Any, tmp_path: Path) -> OpenIDPeer:
    """The partner "canada" of a registry that knows no other."""
    return known(settings, tmp_path, canada=first_peer)


@pytest.fixture
def peers(
    first_peer: OpenIDPeer, second_peer: OpenIDPeer, settings: Any, tmp_path: Path
) -> tuple[OpenIDPeer, OpenIDPeer]:
    """The partners "canada" and "quebec" of one registry."""
    known(settings, tmp_path, canada=first_peer, quebec=second_peer)
    return first_peer, second_peer


@pytest.fixture(scope="session")
def third_peer() -> Iterator[SAMLPeer]:
    """A partner that speaks SAML, started once."""
    if reason := partners.reason_to_skip():
        pytest.skip(reason)
    with partners.started("saml.mjs", partners.key_and_certificate()) as address:
        yield SAMLPeer(address)


@pytest.fixture
def saml_peer(third_peer: SAMLPeer, settings: Any, tmp_path: Path) -> SAMLPeer:
    """The partner "ontario" of a registry that knows no other, and that it knows."""
    third_peer.spoil()
    settings.SIGN_IN_PARTNERS = partners.write_partners(tmp_path, {SAML_ID: third_peer})
    third_peer.knows(browser().get(f"/sign-in/{SAML_ID}/metadata").content.decode())
    return third_peer


def known(settings: Any, folder: Path, **listed: OpenIDPeer) -> OpenIDPeer:
    """Have the registry know these partners, which are right in everything."""
    from greffe.accounts.partners.discovery import forget_published

    forget_published()
    for one in listed.values():
        one.spoil()
    settings.SIGN_IN_PARTNERS = partners.write_partners(folder, listed)
    return next(iter(listed.values()))
