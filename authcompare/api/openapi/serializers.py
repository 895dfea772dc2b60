"""What the endpoints that all mechanisms share answer, for the API's documentation. The views make these shapes."""

from rest_framework import serializers

from authcompare.api.openapi.operations import ResponseSerializer

MOMENTS = {"issued_at": "2026-09-01T08:00:00Z", "expires_at": "2026-09-01T08:05:00Z"}
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3In0.{}"  # an example's: no key has signed it


class Error(ResponseSerializer):
    """Every error of the API."""

    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class Person(ResponseSerializer):
    id = serializers.IntegerField()
    username = serializers.CharField()


class SignedIn(ResponseSerializer):
    user = Person()
    mechanism = serializers.CharField()
    variant = serializers.CharField()
    expires_at = serializers.DateTimeField()

    @staticmethod
    def example(view):
        return {
            "user": {"id": 7, "username": "alice-7f3a21"},
            "mechanism": view.variant.mechanism.name,
            "variant": view.variant.slug,
            "expires_at": MOMENTS["expires_at"],
        }


class SignedInWithToken(SignedIn):
    access = serializers.CharField()

    @staticmethod
    def example(view):
        return SignedIn.example(view) | {"access": JWT.format("access")}


class SignedInWithTokens(SignedInWithToken):
    refresh = serializers.CharField()

    @staticmethod
    def example(view):
        return SignedInWithToken.example(view) | {"refresh": JWT.format("refresh")}


def signed_in(view):
    """What a login answers: a door whose credential is not for the cookie jar says it in the body."""
    if view.variant.storage == "jar":
        return {200: SignedIn}
    return {200: SignedInWithTokens if view.variant.promises.refreshable else SignedInWithToken}


class Credential(ResponseSerializer):
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

    @staticmethod
    def example(view):
        variant = view.variant
        return {
            "mechanism": variant.mechanism.name,
            "variant": variant.slug,
            "carrier": variant.transport.header,
            "name": variant.transport.name,
            "readable_by_scripts": variant.transport.readable,
            **variant.example,
        }


class Device(ResponseSerializer):
    id = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    user_agent = serializers.CharField()
    current = serializers.BooleanField()

    @staticmethod
    def example(view):
        return {
            "id": "5d41402abc4b2a76",
            "created_at": MOMENTS["issued_at"],
            "last_seen_at": "2026-09-01T08:01:30Z",
            "expires_at": MOMENTS["expires_at"],
            "user_agent": "Mozilla/5.0",
            "current": True,
        }


class Ended(ResponseSerializer):
    ended = serializers.IntegerField()

    @staticmethod
    def example(view):
        return {"ended": 1}


class Doorway(ResponseSerializer):
    """One door, in the root's list."""

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


class Root(ResponseSerializer):
    protected = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()
    doors = Doorway(many=True)
