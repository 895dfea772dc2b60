"""The errors of the classroom's endpoints."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, NotFound, PermissionDenied

from authcompare.learning.exceptions import Conflict


class NoClass(NotFound):
    default_code = "no_class"
    default_detail = _("You are not in a class, or your class has been deleted.")


class NoSuchClass(NotFound):
    default_code = "no_such_class"
    default_detail = _("There is no class with this code. Check the code on the screen.")


class NotTheTeacher(PermissionDenied):
    default_code = "not_the_teacher"
    default_detail = _("Only the teacher of this class can do this. Sign in with the account that opened the class.")


class NicknameTaken(Conflict):
    default_code = "nickname_taken"
    default_detail = _("This class already has a learner with this nickname: add a letter.")


class NoVote(Conflict):
    default_code = "no_vote"
    default_detail = _("There is nothing to vote on at this step, or the class is self-paced.")


class ClassEnded(APIException):
    status_code = 410
    default_code = "class_ended"
    default_detail = _("This class has ended.")
