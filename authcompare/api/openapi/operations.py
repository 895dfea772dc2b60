"""The description of a view as `operations = {"POST": Operation(...)}`, where it does not use extend_schema."""

from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException


class ResponseSerializer(serializers.Serializer):
    """A JSON object that an endpoint answers."""


@dataclass(frozen=True)
class Operation:
    """One method of a view."""

    summary: str = ""
    about: str = ""
    takes: type[serializers.Serializer] | None = None  # the body
    query: type[serializers.Serializer] | None = None
    example: Any = None  # a body, or a function of the view that returns one
    gives: dict = field(default_factory=lambda: {200: None})  # {status: serializer, or None for no body}
    raises: tuple[type[APIException], ...] = ()
    csrf: bool = False  # does the method require the CSRF token?


def operation(view: Any, method: str) -> Operation:
    """Return what a view with `operations` says of this method; of other views its request serializer alone."""
    declared = getattr(view, "operations", {}).get(method)
    return declared or Operation(takes=getattr(view, "request_serializer", None))
