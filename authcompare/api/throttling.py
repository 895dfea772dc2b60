"""How often somebody may guess, and how many sandboxes one address may ask for."""

import hashlib

from rest_framework.throttling import SimpleRateThrottle

from authcompare.api.http_client import TRUSTED


class LoginThrottle(SimpleRateThrottle):
    """Counts failed sign-ins per user name and address.

    Never per address alone: a whole class sits behind one. Never per user name alone: anybody could lock anybody out.
    Only failures count, so a class may sign in as often as it likes.
    """

    scope = "login"

    def get_cache_key(self, request, view):
        username = request.data.get("username") if isinstance(request.data, dict) else None
        name = username.strip() if isinstance(username, str) else ""  # as sign-in reads it
        who = f"{name}|{self.get_ident(request)}"
        return self.cache_format % {"scope": self.scope, "ident": hashlib.sha256(who.encode()).hexdigest()}

    def throttle_success(self):
        return True

    def failed(self):
        """A sign-in failed: it counts."""
        self.history.insert(0, self.now)
        self.cache.set(self.key, self.history, self.duration)


class PerAddress(SimpleRateThrottle):
    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SandboxThrottle(PerAddress):
    """Sandboxes made per address. Those that an experiment makes in-process count as the visitor's experiment."""

    scope = "sandbox"

    def allow_request(self, request, view):
        return TRUSTED in request.META or super().allow_request(request, view)


class JoinThrottle(PerAddress):
    """Attempts to join a class per address. A whole class sits behind one, and nobody guesses codes at this rate."""

    scope = "join"


class ExperimentThrottle(PerAddress):
    """Experiments run per address. A whole class sits behind one."""

    scope = "experiment"
