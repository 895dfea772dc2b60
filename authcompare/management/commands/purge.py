"""`manage.py purge`: forgets what has expired. Run it now and then (cron); it may run while the site is in use."""

from django.core.management.base import BaseCommand

from authcompare.accounts.sandbox import forget_expired
from authcompare.classroom.cleanup import forget_classes
from authcompare.experiments.observations import delete_expired
from authcompare.learning.learners import forget_unseen
from authcompare.mechanisms.registry import mechanisms


class Command(BaseCommand):
    help = "Deletes expired sandboxes and classes, and what the mechanisms keep of expired credentials."

    def handle(self, **options):
        self.stdout.write(f"classes: {forget_classes()}")
        self.stdout.write(f"learners: {forget_unseen()}")
        self.stdout.write(f"sandboxes: {forget_expired()}")
        self.stdout.write(f"observations: {delete_expired()}")
        for mechanism in mechanisms():
            self.stdout.write(f"{mechanism.name}: {mechanism.forget_expired()}")
