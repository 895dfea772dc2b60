"""`manage.py measure`: a whole class at once against a server of its own, with data that are thrown away afterwards."""

import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authcompare.classroom.load_test import lesson
from authcompare.learning.lessons import planned
from authcompare.server.local import CLASS_RATES, LocalServer

MOST = 1000  # learners
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0


class Command(BaseCommand):
    help = (
        "Lets a simulated class join, vote twice and run an experiment within a minute, on this machine, and tells how "
        "long each answer took. Exit status 1 when a request failed or an answer was lost."
    )

    def add_arguments(self, parser):
        parser.add_argument("--learners", type=int, default=300)

    def handle(self, *, learners, **options):
        if not 1 <= learners <= MOST:
            raise CommandError(f"a class has 1 to {MOST} learners")
        step = next(s for s in planned(90, settings.LANGUAGE_CODE) if s.doors and not s.experiment.browser)
        with tempfile.TemporaryDirectory(prefix="authcompare-", ignore_cleanup_errors=True) as folder:
            server = LocalServer.with_own_data(folder, THROTTLE_RATES=f"{CLASS_RATES},login=1000/min")
            password = secrets.token_urlsafe(12)
            server.manage(
                *("createsuperuser", "--noinput", "--username", "teacher", "--email", ""),
                DJANGO_SUPERUSER_PASSWORD=password,
            )
            with server:
                teacher = ("teacher", password)
                cpu = lambda: cpu_seconds(server.process.pid)  # noqa: E731
                run = lesson(server.url, step, learners, teacher, settings.CSRF_COOKIE_NAME, cpu, self.say)
                report = asyncio.run(run)
        self.tell(report, learners)
        if report.errors or report.kept != report.accepted:
            sys.exit(1)

    def say(self, text):
        if sys.stderr.isatty():
            self.stderr.write(text)

    def tell(self, report, learners):
        lines = [("what", "requests", "median ms", "95% ms", "99% ms", "longest ms")]
        for kind, took in report.took.items():
            at = sorted(took)
            of = [median(at), *(at[min(len(at) - 1, int(len(at) * share))] for share in (0.95, 0.99)), at[-1]]
            lines.append((kind, str(len(at)), *(f"{seconds * 1000:.0f}" for seconds in of)))
        for line in lines:
            self.stdout.write(f"{line[0]:<20}" + "".join(f"{word:>12}" for word in line[1:]))
        used, seconds = report.polling
        if seconds:
            self.stdout.write(f"\nwhile {learners} learners only wait: {used / seconds:.0%} of one core")
        self.stdout.write(f"predictions accepted: {report.accepted}, of them kept: {report.kept}")
        self.stdout.write(f"errors: {len(report.errors)}")
        for error in report.errors[:10]:
            self.stderr.write(error)


def cpu_seconds(parent):
    """CPU seconds of a process and its children so far; None where the system does not tell (no /proc)."""
    if not TICKS or not Path("/proc").exists():
        return None
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:  # it has just ended
            continue
        pid, after = int(text.split(" ", 1)[0]), text.rpartition(")")[2].split()
        if parent in {pid, int(after[1])}:
            total += int(after[11]) + int(after[12])
    return total / TICKS
