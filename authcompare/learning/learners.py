"""Learners: each is identified by a random key in an HttpOnly cookie, and stored from the first prediction on."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from authcompare.accounts.models import Sandbox
from authcompare.api.base import Endpoint
from authcompare.db import delete_in_batches
from authcompare.learning.models import Classroom, Learner, hash_key
from authcompare.mechanisms.authentication import require_csrf_token
from authcompare.mechanisms.permissions import HasCSRFToken

RETENTION = timedelta(days=30)  # of a learner outside a class, from the last visit
KEY_BYTES = 24  # 192 random bits cannot be guessed


def find_learner(request: HttpRequest | Request) -> Learner | None:
    """Return the learner whose key came with this request, with the class; or None."""
    key = request.COOKIES.get(settings.LEARNER_COOKIE_NAME)
    return Learner.objects.select_related("classroom").filter(key_hash=hash_key(key)).first() if key else None


def is_teacher_paced(learner: Learner | None) -> bool:
    """Return True if a teacher chooses this learner's step and opens the votes."""
    classroom = learner and learner.classroom
    return bool(classroom and classroom.is_open and classroom.mode == Classroom.Mode.TEACHER_PACED)


def create_learner(**fields: Any) -> tuple[Learner, str]:
    """Create a learner; return it with the key for its cookie."""
    key = secrets.token_urlsafe(KEY_BYTES)
    return Learner.objects.create(key_hash=hash_key(key), **fields), key


def replace_key(learner: Learner) -> str:
    """Return a new key for a learner who lost the old one; the old key stops working."""
    key = secrets.token_urlsafe(KEY_BYTES)
    learner.key_hash = hash_key(key)
    learner.save(update_fields=["key_hash"])
    return key


def set_learner_cookie(response: HttpResponse, key: str, max_age: int = int(RETENTION.total_seconds())) -> None:
    """Set the learner's cookie."""
    response.set_cookie(
        settings.LEARNER_COOKIE_NAME,
        key,
        max_age=max_age,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def delete_learner_cookie(response: HttpResponse) -> None:
    """Delete the learner's cookie. The `__Host-` prefix needs the same attributes as for setting it."""
    set_learner_cookie(response, "", max_age=0)


def touch(learner: Learner, **changes: Any) -> None:
    """Store the time of this visit, together with other changes."""
    Learner.objects.filter(pk=learner.pk).update(last_seen_at=timezone.now(), **changes)


def acting_learner(request: HttpRequest) -> Learner | None:
    """Return the learner who sends a state-changing request, or None; a learner needs a CSRF token."""
    learner = find_learner(request)
    if learner:
        require_csrf_token(request)
    return learner


def adopt(learner: Learner, sandbox: Sandbox) -> None:
    """Give a sandbox to a learner, and delete the learner's last one."""
    Sandbox.objects.filter(learner=learner).delete()
    Learner.objects.filter(pk=learner.pk).update(sandbox=sandbox)


def delete_inactive_learners() -> int:
    """Delete learners outside a class after RETENTION, and return how many. A class deletes its own learners."""
    oldest = timezone.now() - RETENTION
    return delete_in_batches(Learner.objects.filter(classroom=None, last_seen_at__lte=oldest))


class LearnerEndpoint(Endpoint):
    """An endpoint that knows its learner.

    The browser attaches the cookie automatically, so unsafe methods need a CSRF token.
    """

    permission_classes = [HasCSRFToken]
    new_key: str | None = None  # of a learner who is created by this request

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.learner = find_learner(request)

    def get_or_create_learner(self) -> Learner:
        """Return the learner of this request, created if necessary."""
        if self.learner is None:
            self.learner, self.new_key = create_learner()
        return self.learner

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.new_key:
            set_learner_cookie(response, self.new_key)
        return response
