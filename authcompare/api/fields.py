"""Serializer fields that take what they say and nothing that merely converts to it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class TextField(serializers.CharField):
    """Text. DRF's own field also takes numbers."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SecondsField(serializers.IntegerField):
    """A whole number of seconds, written as a number (or digits in a form)."""

    def to_internal_value(self, data):
        if isinstance(data, (bool, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Strict(serializers.Serializer):
    """Mixed into a serializer: what is sent under an unknown or read-only name is an error, not silently lost."""

    def to_internal_value(self, data):
        value = super().to_internal_value(data)
        writable = {name for name, field in self.fields.items() if not field.read_only}
        extra = set(data) - writable - {"csrfmiddlewaretoken"}
        if extra:
            raise serializers.ValidationError({name: [_("This can not be set.")] for name in sorted(extra)})
        return value
