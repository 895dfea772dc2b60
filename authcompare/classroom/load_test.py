"""A simulated class: a teacher and some hundred learners who join, vote and run an experiment, over HTTP only.

Every request is timed. At the end, the accepted predictions are compared with the stored ones.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import httpx

from authcompare.api.http_client import CSRF_HEADER
from authcompare.learning.lessons import Step


@dataclass(frozen=True)
class Pace:
    """The seconds over which the class spreads each activity: together one minute."""

    join: float = 10
    idle: float = 10
    vote: float = 12
    run: float = 15
    poll: float = 1.5  # between two polls of a learner's page


@dataclass
class Report:
    """The result of a simulation."""

    durations: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by kind of request
    errors: list[str] = field(default_factory=list)
    accepted: int = 0  # predictions answered with 200
    stored: int = 0  # predictions in the export
    polling: tuple[float, float] = (0, 0)  # the server's CPU seconds while learners only poll, and the seconds


class Visitor:
    """A browser: cookies, and the CSRF token that a page would send."""

    def __init__(self, url: str, report: Report, csrf_cookie: str):
        self.client = httpx.AsyncClient(
            base_url=url, timeout=60, headers={"Accept": "application/json"}, trust_env=False
        )
        self.report, self.csrf_cookie = report, csrf_cookie

    async def request(self, kind: str, method: str, path: str, expected=(200,), **kwargs) -> httpx.Response | None:
        """Send and time a request. Another status than expected is an error. Returns None without a response."""
        headers = {CSRF_HEADER: self.client.cookies.get(self.csrf_cookie, "")}
        start = time.perf_counter()
        try:
            response = await self.client.request(method, path, headers=headers, **kwargs)
        except httpx.HTTPError as error:
            self.report.errors.append(f"{kind}: {type(error).__name__}")
            return None
        kind = "server busy" if response.status_code == 429 else kind
        self.report.durations[kind].append(time.perf_counter() - start)
        if response.status_code not in expected:
            self.report.errors.append(f"{kind}: {response.status_code} {response.text[:200]}")
        return response


class SimulatedLearner(Visitor):
    """A learner's browser."""

    def __init__(self, url: str, report: Report, csrf_cookie: str, number: int, pace: Pace):
        super().__init__(url, report, csrf_cookie)
        self.number, self.pace = number, pace
        self.version = 0

    async def wait_up_to(self, seconds: float) -> None:
        await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311  not for security

    async def join(self, code: str) -> None:
        await self.wait_up_to(self.pace.join)
        await self.request("open the page", "GET", "/classroom/")
        body = {"code": code, "nickname": f"Learner {self.number}"}
        await self.request("join", "POST", "/classroom/api/join/", (201,), json=body)

    async def poll(self) -> None:
        await self.wait_up_to(self.pace.poll)
        while True:
            path = f"/classroom/api/live/?version={self.version}"
            response = await self.request("poll", "GET", path, (200, 204))
            if response is not None and response.status_code == 200:
                self.version = response.json()["version"]
            await asyncio.sleep(self.pace.poll)

    async def predict(self, step: Step, round: int) -> None:
        await self.wait_up_to(self.pace.vote)
        outcomes = [choice.outcome for choice in step.experiment.choices]
        choices = {variant.key: random.choice(outcomes) for variant in step.variants}  # noqa: S311
        body = {"step": step.slug, "round": round, "choices": choices, "confidence": random.randint(1, 3)}  # noqa: S311
        response = await self.request("predict", "POST", "/walkthrough/api/predict/", json=body)
        self.report.accepted += response is not None and response.status_code == 200

    async def run(self, step: Step) -> None:
        await self.wait_up_to(self.pace.run)
        for variant in step.variants:
            body = {"step": step.slug, "mechanism": variant.mechanism.name, "variant": variant.slug}
            for tries in count():  # a learner's page also tries again until the server is free
                response = await self.request(
                    "run an experiment", "POST", "/walkthrough/api/run/", (200, 429), json=body
                )
                if response is None or response.status_code != 429:
                    break
                await asyncio.sleep(min(2**tries, 4) * random.uniform(0.5, 1.5))  # noqa: S311


class SimulatedTeacher(Visitor):
    """The teacher's browser."""

    async def sign_in(self, username: str, password: str) -> None:
        await self.request("teach", "GET", "/classroom/")
        body = {"username": username, "password": password}
        await self.request("teach", "POST", "/sessions/api/login/", json=body)

    async def open_class(self) -> None:
        body = {"plan": 90, "mode": "led"}
        response = await self.request("teach", "POST", "/classroom/api/open/", (201,), json=body)
        self.code = response.json()["code"]

    async def change(self, endpoint: str, **body) -> None:
        await self.request("teach", "POST", f"/classroom/api/{self.code}/{endpoint}/", json=body)

    async def export(self) -> dict:
        response = await self.request("export", "GET", f"/classroom/{self.code}/export.json")
        return response.json()


async def simulate_step(
    url: str,
    step: Step,
    learner_count: int,
    credentials: tuple[str, str],
    csrf_cookie: str,
    cpu_seconds: Callable[[], float | None],
    log: Callable[[str], None],
    pace: Pace | None = None,
) -> Report:
    """Simulate one step of a lesson: joining, two votes, a run.

    `credentials` are the teacher's name and password; `cpu_seconds` returns the server's CPU time, if known.
    """
    report, pace = Report(), pace or Pace()
    teacher = SimulatedTeacher(url, report, csrf_cookie)
    await teacher.sign_in(*credentials)
    await teacher.open_class()
    learners = [SimulatedLearner(url, report, csrf_cookie, n, pace) for n in range(1, learner_count + 1)]

    async def all_learners(action: str, *args) -> None:
        await asyncio.gather(*(getattr(learner, action)(*args) for learner in learners))

    log(f"{learner_count} learners join")
    await all_learners("join", teacher.code)
    polls = [asyncio.create_task(learner.poll()) for learner in learners]
    await teacher.change("move", step=step.slug)
    log("learners wait")
    await asyncio.sleep(2 * pace.poll)
    start, cpu_before = time.monotonic(), cpu_seconds()
    await asyncio.sleep(pace.idle)
    if cpu_before is not None:
        report.polling = (cpu_seconds() - cpu_before, time.monotonic() - start)
    for round in (1, 2):
        log(f"vote {round}")
        await teacher.change("vote", action="open", round=round)
        await all_learners("predict", step, round)
        await teacher.change("vote", action="close")
    log("learners run the experiment")
    await teacher.change("vote", action="run")
    await all_learners("run", step)
    for poll in polls:
        poll.cancel()
    report.stored = count_exported(await teacher.export(), step.slug)
    await asyncio.gather(*(visitor.client.aclose() for visitor in (teacher, *learners)))
    return report


def count_exported(export: dict, step: str) -> int:
    """Return the number of predictions of a step in an export, which has a record for each variant."""
    return len({(each["learner"], each["round"]) for each in export["answers"] if each["step"] == step})
