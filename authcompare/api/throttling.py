"""Limits on failed sign-ins, and on what one address may request."""

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from authcompare.api.http_client import TRUSTED


class LoginThrottle(SimpleRateThrottle):
    """Limit on failed sign-ins per user name and address.

    Not per address alone: a whole class shares one. Not per user name alone: anyone could lock out any user. Only
    failures count, so that a class can sign in as often as it likes.
    """

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        username = request.data.get("username") if isinstance(request.data, dict) else None
        name = username.strip() if isinstance(username, str) else ""  # as sign-in reads it
        key = f"{name}|{self.get_ident(request)}"
        return self.cache_format % {"scope": self.scope, "ident": hashlib.sha256(key.encode()).hexdigest()}

    def throttle_success(self) -> bool:
        return True

    def count_failure(self) -> None:
        """Count a failed sign-in."""
        self.history.insert(0, self.now)
        self.cache.set(self.key, self.history, self.duration)


class AddressThrottle(SimpleRateThrottle):
    """Limit per address."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SandboxThrottle(AddressThrottle):
    """Limit on new sandboxes per address. The sandboxes of an experiment count as that one experiment."""

    scope = "sandbox"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return TRUSTED in request.META or super().allow_request(request, view)


class JoinThrottle(AddressThrottle):
    """Limit on attempts to join a class per address. A class shares one address; at this rate, guessing codes fails."""

    scope = "join"


class ExperimentThrottle(AddressThrottle):
    """Limit on experiments per address. A whole class shares one."""

    scope = "experiment"
