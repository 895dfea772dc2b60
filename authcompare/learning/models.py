"""Classes and learners, with their predictions, test answers and observations."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare.accounts.models import Sandbox

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without characters that look alike
CODE_LENGTH, REJOIN_LENGTH = 5, 6


def new_code(length: int = CODE_LENGTH) -> str:
    """Return a random join code."""
    return "".join(secrets.choice(ALPHABET) for _n in range(length))


def new_rejoin_code() -> str:
    """Return a random rejoin code."""
    return new_code(REJOIN_LENGTH)


def hash_key(key: str) -> str:
    """Return the hash of a learner's key. The database stores only the hash, so it reveals no usable key."""
    return hashlib.sha256(key.encode()).hexdigest()


class Classroom(models.Model):
    """One lesson of one class. Learners join with its code; only its teacher controls it."""

    class Mode(models.TextChoices):
        TEACHER_PACED = "led", _("teacher-paced")
        SELF_PACED = "free", _("self-paced")

    class Vote(models.TextChoices):
        NONE = "none", _("no vote")
        OPEN = "open", _("vote open")
        CLOSED = "closed", _("vote closed")  # the class discusses; a run now would spoil the second vote
        RUN = "run", _("run unlocked")

    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="classrooms", verbose_name=_("teacher")
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    plan = models.PositiveSmallIntegerField(_("plan"), default=45)  # minutes
    mode = models.CharField(_("mode"), max_length=4, choices=Mode, default=Mode.TEACHER_PACED)
    step = models.CharField(_("step"), max_length=50, blank=True)
    step_since = models.DateTimeField(_("at this step since"), default=timezone.now)
    hints = models.BooleanField(_("hints"), default=True)
    vote = models.CharField(_("vote"), max_length=6, choices=Vote, default=Vote.NONE)
    vote_step = models.CharField(_("step of the vote"), max_length=50, blank=True)
    vote_round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveIntegerField(_("version"), default=1)  # raised by every change that learners must see

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.expires_at is None:
            self.expires_at = timezone.now() + timedelta(seconds=settings.CLASSROOM_KEPT)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """True until the teacher ends the class or it expires."""
        return self.ended_at is None and self.expires_at > timezone.now()

    def round_for(self, step: str) -> int | None:
        """Return the round in which a prediction about this step counts now, or None if it does not count.

        A learner who missed the votes predicts alone, in the round LATE.
        """
        if self.vote_step != step:
            return None
        rounds: dict[str, int] = {self.Vote.OPEN: self.vote_round, self.Vote.RUN: Prediction.LATE}
        return rounds.get(self.vote)

    def is_run_locked(self, step: str) -> bool:
        """Return True while the class votes on this step or discusses the vote."""
        return self.vote_step == step and self.vote in {self.Vote.OPEN, self.Vote.CLOSED}

    def change(self, **fields: Any) -> None:
        """Update the class, and raise its version so that every page notices.

        The database counts the version: two changes at once are two versions.
        """
        Classroom.objects.filter(pk=self.pk).update(version=F("version") + 1, **fields)
        self.refresh_from_db()

    def to_dict(self) -> dict[str, Any]:
        """Return the state of the class as its pages need it."""
        return {
            "version": self.version,
            "mode": self.mode,
            "step": self.step,
            "hints": self.hints,
            "vote": {"state": self.vote, "step": self.vote_step, "round": self.vote_round},
            "ended": not self.is_open,
        }


class Learner(models.Model):
    """A learner, in a class under a nickname or alone, without an account or e-mail address."""

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
    reset_at = models.DateTimeField(_("reset by the teacher"), null=True, blank=True)  # the learner's page then reloads

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(
                "classroom", "nickname", name="one_nickname_per_class", condition=Q(classroom__isnull=False)
            ),
            models.UniqueConstraint("classroom", "rejoin", name="one_rejoin_code_per_class"),
        ]

    def __str__(self) -> str:
        return self.nickname or f"#{self.pk}"


class Prediction(models.Model):
    """A learner's prediction in one round of a step, or the answers to a test."""

    # The rounds: both tests, the two votes on a step, and a prediction after the votes that counts in neither.
    PRE, FIRST, SECOND, LATE, POST = 0, 1, 2, 3, 9

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="predictions", verbose_name=_("learner"))
    step = models.CharField(_("step"), max_length=50)
    round = models.PositiveSmallIntegerField(_("round"), default=FIRST)
    choices = models.JSONField(_("choices"))  # {variant key: outcome}, or {misconception: option} of a test
    confidence = models.PositiveSmallIntegerField(_("confidence"), null=True)  # 1: a guess, 2: I think so, 3: sure
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("prediction")
        verbose_name_plural = _("predictions")
        constraints = [models.UniqueConstraint(fields=["learner", "step", "round"], name="one_prediction_per_round")]

    def __str__(self) -> str:
        return f"{self.learner} {self.step} {self.round}"


class Run(models.Model):
    """A learner's last run of a step: the observed outcome of each variant."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="runs", verbose_name=_("learner"))
    step = models.CharField(_("step"), max_length=50)
    outcomes = models.JSONField(_("outcomes"), default=dict)  # {variant key: outcome}
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [models.UniqueConstraint(fields=["learner", "step"], name="one_run_per_step")]

    def __str__(self) -> str:
        return f"{self.learner} {self.step}"
