"""The address that learners are shown, and its QR code."""

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
    """The invitation that a request for this host shows, where the machine has an address on the network."""
    monkeypatch.setattr(invitation, "lan_addresses", lambda: ["10.1.1.1", LAN])

    def invited(host, allowed=(), **environ):
        settings.ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]", *allowed]
        return Invitation(RequestFactory().get("/", HTTP_HOST=host, **environ), Classroom(code="K7PQX"))

    return invited


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "a.localhost:8000"])
def test_a_teacher_at_the_laptop_itself_shows_its_address_on_the_network(invited, host):
    found = invited(host, allowed=[LAN])
    assert found.url == f"http://{LAN}:8000/classroom/K7PQX/"
    assert found.shown == (f"{LAN}:8000", "/classroom")
    assert found.beyond


def test_without_lan_only_this_machine_reaches_it_and_the_screen_says_so(invited):
    found = invited("localhost:8000")
    assert found.url == "http://localhost:8000/classroom/K7PQX/"
    assert not found.beyond


@pytest.mark.parametrize("host", [LAN, f"{LAN}:8000", "laptop.local:9000", "lab.example"])
def test_a_teacher_at_a_name_of_the_network_shows_that_name(invited, host):
    found = invited(host, allowed=["10.1.1.1", LAN, "laptop.local", "lab.example"])
    assert found.url == f"http://{host}/classroom/K7PQX/"
    assert found.beyond


def test_https_is_shown_where_it_has_to_be_typed(invited):
    found = invited("lab.example", allowed=["lab.example"], **{"wsgi.url_scheme": "https"})
    assert found.shown[0] == "https://lab.example"


def test_the_qr_code_is_that_of_the_address_has_a_title_and_no_style_of_its_own(invited):
    found = invited("localhost:8000", allowed=[LAN])
    assert re.search(f"<title>[^<]*{re.escape(found.url)}</title>", found.qr)
    assert "style" not in found.qr
    assert dark(found.qr) == [list(map(bool, row)) for row in segno.make(found.url, error="m", micro=False).matrix]


def dark(svg):
    """The dark modules of a drawn QR code, read from its path: its quiet zone left out."""
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
