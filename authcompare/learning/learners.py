"""Who is learning: known by a cookie that scripts can not read, and made when there is something to keep of them."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS

from authcompare.accounts.models import Sandbox
from authcompare.api.base import Endpoint
from authcompare.db import delete_in_batches
from authcompare.learning.models import Classroom, Learner, hashed
from authcompare.mechanisms.authentication import require_csrf_token

KEPT = timedelta(days=30)  # who learns alone and has not been seen for so long is forgotten


def learner_of(request):
    """The learner whose key came with this request, with their class; or None."""
    key = request.COOKIES.get(settings.LEARNER_COOKIE_NAME)
    return Learner.objects.select_related("classroom").filter(key_hash=hashed(key)).first() if key else None


def led(learner):
    """Does a teacher say at which step this learner is, and when to vote?"""
    found = learner and learner.classroom
    return bool(found and found.open and found.mode == Classroom.Mode.LED)


def new_key():
    """192 random bits: nobody guesses who somebody is."""
    return secrets.token_urlsafe(24)


def make(**fields):
    """A new learner, and the key that their cookie will hold: (Learner, key)."""
    key = new_key()
    return Learner.objects.create(key_hash=hashed(key), **fields), key


def give_new_key(learner):
    """Another key for a learner who lost the first, as a rejoin code proves; the first is worth nothing from now on."""
    key = new_key()
    learner.key_hash = hashed(key)
    learner.save(update_fields=["key_hash"])
    return key


def remember(response, key):
    """Set the learner's cookie."""
    response.set_cookie(
        settings.LEARNER_COOKIE_NAME,
        key,
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def forget(response):
    """Take the cookie back, with the attributes that it was set with: `__Host-` holds for deleting, too."""
    response.set_cookie(
        settings.LEARNER_COOKIE_NAME, "", max_age=0, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def seen(learner, **changes):
    """Note that they are here, and what else has changed."""
    Learner.objects.filter(pk=learner.pk).update(last_seen_at=timezone.now(), **changes)


def acting_learner(request):
    """The learner who sends a request that changes something, if it is one: a page of this site must have sent it."""
    learner = learner_of(request)
    if learner:
        require_csrf_token(request)
    return learner


def adopt(learner, sandbox):
    """These throwaway accounts are this learner's from now on. Their last ones go."""
    Sandbox.objects.filter(learner=learner).delete()
    Learner.objects.filter(pk=learner.pk).update(sandbox=sandbox)


def forget_unseen():
    """Delete those who learn alone and have not been seen for long; returns how many. A class takes its own along."""
    long_ago = timezone.now() - KEPT
    return delete_in_batches(Learner.objects.filter(classroom=None, last_seen_at__lte=long_ago))


class LearnerEndpoint(Endpoint):
    """An endpoint that knows its learner. The browser sends their cookie by itself, so what changes anything asks for
    a CSRF token: say `csrf=True` in its operations."""

    key = None  # of a learner who is made in this very request

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            require_csrf_token(request._request)
        self.learner = learner_of(request)

    def some_learner(self):
        """Whoever came, or a new learner."""
        if self.learner is None:
            self.learner, self.key = make()
        return self.learner

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.key:
            remember(response, self.key)
        return response
