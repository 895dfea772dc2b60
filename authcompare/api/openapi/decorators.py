"""Decorator of view methods, beside drf-spectacular's `extend_schema`."""

from collections.abc import Callable
from typing import TypeVar

from rest_framework.exceptions import APIException

Method = TypeVar("Method", bound=Callable)


def raises(*exceptions: type[APIException]) -> Callable[[Method], Method]:
    """Document exceptions that the view's body, permissions, throttles and authenticators do not imply."""

    def decorator(method: Method) -> Method:
        method.raises = exceptions
        return method

    return decorator
