"""All experiments, sorted by topic. A new one is a file, and a line here.

Experiments that need one mechanism are in that mechanism's own `experiments` module, which lists them in EXPERIMENTS.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.module_loading import import_string

from authcompare.experiments import topics
from authcompare.experiments.base import Experiment
from authcompare.mechanisms.base import Mechanism
from authcompare.mechanisms.registry import mechanisms

FOR_ALL_MECHANISMS = [
    "where_it_lives.WhereItLives",
    "transport.TransportOrCredential",
    "change_on_server.ChangeOnServer",
    "replay_after_logout.ReplayAfterLogout",
    "replay_after_logout.ReplayAfterDeleting",
    "expiry.Expiry",
    "idle_or_absolute.IdleOrAbsolute",
    "revocation.EndedFromElsewhere",
    "revocation.CopyAfterPasswordChange",
    "revocation.UserDeactivated",
    "revocation.RoleRemoved",
    "restart.KeyRotated",
    "restart.Restart",
    "another_server.AnotherServer",
    "payload_disclosure.PayloadDisclosure",
    "tamper.Tamper",
    "forged_form.ForgedForm",
    "xss_theft.XssTheft",
    "cross_site.CrossSite",
    "size.SizeLimit",
    "fixation.Fixation",
    "whose_credential.WhoseCredential",
    "middleware.MiddlewareAndNext",
    "other_clients.OtherClients",
    "query_cost.QueryCost",
]


@cache
def all_experiments() -> list[Experiment]:
    """Return every experiment, those of the registered mechanisms included, sorted by the first of their topics."""
    experiments = [import_string(f"{__package__}.catalogue.{name}")() for name in FOR_ALL_MECHANISMS]
    experiments += [each for mechanism in mechanisms() for each in experiments_of(mechanism)]
    return sorted(experiments, key=lambda experiment: topics.SLUGS.index(experiment.rows[0]))


def experiments_of(mechanism: Mechanism) -> list[Experiment]:
    """Return the experiments that this mechanism's own app defines."""
    package = type(mechanism).__module__.rpartition(".")[0]
    name = f"{package}.experiments"
    return import_module(name).EXPERIMENTS if package and find_spec(name) else []


def find_experiment(slug: str) -> Experiment | None:
    """Return the experiment with this slug, or None."""
    return next((each for each in all_experiments() if each.slug == slug), None)
