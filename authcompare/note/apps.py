from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoteConfig(AppConfig):
    name = "authcompare.note"
    verbose_name = _("The note")

    def ready(self):
        from authcompare.note import signals  # noqa: F401  connects its receivers
