"""The registered mechanisms, derived from settings.MECHANISMS."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def registered(dotted):
    return import_string(dotted)()


def mechanisms():
    """All registered mechanisms, in the order of settings.MECHANISMS."""
    return [registered(dotted) for dotted in settings.MECHANISMS]


def variants():
    """Every door that exists here, of every mechanism."""
    return [variant for mechanism in mechanisms() for variant in mechanism.doors]


def find_variant(mechanism, variant):
    """The door with these two names ("token", "stateless"), or None."""
    found = (v for v in variants() if v.mechanism.name == mechanism and v.slug == variant)
    return next(found, None)
