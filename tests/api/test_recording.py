"""The wire against what really went over a socket, under two worker processes, and for nobody but who caused it."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from authcompare.api import recording
from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import variants

SERVERS_OWN = {"date", "server", "exchange-id"}  # what the HTTP server adds after us, and what names the exchange


class Observer:
    """Speaks HTTP/1.1 over a bare socket, and keeps the bytes both ways."""

    def __init__(self, address):
        self.host, self.port = urlsplit(address).hostname, urlsplit(address).port

    def send(self, method, path, headers=(), body=""):
        """((name, value) pairs as received, status, body) of the answer; `headers` is a list of pairs, sent as is."""
        sent = [("Host", f"{self.host}:{self.port}"), ("Accept", "application/json"), ("Connection", "close"), *headers]
        if body:
            sent += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        head = "".join(f"{name}: {value}\r\n" for name, value in sent)
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
            raw = b""
            while chunk := connection.recv(65536):
                raw += chunk
        head, _, content = raw.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        # White space around a value is not part of it (RFC 9110 section 5.5); Django puts one more before a cookie.
        received = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        if ("transfer-encoding", "chunked") in [(n.lower(), v) for n, v in received]:
            content = unchunked(content)
        return sent, received, int(status.split()[1]), content.decode()


def unchunked(content):
    body = b""
    while content:
        size, _, content = content.partition(b"\r\n")
        body, content = body + content[: int(size, 16)], content[int(size, 16) + 2 :]
    return body


def lower(headers, leave_out=()):
    return sorted((name.lower(), value) for name, value in headers if name.lower() not in leave_out)


@pytest.fixture
def visitor(server):
    """A fresh sandbox's alice at the real server: {"username", "password"}, and a client with a CSRF cookie."""
    client = httpx.Client(base_url=server, headers={"Accept": "application/json"})
    client.get("/api/")
    alice = client.post("/lab/api/sandbox/").json()["users"][0]
    return client, {"username": alice["username"], "password": alice["password"]}


def test_the_wire_shows_what_a_socket_saw_both_ways(server, visitor, variant):
    client, alice = visitor
    observer = Observer(server)
    csrf = client.cookies["ac_csrf"]
    cookies = [f"other=1; ac_csrf={csrf}; zz=last"]
    login = json.dumps(alice)
    conversation = [("POST", "login/", login)]
    credential = None
    for method, endpoint, body in [
        *conversation,
        ("GET", "protected/", ""),
        ("PATCH", "protected/", '{"title": "New"}'),
        ("POST", "logout/", ""),
    ]:
        headers = [("X-CSRFToken", csrf)]
        jar = cookies[0]
        if credential:
            [(name, value)] = variant.transport.present(credential).items()
            if name == "Cookie":
                jar = f"first=0; {value}; {jar}"
            else:
                headers.append((name, value))
        headers.append(("Cookie", jar))
        sent, received, status, content = observer.send(method, variant.path + endpoint, headers, body)
        exchange_id = dict(lower(received))["exchange-id"]
        seen = client.get(f"/wire/{exchange_id}/").json()
        assert lower(seen["request"]["headers"]) == lower(sent)
        assert lower(seen["response"]["headers"], SERVERS_OWN) == lower(
            received, {*SERVERS_OWN, "transfer-encoding", "connection"}
        )
        ours = [value for name, value in seen["response"]["headers"] if name == "Set-Cookie"]
        assert ours == [value for name, value in received if name.lower() == "set-cookie"], "in the same order"
        assert (seen["response"]["status"], seen["response"]["body"]) == (status, content)
        assert (seen["request"]["method"], seen["request"]["path"]) == (method, variant.path + endpoint)
        if endpoint == "login/":
            assert alice["password"] not in json.dumps(seen)
            assert json.loads(seen["request"]["body"]) == alice | {"password": recording.HIDDEN}
            jar = {name: value for name, _, value in (cookie.split(";")[0].partition("=") for cookie in ours)}
            credential = variant.transport.collect(json.loads(content), jar)
            csrf = jar.get("ac_csrf", csrf)
            cookies = [f"other=1; ac_csrf={csrf}; zz=last"]
        elif body:
            assert seen["request"]["body"] == body
        assert status < 300


def test_a_hundred_visitors_at_once_each_see_their_own(server):
    def visit(_):
        with httpx.Client(base_url=server, headers={"Accept": "application/json"}, timeout=60) as client:
            client.get("/api/")
            alice = client.post("/lab/api/sandbox/").json()["users"][0]
            wanted = {"username": alice["username"], "password": alice["password"]}
            answer = client.post(
                "/sessions/api/login/", json=wanted, headers={"X-CSRFToken": client.cookies["ac_csrf"]}
            )
            read = client.get("/sessions/api/protected/")
            ids = [answer.headers["Exchange-Id"], read.headers["Exchange-Id"]]
            found = [client.get(f"/wire/{id}/").json() for id in ids]
            assert json.loads(found[0]["request"]["body"])["username"] == alice["username"]
            assert found[1]["user"] == alice["username"]
            assert client.cookies["ac_session"] in dict(map(tuple, found[1]["request"]["headers"]))["Cookie"]
            return ids

    with ThreadPoolExecutor(20) as pool:
        ids = [id for pair in pool.map(visit, range(100)) for id in pair]
    assert len(set(ids)) == 200
    assert len({id[0] for id in ids}) == 2, "both workers recorded, and each opened what the other had recorded"


def test_an_exchange_is_opened_by_its_whole_id_only(actor):
    id = actor.read().headers["Exchange-Id"]
    assert Client().get(f"/wire/{id}/").status_code == 200
    for other in (id[:4], id[:-1], f"{id}x", id[:4] + "x" * 22, "../../etc/passwd", "é" * 26):
        response = Client().get(f"/wire/{other}/")
        assert response.status_code == 404, other


def test_the_ring_is_bounded_and_the_oldest_makes_room(monkeypatch):
    monkeypatch.setattr(recording, "RING", 3)
    first, *rest = [recording.keep({"n": n}) for n in range(4)]
    assert recording.find(first) is None
    assert [recording.find(id) for id in rest] == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_outside_the_lab_nothing_is_recorded(settings):
    settings.LAB = False
    with pytest.raises(recording.MiddlewareNotUsed):
        recording.middleware(lambda request: None)


def test_the_steps_are_named_in_order_and_end_where_somebody_is_refused(actor, variant):
    steps = exchange_of(actor.read())["steps"]
    assert [step["name"] for step in steps] == [
        "middleware", "authentication", "permission", "throttle", "view", "render", "middleware",
    ]  # fmt: skip
    assert steps[1]["detail"] == variant.authentication.__name__
    assert all(step["took"] is not None for step in steps)
    refused = exchange_of(replay(variant, "x" * 32))["steps"]
    assert [step["refused"] for step in refused if "refused" in step]
    assert "view" not in [step["name"] for step in refused]


def test_statements_are_recorded_with_their_step_and_without_password_hashes(actor, alice):
    found = exchange_of(actor.read())
    assert any("note_note" in query["sql"] for query in found["queries"])
    assert all(0 <= query["step"] < len(found["steps"]) for query in found["queries"])
    assert recording.shown(alice.password) == recording.HIDDEN


def test_the_state_behind_a_credential_is_told_before_and_after(sandbox):
    for variant in variants():
        someone = Actor(variant)
        signed_in = someone.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
        made = exchange_of(signed_in)["state"]
        known = someone.request("GET", "credential/").json()["server_state"]
        assert bool(made) == (known is not None)
        assert all(line["before"] is None for line in made)


def test_what_is_no_exchange_with_a_door_is_not_kept(db):
    for path in ("/", "/api/", "/healthz", "/api/schema/"):
        assert "Exchange-Id" not in Client().get(path).headers, path


def test_passwords_are_hidden_however_deep_they_lie():
    sent = {"password": "a", "old_Password": "b", "list": [{"new_password": "c"}], "name": "d"}
    assert recording.hide(sent) == {
        "password": recording.HIDDEN, "old_Password": recording.HIDDEN, "list": [{"new_password": recording.HIDDEN}], "name": "d",
    }  # fmt: skip


def exchange_of(response):
    return recording.find(response.headers["Exchange-Id"])


def test_a_body_that_can_not_be_searched_for_passwords_is_not_kept(variant, sandbox):
    someone = Actor(variant)
    broken = '{"username": "alice", "password": "secret"'
    response = someone.request("POST", "login/", content=broken, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "secret" not in json.dumps(exchange_of(response)["request"])
    form = {"username": sandbox["alice"]["username"], "password": sandbox["alice"]["password"]}
    assert sandbox["alice"]["password"] not in json.dumps(
        exchange_of(someone.request("POST", "login/", data=form))["request"]
    )
