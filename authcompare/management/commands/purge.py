"""`manage.py purge`: delete what has expired, for example once a day from cron. The site may be in use meanwhile."""

from django.core.management.base import BaseCommand

from authcompare.accounts.sandbox import delete_expired
from authcompare.classroom.cleanup import delete_expired_classes
from authcompare.experiments import observations
from authcompare.learning.learners import delete_inactive_learners
from authcompare.mechanisms.registry import mechanisms


class Command(BaseCommand):
    help = "Delete expired sandboxes, classes, learners, browsers' observations, and credentials' server-side state."

    def handle(self, **options):
        self.stdout.write(f"classes: {delete_expired_classes()}")
        self.stdout.write(f"learners: {delete_inactive_learners()}")
        self.stdout.write(f"observations: {observations.delete_expired()}")
        self.stdout.write(f"sandboxes: {delete_expired()}")
        for mechanism in mechanisms():
            self.stdout.write(f"{mechanism.name}: {mechanism.delete_expired()}")
