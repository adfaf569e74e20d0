"""Where a request comes from: what proxies of ours add is believed, what a client writes is not."""

from ipaddress import ip_address

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from greffe.accounts.addresses import client_address, network_of

pytestmark = pytest.mark.security(8)

PROXY = "10.0.0.1"


def seen(forwarded: str | None, *, proxies: int, remote: str = PROXY) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    return str(client_address(request, proxies=proxies))


@pytest.mark.parametrize("forged", ["203.0.113.9", "203.0.113.9, 203.0.113.8", "", "x", "[", ","])
def test_without_a_proxy_the_header_changes_nothing(forged: str) -> None:
    assert seen(forged, proxies=0, remote="198.51.100.7") == "198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 10.9.9.9,198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (1, "203.0.113.9, 2001:db8::5", "2001:db8::5"),
        (1, "[2001:db8::5]:443", "2001:db8::5"),
        (1, '"[2001:db8::5]"', "2001:db8::5"),
        (1, "198.51.100.7:50123", "198.51.100.7"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_behind_proxies_the_entry_that_ours_added_is_believed(
    proxies: int, forwarded: str, expected: str
) -> None:
    assert seen(forwarded, proxies=proxies) == expected


@pytest.mark.parametrize(
    "forwarded", [None, "", "unknown", "198.51.100.7, unknown", "1.2.3", "999.1.1.1"]
)
def test_entry_that_is_missing_or_makes_no_sense_gives_who_connected(forwarded: str | None) -> None:
    assert seen(forwarded, proxies=1) == PROXY


def test_header_shorter_than_the_proxies_in_front_was_not_written_by_them() -> None:
    assert seen("203.0.113.9", proxies=2) == PROXY


def test_server_that_names_no_address_gives_none() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="")
    assert client_address(request, proxies=0) is None
    assert network_of(None) == "unknown"


@given(forged=st.text(alphabet=st.characters(codec="latin-1"), max_size=80))
def test_whatever_a_client_writes_before_it_the_proxys_entry_is_given(forged: str) -> None:
    assert seen(f"{forged}, 198.51.100.7", proxies=1) == "198.51.100.7"
    assert seen(forged, proxies=0) == PROXY


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.1", "198.51.100.254", True),
        ("198.51.100.1", "198.51.101.1", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::1", "0.0.0.1", False),
    ],
)
def test_addresses_of_one_holder_are_one_network(one: str, other: str, same: bool) -> None:
    assert (network_of(ip_address(one)) == network_of(ip_address(other))) is same
