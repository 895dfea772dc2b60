"""The real server, killed in the middle of a vote: whatever it had accepted is there when it is started again."""

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
CLASS = 24  # learners
ENOUGH = 10  # accepted answers, after which the server dies


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
    """The process with this id, and those that it has started."""
    children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout.split()
    return [parent, *(each for child in children for each in processes(int(child)))]


def kill(site):
    """All of it: each of its workers has left its process group for one of its own."""
    for each in processes(site.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    site.process.wait(20)


def test_no_accepted_answer_is_lost_and_everybody_goes_on(site):
    teacher, *learners = [Somebody(Client(base_url=site.url)) for _n in range(1 + CLASS)]
    code = teacher.sign_in("tina").open()
    for n, learner in enumerate(learners):
        learner.join(code, f"L{n}")
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")

    accepted, enough = {}, threading.Event()  # {learner: what the server said it has stored}

    def vote(n):
        """Change one's mind again and again, until nobody answers any more."""
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
    for n, said in accepted.items():
        page = learners[n].get(f"/walkthrough/{STEP.slug}/", Accept="text/html").text
        stored = prediction(page)
        assert (stored["choices"], stored["confidence"]) in (said[-1], *unanswered(said[-1])), n

    for learner in learners:  # the vote is still open, and everybody is who they were
        assert learner.live().json()["vote"]["state"] == "open"
        assert learner.predict(STEP).status_code == 200
    assert teacher.change(code, "vote", action="close").status_code == 200
    assert teacher.export(code)["votes"] == [
        {"step": STEP.slug, "round": "first vote", "voted": CLASS, "percent_right": 100, "gain": None}
    ]
    teacher.change(code, "vote", action="run")
    assert learners[0].run(STEP)["right"] is True


def unanswered(last):
    """What the next vote would have stored: it may have been, with nobody left to say so."""
    _choices, confidence = last
    following = confidence % 3 + 1
    yield (right_choices if following % 2 else wrong_choices)(STEP), following


def prediction(page):
    """What the page of a step says that its learner has predicted."""
    return json.loads(re.search(r'<script id="config" type="application/json">(.*?)</script>', page)[1])["prediction"]
