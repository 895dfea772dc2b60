"""`manage.py measure`: a small and fast class against the real server."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from authcompare.classroom import load_test
from authcompare.management.commands import measure


@pytest.fixture
def hurried(monkeypatch):
    pace = load_test.Pace(join=0, idle=0.1, vote=0, run=0, poll=0.1)
    monkeypatch.setattr(load_test, "Pace", lambda: pace)


def run(learners):
    """Run `measure` in another thread: Playwright's event loop may run in the tests' own thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call_command, "measure", learners=learners).result()


def test_a_simulated_class_joins_votes_twice_and_runs_without_loss(hurried, capsys):
    run(learners=3)
    output = capsys.readouterr().out
    assert "predictions accepted: 6, stored: 6" in output
    assert "errors: 0" in output
    for kind in ("join", "poll", "predict", "run an experiment"):
        assert kind in output


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (load_test.Report(accepted=2, stored=1), "accepted: 2, stored: 1"),
        (load_test.Report(errors=["no answer"]), "errors: 1"),
    ],
)
def test_a_lost_prediction_and_an_error_are_a_failure(report, line, monkeypatch, capsys):
    monkeypatch.setattr(measure.Command, "simulate", lambda command, learners, folder: report)
    with pytest.raises(SystemExit) as ended:
        run(learners=1)
    assert ended.value.code == 1
    assert line in capsys.readouterr().out


@pytest.mark.parametrize("learners", [0, measure.MAX_LEARNERS + 1])
def test_the_number_of_learners_is_limited(learners):
    with pytest.raises(CommandError, match="A class has 1 to"):
        run(learners)
