"""The project's own app: what all mechanisms share."""

from django.apps import AppConfig


class AuthcompareConfig(AppConfig):
    name = "authcompare"
    verbose_name = "authcompare"
