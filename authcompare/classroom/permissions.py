"""The permissions of teachers: a staff account, signed in with a session as at /admin/, controls its own classes."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict
from authcompare.api.openapi.operations import operation
from authcompare.classroom.exceptions import NoSuchClass, NotTheTeacher
from authcompare.learning.learners import validated_data
from authcompare.learning.models import Classroom
from authcompare.mechanisms.authentication import require_csrf_token


def find_class(user, code: str) -> Classroom:
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
    """The user of Django's own session. TeacherEndpoint requires the CSRF token."""

    def authenticate(self, request):
        user = request._request.user
        return (user, None) if user.is_authenticated else None


class TeacherEndpoint(Endpoint):
    """An endpoint for teachers. A subclass implements `act`.

    The body is validated before the permission, without a look into the database.
    """

    authentication_classes = [StaffSession]

    def post(self, request, **url_kwargs):
        require_csrf_token(request._request)
        data = validated_data(operation(self, "POST").takes or Strict, request)
        return self.act(self.authorize(request.user, **url_kwargs), **data)

    def authorize(self, user, code: str):
        """Return the class that the request is about; raise NotTheTeacher or NoSuchClass."""
        return find_class(user, code)


class StaffEndpoint(TeacherEndpoint):
    """An endpoint for every teacher, whatever the class."""

    def authorize(self, user):
        """Return the user; raise NotTheTeacher."""
        if not user.is_staff:
            raise NotTheTeacher(_("Only staff can open a class: sign in with a teacher's account."))
        return user
