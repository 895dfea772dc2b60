"""`manage.py check` reads the whole lesson, and tells whatever is wrong with it, a line each."""

from django.conf import settings
from django.core.checks import Error, register

from authcompare.learning import lessons, questions


@register
def the_lesson_is_sound(app_configs, **kwargs):
    """In the lab only: outside it, the doors that the lesson speaks of have no address."""
    if not settings.LAB:
        return []
    found = [*lessons.problems(), *questions.problems()]
    return [Error(problem, id="walkthrough.E001") for problem in found]
