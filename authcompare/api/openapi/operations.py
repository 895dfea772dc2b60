"""What one method of an endpoint is for, takes and answers: said once, beside the view that does it.

The browsable API draws its forms from this (browsable.py), and the OpenAPI document is derived from it (schema.py).
"""

import re
from dataclasses import dataclass, field, fields, replace
from types import FunctionType

from rest_framework import serializers

WITH_BODY = {"POST", "PUT", "PATCH"}


class ResponseSerializer(serializers.Serializer):
    """A JSON object that an endpoint answers. It only describes: the view makes the object, and a test compares."""

    @staticmethod
    def example(view):
        """One that this view could answer; nothing where the fields say enough."""


@dataclass(frozen=True)
class Operation:
    """One method of a view. What differs from door to door may be a function of the view instead."""

    summary: str = ""  # two or three words: on buttons and in lists
    about: str = ""  # what else a client needs to know
    takes: type | None = None  # the serializer class of the body
    query: type | None = None  # the serializer of what its address may say after the question mark
    partial: bool = False  # may what the serializer requires be left out?
    example: dict | None = None  # a body
    gives: dict = field(default_factory=lambda: {200: None})  # {status: Answer, or None for no body}
    raises: tuple = ()  # exceptions, beyond those that follow from door, body, permissions and throttles
    credential: str = "required"  # required, optional or ignored: what it does with the credential of its door
    csrf: bool | None = None  # does it ask for the CSRF token? None: where the credential of its door needs one
    condition: str = ""  # the precondition header that it honours


def operation(view, method):
    """What `view` says about this method, functions resolved; or what can be told of a view that says nothing."""
    declared = getattr(view, "operations", {}).get(method)
    if declared is None:
        takes = getattr(view, "serializer_class", None) if method in WITH_BODY else None
        return Operation(view.get_view_name(), view.get_view_description(), takes=takes)
    values = {each.name: getattr(declared, each.name) for each in fields(declared)}
    return replace(declared, **{name: value(view) for name, value in values.items() if isinstance(value, FunctionType)})


def template(route):
    """A URL pattern's address as OpenAPI writes it: "/tokens/api/devices/{device}/"."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route))


def doors_of(view):
    """The doors (variants) whose credentials this view looks at: its own, or several, or none."""
    several = getattr(view, "doors", None)
    own = getattr(view, "variant", None)
    return several or ([own] if own else [])
