"""The conflicts that stop a learner: each answers 409."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class Conflict(APIException):
    """An action that comes too early or too late."""

    status_code = 409


class PredictFirst(Conflict):
    default_code = "predict_first"
    default_detail = _("Predict first, and say how sure you are. Then you can run the experiment.")


class VoteOpen(Conflict):
    default_code = "vote_open"
    default_detail = _("Your class is still voting on this step. Your teacher unlocks the run.")


class VoteClosed(Conflict):
    default_code = "vote_closed"
    default_detail = _("No vote on this step is open. Your teacher opens the vote.")


class AlreadyRun(Conflict):
    default_code = "already_run"
    default_detail = _("You have already run this step, so you cannot change your prediction.")


class AlreadyAnswered(Conflict):
    default_code = "already_answered"
    default_detail = _("You have already taken this test.")


class TeacherPaced(Conflict):
    default_code = "led"
    default_detail = _("Your class is teacher-paced: your teacher chooses the step.")
