"""The pages of the experiments: the matrix, and a page for each experiment. They exist with LAB=1 only."""

import inspect
import re
from functools import wraps
from itertools import groupby

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from authcompare.api import exceptions
from authcompare.experiments.base import Experiment
from authcompare.experiments.observations import observations
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.topics import TOPICS, find_topic
from authcompare.experiments.trial import FAILED, FAILS, MARK_TEXTS, Trial
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import variants
from authcompare.mechanisms.source_code import lines_of, piece, project_classes, script_piece

MAX_FIRST_COLUMNS = 4  # that a page starts with, where an experiment concerns one mechanism only


def in_lab(view):
    """Answer 404 with the reason outside the lab."""

    @require_safe
    @ensure_csrf_cookie
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if settings.LAB:
            return view(request, *args, **kwargs)
        return exceptions.answer(
            request, 404, "no_lab", _("Experiments need the lab, and the lab is off: start this server with LAB=1.")
        )

    return guarded


@in_lab
def index(request):
    """Show the matrix. `?row=` limits it to the experiments of one topic."""
    chosen = find_topic(request.GET.get("row", ""))
    observed = observations(request)
    shown = [each for each in all_experiments() if chosen is None or chosen.slug in each.rows]
    groups = [
        (topic, [(experiment, trials_of(experiment, observed)) for experiment in together])
        for topic, together in groupby(shown, key=lambda each: chosen or find_topic(each.rows[0]))
    ]
    trials = [trial for _topic, lines in groups for _experiment, line in lines for trial in line if trial]
    dates = [trial.observation.observed_at for trial in trials if trial.observation]
    context = {
        "groups": groups,
        "chosen": chosen,
        "topics": [(each, n) for each in TOPICS if (n := sum(each.slug in e.rows for e in all_experiments()))],
        "total": len(all_experiments()),
        "mechanisms_across": [(mechanism, list(group)) for mechanism, group in groupby(variants(), mechanism_of)],
        "width": len(variants()) + 2,
        "to_run": sum(not trial.experiment.browser for trial in trials),
        "last_run": max(dates, default=None),
        "marks": {mark: text for mark, text in MARK_TEXTS.items() if mark not in {FAILS, FAILED}},
        "config": {
            "marks": MARK_TEXTS,
            "texts": {each.slug: {choice.outcome: choice.text for choice in each.choices} for each in shown},
        },
    }
    return render(request, "experiments/index.html", context)


def mechanism_of(variant: Variant):
    return variant.mechanism


def trials_of(experiment: Experiment, observed=None) -> list[Trial | None]:
    """Return a trial for each variant, or None where this experiment has nothing to observe."""
    observed = observed or {}
    return [
        Trial(experiment, variant, observed.get((experiment.slug, variant.key)))
        if experiment.concerns(variant)
        else None
        for variant in variants()
    ]


@in_lab
def page(request, slug):
    """Show one experiment: predict, run, observe, explain."""
    experiment = find_experiment(slug)
    if experiment is None:
        raise Http404
    every = all_experiments()
    at = every.index(experiment)
    trials = [trial for trial in trials_of(experiment) if trial]
    first = first_columns(trials)
    context = {
        "experiment": experiment,
        "topics": [find_topic(each) for each in experiment.rows],
        "at": at + 1,
        "total": len(every),
        "previous": every[at - 1] if at else None,
        "next": every[at + 1] if at + 1 < len(every) else None,
        "trials": [(trial, trial in first) for trial in trials],
        "several": len({trial.variant.mechanism for trial in trials}) > 1,
        "pieces": code(experiment),
        "config": {
            "experiment": slug,
            "title": experiment.title,
            "browser": experiment.browser,
            "attack": experiment.attack,
            "csrf": settings.CSRF_COOKIE_NAME,
            "prefs": settings.PREFS_COOKIE_NAME,
            "choices": [{"outcome": choice.outcome, "text": choice.text} for choice in experiment.choices],
            "variants": [variant_config(trial.variant) for trial in trials],
        },
    }
    response = render(request, "experiments/experiment.html", context)
    if experiment.browser:  # it may open a window of another site, and keeps control of it
        response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def first_columns(trials: list[Trial]) -> list[Trial]:
    """Return the trials that a page starts with.

    These are the first of each mechanism, or the first few of the only mechanism. An attack starts with a weak variant
    among them: without one the learner would see no attack succeed.
    """
    by_mechanism = [list(group) for _mechanism, group in groupby(trials, lambda trial: trial.variant.mechanism)]
    first = [group[0] for group in by_mechanism] if len(by_mechanism) > 1 else trials[:MAX_FIRST_COLUMNS]
    weak = next((trial for trial in trials if trial.is_weak), None)
    if weak and not any(trial.is_weak for trial in first):
        same_mechanism = [trial for trial in first if trial.variant.mechanism is weak.variant.mechanism]
        first[first.index(same_mechanism[-1])] = weak
    return first


def variant_config(variant: Variant) -> dict:
    """Return what a page's script needs of a variant. Not what it promises: that would give the result away."""
    return {
        "mechanism": variant.mechanism.name,
        "variant": variant.slug,
        "key": variant.key,
        "title": variant.title,
        "shape": variant.mechanism.shape,
        "path": variant.path,
        "header": variant.transport.header,
        "name": variant.transport.name,
        "ambient": variant.transport.sent_automatically,
        "readable": variant.transport.readable,
        "csrf": variant.authentication.csrf,
        "storage": variant.storage,
    }


GIVES_AWAY = {"expected", "concerns", "misconception"}  # methods whose source would give the result away


def code(experiment: Experiment) -> list[dict]:
    """Return the source that runs: the experiment's methods, the functions of its module that they call, its script."""
    cls = type(experiment)
    functions = [
        function
        for _name, function in inspect.getmembers(inspect.getmodule(cls), inspect.isfunction)
        if function.__module__ == cls.__module__
    ]
    classes = [
        each
        for _name, each in inspect.getmembers(inspect.getmodule(cls), inspect.isclass)
        if each.__module__ == cls.__module__ and not issubclass(each, Experiment)
    ]
    shown = [
        method
        for each in project_classes(cls)
        if each is not Experiment
        for name, method in vars(each).items()
        if inspect.isfunction(method) and name not in GIVES_AWAY
    ]
    while called := [each for each in [*classes, *functions] if each not in shown and calls(shown, each)]:
        shown += called
    script = finders.find(f"experiments/js/catalogue/{experiment.slug}.js") if experiment.browser else None
    return [*map(piece, shown), *([script_piece(script)] if script else [])]


def calls(sources: list, called) -> bool:
    """Return True if one of these sources calls this function or class."""
    return any(re.search(rf"\b{called.__name__}\(", "".join(lines_of(each)[0])) for each in sources)
