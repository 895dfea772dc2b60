"""The permissions of teachers: a staff account, signed in with a session as at /admin/, controls its own classes."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from authcompare.accounts.models import User
from authcompare.api.base import Endpoint
from authcompare.classroom.exceptions import NoSuchClass, NotTheTeacher
from authcompare.learning.models import Classroom
from authcompare.mechanisms.permissions import HasCSRFToken


def find_class(user: User | AnonymousUser, code: str) -> Classroom:
    """Return the class with this code for its teacher; raise NotTheTeacher or NoSuchClass.

    Only staff learn whether a class exists.
    """
    if not (user.is_active and user.is_staff):
        raise NotTheTeacher
    classroom = Classroom.objects.filter(code=code, expires_at__gt=timezone.now()).first()
    if classroom is None:
        raise NoSuchClass
    if not (user.is_superuser or classroom.teacher_id == user.pk):
        raise NotTheTeacher
    return classroom


class StaffSession(BaseAuthentication):
    """The user of Django's own session."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        user = request._request.user
        return (user, None) if user.is_authenticated else None


class TeacherEndpoint(Endpoint):
    """An endpoint for teachers. It validates the body before it looks up the class."""

    authentication_classes = [StaffSession]
    permission_classes = [HasCSRFToken]
