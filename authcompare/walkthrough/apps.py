from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalkthroughConfig(AppConfig):
    name = "authcompare.walkthrough"
    verbose_name = _("Walkthrough")
