"""`manage.py measure`: a small class in no time, against the real server."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from authcompare.classroom import load_test
from authcompare.management.commands import measure


@pytest.fixture
def hurried(monkeypatch):
    at_once = load_test.Pace(join=0, idle=0.1, vote=0, run=0, poll=0.1)
    monkeypatch.setattr(load_test, "Pace", lambda: at_once)


def run(learners):
    """`measure`, in a thread of its own: in that of the tests the loop of Playwright may be running."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call_command, "measure", learners=learners).result()


@pytest.mark.usefixtures("hurried")
def test_a_class_joins_votes_twice_runs_and_loses_nothing(capsys):
    run(learners=3)
    told = capsys.readouterr().out
    assert "predictions accepted: 6, of them kept: 6" in told
    assert "errors: 0" in told
    for kind in ("join", "poll", "predict", "run an experiment"):
        assert kind in told


@pytest.mark.usefixtures("hurried")
def test_what_was_accepted_and_not_kept_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(load_test, "kept", lambda export, step: 1)
    with pytest.raises(SystemExit) as ended:
        run(learners=1)
    assert ended.value.code == 1
    assert "accepted: 2, of them kept: 1" in capsys.readouterr().out


@pytest.mark.parametrize("learners", [0, measure.MOST + 1])
def test_a_class_has_its_limits(learners):
    with pytest.raises(CommandError, match="a class has 1 to"):
        run(learners)
