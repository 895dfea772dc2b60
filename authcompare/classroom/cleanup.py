"""What a class leaves behind goes with it: its learners, their answers, and their throwaway accounts."""

import math

from django.db import transaction
from django.utils import timezone

from authcompare.accounts.models import Sandbox
from authcompare.db import delete_in_batches
from authcompare.learning.models import Classroom, Prediction, Run


def forget_classes(most=math.inf):
    """Delete the classes whose time is up, `most` of them or all; returns how many."""
    now = timezone.now()
    delete_in_batches(Sandbox.objects.filter(learner__classroom__expires_at__lte=now), size=20)
    return delete_in_batches(Classroom.objects.filter(expires_at__lte=now), most, size=1)


def reset(learners):
    """Throw away what these learners have answered, seen and made. They stay in their class, where it is."""
    with transaction.atomic():
        Prediction.objects.filter(learner__in=learners).delete()
        Run.objects.filter(learner__in=learners).delete()
        Sandbox.objects.filter(learner__in=learners).delete()
        learners.update(reset_at=timezone.now())
