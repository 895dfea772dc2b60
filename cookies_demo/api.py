"""Changing theme and language, by a form on every page. And in the lab: asking for cookies of any kind, and an echo."""

import ipaddress

from django.core.validators import RegexValidator
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from rest_framework import serializers
from rest_framework.response import Response

from authcompare.api.base import Endpoint
from authcompare.api.fields import SecondsField, Strict, TextField
from authcompare.api.openapi.operations import Operation, ResponseSerializer
from authcompare.mechanisms.authentication import require_csrf_token
from cookies_demo.cookie_catalog import presented
from cookies_demo.preferences import Preferences

PREFIX = "try_"  # of every cookie that may be asked for here: none that means anything is ever touched
ECHOES = {"here": "/cookies/api/lab/echo/here/", "there": "/cookies/api/lab/echo/there/"}
PATHS = ("/", "/cookies/", *ECHOES.values())
LARGEST = 4096  # bytes of name and value that browsers keep (RFC 6265bis section 5.6)


@require_POST
def preferences(request):
    """Writes what was chosen into the preference cookie and goes back to the page (`next`). A form, not the API."""
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
        help_text=_("Small letters, digits and underscores. It gets try_ in front."),
    )
    value = TextField(label=_("Value"), max_length=200, allow_blank=True, required=False, default="hello")
    size = SecondsField(
        label=_("Bytes"),
        min_value=0,
        max_value=8192,
        required=False,
        help_text=_("Fill the value up until name and value have this many bytes."),
    )
    max_age = SecondsField(
        label="Max-Age",
        min_value=0,
        max_value=500 * 24 * 60 * 60,
        required=False,
        help_text=_("Left out: until the browser is closed. 0 deletes it."),
    )
    path = serializers.ChoiceField(PATHS, label="Path", default="/")
    samesite = serializers.ChoiceField(["Lax", "Strict", "None"], label="SameSite", required=False)
    secure = serializers.BooleanField(label="Secure", default=False)
    httponly = serializers.BooleanField(label="HttpOnly", default=False)
    host = serializers.BooleanField(label="__Host-", default=False, help_text=_("Put __Host- in front of the name."))

    def validate_value(self, value):
        """What a cookie may hold unquoted (RFC 6265 section 4.1.1): no semicolon gets in, and so no attribute."""
        if not all("!" <= character <= "~" and character not in '",;\\' for character in value):
            raise serializers.ValidationError(
                _("Visible ASCII characters only, without quotes, comma, semicolon, backslash.")
            )
        return value


class Reason(ResponseSerializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class Asked(ResponseSerializer):
    name = serializers.CharField()
    set_cookie = serializers.CharField()
    bytes = serializers.IntegerField()
    reasons = Reason(many=True)

    @staticmethod
    def example(view):
        line = "try_a=hello; Max-Age=60; Path=/; SameSite=Lax"
        return {"name": "try_a", "set_cookie": line, "bytes": 10, "reasons": []}


class TryView(Endpoint):
    """Sets a cookie as asked, whether a browser would keep it or not.

    WEAK on purpose, in the lab only: no server should let a client choose the attributes. Its names begin with try_.
    """

    name = _("Ask for a cookie")
    description = _(
        "Sets a cookie as asked, whether a browser would keep it or not. Its name begins with try_, so that none that "
        "means anything is touched."
    )
    doors = ()  # whose CSRF rule it keeps: set where its address is given
    operations = {
        "POST": Operation(
            _("Ask for a cookie"),
            takes=TrySerializer,
            example={"name": "a", "value": "hello", "max_age": 60, "samesite": "Lax"},
            gives={200: Asked},
            csrf=True,
            credential="ignored",
        )
    }

    def post(self, request):
        require_csrf_token(request._request)
        serializer = TrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        name = f"{'__Host-' if wanted['host'] else ''}{PREFIX}{wanted['name']}"
        value = wanted["value"].ljust(wanted.get("size", 0) - len(name), "x")
        response = Response()
        response.set_cookie(
            name,
            value,
            max_age=wanted.get("max_age"),
            path=wanted["path"],
            secure=wanted["secure"],
            httponly=wanted["httponly"],
            samesite=wanted.get("samesite"),
        )
        response.data = {
            "name": name,
            "set_cookie": response.cookies[name].OutputString(),
            "bytes": len(name) + len(value),
            "reasons": [
                {"code": code, "detail": detail} for code, detail in reasons(request, wanted, len(name) + len(value))
            ],
        }
        return response


def reasons(request, wanted, size):
    """Why a browser will drop this cookie, or not send it, as the standard says: [(code, sentence)]."""
    if size > LARGEST:
        yield "too_large", _("Name and value are over 4,096 bytes: dropped, and nobody is told.")
    if wanted["secure"] and not request.is_secure():
        if on_this_machine(request.get_host()):
            yield "secure_on_localhost", _("Secure over plain HTTP: kept all the same, since browsers trust localhost.")
        else:
            yield "secure_over_http", _("Secure over plain HTTP: dropped, and nobody is told.")
    if wanted["host"] and not (wanted["secure"] and wanted["path"] == "/"):
        yield "host_prefix", _("The name begins with __Host-, which demands Secure and Path=/: dropped.")
    if wanted.get("samesite") == "None" and not wanted["secure"]:
        yield "none_without_secure", _("SameSite=None demands Secure: dropped.")
    if wanted.get("max_age") == 0:
        yield "ends_at_once", _("Max-Age=0: deleted at once.")
    if wanted.get("max_age", 0) > 400 * 24 * 60 * 60:
        yield "capped", _("Longer than 400 days: browsers cut it down to that.")
    if wanted["path"] in ECHOES.values():
        yield (
            "path",
            _("Path fits one address only: stored, but not sent to the other, nor seen by this page's scripts."),
        )
    if wanted["httponly"]:
        yield "httponly", _("HttpOnly: stored and sent, but no script sees it.")


def on_this_machine(host):
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


class Crumb(ResponseSerializer):
    name = serializers.CharField()
    bytes = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)


class Echoed(ResponseSerializer):
    cookies = Crumb(many=True)

    @staticmethod
    def example(view):
        return {"cookies": [{"name": "ac_csrf", "bytes": 40, "value": None}]}


class EchoView(Endpoint):
    """Which cookies came with this request. The values only of those that were asked for here: the others may be
    hidden from scripts, and a script reads this answer."""

    name = _("Echo of the cookies")
    description = _("Which cookies came with this request: names and bytes, and the values of those asked for here.")
    operations = {"GET": Operation(_("Show the cookies"), gives={200: Echoed})}

    def get(self, request):
        return Response(
            {
                "cookies": [
                    {
                        "name": name,
                        "bytes": len(name) + len(value),
                        "value": value if tried(name) else None,
                    }
                    for name, value in presented(request)
                ]
            }
        )


def tried(name):
    return name.removeprefix("__Host-").startswith(PREFIX)


class CleanUpSerializer(Strict):
    names = TextField(
        label=_("Names"),
        max_length=800,
        validators=[RegexValidator(r"^(__Host-)?try_[a-z0-9_]+( (__Host-)?try_[a-z0-9_]+)*$")],
        required=False,
        help_text=_("Separated by spaces. Left out: all that come with the request."),
    )
    path = serializers.ChoiceField(PATHS, label="Path", default="/")


class Cleaned(ResponseSerializer):
    names = serializers.ListField(child=serializers.CharField())

    @staticmethod
    def example(view):
        return {"names": ["try_a"]}


class CleanUpView(Endpoint):
    """Deletes the cookies that were asked for here with this Path. A server can not see which: a request tells names
    and values alone, and a cookie is deleted only by its own Path."""

    name = _("Clean up")
    description = _(
        "Deletes the cookies that were asked for here with this Path. No request tells which that was, and a cookie is "
        "deleted by its own Path only."
    )
    doors = ()  # whose CSRF rule it keeps: set where its address is given
    operations = {
        "POST": Operation(
            _("Delete what was tried"),
            takes=CleanUpSerializer,
            example={"names": "try_a try_b", "path": "/"},
            gives={200: Cleaned},
            credential="ignored",
        )
    }

    def post(self, request):
        require_csrf_token(request._request)
        serializer = CleanUpSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        came = {name for name, _value in presented(request) if tried(name)}
        names = serializer.validated_data.get("names", "").split() or sorted(came)
        response = Response({"names": names})
        for name in names:
            response.delete_cookie(name, path=serializer.validated_data["path"])
        return response
