"""Who may move a class: staff, signed in with a session as at /admin/, and each of them their own classes only."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound, PermissionDenied

from authcompare.api.base import Endpoint
from authcompare.api.fields import Strict
from authcompare.api.openapi.operations import operation
from authcompare.learning.models import Classroom
from authcompare.mechanisms.authentication import require_csrf_token


class NoSuchClass(NotFound):
    default_code = "no_such_class"
    default_detail = _("There is no class with this code.")


class NotTheTeacher(PermissionDenied):
    default_code = "not_the_teacher"
    default_detail = _("Only the teacher of this class may do this: sign in with the account that opened it.")


def teaches(user, classroom):
    return user.is_superuser or classroom.teacher_id == user.pk


def class_of(user, code):
    """The class with this code, for its teacher, until its time is up. Whoever is no teacher does not learn which there
    are."""
    if not (user.is_active and user.is_staff):
        raise NotTheTeacher
    classroom = Classroom.objects.filter(code=code, expires_at__gt=timezone.now()).first()
    if classroom is None:
        raise NoSuchClass
    if not teaches(user, classroom):
        raise NotTheTeacher
    return classroom


class SignedIn(BaseAuthentication):
    """Whoever Django's own session says. TeacherEndpoint asks for the CSRF token."""

    def authenticate(self, request):
        user = request._request.user
        return (user, None) if user.is_authenticated else None


class TeacherEndpoint(Endpoint):
    """Something that a teacher may do. What the body asks for is read first, and looks nothing up; then nobody else
    gets any further. `act` does it."""

    authentication_classes = [SignedIn]

    def post(self, request, **address):
        require_csrf_token(request._request)
        serializer = (operation(self, "POST").takes or Strict)(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.act(self.admitted(request.user, **address), **serializer.validated_data)

    def admitted(self, user, code):
        """The class that this is about. Raises what keeps everybody else out."""
        return class_of(user, code)
