"""What the article's table says, restated; what became of each claim; and the observations that decide it.

A verdict is no opinion: it holds only while every piece of its evidence has been seen, with exactly that outcome.
"""

from django.utils.translation import gettext_lazy as _

from authcompare.comparison.verdicts import CONFIRMED, QUALIFIED, REFUTED, claim, finding

CLAIMS = [
    # Location
    claim(
        "location",
        "session",
        _("It is kept on the server."),
        finding(
            QUALIFIED,
            _("What the server knows of you is a row of its own. The id that points to the row is with you."),
            ("where-it-lives", "session db", "an id here, the rest there"),
            ("read-it", "session db", "says nothing"),
        ),
    ),
    claim(
        "location",
        "cookie",
        _("It is kept by the client."),
        finding(
            CONFIRMED,
            _("All of it is with you. It is the server, though, that usually writes it, and reads it every time."),
            ("where-it-lives", "cookie plain", "all of it here"),
            ("where-it-lives", "cookie signed", "all of it here"),
        ),
    ),
    claim(
        "location",
        "token",
        _("It is kept by the client."),
        finding(
            QUALIFIED,
            _("You hold the statement. The key stays with the server, and so does a list of what it has issued."),
            ("where-it-lives", "token default", "a statement here, a list there"),
            ("forge", "token default", "refused"),
        ),
    ),
    # State
    claim(
        "state",
        "session",
        _("The server remembers who you are."),
        finding(
            CONFIRMED,
            _("Change its memory, and the next answer is another one. Delete its row, and the id opens nothing."),
            ("change-on-server", "session db", "at once"),
            ("replay-after-logout", "session db", "refused"),
            ("ended-from-elsewhere", "session db", "refused"),
        ),
    ),
    claim(
        "state",
        "cookie",
        _("The server remembers nothing."),
        finding(
            QUALIFIED,
            _("A cookie only carries. It may carry a whole statement, or an id with a row behind it."),
            ("where-it-lives", "cookie signed", "all of it here"),
            ("where-it-lives", "session db", "an id here, the rest there"),
            ("carrier", "session db", "asks for a CSRF token"),
        ),
    ),
    claim(
        "state",
        "token",
        _("The server remembers nothing."),
        finding(
            QUALIFIED,
            _("Usually it still looks the user up. A token that asks nobody exists, and nobody can take it back."),
            ("cost", "token default", "one query"),
            ("cost", "token stateless", "asks nobody"),
            ("deactivated", "token stateless", "let in"),
        ),
    ),
    # Lifetime
    claim(
        "lifetime",
        "session",
        _("It ends at sign-out, or when nobody has used it for a while."),
        finding(
            QUALIFIED,
            _(
                "Here both are so, and use moves the end. An end that no use can move had to be added; that the "
                "browser forgets the id ends nothing."
            ),
            ("replay-after-logout", "session db", "refused"),
            ("idle-or-absolute", "session db", "use extends it, up to an end"),
            ("replay-after-forgetting", "session db", "let in"),
        ),
    ),
    claim(
        "lifetime",
        "cookie",
        _("It lasts until a date, or until the browser is closed."),
        finding(
            QUALIFIED,
            _("Only the browser keeps that promise. A copy lives on, unless the server checks an end of its own."),
            ("expiry", "cookie plain", "let in"),
            ("expiry", "cookie signed", "refused"),
            ("replay-after-forgetting", "cookie signed", "let in"),
        ),
    ),
    claim(
        "lifetime",
        "token",
        _("It ends at a fixed time, or when somebody takes it back."),
        finding(
            CONFIRMED,
            _("After its time it is refused, whoever presents it."),
            ("expiry", "token default", "refused"),
            ("expiry", "token stateless", "refused"),
            half=_("A fixed time"),
        ),
        finding(
            REFUTED,
            _("An access token works on after sign-out, until its time is up. Only a denylist ends it before."),
            ("replay-after-logout", "token default", "let in"),
            ("replay-after-logout", "token stateless", "let in"),
            ("replay-after-logout", "token revocable", "refused"),
            half=_("Taken back"),
        ),
    ),
    # Usage
    claim(
        "usage",
        "session",
        _("It is for web sites whose server keeps state."),
        finding(
            CONFIRMED,
            _("Every part of such a server knows the user. Each further server needs the same database."),
            ("middleware-and-next", "session db", "known before the view"),
            ("another-server", "session db", "needs both"),
        ),
    ),
    claim(
        "usage",
        "cookie",
        _("It holds preferences, session data and the like."),
        finding(
            CONFIRMED,
            _("Preferences, and an id for a session: yes. Who you are, only if it is signed."),
            ("tamper", "cookie plain", "let in"),
            ("tamper", "cookie signed", "refused"),
            ("carrier", "session db", "asks for a CSRF token"),
        ),
    ),
    claim(
        "usage",
        "token",
        _("It is made for APIs and services."),
        finding(
            CONFIRMED,
            _("Any client can send it, without a cookie jar; a server that has the key needs nothing else."),
            ("other-clients", "token default", "all get in"),
            ("another-server", "token stateless", "needs the key"),
            half=_("For many clients"),
        ),
        finding(
            QUALIFIED,
            _("It gains little: scripts can read it, and sign-out does not end it."),
            ("replay-after-logout", "token default", "let in"),
            ("steal-by-script", "token default", "takes the credential away"),
            half=_("In one browser"),
        ),
    ),
    # Security
    claim(
        "security",
        "session",
        _("It is safer, since nobody outside can reach the data."),
        finding(
            QUALIFIED,
            _(
                "There is nothing to read. But a stolen id is as good as the user, and without a CSRF check any site "
                "may write."
            ),
            ("read-it", "session db", "says nothing"),
            ("replay-after-forgetting", "session db", "let in"),
            ("forged-form", "session unprotected", "let in"),
            ("fixation", "session db", "does not"),
        ),
    ),
    claim(
        "security",
        "cookie",
        _("It is less safe, since it is easily read and changed."),
        finding(
            QUALIFIED,
            _(
                "A plain one is. With a signature every change is refused, and HttpOnly hides it from scripts. "
                "Whoever holds it reads it all the same."
            ),
            ("tamper", "cookie plain", "let in"),
            ("tamper", "cookie signed", "refused"),
            ("read-it", "cookie signed", "says whose it is"),
            ("steal-by-script", "cookie signed", "can only act while the page is open"),
        ),
    ),
    claim(
        "security",
        "token",
        _("It is safe if it is built and checked properly."),
        finding(
            QUALIFIED,
            _(
                "Properly means: one algorithm, a strong key, and a look at end, issuer, audience and type. And "
                "anybody who holds it can read it."
            ),
            ("forge", "token default", "refused"),
            ("forge", "token unverified", "let in"),
            ("guess-the-secret", "token guessable", "let in"),
            ("read-it", "token default", "says whose it is"),
        ),
    ),
    # Storage size
    claim(
        "size",
        "session",
        _("It holds more than a cookie does."),
        finding(
            CONFIRMED,
            _("The row grows, and the cookie stays as short as it was. Who pays is the server, at every request."),
            ("row-grows", "session db", "the row grows, the cookie does not"),
        ),
    ),
    claim(
        "size",
        "cookie",
        _("It holds a few kilobytes."),
        finding(
            CONFIRMED,
            _("Name and value together have a few kilobytes. What is longer the browser drops, and tells nobody."),
            ("size", "cookie plain", "a cookie stops at about 4 KB, silently"),
        ),
    ),
    claim(
        "size",
        "token",
        _("It holds more than a cookie does."),
        finding(
            QUALIFIED,
            _(
                "In a cookie it has the limit of a cookie, in a header that of the server. A browser stores far more "
                "than it could ever send."
            ),
            ("size", "token default", "a header stops where the server says"),
            ("size", "token cookie", "a cookie stops at about 4 KB, silently"),
        ),
    ),
    # Implementation
    claim(
        "implementation",
        "session",
        _("It is built with what the server is built with."),
        finding(
            CONFIRMED,
            _("All of it happens on the server. Any client will do that sends back what it was given."),
            ("save-or-lose", "session db", "lost unless marked"),
            ("other-clients", "session db", "all get in"),
        ),
    ),
    claim(
        "implementation",
        "cookie",
        _("Scripts and web frameworks set it with ease."),
        finding(
            CONFIRMED,
            _("A script can, and a server can. Only a server sets one that no script may read."),
            ("cookie-attributes", "cookie plain", "as the standard says"),
            ("other-clients", "cookie signed", "all get in"),
        ),
    ),
    claim(
        "implementation",
        "token",
        _("Many languages and frameworks can build it."),
        finding(
            CONFIRMED,
            _("It is a standard: another library verifies our token, and ours verifies its."),
            ("another-library", "token default", "each verifies the other's"),
            ("other-clients", "token default", "all get in"),
        ),
    ),
]

# What spans the table: it has no row and no column of its own there.
STATEMENTS = [
    claim(
        "fourth-place",
        "",
        _("Is localStorage a fourth place to keep things?"),
        finding(
            CONFIRMED,
            _(
                "It belongs to one origin, and the browser sends nothing of it: a script of the page has to. That "
                "keeps other sites out, and lets every script of the page in."
            ),
            ("cross-site", "token default", "changes nothing"),
            ("steal-by-script", "token default", "takes the credential away"),
            ("size", "token default", "a header stops where the server says"),
            half=_("Yes"),
        ),
        title="localStorage",
    ),
    claim(
        "same-thing",
        "",
        _("Are a session and a cookie the same thing?"),
        finding(
            REFUTED,
            _(
                "The cookie is how the id travels, the session is what the id stands for. Sent in a header, an id "
                "opens its session as well; and a cookie may carry something that is no session."
            ),
            ("carrier", "session header", "asks for none"),
            ("carrier", "session db", "asks for a CSRF token"),
            ("where-it-lives", "cookie signed", "all of it here"),
            half=_("No"),
        ),
        title=_("Session and cookie"),
    ),
]
