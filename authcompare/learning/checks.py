"""The system check of the lesson: `manage.py check` reports every mistake in the lesson files."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from authcompare.learning import lesson_checks


@register
def check_lesson(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each mistake. The weak variants of the lesson have no URLs outside the lab."""
    if not settings.LAB:
        return []
    problems = [*lesson_checks.lesson_problems(), *lesson_checks.question_problems()]
    return [Error(problem, id="learning.E001") for problem in problems]
