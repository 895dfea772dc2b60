"""The invitation to a class: an address that learners' devices can reach, and its QR code."""

from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http import HttpRequest
from django.http.request import validate_host
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from authcompare.learning.models import Classroom
from authcompare.server.network import lan_addresses

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def is_loopback(host: str) -> bool:
    """Return True for a name that means this machine on every machine."""
    return host in LOOPBACK or host.endswith(".localhost")


def site_url(request: HttpRequest) -> str:
    """Return this site's URL for other devices, such as "http://192.168.0.7:8000".

    It is the teacher's own host, unless that is a loopback name and the server also answers to a LAN address.
    """
    parts = urlsplit(f"//{request.get_host()}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if is_loopback(host):
        host = next((each for each in lan_addresses() if validate_host(each, settings.ALLOWED_HOSTS)), host)
    return f"{request.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


class Invitation:
    """The invitation to one class, for the host of one request."""

    def __init__(self, request: HttpRequest, classroom: Classroom):
        self.code = classroom.code
        self.site = site_url(request)
        self.url = f"{self.site}{reverse('classroom-join', args=[classroom.code])}"

    @property
    def typed(self) -> tuple[str, str]:
        """The address to type, as short as browsers accept it: (host, path)."""
        return self.site.removeprefix("http://"), reverse("classroom").rstrip("/")

    @property
    def is_reachable(self) -> bool:
        """True if other devices can reach the address."""
        return not is_loopback(urlsplit(self.site).hostname)

    @property
    def qr_svg(self) -> SafeString:
        """The QR code as inline SVG, dark on light in every theme, without inline style."""
        svg = segno.make(self.url, error="m", micro=False).svg_inline(
            border=3, omitsize=True, light="#fff", title=_("QR code of %(address)s") % {"address": self.url}
        )
        return mark_safe(svg)  # noqa: S308  segno escapes the title, and everything else is numbers
