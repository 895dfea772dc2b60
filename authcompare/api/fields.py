"""Serializer fields that accept their own type only, and nothing that merely converts to it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class TextField(serializers.CharField):
    """Text. DRF's own field also accepts numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictIntegerField(serializers.IntegerField):
    """A whole number, written as a number, or as digits in a form. DRF's own field also accepts 1.0 and true."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, (bool, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class SecondsField(StrictIntegerField):
    """A whole number of seconds."""


class Strict(serializers.Serializer):
    """A serializer that refuses unknown and read-only names, where DRF ignores them."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(data)
        writable = {name for name, field in self.fields.items() if not field.read_only}
        extra = set(data) - writable - {"csrfmiddlewaretoken"}
        if extra:
            raise serializers.ValidationError({name: [_("This field cannot be set.")] for name in sorted(extra)})
        return value

    @classmethod
    def read(cls, request: Any) -> dict[str, Any]:
        """Return the validated body of this request; raise ValidationError."""
        serializer = cls(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
