"""Ports of this machine and its addresses on the local network."""

import http.client
import os
import socket

import ifaddr

DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: no host has it, so only the default route leads there
UNREACHABLE = ("127.", "169.254.", "0.")  # prefixes of loopback, link-local and unset addresses


def check_port(address: str, port: int) -> None:
    """Raise OSError unless a server may listen at this port, on loopback as well."""
    for host in {address, "127.0.0.1"}:
        with socket.socket() as probe:
            # Both options refuse a port in use and accept one whose last connections are still closing.
            if os.name == "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))


def free_port(address: str) -> int:
    """Return a port that the operating system chooses."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def free_port_after(address: str, port: int) -> int | None:
    """Return the next free port, or None if no higher port is free."""
    for candidate in range(port + 1, 65536):
        try:
            check_port(address, candidate)
        except OSError:
            continue
        return candidate
    return None


def responds(host: str, port: int) -> bool:
    """Return True if this project answers at this address. No proxy is used."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def lan_addresses() -> list[str]:
    """Return the IPv4 addresses at which other machines reach this one, that of the default route first."""
    addresses = dict.fromkeys(ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    first = default_route_address()
    return sorted((each for each in addresses if not each.startswith(UNREACHABLE)), key=lambda each: each != first)


def default_route_address() -> str | None:
    """Return the address from which this machine sends, or None without a default route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((DOCUMENTATION_ADDRESS, 9))  # connecting a UDP socket looks up the route and sends nothing
        except OSError:
            return None
        return probe.getsockname()[0]
