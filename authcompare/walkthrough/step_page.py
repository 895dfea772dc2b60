"""The contents of a step's page, and of the configuration that its script reads."""

from dataclasses import asdict

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authcompare.experiments.judging import judge
from authcompare.experiments.views import variant_config
from authcompare.learning.lessons import SECTIONS, Step
from authcompare.learning.models import Learner
from authcompare.learning.progress import Progress
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.source_code import pieces_of
from authcompare.walkthrough.trials import step_trials

LABELS = {"predict": _("Predict"), "observe": _("Observe"), "explain": _("Explain"), "code": _("Code")}


def labelled_sections(step: Step) -> list[tuple]:
    """Return (section, label) in order. Without an experiment, a section's heading is its label."""
    return [
        (step.sections[name], LABELS[name] if step.experiment or name == "code" else step.sections[name].heading)
        for name in SECTIONS
        if name in step.sections
    ]


def titled_trials(step: Step) -> list[tuple]:
    """Return (trial, by mechanism, title) for each variant; `by mechanism` if the mechanism's title is enough."""
    found = []
    for trial in step_trials(step):
        by_mechanism = is_alone(trial.variant, step.variants)
        found.append((trial, by_mechanism, (trial.variant.mechanism if by_mechanism else trial.variant).title))
    return found


def is_alone(variant: Variant, variants: list[Variant]) -> bool:
    """Return True for the default of a mechanism that has no other variant in the list."""
    mechanism = variant.mechanism
    return variant is mechanism.default and sum(each.mechanism is mechanism for each in variants) == 1


def code_pieces(step: Step) -> list[dict]:
    """Return the code of this project that a step shows, each piece once: variants share much of it."""
    pieces = [piece for key in step.code for piece in pieces_of(*key.split("/"))]
    return list({(piece["file"], piece["line"]): piece for piece in pieces}.values())


def script_config(step: Step, learner: Learner | None, progress: Progress, plan: int) -> dict:
    """Return the configuration of the page's script.

    It holds no expected outcome and no misconception: the API answers them after the prediction.
    """
    experiment = step.experiment
    return {
        "slug": step.slug,
        "minutes": step.minutes.get(plan),
        "csrf": settings.CSRF_COOKIE_NAME,
        "prefs": settings.PREFS_COOKIE_NAME,
        "experiment": experiment.slug if experiment else "",
        "browser": bool(experiment and experiment.browser),
        "attack": experiment.attack if experiment else None,
        "choices": [
            {"outcome": choice.outcome, "text": choice.text} for choice in (experiment.choices if experiment else ())
        ],
        "variants": [variant_config(variant) for variant in step.variants],
        "hints": list(step.hints),
        "learner": bool(learner),
        "prediction": prediction_config(step, progress),
        "outcomes": judged_outcomes(step, progress),
        "classroom": classroom_config(learner),
    }


def prediction_config(step: Step, progress: Progress) -> dict | None:
    """Return the learner's prediction, or None."""
    prediction = progress.prediction(step)
    return prediction and {
        "round": prediction.round,
        "choices": prediction.choices,
        "confidence": prediction.confidence,
    }


def judged_outcomes(step: Step, progress: Progress) -> dict[str, dict]:
    """Return the outcomes that the learner has observed, as the API answered them: {variant key: {...}}."""
    prediction, outcomes = progress.prediction(step), progress.outcomes(step)
    if prediction is None:
        return {}
    judged = {}
    for variant in step.variants:
        predicted, observed = prediction.choices.get(variant.key), outcomes.get(variant.key)
        if predicted is None or observed is None:
            continue
        expected = step.experiment.expected(variant)
        judged[variant.key] = {
            "expected": expected,
            "outcome": observed,
            "agrees": observed == expected,
            "predicted": predicted,
            **asdict(judge(step.experiment, variant, predicted, observed)),
        }
    return judged


def classroom_config(learner: Learner | None) -> dict | None:
    """Return the state of the learner's class, or None without an open class."""
    classroom = learner and learner.classroom
    if not classroom or not classroom.is_open:
        return None
    return classroom.to_dict() | {"since": (timezone.now() - classroom.step_since).total_seconds()}
