"""The address of a class for its learners, and its QR code."""

import re

import pytest
import segno
from django.test import RequestFactory

from authcompare.classroom import invitation
from authcompare.classroom.invitation import Invitation
from authcompare.learning.models import Classroom

LAN = "192.168.7.7"


@pytest.fixture
def invited(settings, monkeypatch):
    """Return a function that builds the invitation for a host, on a machine with LAN addresses."""
    monkeypatch.setattr(invitation, "lan_addresses", lambda: ["10.1.1.1", LAN])

    def invited(host, allowed=(), **environ):
        settings.ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]", *allowed]
        return Invitation(RequestFactory().get("/", HTTP_HOST=host, **environ), Classroom(code="K7PQX"))

    return invited


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "a.localhost:8000"])
def test_a_loopback_host_is_replaced_by_the_lan_address(invited, host):
    shown = invited(host, allowed=[LAN])
    assert shown.url == f"http://{LAN}:8000/classroom/K7PQX/"
    assert shown.typed == (f"{LAN}:8000", "/classroom")
    assert shown.is_reachable


def test_without_a_lan_address_the_shownis_not_reachable(invited):
    shown = invited("localhost:8000")
    assert shown.url == "http://localhost:8000/classroom/K7PQX/"
    assert not shown.is_reachable


@pytest.mark.parametrize("host", [LAN, f"{LAN}:8000", "laptop.local:9000", "lab.example"])
def test_a_host_name_on_the_network_stays(invited, host):
    shown = invited(host, allowed=["10.1.1.1", LAN, "laptop.local", "lab.example"])
    assert shown.url == f"http://{host}/classroom/K7PQX/"
    assert shown.is_reachable


def test_https_is_part_of_the_typed_address(invited):
    shown = invited("lab.example", allowed=["lab.example"], **{"wsgi.url_scheme": "https"})
    assert shown.typed[0] == "https://lab.example"


def test_the_qr_code_encodes_the_address_and_has_a_title_and_no_inline_style(invited):
    shown = invited("localhost:8000", allowed=[LAN])
    assert re.search(f"<title>[^<]*{re.escape(shown.url)}</title>", shown.qr_svg)
    assert "style" not in shown.qr_svg
    assert dark(shown.qr_svg) == [list(map(bool, row)) for row in segno.make(shown.url, error="m", micro=False).matrix]


def dark(svg):
    """Return the dark modules of a QR code, read from its path, without the quiet zone."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    grid = [[False] * size for _row in range(size)]
    x = y = 0.0
    for kind, numbers in re.findall(r"([Mmh])([^a-zA-Z]+)", re.search(r'class="qrline"[^>]* d="([^"]+)"', svg)[1]):
        first, *rest = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if kind == "h":
            for column in range(int(x), int(x + first)):
                grid[int(y)][column] = True
            x += first
        else:
            x, y = (first, rest[0]) if kind == "M" else (x + first, y + rest[0])
    quiet = 3
    return [row[quiet:-quiet] for row in grid[quiet:-quiet]]
