"""Serializers of the responses that all mechanisms share."""

from typing import Any

from rest_framework import serializers

TIMES = {"issued_at": "2026-09-01T08:00:00Z", "expires_at": "2026-09-01T08:05:00Z"}  # of examples
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3In0.{}"  # of examples: no key has signed it


class Error(serializers.Serializer):
    """Every error of the API."""

    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class Person(serializers.Serializer):
    id = serializers.IntegerField()
    username = serializers.CharField()


class SignedIn(serializers.Serializer):
    user = Person()
    mechanism = serializers.CharField()
    variant = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SignedInWithToken(SignedIn):
    access = serializers.CharField()


class SignedInWithTokens(SignedInWithToken):
    refresh = serializers.CharField()


class Credential(serializers.Serializer):
    mechanism = serializers.CharField()
    variant = serializers.CharField()
    carrier = serializers.CharField()
    name = serializers.CharField()
    readable_by_scripts = serializers.BooleanField()
    length = serializers.IntegerField()
    parts = serializers.DictField()
    issued_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, required=False)
    server_state = serializers.DictField(allow_null=True)

    def to_representation(self, description: dict[str, Any]) -> dict[str, Any]:
        """Leave out what the mechanism does not describe: DRF would answer null for `ends_at`."""
        return {name: text for name, text in super().to_representation(description).items() if name in description}


class Device(serializers.Serializer):
    """One of the user's active sign-ins."""

    id = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    user_agent = serializers.CharField()
    current = serializers.BooleanField()


class Ended(serializers.Serializer):
    ended = serializers.IntegerField()


class Doorway(serializers.Serializer):
    """One variant, in the root's list."""

    mechanism = serializers.CharField()
    variant = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    lab = serializers.BooleanField()
    carrier = serializers.CharField()
    login = serializers.URLField()
    logout = serializers.URLField()
    protected = serializers.URLField()
    credential = serializers.URLField()
    devices = serializers.URLField()


class Root(serializers.Serializer):
    protected = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()
    doors = Doorway(many=True)
