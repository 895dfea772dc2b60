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
TIMEOUT_SECONDS = 10


class OtherClients(Experiment):
    slug = "other-clients"
    title = _("Other clients")
    question = _(
        "You sign in and read your note with three clients: a browser, curl, and a few lines of code with an HTTP "
        "library. Which of them get the note?"
    )
    choices = [
        Choice(ALL, _("All of them.")),
        Choice(BROWSER, _("Only the browser."), _("Cookies and sessions work in browsers only.")),
    ]
    rows = ["usage", "implementation"]
    explanation = _(
        "A credential is text in a header, so any client can send it. A browser stores and sends cookies "
        "automatically; other clients must do it themselves. A cookie needs one more request: the client must fetch "
        "the CSRF token. A token in a header does not."
    )
    sources = [
        ("RFC 6265, section 3", "https://www.rfc-editor.org/rfc/rfc6265#section-3"),
        ("RFC 6750, section 2.1", "https://www.rfc-editor.org/rfc/rfc6750#section-2.1"),
    ]
    apart = True  # in-process there is no port: all clients connect to a second server

    def expected(self, variant):
        return ALL

    def run(self, actors, variant):
        there = actors.at_second_server()
        tries = {
            _("requests that a browser sends"): like_a_browser(there, variant),
            _("requests with a bare HTTP library"): ByHand(bare, there).enter(variant),
        }
        if shutil.which("curl"):
            tries[_("requests with curl")] = ByHand(curl, there).enter(variant)
        else:
            tries[_("requests with curl, which is not installed here")] = None, 0
        accepted = [status == 200 for status, _requests in tries.values() if status]
        return actors.observed(
            ALL if all(accepted) else BROWSER if accepted[0] and not any(accepted[1:]) else SOME,
            *((label, requests) for label, (_status, requests) in tries.items()),
        )


def like_a_browser(there, variant):
    """Read the note with a cookie jar; returns (status, number of requests)."""
    responses = []
    browser = there.client()
    browser.event_hooks["response"].append(responses.append)
    alice = Actor(variant, browser)
    alice.sign_in(there.accounts["alice"]["username"], there.accounts["alice"]["password"])
    return alice.read().status_code, len(responses)


class ByHand:
    """A client that does nothing automatically: no cookie jar, no CSRF token."""

    def __init__(self, send, there):
        self.send, self.there = send, there
        self.requests = 0

    def enter(self, variant):
        """Sign in and read the note; returns (status, number of requests)."""
        account, csrf = self.there.accounts["alice"], {}
        if variant.transport.sent_automatically:
            _status, cookies, _body = self.request("GET", "/api/")
            token = cookies[settings.CSRF_COOKIE_NAME]
            csrf = {"Cookie": f"{settings.CSRF_COOKIE_NAME}={token}", CSRF_HEADER: token}
        sign_in = {"username": account["username"], "password": account["password"]}
        _status, cookies, body = self.request("POST", f"{variant.path}login/", csrf, json.dumps(sign_in))
        headers = variant.transport.present(variant.transport.collect(json.loads(body), cookies))
        return self.request("GET", f"{variant.path}protected/", headers)[0], self.requests

    def request(self, method, path, headers=(), body=None):
        """Send a request; returns (status, {name of a set cookie: value}, body)."""
        headers = {"Accept": "application/json", **dict(headers)} | (
            {"Content-Type": "application/json"} if body else {}
        )
        command = as_curl(self.there.base_url + path, headers, body)
        status, received, text = self.send(command, method, self.there.base_url + path, headers, body)
        self.requests += 1
        self.there.sent.append(Sent(received.get("Exchange-Id", ""), method, path, status, shlex.join(command)))
        set_cookies = (line.partition(";")[0].partition("=") for line in received.get_all("Set-Cookie", []))
        return status, {name: value for name, _is, value in set_cookies}, text


def as_curl(url, headers, body):
    options = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    return ["curl", "-i", url, *options, *(["--data-raw", body] if body else [])]


def curl(command, *_request):
    quiet = [*command, "-s", "--noproxy", "*", "--max-time", str(TIMEOUT_SECONDS)]
    output = io.BytesIO(subprocess.run(quiet, capture_output=True, check=True).stdout)  # noqa: S603  our own command
    status = int(output.readline().split()[1])
    return status, parse_headers(output), output.read()


def bare(_command, method, url, headers, body):
    server = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    server.request(method, urlsplit(url).path, body, headers)
    response = server.getresponse()
    text = response.read()
    server.close()
    return response.status, response.headers, text
