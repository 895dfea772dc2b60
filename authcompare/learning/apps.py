from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "authcompare.learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from authcompare.learning import checks  # noqa: F401  registers the check
