"""Django's makemessages with this project's folders and the keyword of its scripts."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """`manage.py makemessages -l zh_Hans -d django`, then `-d djangojs`, then `manage.py compilemessages`."""

    def handle(self, *args, **options):
        if options["domain"] == "djangojs":
            self.xgettext_options = [*self.xgettext_options, "--keyword=t"]
        options["ignore_patterns"] += [".venv", "var", "tests", "docs", "*/migrations/*"]
        options["no_location"] = True
        options["no_obsolete"] = True
        super().handle(*args, **options)
