"""Limits on failed sign-ins per user name and address, and on sandboxes per address."""

import httpx
import pytest
from rest_framework.settings import api_settings

from authcompare.api.http_client import Client, in_process
from authcompare.api.throttling import LoginThrottle, SandboxThrottle
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import variants

GUESSES, WINDOW = 10, 60  # as settings.py has it: 10/min


@pytest.fixture
def guess(variant, sandbox, clock):
    """Sign in, as Alice by default; return the response."""

    def guess(password="wrong", username=None, client=None, **headers):
        actor = Actor(variant, client or Client())
        actor.client.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return actor.sign_in(username or sandbox["alice"]["username"], password)

    return guess


@pytest.fixture
def exhausted(guess):
    """Use up the failed sign-ins that Alice's name and this address have."""
    assert {guess().status_code for _ in range(GUESSES)} == {401}


def at(address):
    """Return a client with this network address."""
    client = Client()
    client._transport = httpx.WSGITransport(in_process, raise_app_exceptions=False, remote_addr=address)
    return client


def test_the_rate_in_the_settings_is_the_tested_one():
    assert LoginThrottle().parse_rate(LoginThrottle().rate) == (GUESSES, WINDOW)


@pytest.mark.usefixtures("exhausted")
def test_after_too_many_failures_even_the_right_password_is_refused(guess, sandbox):
    for password in ("wrong", sandbox["alice"]["password"]):
        response = guess(password)
        assert response.status_code == 429
        assert set(response.json()) == {"code", "detail"}
        assert response.json()["code"] == "throttled"
        assert 0 < int(response.headers["Retry-After"]) <= WINDOW


@pytest.mark.usefixtures("exhausted")
def test_after_the_wait_sign_in_works_again(guess, sandbox, clock):
    clock.shift(int(guess().headers["Retry-After"]))
    assert guess(sandbox["alice"]["password"]).status_code == 200


@pytest.mark.usefixtures("exhausted")
def test_more_tries_do_not_extend_the_wait(guess, clock):
    clock.shift(WINDOW / 2)
    assert guess().status_code == 429
    clock.shift(WINDOW / 2)
    assert guess().status_code == 401


def test_successful_sign_ins_are_not_limited_and_do_not_count(guess, sandbox):
    for _ in range(GUESSES * 2):
        assert guess(sandbox["alice"]["password"]).status_code == 200
    assert guess().status_code == 401


@pytest.mark.usefixtures("exhausted")
def test_another_user_behind_the_same_address_is_not_affected(guess, sandbox):
    bob = sandbox["bob"]
    assert guess(bob["password"], bob["username"]).status_code == 200


@pytest.mark.usefixtures("exhausted")
def test_the_same_user_at_another_address_is_not_affected(guess, sandbox):
    assert guess(sandbox["alice"]["password"], client=at("192.0.2.7")).status_code == 200


@pytest.mark.usefixtures("exhausted")
def test_forged_proxy_headers_do_not_bypass_the_limit(guess):
    for n in range(3):
        assert guess(X_Forwarded_For=f"192.0.2.{n}").status_code == 429
        assert guess(Forwarded=f"for=192.0.2.{n}", X_Real_IP=f"192.0.2.{n}").status_code == 429


@pytest.mark.usefixtures("exhausted")
def test_spaces_around_the_name_do_not_bypass_the_limit(guess, sandbox):
    name = sandbox["alice"]["username"]
    for spelling in (f" {name}", f"{name} ", f"\t{name}\n", f"\u2003{name}"):
        assert guess(username=spelling).status_code == 429, spelling


@pytest.mark.usefixtures("exhausted")
def test_all_variants_share_the_limit(guess, sandbox):
    for other in variants():
        response = Actor(other).sign_in(sandbox["alice"]["username"], "wrong")
        assert response.status_code == 429, other.path


def test_an_invalid_request_does_not_count(guess):
    for _ in range(GUESSES * 2):
        assert guess("x" * 129).status_code == 400
    assert guess().status_code == 401


def test_behind_a_proxy_the_proxy_determines_the_address(sandbox, monkeypatch):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)

    def guess(forwarded):
        actor = Actor(variants()[0])
        actor.client.headers["X-Forwarded-For"] = forwarded
        return actor.sign_in(sandbox["alice"]["username"], "wrong").status_code

    assert [guess("192.0.2.1") for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]
    assert guess("192.0.2.2") == 401
    assert guess("spoofed, 192.0.2.1") == 429


def test_sandboxes_are_limited_per_address(db, monkeypatch):
    monkeypatch.setattr(SandboxThrottle, "rate", "3/min", raising=False)
    found = [Client().post("/lab/api/sandbox/") for _ in range(4)]
    assert [response.status_code for response in found] == [201, 201, 201, 429]
    assert found[3].headers["Retry-After"]
    assert set(found[3].json()) == {"code", "detail"}
    assert at("192.0.2.7").post("/lab/api/sandbox/").status_code == 201
