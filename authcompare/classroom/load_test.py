"""A simulated class: a teacher and some hundred learners who join, vote and experiment, over HTTP only.

For measuring: everything that is asked is timed, and in the end what the server accepted is compared with what it kept.
"""

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count

import httpx

from authcompare.api.http_client import CSRF_HEADER


@dataclass(frozen=True)
class Pace:
    """Over how many seconds the class spreads each of these: together a minute."""

    join: float = 10
    idle: float = 10
    vote: float = 12
    run: float = 15
    poll: float = 1.5  # as a learner's page does


@dataclass
class Report:
    """What was asked: the seconds that each answer took, by kind, and what went wrong."""

    took: dict = field(default_factory=lambda: defaultdict(list))
    errors: list = field(default_factory=list)
    accepted: int = 0  # predictions that were answered with 200
    kept: int = 0  # of them in the export
    polling: tuple = (0, 0)  # (CPU seconds, seconds) of the server while learners do nothing but poll; (0, 0): unknown


class Visitor:
    """A browser: cookies, and the CSRF token that a page would send."""

    def __init__(self, url, report, csrf):
        self.client = httpx.AsyncClient(base_url=url, timeout=60, headers={"Accept": "application/json"})
        self.report, self.csrf = report, csrf

    async def ask(self, kind, method, path, expected=(200,), **kwargs):
        """Send it, time it; an answer of another status is an error. Returns the response, or None."""
        headers = {CSRF_HEADER: self.client.cookies.get(self.csrf, "")}
        began = time.perf_counter()
        try:
            response = await self.client.request(method, path, headers=headers, **kwargs)
        except httpx.HTTPError as error:
            self.report.errors.append(f"{kind}: {type(error).__name__}")
            return None
        kind = "no place free" if response.status_code == 429 else kind
        self.report.took[kind].append(time.perf_counter() - began)
        if response.status_code not in expected:
            self.report.errors.append(f"{kind}: {response.status_code} {response.text[:200]}")
        return response


class Learner(Visitor):
    def __init__(self, url, report, csrf, number, pace):
        super().__init__(url, report, csrf)
        self.number, self.pace = number, pace
        self.version = 0

    async def dawdle(self, most):
        await asyncio.sleep(random.uniform(0, most))  # noqa: S311  nothing is guarded by it

    async def join(self, code):
        await self.dawdle(self.pace.join)
        await self.ask("open the page", "GET", "/classroom/")
        wanted = {"code": code, "nickname": f"Learner {self.number}"}
        await self.ask("join", "POST", "/classroom/api/join/", (201,), json=wanted)

    async def poll(self):
        await self.dawdle(self.pace.poll)
        while True:
            path = f"/classroom/api/live/?version={self.version}"
            response = await self.ask("poll", "GET", path, (200, 204))
            if response is not None and response.status_code == 200:
                self.version = response.json()["version"]
            await asyncio.sleep(self.pace.poll)

    async def predict(self, step, round):
        await self.dawdle(self.pace.vote)
        outcomes = [choice.outcome for choice in step.experiment.choices]
        choices = {f"{d.mechanism.name} {d.slug}": random.choice(outcomes) for d in step.doors}  # noqa: S311
        wanted = {"step": step.slug, "round": round, "choices": choices, "confidence": random.randint(1, 3)}  # noqa: S311
        response = await self.ask("predict", "POST", "/walkthrough/api/predict/", json=wanted)
        self.report.accepted += response is not None and response.status_code == 200

    async def run(self, step):
        await self.dawdle(self.pace.run)
        for door in step.doors:
            wanted = {"step": step.slug, "mechanism": door.mechanism.name, "variant": door.slug}
            for tries in count():  # as a learner's page does, until there is a place
                response = await self.ask("run an experiment", "POST", "/walkthrough/api/run/", (200, 429), json=wanted)
                if response is None or response.status_code != 429:
                    break
                await asyncio.sleep(min(2**tries, 4) * random.uniform(0.5, 1.5))  # noqa: S311


class Teacher(Visitor):
    async def sign_in(self, username, password):
        await self.ask("teach", "GET", "/classroom/")
        wanted = {"username": username, "password": password}
        await self.ask("teach", "POST", "/sessions/api/login/", json=wanted)

    async def open(self):
        response = await self.ask("teach", "POST", "/classroom/api/open/", (201,), json={"plan": 90, "mode": "led"})
        self.code = response.json()["code"]

    async def change(self, what, **wanted):
        await self.ask("teach", "POST", f"/classroom/api/{self.code}/{what}/", json=wanted)

    async def exported(self):
        response = await self.ask("export", "GET", f"/classroom/{self.code}/export.json")
        return response.json()


async def lesson(url, step, learners, teacher, csrf, cpu, say, pace=None):
    """One step of a lesson, with `learners` of them. `teacher` is (username, password), `cpu()` tells the server's CPU
    seconds so far or None, `say(text)` what is going on. Returns a Report."""
    report, pace = Report(), pace or Pace()
    leader = Teacher(url, report, csrf)
    await leader.sign_in(*teacher)
    await leader.open()
    crowd = [Learner(url, report, csrf, number, pace) for number in range(1, learners + 1)]

    async def all_of_them(what, *args):
        await asyncio.gather(*(getattr(learner, what)(*args) for learner in crowd))

    say(f"{learners} learners join")
    await all_of_them("join", leader.code)
    polling = [asyncio.create_task(learner.poll()) for learner in crowd]
    await leader.change("move", step=step.slug)
    say("they wait")
    await asyncio.sleep(2 * pace.poll)
    began, before = time.monotonic(), cpu()
    await asyncio.sleep(pace.idle)
    if before is not None:
        report.polling = (cpu() - before, time.monotonic() - began)
    for round in (1, 2):
        say(f"vote {round}")
        await leader.change("vote", action="open", round=round)
        await all_of_them("predict", step, round)
        await leader.change("vote", action="close")
    say("they run the experiment")
    await leader.change("vote", action="run")
    await all_of_them("run", step)
    for task in polling:
        task.cancel()
    report.kept = kept(await leader.exported(), step.slug)
    await asyncio.gather(*(visitor.client.aclose() for visitor in (leader, *crowd)))
    return report


def kept(export, step):
    """How many predictions of this step are in a class's export, which has a record for each door."""
    return len({(each["learner"], each["round"]) for each in export["answers"] if each["step"] == step})
