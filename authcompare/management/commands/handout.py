"""`manage.py handout`: write the lesson as a booklet to print."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authcompare.learning.lessons import LessonError, languages
from authcompare.learning.questions import QuestionsError
from authcompare.walkthrough.handout import EDITIONS, render_booklet


class Command(BaseCommand):
    help = "Write the lesson as one HTML file to print on A4: for learners, or with solutions for teachers."

    def add_arguments(self, parser):
        parser.add_argument("--language", choices=languages(), default=settings.LANGUAGE_CODE)
        parser.add_argument("--edition", choices=EDITIONS, default="learner")
        parser.add_argument("--output", metavar="FILE", help="write to this file instead of the terminal")

    def handle(self, *, language, edition, output, **options):
        if not settings.LAB:
            raise CommandError("The lesson exists only in the lab: set LAB=1.")
        try:
            text = render_booklet(edition, language)
        except (LessonError, QuestionsError) as error:
            raise CommandError(str(error)) from None
        if output:
            Path(output).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
