"""How often a password may be guessed: counted per user name and address, and only when the guess was wrong."""

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
    """Signs in at this door, as Alice unless told otherwise; returns the response."""

    def guess(password="wrong", username=None, client=None, **headers):
        actor = Actor(variant, client or Client())
        actor.client.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return actor.sign_in(username or sandbox["alice"]["username"], password)

    return guess


@pytest.fixture
def guessed_out(guess):
    """Alice's password has been guessed wrong as often as it may be."""
    assert {guess().status_code for _ in range(GUESSES)} == {401}


def at(address):
    """A client with this network address."""
    client = Client()
    client._transport = httpx.WSGITransport(in_process, raise_app_exceptions=False, remote_addr=address)
    return client


def test_the_settings_are_those_that_are_tested_here():
    assert LoginThrottle().parse_rate(LoginThrottle().rate) == (GUESSES, WINDOW)


@pytest.mark.usefixtures("guessed_out")
def test_who_has_guessed_too_often_must_wait_even_with_the_right_password(guess, sandbox):
    for password in ("wrong", sandbox["alice"]["password"]):
        response = guess(password)
        assert response.status_code == 429
        assert set(response.json()) == {"code", "detail"}
        assert response.json()["code"] == "throttled"
        assert 0 < int(response.headers["Retry-After"]) <= WINDOW


@pytest.mark.usefixtures("guessed_out")
def test_who_has_waited_may_guess_again(guess, sandbox, clock):
    clock.shift(int(guess().headers["Retry-After"]))
    assert guess(sandbox["alice"]["password"]).status_code == 200


@pytest.mark.usefixtures("guessed_out")
def test_waiting_is_not_prolonged_by_trying(guess, clock):
    clock.shift(WINDOW / 2)
    assert guess().status_code == 429
    clock.shift(WINDOW / 2)
    assert guess().status_code == 401


def test_success_is_never_throttled_and_does_not_count(guess, sandbox):
    for _ in range(GUESSES * 2):
        assert guess(sandbox["alice"]["password"]).status_code == 200
    assert guess().status_code == 401


@pytest.mark.usefixtures("guessed_out")
def test_another_user_behind_the_same_address_is_not_affected(guess, sandbox):
    bob = sandbox["bob"]
    assert guess(bob["password"], bob["username"]).status_code == 200


@pytest.mark.usefixtures("guessed_out")
def test_the_same_user_at_another_address_is_not_affected(guess, sandbox):
    assert guess(sandbox["alice"]["password"], client=at("192.0.2.7")).status_code == 200


@pytest.mark.usefixtures("guessed_out")
def test_a_header_is_no_way_around_it(guess):
    for n in range(3):
        assert guess(X_Forwarded_For=f"192.0.2.{n}").status_code == 429
        assert guess(Forwarded=f"for=192.0.2.{n}", X_Real_IP=f"192.0.2.{n}").status_code == 429


@pytest.mark.usefixtures("guessed_out")
def test_another_spelling_of_the_name_is_no_way_around_it(guess, sandbox):
    name = sandbox["alice"]["username"]
    for spelling in (f" {name}", f"{name} ", f"\t{name}\n", f"\u2003{name}"):
        assert guess(username=spelling).status_code == 429, spelling


@pytest.mark.usefixtures("guessed_out")
def test_another_door_of_the_project_is_no_way_around_it(guess, sandbox):
    for other in variants():
        response = Actor(other).sign_in(sandbox["alice"]["username"], "wrong")
        assert response.status_code == 429, other.path


def test_a_request_that_is_malformed_is_no_guess(guess):
    for _ in range(GUESSES * 2):
        assert guess("x" * 129).status_code == 400
    assert guess().status_code == 401


def test_behind_a_proxy_the_address_is_what_the_proxy_says(sandbox, monkeypatch):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)

    def guess(forwarded):
        actor = Actor(variants()[0])
        actor.client.headers["X-Forwarded-For"] = forwarded
        return actor.sign_in(sandbox["alice"]["username"], "wrong").status_code

    assert [guess("192.0.2.1") for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]
    assert guess("192.0.2.2") == 401
    assert guess("spoofed, 192.0.2.1") == 429


def test_one_address_may_ask_for_so_many_sandboxes_and_no_more(db, monkeypatch):
    monkeypatch.setattr(SandboxThrottle, "rate", "3/min", raising=False)
    found = [Client().post("/lab/api/sandbox/") for _ in range(4)]
    assert [response.status_code for response in found] == [201, 201, 201, 429]
    assert found[3].headers["Retry-After"]
    assert set(found[3].json()) == {"code", "detail"}
    assert at("192.0.2.7").post("/lab/api/sandbox/").status_code == 201
