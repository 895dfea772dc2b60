"""All experiments, in the order they are taught. A new one is a file and a line here."""

from authcompare.experiments.expiry import Expiry
from authcompare.experiments.forged_form import ForgedForm
from authcompare.experiments.read_it import ReadIt
from authcompare.experiments.replay_after_logout import ReplayAfterLogout
from authcompare.experiments.take_back import Deactivated, PasswordChanged, RoleRemoved
from authcompare.experiments.tamper import Tamper

SYLLABUS = [
    ReadIt(),
    Tamper(),
    ReplayAfterLogout(),
    Expiry(),
    PasswordChanged(),
    Deactivated(),
    RoleRemoved(),
    ForgedForm(),
]


def experiment(slug):
    """The experiment with this slug, or None."""
    return next((each for each in SYLLABUS if each.slug == slug), None)
