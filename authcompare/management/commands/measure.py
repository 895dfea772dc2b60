"""`manage.py measure`: simulate a whole class against a server of its own, with data that are deleted afterwards."""

import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authcompare.classroom.load_test import Report, simulate_step
from authcompare.learning.lessons import planned_steps
from authcompare.server.local import CLASS_RATES, LocalServer

MAX_LEARNERS = 1000
CLOCK_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0  # per second
PERCENTILES = (0.95, 0.99)
MAX_ERRORS_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Simulate a class that joins, votes twice and runs an experiment within a minute on this machine, and print "
        "the response times. Exit status 1 if a request fails or a prediction is lost."
    )

    def add_arguments(self, parser):
        parser.add_argument("--learners", type=int, default=300)

    def handle(self, *, learners, **options):
        if not 1 <= learners <= MAX_LEARNERS:
            raise CommandError(f"A class has 1 to {MAX_LEARNERS} learners.")
        with tempfile.TemporaryDirectory(prefix="authcompare-", ignore_cleanup_errors=True) as folder:
            report = self.simulate(learners, folder)
        self.print_report(report, learners)
        if report.errors or report.stored != report.accepted:
            sys.exit(1)

    def simulate(self, learners: int, folder: str) -> Report:
        """Run the simulation against a server in this folder."""
        step = next(s for s in planned_steps(90, settings.LANGUAGE_CODE) if s.variants and not s.experiment.browser)
        server = LocalServer.with_own_data(folder, THROTTLE_RATES=f"{CLASS_RATES},login=1000/min")
        password = secrets.token_urlsafe(12)
        server.manage(
            *("createsuperuser", "--noinput", "--username", "teacher", "--email", ""),
            DJANGO_SUPERUSER_PASSWORD=password,
        )
        with server:
            return asyncio.run(
                simulate_step(
                    server.url,
                    step,
                    learners,
                    credentials=("teacher", password),
                    csrf_cookie=settings.CSRF_COOKIE_NAME,
                    cpu_seconds=lambda: cpu_seconds(server.process.pid),
                    log=self.log,
                )
            )

    def log(self, text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(text)

    def print_report(self, report: Report, learners: int) -> None:
        """Print a table of the durations, and the predictions and errors."""
        lines = [("request", "count", "median ms", "95% ms", "99% ms", "max ms")]
        for kind, durations in report.durations.items():
            ordered = sorted(durations)
            percentiles = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in PERCENTILES]
            columns = [median(ordered), *percentiles, ordered[-1]]
            lines.append((kind, str(len(ordered)), *(f"{seconds * 1000:.0f}" for seconds in columns)))
        for line in lines:
            self.stdout.write(f"{line[0]:<20}" + "".join(f"{word:>12}" for word in line[1:]))
        cpu, seconds = report.polling
        if seconds:
            self.stdout.write(f"\nCPU while {learners} learners only poll: {cpu / seconds:.0%} of one core")
        self.stdout.write(f"predictions accepted: {report.accepted}, stored: {report.stored}")
        self.stdout.write(f"errors: {len(report.errors)}")
        for error in report.errors[:MAX_ERRORS_SHOWN]:
            self.stderr.write(error)


def cpu_seconds(parent: int) -> float | None:
    """Return the CPU seconds of a process and its children; None on a system without /proc."""
    if not CLOCK_TICKS or not Path("/proc").exists():
        return None
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:  # the process has just ended
            continue
        pid, fields = int(text.split(" ", 1)[0]), text.rpartition(")")[2].split()
        if parent in {pid, int(fields[1])}:
            total += int(fields[11]) + int(fields[12])
    return total / CLOCK_TICKS
