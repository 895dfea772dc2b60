from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsDemoConfig(AppConfig):
    name = "sessions_demo"
    verbose_name = _("Sessions")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from sessions_demo.models import start_absolute_timeout

        user_logged_in.connect(start_absolute_timeout, dispatch_uid="sessions_demo.start_absolute_timeout")
