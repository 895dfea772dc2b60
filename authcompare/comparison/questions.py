"""What the decision helper asks, and what each answer needs of a door: rules over promises, never over names."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Need:
    """What a door has to promise, in words, and the experiment that holds it to that."""

    words: str
    met: Callable  # by this variant?
    experiment: str


@dataclass(frozen=True)
class Answer:
    slug: str
    words: str
    needs: list = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    slug: str
    words: str
    answers: list


# What nobody should do without, whatever the answers are.
ALWAYS = [
    Need(_("A changed credential is refused"), lambda door: door.promises.detects_tampering, "tamper"),
    Need(_("After its end it is refused, wherever the copy is"), lambda door: door.promises.enforces_expiry, "expiry"),
]

QUESTIONS = [
    Question(
        "clients",
        _("Who signs in?"),
        [
            Answer(
                "browser",
                _("People, in a browser"),
                [
                    Need(
                        _("The browser keeps it, and no script can carry it off"),
                        lambda door: door.storage == "jar" and not door.transport.readable,
                        "steal-by-script",
                    )
                ],
            ),
            Answer(
                "many",
                _("Apps, scripts and other servers, too"),
                [
                    Need(
                        _("Whoever can send a header can send it, and nobody sends it unasked"),
                        lambda door: not door.transport.sent_automatically,
                        "carrier",
                    )
                ],
            ),
        ],
    ),
    Question(
        "end",
        _("Must a sign-in be ended at once, when somebody wants it ended?"),
        [
            Answer(
                "at-once",
                _("Yes: at sign-out, with a new password, from afar"),
                [
                    Need(
                        _("Sign-out ends every copy"),
                        lambda door: door.promises.ends_at_sign_out,
                        "replay-after-logout",
                    ),
                    Need(
                        _("A new password ends every copy"),
                        lambda door: door.promises.follows_password_change,
                        "password-changed",
                    ),
                    Need(
                        _("It can be ended from afar"),
                        lambda door: door.promises.ends_from_elsewhere,
                        "ended-from-elsewhere",
                    ),
                ],
            ),
            Answer("later", _("No: a few minutes more do no harm")),
        ],
    ),
    Question(
        "rights",
        _("Must it be felt at once when a right is taken away?"),
        [
            Answer(
                "at-once",
                _("Yes, at the next request"),
                [
                    Need(
                        _("A right taken away is gone"), lambda door: door.promises.follows_role_change, "role-removed"
                    ),
                    Need(
                        _("Who is deactivated is out"), lambda door: door.promises.follows_deactivation, "deactivated"
                    ),
                ],
            ),
            Answer("later", _("No, when it ends by itself")),
        ],
    ),
    Question(
        "servers",
        _("Where is it checked?"),
        [
            Answer("together", _("At one server, or at several that share a database")),
            Answer(
                "apart",
                _("At several that share no database"),
                [
                    Need(
                        _("A server without the database can check it"),
                        lambda door: "database" not in door.promises.shared_needs,
                        "another-server",
                    )
                ],
            ),
        ],
    ),
    Question(
        "scripts",
        _("Do scripts that others wrote run on your pages?"),
        [
            Answer(
                "others",
                _("Yes, or I can not be sure"),
                [Need(_("No script can carry it off"), lambda door: not door.transport.readable, "steal-by-script")],
            ),
            Answer("own", _("No, and a content security policy sees to that")),
        ],
    ),
    Question(
        "readers",
        _("May whoever gets hold of it learn whose it is?"),
        [
            Answer(
                "nobody",
                _("No"),
                [Need(_("It says nothing about anybody"), lambda door: not door.promises.reveals_user, "read-it")],
            ),
            Answer("anybody", _("That is no secret")),
        ],
    ),
]
