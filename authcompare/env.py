"""Environment variables, read with django-environ. A wrong value raises one line that names the variable."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

MAX_NUMBER = 10**9  # as seconds about thirty years: much later dates overflow the calendar


class Env(environ.Env):
    """Reader of environment variables: blank means unset, and `$` at the start of a value has no special meaning.

    A `cast` raises ValueError with the reason; the reader adds the variable's name.
    """

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        default = "" if default is self.NOTSET else default
        value = self.ENVIRON.get(var, "").strip()
        try:
            value.encode()
            if value or parse_default:
                return self.parse_value(value or default, cast)
        except UnicodeEncodeError:
            raise invalid(var, "it is not UTF-8 text") from None
        except ValueError as error:
            raise invalid(var, str(error)) from None
        return default

    def db_url(self, var: str = "DATABASE_URL", **options: Any) -> dict[str, Any]:
        return self._service(var, super().db_url, "ENGINE", **options)

    def cache_url(self, var: str = "CACHE_URL", **options: Any) -> dict[str, Any]:
        config = self._service(var, super().cache_url, "BACKEND", **options)
        if config["BACKEND"].endswith(".FileBasedCache"):
            config["LOCATION"] = unquote(config["LOCATION"])  # django-environ decodes paths of databases only
        return config

    def _service(self, var: str, parse: Callable[..., dict[str, Any]], key: str, **options: Any) -> dict[str, Any]:
        """Return the Django configuration for a URL, and check that its database driver is installed."""
        try:
            with warnings.catch_warnings(action="ignore"):  # django-environ warns with the whole URL and its password
                config = parse(var, **options)
            if "ENGINE" in config:
                import_module(f"{config['ENGINE']}.base")
        except (ImproperlyConfigured, ImportError, ValueError, KeyError, AttributeError) as error:
            scheme, reason = self.get_value(var).partition(":")[0][:20], " ".join(str(error).split())
            raise invalid(var, f"'{scheme}:...' cannot be used ({reason})") from None
        if not config.get(key):
            raise invalid(var, "it names no engine; write for example sqlite:///path or redis://host:6379/0")
        return config


env = Env()


def invalid(name: str, reason: str) -> ImproperlyConfigured:
    """Return the error for a variable with a wrong value."""
    return ImproperlyConfigured(f"{name}: {reason}")


def boolean(value: str) -> bool:
    """Return True for 1, true, yes, on; False for 0, false, no, off."""
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"'{value}' is neither on (1, true, yes, on) nor off (0, false, no, off)")


def at_least(minimum: int) -> Callable[[str], int]:
    """Return a cast to a whole number from `minimum` to MAX_NUMBER."""

    def cast(value: str) -> int:
        if value.isascii() and value.isdigit() and len(value) <= 10 and minimum <= int(value) <= MAX_NUMBER:
            return int(value)
        raise ValueError(f"'{value[:20]}' is not a whole number from {minimum} to {MAX_NUMBER}")

    return cast


def host(value: str) -> str:
    """Return a host name as a Host header has it, without the port."""
    value = value.strip()
    if any(c in value for c in "/ ") or (":" in value and not value.startswith("[")):
        raise ValueError(f"'{value}' is not a host name: leave out https:// and the port")
    return value


def origin(value: str) -> str:
    """Return an origin (RFC 6454): scheme, host, and the port unless it is the default one."""
    value = value.strip()
    try:
        scheme, netloc, *rest = urlsplit(value)
    except ValueError:
        scheme, netloc, rest = "", "", []
    if scheme not in {"http", "https"} or not netloc or any(rest):
        raise ValueError(f"'{value}' is not an origin: write for example https://authcompare.example")
    return value


def rates(defaults: Mapping[str, str]) -> Callable[[str], dict[str, str]]:
    """Return a cast to throttle rates from `scope=number/period,...`; an omitted scope keeps its default."""

    def cast(value: str) -> dict[str, str]:
        result = dict(defaults)
        for item in filter(None, map(str.strip, value.split(","))):
            scope, _, rate = item.partition("=")
            number, _, period = rate.partition("/")
            is_count = number.isascii() and number.isdigit() and len(number) <= 9 and int(number) > 0
            if scope not in defaults or not is_count or period not in {"sec", "min", "hour", "day"}:
                scopes = ", ".join(defaults)
                raise ValueError(f"'{item}' is not scope=number/period (scopes: {scopes}; period: sec, min, hour, day)")
            result[scope] = rate
        return result

    return cast
