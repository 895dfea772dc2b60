"""Imports run downwards only, without circles; and nothing below the pages knows a mechanism by name."""

import ast
import re
import sys
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest
from django.conf import settings

# From the ground up. A module imports from floors below its own, or from its own floor (but never in a circle).
FLOORS = [
    ("the ground: no door, no user, no view", """
        authcompare  authcompare.apps  authcompare.settings  authcompare.environment  authcompare.wsgi
        authcompare.bootstrap  authcompare.management  authcompare.management.network
        authcompare.management.serving  authcompare.management.apart
        authcompare.hashers  authcompare.fields  authcompare.parsers  authcompare.throttles  authcompare.batches
        authcompare.cache  authcompare.errors  authcompare.middleware  authcompare.carrier  authcompare.wire
        authcompare.actors
        authcompare.operation  authcompare.answers  authcompare.twins
    """),
    ("users and their notes, and how a request is authenticated", """
        authcompare.models  authcompare.sandbox  authcompare.authentication  authcompare.endpoint
    """),
    ("the one resource, and the views of every door", "authcompare.resource  authcompare.doors"),
    ("the contract of a mechanism", "authcompare.mechanism"),
    ("what can be told of any mechanism", """
        authcompare.source  authcompare.schema  authcompare.browsable  authcompare.admin
        authcompare.experiments  authcompare.experiments.base  authcompare.experiments.rows
    """),
    ("the mechanisms", "{mechanism}  {mechanism}.*"),
    ("experiments at any door", "authcompare.experiments.*"),
    ("claims that they decide", "authcompare.comparison  authcompare.comparison.*"),
    ("classes and learners", """
        authcompare.classroom  authcompare.classroom.apps  authcompare.classroom.models  authcompare.classroom.learners
    """),
    ("the lesson", "authcompare.learning  authcompare.learning.*  authcompare.walkthrough  authcompare.walkthrough.*"),
    ("the classroom", "authcompare.classroom.*"),
    ("the lab, the root of the API, the pages", """
        authcompare.chain  authcompare.elsewhere  authcompare.lab  authcompare.api  authcompare.pages
    """),
    ("addresses and commands", "authcompare.urls  authcompare.management.commands  authcompare.management.commands.*"),
]  # fmt: skip

# Django documents these two: a session row knows its store, and the store its row, each asked for when it is needed.
DOCUMENTED = {("sessions_demo.models", "sessions_demo.backend"), ("sessions_demo.backend", "sessions_demo.models")}

MECHANISM_APPS = [dotted.split(".")[0] for dotted in settings.MECHANISMS]


@cache
def modules():
    """{name: source} of every module of the project, migrations aside."""
    found = {}
    for package in ("authcompare", *MECHANISM_APPS):
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts).removesuffix(".__init__")
            if ".migrations" not in name:
                found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def imports():
    """{(importing module, imported module)}, wherever in the module the import stands."""
    found = set()
    for name, source in modules().items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively: say the whole name"
                targets = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            found |= {(name, target) for target in map(module_of, targets) if target and target != name}
    return found


def module_of(dotted):
    """The module of ours that this name is in, or None."""
    while dotted and dotted not in modules():
        dotted = dotted.rpartition(".")[0]
    return dotted


def floor(name):
    """The number of the floor that a module is on."""
    for number, (_, patterns) in enumerate(FLOORS):
        for pattern in patterns.split():
            if any(fnmatch(name, pattern.format(mechanism=app)) for app in MECHANISM_APPS):
                return number
    return pytest.fail(f"{name} is on no floor: give it one, in tests/test_floors.py")


def test_every_module_has_its_floor_and_every_name_in_the_list_is_a_module():
    for name in modules():
        assert floor(name) >= 0
    for _, patterns in FLOORS:
        for pattern in patterns.split():
            for app in MECHANISM_APPS:
                assert any(fnmatch(name, pattern.format(mechanism=app)) for name in modules()), pattern


def test_imports_run_downwards_only():
    up = [f"{one} imports {other}" for one, other in sorted(imports()) if floor(one) < floor(other)]
    assert not up


def test_imports_run_in_no_circle():
    graph = {name: set() for name in modules()}
    for one, other in imports() - DOCUMENTED:
        graph[one].add(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_exceptions_are_still_needed():
    assert imports() >= DOCUMENTED


def test_no_mechanism_imports_another():
    packages = {(one.split(".")[0], other.split(".")[0]) for one, other in imports()}
    assert not {(a, b) for a in MECHANISM_APPS for b in MECHANISM_APPS if a != b} & packages


def test_nothing_of_the_project_itself_names_a_mechanism_but_the_settings():
    named = re.compile("|".join(MECHANISM_APPS))
    shared = {name: source for name, source in modules().items() if name.split(".")[0] == "authcompare"}
    for folder, kind in (("authcompare/static", "*.js"), ("authcompare/static", "*.css")):
        shared |= {str(path): path.read_text() for path in (settings.BASE_DIR / folder).rglob(kind)}
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        if path.parent.name not in MECHANISM_APPS:
            shared[str(path)] = path.read_text()
    del shared["authcompare.settings"]
    assert len(shared) > 30
    assert [name for name, text in shared.items() if named.search(text)] == []


def test_the_bootstrap_needs_nothing_that_is_not_there_yet():
    """It runs before anything is installed."""
    for node in ast.walk(ast.parse(modules()["authcompare.bootstrap"])):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
