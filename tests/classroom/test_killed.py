"""The real server, killed during a vote: after a restart, every accepted prediction is stored."""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading

import httpx
import pytest

from authcompare.api.http_client import Client
from authcompare.server.local import LocalServer
from tests.people import PASSWORD, Somebody, right_choices, voted_stop, wrong_choices

STEP = voted_stop().step
CLASS = 14  # learners
ENOUGH = 10  # accepted predictions, after which the test kills the server


@pytest.fixture
def site(tmp_path):
    site = LocalServer.with_own_data(tmp_path)
    teacher = ("--noinput", "--username", "tina", "--email", "tina@school.example")
    site.manage("createsuperuser", *teacher, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    site.start()
    yield site
    if site.is_running():
        kill(site)


def processes(parent):
    """Return the id of this process and of its children."""
    children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout.split()
    return [parent, *(each for child in children for each in processes(int(child)))]


def kill(site):
    """Kill the server and its workers: each worker has a process group of its own."""
    for each in processes(site.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    site.process.wait(20)


def test_no_accepted_prediction_is_lost_and_the_class_continues(site):
    teacher, *learners = [Somebody(Client(base_url=site.url)) for _n in range(1 + CLASS)]
    code = teacher.sign_in("tina").open()
    for n, learner in enumerate(learners):
        learner.join(code, f"L{n}")
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")

    accepted, enough = {}, threading.Event()  # {learner: the predictions that the server accepted}

    def vote(n):
        """Update a prediction again and again until the server stops answering."""
        with contextlib.suppress(httpx.HTTPError):
            while True:
                for confidence in (1, 2, 3):
                    choices = (right_choices if confidence % 2 else wrong_choices)(STEP)
                    if learners[n].predict(STEP, choices, confidence=confidence).status_code == 200:
                        accepted.setdefault(n, []).append((choices, confidence))
                        if len(accepted) >= ENOUGH:
                            enough.set()

    voters = [threading.Thread(target=vote, args=(n,)) for n in range(CLASS)]
    for voter in voters:
        voter.start()
    assert enough.wait(30)
    kill(site)
    for voter in voters:
        voter.join(30)
    assert not [voter for voter in voters if voter.is_alive()]

    site.start()
    assert len(accepted) >= ENOUGH
    for n, predictions in accepted.items():
        page = learners[n].get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text
        stored = prediction(page)
        assert (stored["choices"], stored["confidence"]) in (predictions[-1], *unanswered(predictions[-1])), n

    for learner in learners:  # the vote is still open, and every learner is still identified
        assert learner.live().json()["vote"]["state"] == "open"
        assert learner.predict(STEP).status_code == 200
    assert teacher.change(code, "vote", action="close").status_code == 200
    assert teacher.export(code)["votes"] == [
        {"step": STEP.slug, "round": "first vote", "voted": CLASS, "percent_right": 100, "gain": None}
    ]
    teacher.change(code, "vote", action="run")
    assert learners[0].run(STEP)["right"] is True


def unanswered(last):
    """Yield the next prediction: the server may have stored it without answering."""
    _choices, confidence = last
    following = confidence % 3 + 1
    yield (right_choices if following % 2 else wrong_choices)(STEP), following


def prediction(page):
    """Return the learner's prediction in the page of a step."""
    return json.loads(re.search(r'<script id="config" type="application/json">(.*?)</script>', page)[1])["prediction"]
