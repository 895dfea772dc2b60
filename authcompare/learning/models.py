"""A class, who learns in it or alone, and what they predicted, observed and answered."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare.accounts.models import Sandbox

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no letter that looks like another, or like a digit
CODE_LENGTH, REJOIN_LENGTH = 5, 6


def new_code(length=CODE_LENGTH):
    return "".join(secrets.choice(ALPHABET) for _n in range(length))


def new_rejoin_code():
    return new_code(REJOIN_LENGTH)


def hashed(key):
    """What is kept of a learner's key: enough to recognise it, not enough to use it."""
    return hashlib.sha256(key.encode()).hexdigest()


class Classroom(models.Model):
    """One lesson of one class. Its code opens it to learners; its teacher alone may move it."""

    class Mode(models.TextChoices):
        LED = "led", _("the teacher moves the class")
        FREE = "free", _("everybody at their own pace")

    class Vote(models.TextChoices):
        NONE = "none", _("no vote")
        OPEN = "open", _("voting")
        CLOSED = "closed", _("the vote is closed")  # people discuss: whoever ran it now would spoil the second vote
        RUN = "run", _("the vote is over: run it")

    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="classrooms", verbose_name=_("teacher")
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted after"), db_index=True)
    plan = models.PositiveSmallIntegerField(_("plan"), default=45)  # minutes
    mode = models.CharField(_("mode"), max_length=4, choices=Mode, default=Mode.LED)
    step = models.CharField(_("step"), max_length=50, blank=True)
    step_since = models.DateTimeField(_("at this step since"), default=timezone.now)
    hints = models.BooleanField(_("hints"), default=True)
    vote = models.CharField(_("vote"), max_length=6, choices=Vote, default=Vote.NONE)
    vote_step = models.CharField(_("vote on"), max_length=50, blank=True)
    vote_round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveIntegerField(_("version"), default=1)  # raised by every change that learners must see

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")

    def __str__(self):
        return self.code

    def save(self, *args, **kwargs):
        if self.expires_at is None:
            self.expires_at = timezone.now() + timedelta(seconds=settings.CLASSROOM_KEPT)
        super().save(*args, **kwargs)

    @property
    def open(self):
        return self.ended_at is None and self.expires_at > timezone.now()

    def accepts(self, step):
        """In which round a prediction about this step counts now; None where none does. Who comes after the votes
        predicts for themselves alone."""
        if self.vote_step != step:
            return None
        return {self.Vote.OPEN: self.vote_round, self.Vote.RUN: Prediction.LATE}.get(self.vote)

    def holds_back(self, step):
        """Must nobody run this step yet?"""
        return self.vote_step == step and self.vote in {self.Vote.OPEN, self.Vote.CLOSED}

    def change(self, **fields):
        """Change it, and let everybody know within one poll. The version is counted in the database: two changes at
        once are two versions."""
        Classroom.objects.filter(pk=self.pk).update(version=F("version") + 1, **fields)
        self.refresh_from_db()


class Learner(models.Model):
    """Somebody who learns: in a class under a nickname, or alone. No account, no e-mail address."""

    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    classroom = models.ForeignKey(
        Classroom, models.CASCADE, null=True, blank=True, related_name="learners", verbose_name=_("class")
    )
    nickname = models.CharField(_("nickname"), max_length=24, blank=True)
    rejoin = models.CharField(_("rejoin code"), max_length=REJOIN_LENGTH, default=new_rejoin_code, editable=False)
    sandbox = models.ForeignKey(Sandbox, models.SET_NULL, null=True, blank=True, verbose_name=_("sandbox"))
    step = models.CharField(_("step"), max_length=50, blank=True)
    step_since = models.DateTimeField(_("at this step since"), default=timezone.now)
    created_at = models.DateTimeField(_("joined"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now, db_index=True)
    reset_at = models.DateTimeField(_("reset by the teacher"), null=True, blank=True)  # their page then loads anew

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(
                "classroom", "nickname", name="one_nickname_per_class", condition=Q(classroom__isnull=False)
            ),
            models.UniqueConstraint("classroom", "rejoin", name="one_rejoin_code_per_class"),
        ]

    def __str__(self):
        return self.nickname or f"#{self.pk}"


class Prediction(models.Model):
    """What somebody predicted or answered: once per step and round, and changeable until the vote is closed."""

    # The rounds: both tests, the two votes on a step, and a prediction that came after them and counts in neither.
    PRE, FIRST, SECOND, LATE, POST = 0, 1, 2, 3, 9

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="answers", verbose_name=_("learner"))
    step = models.CharField(_("step"), max_length=50)
    round = models.PositiveSmallIntegerField(_("round"), default=FIRST)
    choices = models.JSONField(_("choices"))  # {"<mechanism> <variant>": outcome}, or {question: option} of a test
    confidence = models.PositiveSmallIntegerField(_("confidence"), null=True)  # 1 a guess, 2 I think so, 3 sure
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["learner", "step", "round"], name="one_answer_per_round")]

    def __str__(self):
        return f"{self.learner} {self.step} {self.round}"


class Run(models.Model):
    """What a learner observed: the outcome at each door when they last ran a step's experiment."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="runs", verbose_name=_("learner"))
    step = models.CharField(_("step"), max_length=50)
    outcomes = models.JSONField(_("outcomes"), default=dict)  # {"<mechanism> <variant>": outcome}
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [models.UniqueConstraint(fields=["learner", "step"], name="one_run_per_step")]

    def __str__(self):
        return f"{self.learner} {self.step}"
