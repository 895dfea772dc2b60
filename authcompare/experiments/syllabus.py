"""All experiments, in the order of the comparison's rows. A new one is a file, and a line here or in its mechanism's.

What only one mechanism has is tried in that mechanism's own `experiments.py`, which lists it in EXPERIMENTS.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from authcompare.experiments import rows
from authcompare.experiments.expiry import Expiry
from authcompare.experiments.forged_form import ForgedForm
from authcompare.experiments.read_it import ReadIt
from authcompare.experiments.replay_after_logout import ReplayAfterLogout
from authcompare.experiments.take_back import Deactivated, PasswordChanged, RoleRemoved
from authcompare.experiments.tamper import Tamper
from authcompare.mechanism import mechanisms

OF_ANY_DOOR = [
    ReplayAfterLogout(),
    Expiry(),
    ReadIt(),
    Tamper(),
    ForgedForm(),
    PasswordChanged(),
    Deactivated(),
    RoleRemoved(),
]


@cache
def syllabus():
    """Every experiment: those of any door and those of the registered mechanisms, by the first of their rows."""
    found = [*OF_ANY_DOOR, *(each for mechanism in mechanisms() for each in own(mechanism))]
    return sorted(found, key=lambda experiment: rows.SLUGS.index(experiment.rows[0]))


def own(mechanism):
    """The experiments that this mechanism brings along."""
    package = type(mechanism).__module__.rpartition(".")[0]
    name = f"{package}.experiments"
    return import_module(name).EXPERIMENTS if package and find_spec(name) else []


def experiment(slug):
    """The experiment with this slug, or None."""
    return next((each for each in syllabus() if each.slug == slug), None)
