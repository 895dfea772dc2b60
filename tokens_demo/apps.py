from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TokensDemoConfig(AppConfig):
    name = "tokens_demo"
    verbose_name = _("Tokens")
