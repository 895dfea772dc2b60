"""The deletion of classes and of learners' work."""

import math

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from authcompare.accounts.models import Sandbox
from authcompare.db import delete_in_batches
from authcompare.learning.models import Classroom, Learner, Prediction, Run


def delete_expired_classes(limit: float = math.inf) -> int:
    """Delete expired classes with their learners, predictions and sandboxes; return how many."""
    now = timezone.now()
    delete_in_batches(Sandbox.objects.filter(learner__classroom__expires_at__lte=now), size=20)
    return delete_in_batches(Classroom.objects.filter(expires_at__lte=now), limit, size=1)


def reset_learners(learners: QuerySet[Learner]) -> None:
    """Delete these learners' predictions, runs and sandboxes. The learners stay in their class."""
    with transaction.atomic():
        Prediction.objects.filter(learner__in=learners).delete()
        Run.objects.filter(learner__in=learners).delete()
        Sandbox.objects.filter(learner__in=learners).delete()
        learners.update(reset_at=timezone.now())
