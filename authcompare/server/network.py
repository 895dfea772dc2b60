"""This machine's ports, and its addresses on the local network."""

import os
import socket
import struct
import sys

READ_ADDRESS = {"linux": 0x8915, "darwin": 0xC0206921}  # the SIOCGIFADDR request of each system
BEYOND = ("192.0.2.1", "10.255.255.255", "172.31.255.255", "192.168.255.255")  # addresses the routes are asked about


def try_port(address, port):
    """Raise OSError unless a server may listen there, also where the machine calls itself 127.0.0.1."""
    for each in {address, "127.0.0.1"}:
        with socket.socket() as probe:
            # Either way: a port that is listened at is refused, one whose connections are just closing is not.
            if os.name == "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((each, port))


def free_port_after(address, port):
    """The next port a server may listen at, or None if the rest are taken."""
    for candidate in range(port + 1, 65536):
        try:
            try_port(address, candidate)
        except OSError:
            continue
        return candidate
    return None


def lan_addresses():
    """The IPv4 addresses at which others reach this machine, the one of its default route first."""
    found = [*of_routes(), *of_interfaces(), *of_name()]
    return [address for address in dict.fromkeys(found) if not address.startswith(("127.", "169.254.", "0."))]


def of_routes():
    """The addresses this machine would send from. Connecting a UDP socket only looks up the route; nothing is sent."""
    for destination in BEYOND:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((destination, 9))
            except OSError:
                continue
            yield probe.getsockname()[0]


def of_interfaces():
    """The address of each network interface, which finds a hotspot that no route leads out of."""
    if sys.platform not in READ_ADDRESS:
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe, READ_ADDRESS[sys.platform], struct.pack("256s", os.fsencode(name)[:15]))
            except OSError:
                continue  # it has none
            yield socket.inet_ntoa(answer[20:24])


def of_name():
    """The addresses of the machine's own name; on Windows these are all it has."""
    try:
        return socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return []
