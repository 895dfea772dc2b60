"""How learners get in: an address that their devices can reach, and the same as a QR code."""

from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http.request import validate_host
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from authcompare.server.network import lan_addresses

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def local(host):
    """Is this a name that means this very machine, whoever says it?"""
    return host in LOOPBACK or host.endswith(".localhost")


def site(request):
    """This site as the learners' devices reach it, as "http://192.168.0.7:8000": what the teacher's own browser calls
    it, unless that is a name for the laptop itself and the server also answers to one on the network."""
    parts = urlsplit(f"//{request.get_host()}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if local(host):
        host = next((each for each in lan_addresses() if validate_host(each, settings.ALLOWED_HOSTS)), host)
    return f"{request.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


class Invitation:
    """To one class, as shown by one request."""

    def __init__(self, request, classroom):
        self.code = classroom.code
        self.site = site(request)
        self.url = f"{self.site}{reverse('classroom-join', args=[classroom.code])}"

    @property
    def shown(self):
        """What to type, as short as browsers let it be: (host, path)."""
        return self.site.removeprefix("http://"), reverse("classroom").rstrip("/")

    @property
    def beyond(self):
        """Can a device other than this one reach it?"""
        return not local(urlsplit(self.site).hostname)

    @property
    def qr(self):
        """The address as inline SVG, dark on light in every theme, without a style of its own."""
        drawn = segno.make(self.url, error="m", micro=False).svg_inline(
            border=3, omitsize=True, light="#fff", title=_("QR code of %(address)s") % {"address": self.url}
        )
        return mark_safe(drawn)  # noqa: S308  segno escapes the title; all else in it are numbers
