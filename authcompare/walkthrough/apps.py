from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalkthroughConfig(AppConfig):
    name = "authcompare.walkthrough"
    verbose_name = _("Walkthrough")

    def ready(self):
        from authcompare.walkthrough import checks  # noqa: F401  registers itself
