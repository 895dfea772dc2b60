from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CookiesDemoConfig(AppConfig):
    name = "cookies_demo"
    verbose_name = _("Cookies")
