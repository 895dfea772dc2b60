"""The registered mechanisms, derived from settings.MECHANISMS."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from authcompare.mechanisms.base import Mechanism, Variant


@cache
def load_mechanism(dotted_path: str) -> Mechanism:
    """Return the mechanism at this dotted path, created once."""
    mechanism: Mechanism = import_string(dotted_path)()
    return mechanism


def mechanisms() -> list[Mechanism]:
    """Return all registered mechanisms, in the order of settings.MECHANISMS."""
    return [load_mechanism(dotted_path) for dotted_path in settings.MECHANISMS]


def variants() -> list[Variant]:
    """Return the available variants of every mechanism."""
    return [variant for mechanism in mechanisms() for variant in mechanism.available_variants]


def find_variant(mechanism: str, variant: str) -> Variant | None:
    """Return the variant with these two names ("token", "stateless"), or None."""
    matches = (v for v in variants() if v.mechanism.name == mechanism and v.slug == variant)
    return next(matches, None)
