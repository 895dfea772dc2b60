"""The recommender's questions. Each option needs certain promises of a variant; no rule names a variant."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from authcompare.mechanisms.base import Variant


@dataclass(frozen=True)
class Need:
    """A property that a variant must have, and the experiment that checks it."""

    text: str
    is_met: Callable[[Variant], bool]
    experiment: str


@dataclass(frozen=True)
class Option:
    """One answer to a question."""

    slug: str
    text: str
    needs: list = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    slug: str
    text: str
    options: list


# Needs that do not depend on any answer.
ALWAYS = [
    Need(_("The server refuses a changed credential"), lambda v: v.promises.detects_tampering, "tamper"),
    Need(_("The server refuses an expired credential"), lambda v: v.promises.enforces_expiry, "expiry"),
]

QUESTIONS = [
    Question(
        "clients",
        _("Which clients sign in?"),
        [
            Option(
                "browser",
                _("Browsers only"),
                [
                    Need(
                        _("The browser stores the credential, and scripts cannot read it"),
                        lambda v: v.storage == "jar" and not v.transport.readable,
                        "steal-by-script",
                    )
                ],
            ),
            Option(
                "many",
                _("Apps, scripts and other servers, too"),
                [
                    Need(
                        _("Any client can send it in a header, and no browser sends it automatically"),
                        lambda v: not v.transport.sent_automatically,
                        "carrier",
                    )
                ],
            ),
        ],
    ),
    Question(
        "end",
        _("Must signing out end every copy at once?"),
        [
            Option(
                "at-once",
                _("Yes: after sign-out, a new password, or from another device"),
                [
                    Need(
                        _("Signing out ends every copy"), lambda v: v.promises.ends_at_sign_out, "replay-after-logout"
                    ),
                    Need(
                        _("A new password ends every copy"),
                        lambda v: v.promises.follows_password_change,
                        "password-changed",
                    ),
                    Need(
                        _("Another device can end the sign-in"),
                        lambda v: v.promises.ends_from_elsewhere,
                        "ended-from-elsewhere",
                    ),
                ],
            ),
            Option("later", _("No: a few more minutes do no harm")),
        ],
    ),
    Question(
        "rights",
        _("Must removing a right take effect at once?"),
        [
            Option(
                "at-once",
                _("Yes, at the next request"),
                [
                    Need(
                        _("A removed right ends at the next request"),
                        lambda v: v.promises.follows_role_change,
                        "role-removed",
                    ),
                    Need(
                        _("A deactivated user is refused at the next request"),
                        lambda v: v.promises.follows_deactivation,
                        "deactivated",
                    ),
                ],
            ),
            Option("later", _("No, when the credential expires")),
        ],
    ),
    Question(
        "servers",
        _("Which servers check the credential?"),
        [
            Option("together", _("One server, or several with a shared database")),
            Option(
                "apart",
                _("Several without a shared database"),
                [
                    Need(
                        _("A server without the database can check it"),
                        lambda v: "database" not in v.promises.shared_needs,
                        "another-server",
                    )
                ],
            ),
        ],
    ),
    Question(
        "scripts",
        _("Do third-party scripts run on your pages?"),
        [
            Option(
                "others",
                _("Yes, or I am not sure"),
                [Need(_("Scripts cannot read the credential"), lambda v: not v.transport.readable, "steal-by-script")],
            ),
            Option("own", _("No, and a content security policy blocks them")),
        ],
    ),
    Question(
        "readers",
        _("Is it acceptable that anyone who gets the credential can see whose it is?"),
        [
            Option(
                "nobody",
                _("No"),
                [Need(_("The credential does not name its user"), lambda v: not v.promises.reveals_user, "read-it")],
            ),
            Option("anybody", _("Yes, that is no secret")),
        ],
    ),
]
