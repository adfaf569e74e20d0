"""Where a request comes from, as far as it can be believed, and the network that stands for it."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.http import HttpRequest

Address = IPv4Address | IPv6Address

_OWN = {4: 24, 6: 64}
"""Bits that whoever holds an address can hardly leave: IPv6 gives a home 2⁶⁴ addresses."""


def client_address(request: HttpRequest, *, proxies: int) -> Address | None:
    """Give the address of who sent the request, or None where the server was told none.

    `proxies` is how many proxies stand in front, each of which adds to X-Forwarded-For whom it
    heard from: that many entries from the right are true, whatever a client wrote to their left.
    With 0 the header is not read. Where it is too short or makes no sense, the address that
    connected is given.
    """
    connected = _parsed(request.META.get("REMOTE_ADDR", ""))
    if proxies < 1:
        return connected
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    claimed = _parsed(said[-proxies]) if len(said) >= proxies else None
    return claimed or connected


def network_of(address: Address | None) -> str:
    """Give the network that an address is counted with: a /24, or a /64 of IPv6."""
    if address is None:
        return "unknown"
    return str(ip_network(f"{address}/{_OWN[address.version]}", strict=False))


def _parsed(text: str) -> Address | None:
    """Read an address, with a port or a zone if some proxy writes them."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
