"""Django's makemessages, limited to this project's texts and extended by the JavaScript function `t`."""

from typing import Any

from django.core.management.commands import makemessages

IGNORED = [".venv", "var", "tests", "docs", "*/migrations/*"]


class Command(makemessages.Command):
    """Run `manage.py makemessages -l zh_Hans -d django`, then `-d djangojs`, then `manage.py compilemessages`."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["domain"] == "djangojs":
            self.xgettext_options = [*self.xgettext_options, "--keyword=t"]
        options["ignore_patterns"] += IGNORED
        options["no_location"] = True
        options["no_obsolete"] = True
        super().handle(*args, **options)
