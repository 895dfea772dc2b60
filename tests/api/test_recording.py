"""Recorded exchanges, compared with the bytes on a socket, under two worker processes."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authcompare.api.http_client import Client
from authcompare.api.recording import middleware, store
from authcompare.api.recording.redaction import HIDDEN, redact_passwords, redact_value
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import variants

ADDED_LATER = {"date", "server", "exchange-id"}  # by the HTTP server, and by the recorder after it has recorded


class SocketClient:
    """An HTTP/1.1 client on a socket, which shows the bytes in both directions."""

    def __init__(self, address):
        self.host, self.port = urlsplit(address).hostname, urlsplit(address).port

    def send(self, method, path, headers=(), body=""):
        """Send a request with these (name, value) pairs; return (sent pairs, received pairs, status, body)."""
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
        # Whitespace around a value is not part of it (RFC 9110 section 5.5); Django adds one more before a cookie.
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


def lower(headers, without=()):
    return sorted((name.lower(), value) for name, value in headers if name.lower() not in without)


@pytest.fixture
def visitor(server):
    """Return a client with a CSRF cookie at the real server, and alice of a fresh sandbox: {"username", "password"}."""
    client = httpx.Client(base_url=server, headers={"Accept": "application/json"})
    client.get("/api/")
    alice = client.post("/lab/api/sandbox/").json()["users"][0]
    return client, {"username": alice["username"], "password": alice["password"]}


def test_an_exchange_contains_the_bytes_that_the_socket_carried(server, visitor, variant):
    client, alice = visitor
    socket_client = SocketClient(server)
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
        sent, received, status, content = socket_client.send(method, variant.path + endpoint, headers, body)
        exchange_id = dict(lower(received))["exchange-id"]
        seen = client.get(f"/wire/{exchange_id}/").json()
        assert lower(seen["request"]["headers"]) == lower(sent)
        assert lower(seen["response"]["headers"], ADDED_LATER) == lower(
            received, {*ADDED_LATER, "transfer-encoding", "connection"}
        )
        set_cookies = [value for name, value in seen["response"]["headers"] if name == "Set-Cookie"]
        assert set_cookies == [value for name, value in received if name.lower() == "set-cookie"], (
            "the order is the same"
        )
        assert (seen["response"]["status"], seen["response"]["body"]) == (status, content)
        assert (seen["request"]["method"], seen["request"]["path"]) == (method, variant.path + endpoint)
        if endpoint == "login/":
            assert alice["password"] not in json.dumps(seen)
            assert json.loads(seen["request"]["body"]) == alice | {"password": HIDDEN}
            jar = {name: value for name, _, value in (cookie.split(";")[0].partition("=") for cookie in set_cookies)}
            credential = variant.transport.collect(json.loads(content), jar)
            csrf = jar.get("ac_csrf", csrf)
            cookies = [f"other=1; ac_csrf={csrf}; zz=last"]
        elif body:
            assert seen["request"]["body"] == body
        assert status < 300


def test_a_hundred_concurrent_visitors_see_their_own_exchanges(server):
    def visit(_):
        with httpx.Client(base_url=server, headers={"Accept": "application/json"}, timeout=60) as client:
            client.get("/api/")
            alice = client.post("/lab/api/sandbox/").json()["users"][0]
            account = {"username": alice["username"], "password": alice["password"]}
            answer = client.post(
                "/sessions/api/login/", json=account, headers={"X-CSRFToken": client.cookies["ac_csrf"]}
            )
            read = client.get("/sessions/api/protected/")
            ids = [answer.headers["Exchange-Id"], read.headers["Exchange-Id"]]
            exchanges = [client.get(f"/wire/{id}/").json() for id in ids]
            assert json.loads(exchanges[0]["request"]["body"])["username"] == alice["username"]
            assert exchanges[1]["user"] == alice["username"]
            assert client.cookies["ac_session"] in dict(map(tuple, exchanges[1]["request"]["headers"]))["Cookie"]
            return ids

    with ThreadPoolExecutor(20) as pool:
        ids = [id for pair in pool.map(visit, range(100)) for id in pair]
    assert len(set(ids)) == 200
    assert len({id[0] for id in ids}) == 2, "both workers record, and each finds the other's exchanges"


def test_only_the_whole_id_opens_an_exchange(actor):
    id = actor.read().headers["Exchange-Id"]
    assert Client().get(f"/wire/{id}/").status_code == 200
    for other in (id[:4], id[:-1], f"{id}x", id[:4] + "x" * 22, "../../etc/passwd", "é" * 26):
        response = Client().get(f"/wire/{other}/")
        assert response.status_code == 404, other


def test_the_ring_is_bounded_and_a_new_exchange_replaces_the_oldest(monkeypatch):
    monkeypatch.setattr(store, "RING_SIZE", 3)
    first, *rest = [store.save_exchange({"n": n}) for n in range(4)]
    assert store.find_exchange(first) is None
    assert [store.find_exchange(id) for id in rest] == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_outside_the_lab_nothing_is_recorded(settings):
    settings.LAB = False
    with pytest.raises(middleware.MiddlewareNotUsed):
        middleware.record_exchange(lambda request: None)


def test_the_steps_are_in_order_and_end_at_a_refusal(actor, variant):
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
    exchange = exchange_of(actor.read())
    assert any("note_note" in query["sql"] for query in exchange["queries"])
    assert all(0 <= query["step"] < len(exchange["steps"]) for query in exchange["queries"])
    assert redact_value(alice.password) == HIDDEN


def test_an_exchange_contains_the_server_side_state_before_and_after(sandbox):
    for variant in variants():
        actor = Actor(variant)
        sign_in = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
        changes = exchange_of(sign_in)["state"]
        server_state = actor.request("GET", "credential/").json()["server_state"]
        assert bool(changes) == (server_state is not None)
        assert all(change["before"] is None for change in changes)


def test_the_recorder_reads_the_server_side_state_with_one_statement_each_time(actor, variant):
    with CaptureQueriesContext(connection) as run:
        response = actor.read()
    recorded = len(exchange_of(response)["queries"])
    assert len(run) - recorded == (2 if variant.promises.keeps_server_state else 0)


def test_a_request_parses_its_credential_once(actor, variant, monkeypatch):
    extract, calls = type(variant.transport).extract, []
    monkeypatch.setattr(type(variant.transport), "extract", lambda *args: calls.append(1) or extract(*args))
    assert actor.request("GET", "credential/").status_code == 200
    assert len(calls) == 1


def test_a_request_that_reaches_no_variant_is_not_recorded(db):
    for path in ("/", "/api/", "/healthz", "/api/schema/"):
        assert "Exchange-Id" not in Client().get(path).headers, path


def test_passwords_are_hidden_at_any_depth():
    data = {"password": "a", "old_Password": "b", "list": [{"new_password": "c"}], "name": "d"}
    assert redact_passwords(data) == {
        "password": HIDDEN, "old_Password": HIDDEN, "list": [{"new_password": HIDDEN}], "name": "d",
    }  # fmt: skip


def exchange_of(response):
    return store.find_exchange(response.headers["Exchange-Id"])


def test_a_body_that_cannot_be_searched_for_passwords_is_not_recorded(variant, sandbox):
    actor = Actor(variant)
    broken = '{"username": "alice", "password": "secret"'
    response = actor.request("POST", "login/", content=broken, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "secret" not in json.dumps(exchange_of(response)["request"])
    form = {"username": sandbox["alice"]["username"], "password": sandbox["alice"]["password"]}
    assert sandbox["alice"]["password"] not in json.dumps(
        exchange_of(actor.request("POST", "login/", data=form))["request"]
    )
