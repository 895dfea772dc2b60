"""`manage.py compare`: the experiments against the real server with two workers."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from authcompare.experiments.base import Experiment
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.experiments.trial import plan


def compare(**options):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("compare", stdout=out, stderr=err, **options)
    except SystemExit:
        pytest.fail(f"not as expected: {err.getvalue()}")
    return out.getvalue()


def test_every_variant_keeps_its_promises_over_http_and_the_committed_comparison_is_current(server, tmp_path):
    """One run for both, because it is long. The command exits with status 1 if a promise is broken."""
    file = tmp_path / "comparison.md"
    assert compare(url=server, comparison=True, output=str(file)) == ""
    assert file.read_text() == (project.BASE_DIR / "docs" / "comparison.md").read_text(), (
        "docs/comparison.md is not current; write it with "
        "python3 manage.py compare --comparison --format markdown --output docs/comparison.md"
    )


def test_a_different_observation_is_named_and_the_exit_status_is_1(server, monkeypatch):
    monkeypatch.setattr(type(find_experiment("read-it")), "expected", lambda self, variant: "says nothing")
    with pytest.raises(SystemExit) as ended:
        call_command("compare", url=server, only=["read-it"], stderr=(err := io.StringIO()))
    assert ended.value.code == 1
    assert "read-it at token default: expected 'says nothing', observed 'says whose it is'" in err.getvalue()


@pytest.mark.parametrize("format", ["table", "markdown", "csv", "html", "json"])
def test_each_format_has_a_line_for_each_variant(server, format):
    text = compare(url=server, only=["forged-form"], format=format)
    doors = len(plan([find_experiment("forged-form")]))
    assert text.count("forged-form") >= doors
    if format == "json":
        assert [cell["agrees"] for cell in json.loads(text)] == [True] * doors
    if format == "csv":
        assert len(list(csv.reader(io.StringIO(text)))) == doors + 1
    if format == "table":
        assert "attack forged-form: weak variants 1 of 1" in text
        assert f"attack forged-form: hardened variants 0 of {doors - 1}" in text


def test_it_runs_in_process_without_a_server_or_settings_and_leaves_no_data(tmp_path):
    """In a fresh clone. One of the experiments needs a second server."""
    database = tmp_path / "db.sqlite3"
    ours = {"LAB", "SECRET_KEY", "CACHE_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    ran = subprocess.run(
        [sys.executable, "manage.py", "compare", "--only", "read-it", "--only", "restart"],
        cwd=project.BASE_DIR,
        env=environment | {"DATABASE_URL": f"sqlite:///{database.as_posix()}"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert sum(line.endswith("  yes") for line in ran.stdout.splitlines()) == len(
        plan([find_experiment("read-it"), find_experiment("restart")])
    )
    assert not database.exists()


def test_a_run_that_cannot_start_says_why_in_one_line(server, settings):
    with pytest.raises(CommandError, match=rf"no experiment 'nonsense'; there are {all_experiments()[0].slug}, "):
        compare(only=["nonsense"])
    with pytest.raises(CommandError, match="does not answer: is it running"):
        compare(url="http://127.0.0.1:9")
    with pytest.raises(CommandError, match="is not authcompare"):
        compare(url=f"{server}/healthz?")
    settings.LAB = False
    with pytest.raises(CommandError, match="experiments need the lab"):
        compare()


def test_an_experiment_that_raises_is_an_error_of_its_own_trial_only(server, monkeypatch):
    broken = type(find_experiment("read-it"))
    assert issubclass(broken, Experiment)
    monkeypatch.setattr(broken, "run", lambda self, actors, variant: 1 / 0)
    with pytest.raises(SystemExit):
        call_command("compare", url=server, only=["read-it"], stderr=(err := io.StringIO()), stdout=io.StringIO())
    assert "ZeroDivisionError" in err.getvalue()
