"""The statements of the article's table in our words, our verdicts, and the observations that each verdict needs.

A verdict is supported only while every required observation was made, with exactly the required outcome.
"""

from django.utils.translation import gettext_lazy as _

from authcompare.comparison.verdicts import CONFIRMED, QUALIFIED, REFUTED, statement, verdict

ARTICLE_STATEMENTS = [
    # Location
    statement(
        "location",
        "session",
        _("The session data is stored on the server."),
        verdict(
            QUALIFIED,
            _("The server stores your data in a database row. Your browser stores the id of that row."),
            ("where-it-lives", "session db", "an id here, the rest there"),
            ("read-it", "session db", "says nothing"),
        ),
    ),
    statement(
        "location",
        "cookie",
        _("The cookie is stored by the client."),
        verdict(
            CONFIRMED,
            _(
                "The browser stores all of it. But usually the server writes the cookie, and reads it with every "
                "request."
            ),
            ("where-it-lives", "cookie plain", "all of it here"),
            ("where-it-lives", "cookie signed", "all of it here"),
        ),
    ),
    statement(
        "location",
        "token",
        _("The token is stored by the client."),
        verdict(
            QUALIFIED,
            _(
                "Your browser stores the token. The server keeps the signing key, and a list of the tokens that it "
                "issued."
            ),
            ("where-it-lives", "token default", "a statement here, a list there"),
            ("forge", "token default", "refused"),
        ),
    ),
    # State
    statement(
        "state",
        "session",
        _("The server remembers who you are."),
        verdict(
            CONFIRMED,
            _("Change the data on the server, and the next response changes. Delete the row, and the id is refused."),
            ("change-on-server", "session db", "at once"),
            ("replay-after-logout", "session db", "refused"),
            ("ended-from-elsewhere", "session db", "refused"),
        ),
    ),
    statement(
        "state",
        "cookie",
        _("The server stores no state."),
        verdict(
            QUALIFIED,
            _("A cookie is only a transport. It can carry all the data, or an id that points to a row on the server."),
            ("where-it-lives", "cookie signed", "all of it here"),
            ("where-it-lives", "session db", "an id here, the rest there"),
            ("carrier", "session db", "asks for a CSRF token"),
        ),
    ),
    statement(
        "state",
        "token",
        _("The server stores no state."),
        verdict(
            QUALIFIED,
            _(
                "Most servers still look up the user. A stateless token needs no lookup, but the server cannot revoke "
                "it."
            ),
            ("cost", "token default", "one query"),
            ("cost", "token stateless", "asks nobody"),
            ("deactivated", "token stateless", "let in"),
        ),
    ),
    # Lifetime
    statement(
        "lifetime",
        "session",
        _("It ends at sign-out, or after a time without use."),
        verdict(
            QUALIFIED,
            _(
                "Both are true here: each use extends it. We had to add an absolute limit. Deleting the id in the "
                "browser ends nothing."
            ),
            ("replay-after-logout", "session db", "refused"),
            ("idle-or-absolute", "session db", "use extends it, up to an end"),
            ("replay-after-forgetting", "session db", "let in"),
        ),
    ),
    statement(
        "lifetime",
        "cookie",
        _("It lasts until a date, or until the browser is closed."),
        verdict(
            QUALIFIED,
            _(
                "Only the browser obeys Max-Age. A copy works longer, unless the server checks an expiry time of its "
                "own."
            ),
            ("expiry", "cookie plain", "let in"),
            ("expiry", "cookie signed", "refused"),
            ("replay-after-forgetting", "cookie signed", "let in"),
        ),
    ),
    statement(
        "lifetime",
        "token",
        _("It ends at a fixed time, or when the server revokes it."),
        verdict(
            CONFIRMED,
            _("The server refuses an expired token from any client."),
            ("expiry", "token default", "refused"),
            ("expiry", "token stateless", "refused"),
            half=_("Fixed time"),
        ),
        verdict(
            REFUTED,
            _("An access token works after sign-out until it expires. Only a denylist ends it earlier."),
            ("replay-after-logout", "token default", "let in"),
            ("replay-after-logout", "token stateless", "let in"),
            ("replay-after-logout", "token revocable", "refused"),
            half=_("Revoked"),
        ),
    ),
    # Usage
    statement(
        "usage",
        "session",
        _("It is for web sites whose server stores state."),
        verdict(
            CONFIRMED,
            _("Every part of such a server knows the user. Each additional server needs the same database."),
            ("middleware-and-next", "session db", "known before the view"),
            ("another-server", "session db", "needs both"),
        ),
    ),
    statement(
        "usage",
        "cookie",
        _("It stores preferences, session ids and similar data."),
        verdict(
            CONFIRMED,
            _("It is good for preferences and session ids. Only a signed cookie can say safely who you are."),
            ("tamper", "cookie plain", "let in"),
            ("tamper", "cookie signed", "refused"),
            ("carrier", "session db", "asks for a CSRF token"),
        ),
    ),
    statement(
        "usage",
        "token",
        _("It is made for APIs and services."),
        verdict(
            CONFIRMED,
            _(
                "Every client can send it without storing cookies. A server with the key needs nothing else to check "
                "it."
            ),
            ("other-clients", "token default", "all get in"),
            ("another-server", "token stateless", "needs the key"),
            half=_("For many clients"),
        ),
        verdict(
            QUALIFIED,
            _("It has few advantages: scripts can read it, and signing out does not end it."),
            ("replay-after-logout", "token default", "let in"),
            ("steal-by-script", "token default", "takes the credential away"),
            half=_("In one browser"),
        ),
    ),
    # Security
    statement(
        "security",
        "session",
        _("It is safer, because its data stays on the server."),
        verdict(
            QUALIFIED,
            _(
                "The id reveals nothing. But a stolen id works like the user's own, and without a CSRF check other "
                "sites can change data."
            ),
            ("read-it", "session db", "says nothing"),
            ("replay-after-forgetting", "session db", "let in"),
            ("forged-form", "session unprotected", "let in"),
            ("fixation", "session db", "does not"),
        ),
    ),
    statement(
        "security",
        "cookie",
        _("It is less safe, because it is easy to read and change."),
        verdict(
            QUALIFIED,
            _(
                "This is true of a plain cookie. A signature detects changes, and HttpOnly hides it from scripts. The "
                "user can still read it."
            ),
            ("tamper", "cookie plain", "let in"),
            ("tamper", "cookie signed", "refused"),
            ("read-it", "cookie signed", "says whose it is"),
            ("steal-by-script", "cookie signed", "can only act while the page is open"),
        ),
    ),
    statement(
        "security",
        "token",
        _("It is safe if the server builds and checks it correctly."),
        verdict(
            QUALIFIED,
            _(
                "Correctly means: one algorithm, a strong key, and checks of expiry, issuer, audience and type. Anyone "
                "can still read it."
            ),
            ("forge", "token default", "refused"),
            ("forge", "token unverified", "let in"),
            ("guess-the-secret", "token guessable", "let in"),
            ("read-it", "token default", "says whose it is"),
        ),
    ),
    # Storage size
    statement(
        "size",
        "session",
        _("It can store more than a cookie."),
        verdict(
            CONFIRMED,
            _("The row grows, and the cookie stays short. But the server reads the whole row with every request."),
            ("row-grows", "session db", "the row grows, the cookie does not"),
        ),
    ),
    statement(
        "size",
        "cookie",
        _("It stores a few kilobytes."),
        verdict(
            CONFIRMED,
            _("Name and value together can have about 4 KB. The browser drops a longer cookie without an error."),
            ("size", "cookie plain", "a cookie stops at about 4 KB, silently"),
        ),
    ),
    statement(
        "size",
        "token",
        _("It can store more than a cookie."),
        verdict(
            QUALIFIED,
            _(
                "In a cookie it has the cookie's limit, in a header the server's. A browser can store far more than it "
                "can send."
            ),
            ("size", "token default", "a header stops where the server says"),
            ("size", "token cookie", "a cookie stops at about 4 KB, silently"),
        ),
    ),
    # Implementation
    statement(
        "implementation",
        "session",
        _("It depends on the server's framework."),
        verdict(
            CONFIRMED,
            _("All the work happens on the server. Any client works if it sends the cookie back."),
            ("save-or-lose", "session db", "lost unless marked"),
            ("other-clients", "session db", "all get in"),
        ),
    ),
    statement(
        "implementation",
        "cookie",
        _("Scripts and web frameworks can set it easily."),
        verdict(
            CONFIRMED,
            _("Scripts and servers can both set a cookie. Only a server can set one that scripts cannot read."),
            ("cookie-attributes", "cookie plain", "as the standard says"),
            ("other-clients", "cookie signed", "all get in"),
        ),
    ),
    statement(
        "implementation",
        "token",
        _("Many languages and frameworks can create it."),
        verdict(
            CONFIRMED,
            _("JWT is a standard: another library verifies our token, and ours verifies its token."),
            ("another-library", "token default", "each verifies the other's"),
            ("other-clients", "token default", "all get in"),
        ),
    ),
]

# Statements about several mechanisms: they belong to no row and no column of the table.
FURTHER_STATEMENTS = [
    statement(
        "fourth-place",
        "",
        _("Is localStorage a fourth place to store data?"),
        verdict(
            CONFIRMED,
            _(
                "It belongs to one origin, and the browser sends nothing of it automatically: a script of the page "
                "must. So other sites cannot use it, but every script in the page can read it."
            ),
            ("cross-site", "token default", "changes nothing"),
            ("steal-by-script", "token default", "takes the credential away"),
            ("size", "token default", "a header stops where the server says"),
            half=_("Yes"),
        ),
        title="localStorage",
    ),
    statement(
        "same-thing",
        "",
        _("Are a session and a cookie the same thing?"),
        verdict(
            REFUTED,
            _(
                "The cookie transports the id, and the session is the data behind the id. An id in a header opens its "
                "session, too, and a cookie can also carry other data."
            ),
            ("carrier", "session header", "asks for none"),
            ("carrier", "session db", "asks for a CSRF token"),
            ("where-it-lives", "cookie signed", "all of it here"),
            half=_("No"),
        ),
        title=_("Session and cookie"),
    ),
]
