import io
import json
import shlex
import shutil
import subprocess
from http.client import HTTPConnection, parse_headers
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from authcompare.api.http_client import CSRF_HEADER
from authcompare.experiments.base import Choice, Experiment, Sent
from authcompare.experiments.cast import Actor

ALL, BROWSER, SOME = "all get in", "only the browser gets in", "some are refused"
PATIENCE = 10  # seconds


class OtherClients(Experiment):
    slug = "other-clients"
    title = _("Other clients")
    question = _(
        "The same sign-in and the same request: from a browser, from curl, and from a few lines over a bare HTTP "
        "library. Who gets in?"
    )
    choices = [
        Choice(ALL, _("All of them.")),
        Choice(
            BROWSER, _("The browser alone."), _("Cookies and sessions are made for browsers, and work nowhere else.")
        ),
    ]
    rows = ["usage", "implementation"]
    explanation = _(
        "A credential is text in a header, and any client can send it. What a browser does by itself, keeping cookies "
        "and sending them, others do by hand. A cookie asks for one request more: the CSRF token has to be fetched. "
        "A token in a header does not."
    )
    sources = [
        ("RFC 6265, section 3", "https://www.rfc-editor.org/rfc/rfc6265#section-3"),
        ("RFC 6750, section 2.1", "https://www.rfc-editor.org/rfc/rfc6750#section-2.1"),
    ]
    apart = True  # in-process there is no port to connect to: they all speak to a second server

    def expected(self, variant):
        return ALL

    def run(self, actors, variant):
        there = actors.twin()
        tries = {
            _("requests that a browser takes"): like_a_browser(there, variant),
            _("requests by hand, bare HTTP"): ByHand(bare, there).enter(variant),
        }
        if shutil.which("curl"):
            tries[_("requests by hand, curl")] = ByHand(curl, there).enter(variant)
        else:
            tries[_("requests by curl, which is not installed here")] = None, 0
        got_in = [status == 200 for status, _requests in tries.values() if status]
        return actors.observed(
            ALL if all(got_in) else BROWSER if got_in[0] and not any(got_in[1:]) else SOME,
            *((label, requests) for label, (_status, requests) in tries.items()),
        )


def like_a_browser(there, variant):
    """(status of the note, requests it took), with a cookie jar."""
    answers = []
    browser = there.client()
    browser.event_hooks["response"].append(answers.append)
    alice = Actor(variant, browser)
    alice.sign_in(there.accounts["alice"]["username"], there.accounts["alice"]["password"])
    return alice.read().status_code, len(answers)


class ByHand:
    """A client that does nothing by itself: no cookie jar, no CSRF token."""

    def __init__(self, send, there):
        self.send, self.there = send, there
        self.requests = 0

    def enter(self, variant):
        """(status of the note, requests it took)."""
        account, proof = self.there.accounts["alice"], {}
        if variant.transport.sent_automatically:
            _status, cookies, _body = self.ask("GET", "/api/")
            token = cookies[settings.CSRF_COOKIE_NAME]
            proof = {"Cookie": f"{settings.CSRF_COOKIE_NAME}={token}", CSRF_HEADER: token}
        wanted = {"username": account["username"], "password": account["password"]}
        _status, cookies, body = self.ask("POST", f"{variant.path}login/", proof, json.dumps(wanted))
        shown = variant.transport.present(variant.transport.collect(json.loads(body), cookies))
        return self.ask("GET", f"{variant.path}protected/", shown)[0], self.requests

    def ask(self, method, path, headers=(), body=None):
        """(status, {cookie that was set: value}, body of the answer)."""
        headers = {"Accept": "application/json", **dict(headers)} | (
            {"Content-Type": "application/json"} if body else {}
        )
        command = as_curl(self.there.base_url + path, headers, body)
        status, answered, text = self.send(command, method, self.there.base_url + path, headers, body)
        self.requests += 1
        self.there.sent.append(Sent(answered.get("Exchange-Id", ""), method, path, status, shlex.join(command)))
        set_cookies = (line.partition(";")[0].partition("=") for line in answered.get_all("Set-Cookie", []))
        return status, {name: value for name, _is, value in set_cookies}, text


def as_curl(url, headers, body):
    shown = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    return ["curl", "-i", url, *shown, *(["--data-raw", body] if body else [])]


def curl(command, *_request):
    quiet = [*command, "-s", "--noproxy", "*", "--max-time", str(PATIENCE)]
    said = io.BytesIO(subprocess.run(quiet, capture_output=True, check=True).stdout)  # noqa: S603  it is ours
    status = int(said.readline().split()[1])
    return status, parse_headers(said), said.read()


def bare(_command, method, url, headers, body):
    server = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    server.request(method, urlsplit(url).path, body, headers)
    answer = server.getresponse()
    text = answer.read()
    server.close()
    return answer.status, answer.headers, text
