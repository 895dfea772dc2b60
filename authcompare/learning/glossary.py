"""The glossary: the terms that pages and lessons use, and the links from a lesson to them."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

# The first common character of each letter of pinyin, in the order of GB 2312, which sorts common characters by pinyin.
PINYIN = dict(zip("啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝", "ABCDEFGHJKLMNOPQRSTWXYZ", strict=True))
HOMOPHONES = str.maketrans("重", "虫")  # in these terms it reads chóng; GB 2312 sorts it as zhòng


@dataclass(frozen=True)
class Term:
    """A term, its definition and, where one exists, the page that defines it."""

    slug: str
    name: str | Promise
    definition: str | Promise
    source_title: str = ""
    source_url: str = ""

    @property
    def url(self) -> str:
        """The address of the term on the glossary page."""
        return f"{reverse('glossary')}#{self.slug}"

    @property
    def sort_key(self) -> tuple[str, bytes]:
        """The first letter and the bytes that sort the name in the active language: A to Z, or by pinyin."""
        name = str(self.name).lower().translate(HOMOPHONES).encode("gb18030")
        letter = chr(name[0]).upper() if name[:1].isascii() else pinyin_letter(name)
        return letter, name


def pinyin_letter(encoded: bytes) -> str:
    """Return the first letter of the pinyin of a Chinese name, encoded as GB 18030."""
    firsts = [character.encode("gb18030") for character in PINYIN]
    return list(PINYIN.values())[bisect_right(firsts, encoded) - 1]


def rfc(number: int, section: str) -> tuple[str, str]:
    """Return the title and URL of a section of an RFC."""
    return f"RFC {number} § {section}", f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"


def cookie_draft(section: str) -> tuple[str, str]:
    """Return the title and URL of a section of the draft that replaces RFC 6265 and defines SameSite."""
    return (
        f"RFC 6265bis § {section}",
        f"https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-22#section-{section}",
    )


def owasp(title: str, page: str) -> tuple[str, str]:
    """Return the title and URL of one of OWASP's cheat sheets."""
    return f"OWASP: {title}", f"https://cheatsheetseries.owasp.org/cheatsheets/{page}"


TERMS = [
    Term(
        "access-token",
        _("access token"),
        _("A token that the client sends with each request to get access. It expires soon, often after a few minutes."),
        *rfc(6749, "1.4"),
    ),
    Term(
        "authentication",
        _("authentication"),
        _(
            "The check of who sends a request. At sign-in the server checks a password; after that, each request "
            "presents a credential."
        ),
        *rfc(9110, "11"),
    ),
    Term(
        "authorization",
        _("authorization"),
        _(
            "The decision whether a known user may do what a request asks for. A server answers 401 if authentication "
            "fails and 403 if authorization fails."
        ),
        *owasp("Authorization", "Authorization_Cheat_Sheet.html"),
    ),
    Term(
        "bearer-token",
        _("bearer token"),
        _(
            "A token that works for every client that presents it, like a train ticket without a name. "
            "The client sends it in the Authorization header, after the word Bearer."
        ),
        *rfc(6750, "1.2"),
    ),
    Term(
        "cast",
        _("cast"),
        _(
            "The users of an experiment, each with a sandbox account. Alice owns the note, Bob is another user, and "
            "Mallory is the attacker."
        ),
    ),
    Term(
        "claim",
        _("claim"),
        _("One field of a JWT, with a name and a value. For example, the claim exp says when the token expires."),
        *rfc(7519, "4"),
    ),
    Term(
        "cookie",
        _("cookie"),
        _(
            "A small text that a server asks the browser to store. The browser sends it back with each later request "
            "to the same server."
        ),
        *rfc(6265, "3"),
    ),
    Term(
        "credential",
        _("credential"),
        _(
            "The thing that a client presents so that the server knows the user: a session id, a signed cookie, "
            "or a token."
        ),
        *rfc(9110, "11.4"),
    ),
    Term(
        "cross-site-request",
        _("cross-site request"),
        _(
            "A request that a page of one site sends to another site. The browser adds the cookies of the other site, "
            "unless SameSite forbids it."
        ),
        *cookie_draft("5.2"),
    ),
    Term(
        "csrf",
        _("CSRF"),
        _(
            "Cross-site request forgery: a page of another site makes your browser send a request that you did not "
            "want. Your browser adds your cookies, so the server accepts the request as yours."
        ),
        *owasp("CSRF Prevention", "Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html"),
    ),
    Term(
        "denylist",
        _("denylist"),
        _("A list of revoked tokens. The server refuses a token on this list, even if its signature is correct."),
        *owasp("JWT denylist", "JSON_Web_Token_Cheat_Sheet.html#jwt-denylist"),
    ),
    Term(
        "door",
        _("door"),
        _("The word for a variant on these pages. Every door has a URL of its own and leads to the same note."),
    ),
    Term(
        "endpoint",
        _("endpoint"),
        _(
            "A URL at which a server answers one kind of request. For example, each door has one endpoint to sign in "
            "and one to read the note."
        ),
        *rfc(6749, "3"),
    ),
    Term(
        "exchange",
        _("exchange"),
        _("One HTTP request and its response, as the server recorded them."),
        *rfc(9110, "3.4"),
    ),
    Term(
        "experiment",
        _("experiment"),
        _(
            "A question that real requests answer, at several variants. If the experiment is an attack, it succeeds "
            "at the weak variant and fails at the hardened one."
        ),
    ),
    Term(
        "expiry-time",
        _("expiry time"),
        _("The time at which a credential expires: from then on the server refuses it. In a JWT it is the claim exp."),
        *rfc(7519, "4.1.4"),
    ),
    Term(
        "explanation",
        _("explanation"),
        _("The reason for an observation. It is the last part of a step, after the prediction and the observation."),
    ),
    Term(
        "hardened-variant",
        _("hardened variant"),
        _("A variant that stops an attack. The same attack succeeds at the weak variant."),
    ),
    Term(
        "hash",
        _("hash"),
        _(
            "A short value that a function computes from data. The same data always give the same hash, and the hash "
            "does not reveal the data."
        ),
        *rfc(4949, "4"),
    ),
    Term(
        "httponly",
        _("HttpOnly"),
        _("An attribute of a cookie. The browser still sends the cookie, but scripts on a page cannot read it."),
        *rfc(6265, "4.1.2.6"),
    ),
    Term(
        "join-code",
        _("join code"),
        _("The short code of a class. The teacher shows it, and learners enter it to join the class."),
    ),
    Term(
        "jwks",
        _("JWKS"),
        _(
            "JSON Web Key Set: a document in which a server publishes its public keys. Other servers use these keys "
            "to check the server's signatures."
        ),
        *rfc(7517, "5"),
    ),
    Term(
        "jwt",
        _("JWT"),
        _(
            "JSON Web Token: a header, claims and a signature, with dots between them. The signature reveals changes, "
            "but it does not hide the claims."
        ),
        *rfc(7519, "3"),
    ),
    Term(
        "key",
        _("key"),
        _(
            "A value that makes or checks signatures. HS256 uses one secret key for both; RS256 signs with a private "
            "key and checks with a public key."
        ),
        *rfc(7518, "3.1"),
    ),
    Term(
        "localstorage",
        _("localStorage"),
        _(
            "A place in the browser where scripts store text for one origin. The text has no expiry time, and every "
            "script of that origin can read it."
        ),
        "MDN: localStorage",
        "https://developer.mozilla.org/en-US/docs/Web/API/Window/localStorage",
    ),
    Term(
        "mechanism",
        _("mechanism"),
        _("One of the three ways to authenticate that this site compares: session, cookie and token."),
    ),
    Term(
        "middleware",
        _("middleware"),
        _(
            "Code that runs before and after the code that answers a request. For example, one middleware loads the "
            "session, and another checks for CSRF."
        ),
        "Django: Middleware",
        "https://docs.djangoproject.com/en/5.2/topics/http/middleware/",
    ),
    Term(
        "misconception",
        _("misconception"),
        _(
            "A common wrong idea, for example that a signature hides the data. After a wrong prediction, the page "
            "names the misconception behind it."
        ),
    ),
    Term(
        "note",
        _("note"),
        _("The protected resource: a private text of one user. Every door leads to the same note."),
        *rfc(6749, "1.1"),
    ),
    Term(
        "observation",
        _("observation"),
        _("The result of an experiment: the real responses of the server."),
    ),
    Term(
        "origin",
        _("origin"),
        _(
            "The scheme, host and port of a URL together, for example https://example.com:8443. Two URLs of one site "
            "can have different origins."
        ),
        *rfc(6454, "4"),
    ),
    Term(
        "prediction",
        _("prediction"),
        _("The result that you expect. You save your prediction before you run the experiment."),
        "Crouch et al. (2004)",
        "https://doi.org/10.1119/1.1707018",
    ),
    Term(
        "refresh-token",
        _("refresh token"),
        _("A token with one use: to get a new access token. It is valid for longer than an access token."),
        *rfc(6749, "1.5"),
    ),
    Term(
        "rejoin-code",
        _("rejoin code"),
        _("The personal code of a learner in a class. With this code the learner can rejoin from another browser."),
    ),
    Term(
        "replay",
        _("replay"),
        _("An attacker sends a copied credential again. The replay fails if the server has revoked the credential."),
        *rfc(9700, "2.2"),
    ),
    Term(
        "request",
        _("request"),
        _("A message from a client to a server. It has a method, a URL, headers and sometimes a body."),
        *rfc(9110, "3.4"),
    ),
    Term(
        "response",
        _("response"),
        _("The server's answer to a request. It has a status code, headers and usually a body."),
        *rfc(9110, "3.4"),
    ),
    Term(
        "revoke",
        _("revoke"),
        _("To end a credential before its expiry time. After that, the server refuses every copy of it."),
        *rfc(7009, "2"),
    ),
    Term(
        "rotation",
        _("rotation"),
        _(
            "Each use of a refresh token gives a new one and ends the old one. If the old one comes again, the server "
            "knows that a copy exists."
        ),
        *rfc(9700, "4.14.2"),
    ),
    Term(
        "samesite",
        _("SameSite"),
        _(
            "An attribute of a cookie for cross-site requests. Strict keeps the cookie out of all of them; Lax lets "
            "the browser send it when you follow a link."
        ),
        *cookie_draft("4.1.2.7"),
    ),
    Term(
        "sandbox-account",
        _("sandbox account"),
        _("A temporary account for experiments. Weak variants accept only sandbox accounts."),
    ),
    Term(
        "secure",
        _("Secure"),
        _("An attribute of a cookie. The browser sends the cookie only over a secure connection, usually HTTPS."),
        *rfc(6265, "4.1.2.5"),
    ),
    Term(
        "self-paced",
        _("self-paced"),
        _("In a self-paced class, each learner decides when to go to the next step."),
    ),
    Term(
        "server-side-state",
        _("server-side state"),
        _(
            "The data that a server stores about a credential, for example the database row of a session. "
            "To revoke one credential, a server needs such data."
        ),
        *owasp("Session ID content", "Session_Management_Cheat_Sheet.html#session-id-content-or-value"),
    ),
    Term(
        "session",
        _("session"),
        _(
            "Data about a user that the server stores from one request to the next. The browser stores only the "
            "session id."
        ),
        "Django: Sessions",
        "https://docs.djangoproject.com/en/5.2/topics/http/sessions/",
    ),
    Term(
        "session-fixation",
        _("session fixation"),
        _(
            "An attacker puts a session id that they know into your browser, and you sign in with it. "
            "If the server does not change the id at sign-in, the attacker is signed in as you."
        ),
        "OWASP: Session fixation",
        "https://owasp.org/www-community/attacks/Session_fixation",
    ),
    Term(
        "session-id",
        _("session id"),
        _(
            "A long random value that names a session. It says nothing about the user, but every client that sends "
            "it uses that session."
        ),
        *rfc(6265, "8.4"),
    ),
    Term(
        "sign-out",
        _("sign out"),
        _(
            "To end a sign-in. If the browser only deletes its credential, a copy still works until the server "
            "revokes it or it expires."
        ),
        *owasp("Session expiration", "Session_Management_Cheat_Sheet.html#manual-session-expiration"),
    ),
    Term(
        "signature",
        _("signature"),
        _(
            "A value computed from data and a key. It shows that the data are unchanged and who signed them; it does "
            "not hide the data."
        ),
        *rfc(7515, "2"),
    ),
    Term(
        "site",
        _("site"),
        _(
            "The scheme and the registered domain of a URL, such as https and example.com. Subdomains and ports "
            "belong to the same site, but not to the same origin."
        ),
        "MDN: Site",
        "https://developer.mozilla.org/en-US/docs/Glossary/Site",
    ),
    Term(
        "statement",
        _("statement"),
        _(
            "One sentence of the article's comparison table. Experiments decide its verdict: confirmed, qualified "
            "or refuted."
        ),
    ),
    Term(
        "teacher-paced",
        _("teacher-paced"),
        _("In a teacher-paced class, the teacher decides when the whole class goes to the next step."),
    ),
    Term(
        "token",
        _("token"),
        _(
            "A text that a server issues at sign-in and the client sends with later requests. Here it is usually a "
            "JWT, so the server can check its signature."
        ),
        *rfc(7519, "1"),
    ),
    Term(
        "token-family",
        _("token family"),
        _(
            "All refresh tokens that rotation creates after one sign-in. If an old one comes again, the server revokes "
            "the whole family."
        ),
        *rfc(9700, "4.14.2"),
    ),
    Term(
        "transport",
        _("transport"),
        _("The way a credential travels in a request: in the Cookie header or in the Authorization header."),
        "FastAPI Users: Authentication",
        "https://fastapi-users.github.io/fastapi-users/latest/configuration/authentication/",
    ),
    Term(
        "variant",
        _("variant"),
        _("One form of a mechanism, with a URL of its own. These pages also call it a door."),
    ),
    Term(
        "weak-variant",
        _("weak variant"),
        _("A variant with a mistake on purpose, so that an attack succeeds. It works only in the lab."),
    ),
    Term(
        "xss",
        _("XSS"),
        _(
            "Cross-site scripting: an attacker's script runs in a page of your site. It can read localStorage and "
            "send requests with your cookies."
        ),
        "MDN: XSS",
        "https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/XSS",
    ),
]
BY_SLUG = {term.slug: term for term in TERMS}


def find_term(slug: str) -> Term:
    """Return the term with this slug; raise LookupError if there is none."""
    try:
        return BY_SLUG[slug]
    except KeyError:
        raise LookupError(f"The glossary has no term '{slug}'.") from None


def terms_by_letter() -> list[tuple[str, list[Term]]]:
    """Return the terms in the order of the active language, grouped by first letter."""
    ordered = sorted(TERMS, key=lambda term: term.sort_key)
    return [(letter, list(terms)) for letter, terms in groupby(ordered, key=lambda term: term.sort_key[0])]


def link_first_uses(tokens: Iterable[Token], language: str, linked: set[str]) -> list[Token]:
    """Return Markdown tokens in which the first use of each term links to the glossary.

    Headings, code and other links stay as they are. `linked` collects the slugs of the terms that have a link;
    pass the same set for all sections of a lesson.
    """
    result, in_heading = [], False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            in_heading = token.type == "heading_open"
        elif token.type == "inline" and not in_heading:
            token = token.copy(children=list(link_inline(token.children or [], language, linked)))
        result.append(token)
    return result


def link_inline(tokens: Iterable[Token], language: str, linked: set[str]) -> Iterator[Token]:
    """Yield the tokens of a paragraph, with links in its text; Markdown's links do not nest."""
    in_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            in_link = token.type == "link_open"
        if token.type == "text" and not in_link:
            yield from link_text(token.content, language, linked)
        else:
            yield token


def link_text(text: str, language: str, linked: set[str]) -> Iterator[Token]:
    """Yield tokens for a text, with a link at each term that is not in `linked` yet."""
    pattern, terms = name_pattern(language)
    end = 0
    for match in pattern.finditer(text):
        term = terms[(match.lastindex or 0) - 1]
        if term.slug in linked:
            continue
        linked.add(term.slug)
        yield Token("text", "", 0, content=text[end : match.start()])
        yield Token("link_open", "a", 1, attrs={"class": "term", "href": term.url})
        yield Token("text", "", 0, content=match[0])
        yield Token("link_close", "a", -1)
        end = match.end()
    yield Token("text", "", 0, content=text[end:])


@cache
def name_pattern(language: str) -> tuple[re.Pattern[str], list[Term]]:
    """Return a pattern with one group per name in this language, longest first, and the terms of the groups."""
    with translation.override(language):
        names = sorted(((str(term.name), term) for term in TERMS), key=lambda pair: len(pair[0]), reverse=True)
    groups = "|".join(f"({name_expression(name)})" for name, _term in names)
    return re.compile(groups, re.ASCII), [term for _name, term in names]


def name_expression(name: str) -> str:
    """Return a regular expression for a name: a whole word, also in the plural or at the start of a sentence.

    Chinese has neither plurals nor spaces. A capital letter in a name counts: Secure is a term, secure is a word.
    """
    expression = re.escape(name)
    if not name.isascii():
        return expression
    if name.islower():
        expression = f"[{name[0]}{name[0].upper()}]{re.escape(name[1:])}"
    return rf"(?<![\w-]){expression}(?:e?s)?(?![\w-])"
