"""All experiments, filed under the comparison's rows. A new one is a file, and a line here.

What only one mechanism has is tried in that mechanism's own `experiments` module, which lists it in EXPERIMENTS.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.module_loading import import_string

from authcompare.experiments import topics
from authcompare.mechanisms.registry import mechanisms

OF_ANY_DOOR = [
    "where_it_lives.WhereItLives",
    "transport.Transport",
    "change_on_server.ChangeOnServer",
    "replay_after_logout.ReplayAfterLogout",
    "replay_after_logout.ReplayAfterForgetting",
    "expiry.Expiry",
    "idle_or_absolute.IdleOrAbsolute",
    "revocation.EndedFromElsewhere",
    "revocation.PasswordChanged",
    "revocation.Deactivated",
    "revocation.RoleRemoved",
    "restart.KeyRotated",
    "restart.Restart",
    "another_server.AnotherServer",
    "payload_disclosure.ReadIt",
    "tamper.Tamper",
    "forged_form.ForgedForm",
    "xss_theft.StealByScript",
    "cross_site.CrossSite",
    "size.Size",
    "fixation.Fixation",
    "whose_credential.WhoseCredential",
    "middleware.MiddlewareAndNext",
    "other_clients.OtherClients",
    "query_cost.Cost",
]


@cache
def all_experiments():
    """Every experiment: those of any door and those of the registered mechanisms, by the first of their rows."""
    found = [import_string(f"{__package__}.catalogue.{name}")() for name in OF_ANY_DOOR]
    found += [experiment for mechanism in mechanisms() for experiment in own(mechanism)]
    return sorted(found, key=lambda experiment: topics.SLUGS.index(experiment.rows[0]))


def own(mechanism):
    """The experiments that this mechanism brings along."""
    package = type(mechanism).__module__.rpartition(".")[0]
    name = f"{package}.experiments"
    return import_module(name).EXPERIMENTS if package and find_spec(name) else []


def find_experiment(slug):
    """The experiment with this slug, or None."""
    return next((each for each in all_experiments() if each.slug == slug), None)
