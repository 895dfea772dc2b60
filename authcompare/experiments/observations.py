"""Stored observations: those of this server, and those of a visitor's own browser.

The visitor has a random id, in a signed cookie that scripts cannot read.
"""

import secrets

from django.conf import settings

from authcompare.db import delete_in_batches
from authcompare.experiments.base import Observation
from authcompare.experiments.models import RETENTION, BrowserObservation, Evidence
from authcompare.experiments.trial import Trial

SALT = "authcompare.experiments.visitor"
DELETED_PER_NEW = 20  # expired observations deleted for each new one, so that they do not pile up

Observations = dict[tuple[str, str], Observation]  # by Trial.key


def visitor_of(request) -> str | None:
    """Return the visitor id of this request; None without one, or with a forged one."""
    return request.get_signed_cookie(settings.VISITOR_COOKIE_NAME, default=None, salt=SALT)


def set_visitor(response, visitor: str) -> None:
    """Set the cookie with this visitor id."""
    response.set_signed_cookie(
        settings.VISITOR_COOKIE_NAME,
        visitor,
        salt=SALT,
        max_age=int(RETENTION.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def store_for(visitor: str | None, trial: Trial) -> str:
    """Store what this visitor's browser observed; returns the visitor id, a new one for a new visitor."""
    visitor = visitor or secrets.token_hex(16)
    BrowserObservation.objects.update_or_create(
        visitor=visitor,
        experiment=trial.experiment.slug,
        mechanism=trial.variant.mechanism.name,
        variant=trial.variant.slug,
        defaults={"outcome": trial.observed, "facts": trial.observation.plain_facts},
    )
    delete_expired(most=DELETED_PER_NEW)
    return visitor


def delete_expired(**limits) -> int:
    """Delete expired observations of visitors, and return how many."""
    return delete_in_batches(BrowserObservation.expired(), **limits)


def observations(request) -> Observations:
    """Return what this server observed, and what this visitor's browser observed."""
    stored = [*Evidence.objects.all()]
    if visitor := visitor_of(request):
        stored += BrowserObservation.objects.filter(visitor=visitor)
    return {each.key: each.observation() for each in stored}
