"""What no client library would send: raw bytes to the real server. It answers with a 4xx or hangs up, and goes on."""

import secrets
import socket
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def port(server):
    return urlsplit(server).port


def send(port, content):
    """Send these bytes, or pieces, and return all that comes back until the server hangs up or says no more."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
            for piece in content if isinstance(content, list) else [content]:
                connection.sendall(piece)
            while more := connection.recv(65536):
                answer += more
    except (TimeoutError, ConnectionError):
        pass
    return answer


def status(answer):
    """The status of the first answer; None when the server said nothing."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None


def request(line, *headers, body=b"", length=None):
    """The bytes of a request that asks to hang up after it."""
    sized = [b"Content-Length: %d" % (len(body) if length is None else length)] if body or length is not None else []
    lines = [line.encode(), b"Host: localhost", b"Connection: close", *(h.encode("latin-1") for h in headers), *sized]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def alive(port):
    answer = send(port, request("GET /tokens/api/protected/ HTTP/1.1"))
    return status(answer) == 401 and b'"code":"not_authenticated"' in answer


def refused(port, content, *statuses):
    """Did the server answer with a 4xx (one of these), or hang up without a word? And is it still there?"""
    found = status(send(port, content))
    assert found is None or 400 <= found < 500, found
    assert not statuses or found in statuses, found
    assert alive(port)
    return True


GET, LOGIN = "GET /sessions/api/protected/ HTTP/1.1", "POST /tokens/api/login/ HTTP/1.1"


def test_the_server_answers(port):
    assert alive(port)


def test_a_credential_cookie_in_two_headers_is_ambiguous(port):
    for first, second in (("ac_session=a", "ac_session=b"), ("x=1; ac_session=a", "ac_session=a")):
        answer = send(port, request(GET, f"Cookie: {first}", f"Cookie: {second}"))
        assert status(answer) == 400
        assert b'"code":"ambiguous_credential"' in answer


def test_two_authorization_headers_are_an_invalid_request(port):
    answer = send(
        port, request("GET /tokens/api/protected/ HTTP/1.1", "Authorization: Bearer a", "Authorization: Bearer b")
    )
    assert status(answer) == 400
    assert b'"code":"invalid_request"' in answer


def test_two_hosts_or_none_are_refused(port):
    assert refused(port, request("GET /api/ HTTP/1.1", "Host: evil.example"), 400)
    assert refused(port, request("GET /api/ HTTP/1.1").replace(b"Host: localhost\r\n", b""), 400)


def test_the_host_in_an_absolute_address_is_not_believed(port):
    answer = send(port, request("GET http://evil.example/api/ HTTP/1.1"))
    assert b"evil.example" not in answer


def test_bytes_beyond_ascii_in_a_header_break_nothing(port):
    answer = send(
        port, request("GET /tokens/api/protected/ HTTP/1.1", "Cookie: prefs=\xe9\xff", "User-Agent: \xff\x80")
    )
    assert status(answer) == 401


@pytest.mark.parametrize(
    "header",
    [
        "Cookie: ac_session=\x00",
        "Authorization: Bearer \x00",
        "X-Odd: a\x01b\x7f",
        "X-Odd",
        ": no name",
        "X Odd: 1",
        "Content-Length: -1",
        "Content-Length: 1, 2",
        "Content-Length: 99999999999999999999",
        "Content-Length: abc",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: xchunked",
        "X-Big: " + "x" * 1_000_000,
        "Cookie: ac_session=" + "x" * 500_000,
        "\r\n".join(f"X-{n}: {n}" for n in range(5000)),
    ],
    ids=lambda header: repr(header[:30]),
)
def test_an_odd_header_is_refused_or_cut_off(port, header):
    assert refused(port, request("POST /tokens/api/login/ HTTP/1.1", header, "Content-Type: application/json"))


@pytest.mark.parametrize(
    "line",
    [
        "GET",
        "GET /",
        "GET / HTTP/9.9",
        "GET  / HTTP/1.1",
        "G\x00T / HTTP/1.1",
        "GET /\x00 HTTP/1.1",
        "GET /\xff HTTP/1.1",
        "GET /" + "x" * 200_000 + " HTTP/1.1",
        "FOO / HTTP/1.1",
        "CONNECT localhost:1 HTTP/1.1",
        "GET //evil.example/api/ HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /%00 HTTP/1.1",
        "GET /%ff%fe HTTP/1.1",
        "GET /static/%2e%2e/%2e%2e/manage.py HTTP/1.1",
        "GET /static/../../manage.py HTTP/1.1",
    ],
    ids=lambda line: repr(line[:40]),
)
def test_an_odd_request_line_is_refused_or_cut_off(port, line):
    assert refused(port, request(line))


def test_a_body_in_chunks_is_refused_whatever_its_size(port):
    head = request(LOGIN, "Content-Type: application/json", "Transfer-Encoding: chunked")
    big = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert refused(port, [head, b"2\r\n{}\r\n0\r\n\r\n"], 411)
    assert refused(port, [head, *[big] * 20, b"0\r\n\r\n"], 411, None)
    assert refused(port, [head, b"zz\r\nx"], 400, 411, None)
    assert refused(port, [head, b"ffffffffffffffff\r\nx"], 400, 411, None)


def test_a_body_that_is_too_large_is_refused(port):
    for body in (b"x" * 300_000, b"x" * 5_000_000):
        assert refused(port, request(LOGIN, "Content-Type: application/json", body=body))
    answer = send(port, request(LOGIN, "Content-Type: application/json", length=300_000))
    assert status(answer) in {413, None}


def test_a_body_shorter_than_promised_is_no_request(port):
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        connection.sendall(request(LOGIN, "Content-Type: application/json", body=b'{"user', length=100))
        connection.shutdown(socket.SHUT_WR)
        assert status(connection.recv(65536)) in {400, None}
    assert alive(port)


def test_a_body_longer_than_promised_is_cut_off(port):
    assert refused(port, request(LOGIN, "Content-Type: application/json", body=b'{"username": "x"}', length=3), 400)


def test_what_is_no_http_is_refused_or_cut_off(port):
    for content in (
        b"\x16\x03\x01\x02\x00",
        b"\x00" * 1000,
        b"\r\n" * 1000,
        secrets.token_bytes(4096),
        b"PRI * HTTP/2.0\r\n",
    ):
        assert refused(port, content + b"\r\n\r\n")
