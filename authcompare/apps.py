"""The app of the project itself: commands, translations, and shared templates and static files."""

from django.apps import AppConfig


class AuthcompareConfig(AppConfig):
    name = "authcompare"
    verbose_name = "authcompare"
