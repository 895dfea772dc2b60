"""The preference form of every page. In the lab, also endpoints that set any cookie, echo cookies, and delete them."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, StrictIntegerField, TextField
from authcompare.mechanisms.permissions import HasCSRFToken
from cookies_demo.cookie_catalog import presented
from cookies_demo.preferences import Preferences

PREFIX = "try_"  # of every cookie that is set here, so that no cookie in use is replaced
ECHOES = {"here": "/cookies/api/lab/echo/here/", "there": "/cookies/api/lab/echo/there/"}
PATHS = ("/", "/cookies/", *ECHOES.values())
LARGEST_BYTES = 4096  # of name and value that browsers store (RFC 6265bis section 5.6)


@require_POST
def preferences(request: HttpRequest) -> HttpResponseRedirect:
    """Save the form's choices in the preference cookie, and redirect to the page in `next`."""
    chosen = {key: request.POST[key] for key in ("theme", "language", "view") if key in request.POST}
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    Preferences.of(request).changed(**chosen).write(response)
    return response


class TrySerializer(Strict):
    name = TextField(
        label=_("Name"),
        max_length=20,
        validators=[RegexValidator(r"^[a-z0-9_]+$")],
        help_text=_("Lower-case letters, digits, and underscores. The server puts try_ in front."),
    )
    value = TextField(label=_("Value"), max_length=200, allow_blank=True, required=False, default="hello")
    size = StrictIntegerField(
        label=_("Bytes"),
        min_value=0,
        max_value=8192,
        required=False,
        help_text=_("Pads the value until name and value have this many bytes."),
    )
    max_age = SecondsField(
        label="Max-Age",
        min_value=0,
        max_value=500 * 24 * 60 * 60,
        required=False,
        help_text=_("Leave empty for a cookie that ends with the browser session. 0 deletes it."),
    )
    path = serializers.ChoiceField(PATHS, label="Path", default="/")
    samesite = serializers.ChoiceField(["Lax", "Strict", "None"], label="SameSite", required=False)
    secure = serializers.BooleanField(label="Secure", default=False)
    httponly = serializers.BooleanField(label="HttpOnly", default=False)
    host = serializers.BooleanField(label="__Host-", default=False, help_text=_("Puts __Host- in front of the name."))
    example = {"name": "a", "value": "hello", "max_age": 60, "samesite": "Lax"}

    def validate_value(self, value: str) -> str:
        """Allow what a cookie can contain unquoted (RFC 6265 section 4.1.1): no semicolon, so no other attribute."""
        if not all("!" <= character <= "~" and character not in '",;\\' for character in value):
            raise serializers.ValidationError(
                _("Use visible ASCII characters without quotes, comma, semicolon, and backslash.")
            )
        return value


class Reason(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class Asked(serializers.Serializer):
    name = serializers.CharField()
    set_cookie = serializers.CharField()
    bytes = serializers.IntegerField()
    reasons = Reason(many=True)


class TryView(Endpoint):
    """Sets the cookie that the client describes, whether or not a browser will store it.

    WEAK on purpose, in the lab only: no server should let a client choose the attributes. Its name begins with try_.
    """

    name = _("Set a cookie")
    description = _(
        "Sets the cookie that you describe, whether or not a browser will store it. Its name begins with try_, so that "
        "it replaces no cookie in use."
    )
    permission_classes = [HasCSRFToken]

    @extend_schema(summary=_("Set a cookie"), request=TrySerializer, responses={200: Asked})
    def post(self, request: Request) -> Response:
        fields = TrySerializer.read(request)
        name = f"{'__Host-' if fields['host'] else ''}{PREFIX}{fields['name']}"
        value = fields["value"].ljust(fields.get("size", 0) - len(name), "x")
        size = len(name) + len(value)
        response = Response()
        response.set_cookie(
            name,
            value,
            max_age=fields.get("max_age"),
            path=fields["path"],
            secure=fields["secure"],
            httponly=fields["httponly"],
            samesite=fields.get("samesite"),
        )
        answer = {
            "name": name,
            "set_cookie": response.cookies[name].OutputString(),
            "bytes": size,
            "reasons": [{"code": code, "detail": detail} for code, detail in reasons(request, fields, size)],
        }
        response.data = Asked(answer).data
        return response


def reasons(request: Request, fields: dict[str, Any], size: int) -> Iterator[tuple[str, str]]:
    """Yield why a browser will drop this cookie or not send it, as (code, sentence), by the standard (RFC 6265bis)."""
    if size > LARGEST_BYTES:
        yield "too_large", _("Name and value exceed 4,096 bytes: the browser drops the cookie without an error.")
    if fields["secure"] and not request.is_secure():
        if is_local(request.get_host()):
            yield (
                "secure_on_localhost",
                _("Secure over plain HTTP: the browser stores it, since it trusts localhost."),
            )
        else:
            yield "secure_over_http", _("Secure over plain HTTP: the browser drops the cookie without an error.")
    if fields["host"] and not (fields["secure"] and fields["path"] == "/"):
        yield "host_prefix", _("The name begins with __Host-, which requires Secure and Path=/: the browser drops it.")
    if fields.get("samesite") == "None" and not fields["secure"]:
        yield "none_without_secure", _("SameSite=None requires Secure: the browser drops the cookie.")
    if fields.get("max_age") == 0:
        yield "ends_at_once", _("Max-Age=0: the browser deletes the cookie at once.")
    if fields.get("max_age", 0) > 400 * 24 * 60 * 60:
        yield "capped", _("Longer than 400 days: browsers shorten it to 400 days.")
    if fields["path"] in ECHOES.values():
        yield (
            "path",
            _("Path matches one URL only: no other request sends the cookie, and this page's scripts cannot see it."),
        )
    if fields["httponly"]:
        yield "httponly", _("HttpOnly: the browser stores and sends the cookie, but no script can see it.")


def is_local(host: str) -> bool:
    """Return whether this Host header names the machine itself."""
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


class Crumb(serializers.Serializer):
    name = serializers.CharField()
    bytes = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)


class Echoed(serializers.Serializer):
    cookies = Crumb(many=True)


class EchoView(Endpoint):
    """The cookies of the request. Values only of those set here: a script reads the response, and the others may be
    hidden from scripts."""

    name = _("Echo the cookies")
    description = _("The cookies of this request: names and sizes, and the values of those that you set here.")

    @extend_schema(summary=_("Show the cookies"), responses={200: Echoed})
    def get(self, request: Request) -> Response:
        cookies = [
            {"name": name, "bytes": len(name) + len(value), "value": value if tried(name) else None}
            for name, value in presented(request)
        ]
        return Response(Echoed({"cookies": cookies}).data)


def tried(name: str) -> bool:
    """Return whether a cookie of this name was set here."""
    return name.removeprefix("__Host-").startswith(PREFIX)


class CleanUpSerializer(Strict):
    names = TextField(
        label=_("Names"),
        max_length=800,
        validators=[RegexValidator(r"^(__Host-)?try_[a-z0-9_]+( (__Host-)?try_[a-z0-9_]+)*$")],
        required=False,
        help_text=_("Separated by spaces. Leave empty for all that the request sends."),
    )
    path = serializers.ChoiceField(PATHS, label="Path", default="/")
    example = {"names": "try_a try_b", "path": "/"}


class Cleaned(serializers.Serializer):
    names = serializers.ListField(child=serializers.CharField())


class CleanUpView(Endpoint):
    """Deletes the cookies that were set here with this Path.

    The client names the Path, because a request contains names and values only, and a cookie is deleted only by its
    own Path.
    """

    name = _("Clean up")
    description = _(
        "Deletes the cookies that you set here with this Path. A request does not contain the Path of a cookie, and a "
        "cookie is deleted only by its own Path."
    )
    permission_classes = [HasCSRFToken]

    @extend_schema(summary=_("Delete these cookies"), request=CleanUpSerializer, responses={200: Cleaned})
    def post(self, request: Request) -> Response:
        fields = CleanUpSerializer.read(request)
        sent = {name for name, _value in presented(request) if tried(name)}
        names = fields.get("names", "").split() or sorted(sent)
        response = Response(Cleaned({"names": names}).data)
        for name in names:
            response.delete_cookie(name, path=fields["path"])
        return response
