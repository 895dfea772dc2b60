"""The pages of the experiments: the matrix at a glance, and a page for each. They exist in the lab only."""

import inspect
import re
from dataclasses import dataclass
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
from authcompare.experiments.models import Evidence
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.topics import ROWS, row
from authcompare.mechanisms.base import Variant
from authcompare.mechanisms.registry import variants
from authcompare.mechanisms.source_code import lines_of, piece, project_classes, script_piece

AT_FIRST = 4  # doors that a page begins with, where an experiment concerns one mechanism only

STATES = {
    "agrees": _("as promised"),
    "open": _("the attack succeeds, as promised"),
    "differs": _("NOT as promised"),
    "waiting": _("not run yet"),
    "browser": _("only a browser shows it: not run here yet"),
    "failed": _("could not be finished"),
}


def in_lab(view):
    """A page of the lab. Outside it the address answers 404, and says why."""

    @require_safe
    @ensure_csrf_cookie
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if settings.LAB:
            return view(request, *args, **kwargs)
        return exceptions.answer(
            request, 404, "no_lab", _("Experiments run in a lab, and the lab is off: start this server with LAB=1.")
        )

    return guarded


@dataclass
class Square:
    """One experiment at one door, with what was last seen of it on this server."""

    experiment: Experiment
    variant: Variant
    seen: Evidence | None = None

    @property
    def door(self):
        return f"{self.variant.mechanism.name} {self.variant.slug}"

    @property
    def anchor(self):
        return f"{self.variant.mechanism.name}-{self.variant.slug}"

    @property
    def expected(self):
        return self.experiment.expected(self.variant)

    @property
    def expected_text(self):
        return self.experiment.text(self.expected)

    @property
    def seen_text(self):
        return self.experiment.text(self.seen.outcome)

    @property
    def weak(self):
        """Is this door the weak arm of an attack? Then the attack has to succeed."""
        return self.experiment.attack is not None and self.expected == self.experiment.attack

    @property
    def arm(self):
        return ("weak" if self.weak else "hardened") if self.experiment.attack else ""

    @property
    def state(self):
        if self.seen is None:
            return "browser" if self.experiment.browser else "waiting"
        if self.seen.outcome != self.expected:
            return "differs"
        return "open" if self.weak else "agrees"

    @property
    def state_text(self):
        return STATES[self.state]


@in_lab
def index(request):
    """Every experiment at every door. `?row=` leaves those that bear on one row of the comparison."""
    chosen = row(request.GET.get("row"))
    seen = {(each.experiment, each.mechanism, each.variant): each for each in Evidence.objects.all()}
    shown = [each for each in all_experiments() if chosen is None or chosen.slug in each.rows]
    groups = [
        (first if chosen is None else chosen, [(tried, squares(tried, seen)) for tried in together])
        for first, together in groupby(shown, key=lambda tried: row(tried.rows[0]) if chosen is None else chosen)
    ]
    here = [square for _row, lines in groups for _tried, line in lines for square in line if square]
    context = {
        "groups": groups,
        "chosen": chosen,
        "rows": [(each, n) for each in ROWS if (n := sum(each.slug in tried.rows for tried in all_experiments()))],
        "total": len(all_experiments()),
        "mechanisms_across": [(mechanism, list(doors)) for mechanism, doors in groupby(variants(), mechanism_of)],
        "width": len(variants()) + 2,
        "to_run": sum(not square.experiment.browser for square in here),
        "last_run": max((square.seen.at for square in here if square.seen), default=None),
        "states": STATES,
        "config": {
            "states": STATES,
            "texts": {tried.slug: {each.outcome: each.text for each in tried.choices} for tried in shown},
        },
    }
    return render(request, "experiments/index.html", context)


def mechanism_of(variant):
    return variant.mechanism


def squares(tried, seen=None):
    """A Square for each door that there is, or None where this experiment has nothing to observe."""
    return [
        Square(tried, door, (seen or {}).get((tried.slug, door.mechanism.name, door.slug)))
        if tried.concerns(door)
        else None
        for door in variants()
    ]


@in_lab
def page(request, slug):
    """One experiment: predict, run, observe, explain."""
    tried = find_experiment(slug)
    if tried is None:
        raise Http404
    all_of_them = all_experiments()
    at = all_of_them.index(tried)
    doors = [square for square in squares(tried) if square]
    first = beginning(doors)
    context = {
        "experiment": tried,
        "rows": [row(each) for each in tried.rows],
        "at": at + 1,
        "total": len(all_of_them),
        "previous": all_of_them[at - 1] if at else None,
        "next": all_of_them[at + 1] if at + 1 < len(all_of_them) else None,
        "doors": [(square, square in first) for square in doors],
        "several": len({square.variant.mechanism for square in doors}) > 1,
        "pieces": code(tried),
        "config": {
            "slug": slug,
            "title": tried.title,
            "browser": tried.browser,
            "attack": tried.attack,
            "csrf": settings.CSRF_COOKIE_NAME,
            "prefs": settings.PREFS_COOKIE_NAME,
            "choices": [vars(choice) for choice in tried.choices],
            "doors": [told(square) for square in doors],
        },
    }
    response = render(request, "experiments/experiment.html", context)
    if tried.browser:  # it may open a window of another site, and goes on steering it
        response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def beginning(doors):
    """The squares that a page begins with: each mechanism's default where it is concerned, or the doors of the only one
    that is. An attack begins with a weak arm among them: where nothing succeeds there is nothing to see."""
    by_mechanism = [list(group) for _mechanism, group in groupby(doors, lambda square: square.variant.mechanism)]
    first = [group[0] for group in by_mechanism] if len(by_mechanism) > 1 else doors[:AT_FIRST]
    weak = next((square for square in doors if square.weak), None)
    if weak and not any(square.weak for square in first):
        beside = [square for square in first if square.variant.mechanism is weak.variant.mechanism]
        first[first.index(beside[-1])] = weak
    return first


def told(square):
    """What the page's script has to know of a door."""
    door = square.variant
    return {
        "mechanism": door.mechanism.name,
        "variant": door.slug,
        "title": door.title,
        "shape": door.mechanism.shape,
        "path": door.path,
        "header": door.transport.header,
        "name": door.transport.name,
        "ambient": door.transport.sent_automatically,
        "readable": door.transport.readable,
        "csrf": door.authentication.csrf,
        "storage": door.storage,
        "expected": square.expected,
        "expected_text": square.expected_text,
        "weak": square.weak,
    }


def code(tried):
    """The sources that ran: the class with its ancestors below the contract, the functions beside it that these call,
    and the script, where only a browser can show it."""
    module = type(tried).__module__
    functions = [
        function
        for _name, function in inspect.getmembers(inspect.getmodule(type(tried)), inspect.isfunction)
        if function.__module__ == module
    ]
    shown = [each for each in project_classes(type(tried)) if each is not Experiment]
    while called := [each for each in functions if each not in shown and names(shown, each)]:
        shown += called
    script = finders.find(f"experiments/js/catalogue/{tried.slug}.js") if tried.browser else None
    return [*map(piece, shown), *([script_piece(script)] if script else [])]


def names(shown, function):
    """Does one of these sources name this function?"""
    return any(re.search(rf"\b{function.__name__}\(", "".join(lines_of(each)[0])) for each in shown)
