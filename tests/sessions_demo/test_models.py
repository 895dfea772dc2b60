"""The expiry of a session: the idle timeout and the absolute timeout."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from authcompare.api.http_client import Client
from authcompare.experiments.cast import replay
from sessions_demo.models import Session
from tests.headers import cookie_set

IDLE, ABSOLUTE = 600, 3600  # seconds


@pytest.fixture(autouse=True)
def _timeouts(settings):
    settings.SESSION_IDLE_LIFETIME = IDLE
    settings.SESSION_ABSOLUTE_LIFETIME = ABSOLUTE


@pytest.fixture
def actor(clock, enter):
    return enter("session", "db")


@pytest.fixture
def again(actor, sandbox):
    """Return a function that signs alice in again with the same client."""
    return lambda **kwargs: actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"], **kwargs)


def cookie_seconds(response):
    """Return the Max-Age of the session cookie in this response, or None if it sets none."""
    cookie = cookie_set(response, "ac_session")
    return cookie and int(cookie["max-age"])


def row_seconds():
    """Return the seconds until the row expires."""
    return round((Session.objects.get().expire_date - timezone.now()).total_seconds())


def test_an_unused_session_expires_after_the_idle_timeout(actor, clock):
    clock.shift(IDLE - 1)
    assert Session.objects.get().expire_date > timezone.now()
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_the_cookie_expires_with_the_row(again):
    assert cookie_seconds(again()) == IDLE == row_seconds()


def test_every_use_extends_the_row_and_the_cookie(actor, clock):
    for _ in range(4):
        clock.shift(IDLE * 0.6)
        response = actor.read()
        assert response.status_code == 200
        assert cookie_seconds(response) == row_seconds() == IDLE


def test_a_second_request_right_after_the_first_writes_nothing(actor, clock):
    clock.shift(IDLE * 0.04)
    response = actor.read()
    assert cookie_seconds(response) is None
    assert row_seconds() == IDLE * 0.96


def test_a_refused_request_also_extends_the_session(actor, clock):
    clock.shift(IDLE / 2)
    assert actor.edit({"X-CSRFToken": ""}, body="forged").status_code == 403
    assert row_seconds() == IDLE


def test_the_row_stores_the_time_of_the_last_use(actor, clock):
    clock.shift(IDLE / 2)
    actor.read()
    assert Session.objects.get().last_seen_at == timezone.now()


def test_a_session_in_constant_use_expires_after_the_absolute_timeout(actor, clock):
    used = 0
    while used + IDLE / 2 < ABSOLUTE:
        clock.shift(IDLE / 2)
        used += IDLE / 2
        assert actor.read().status_code == 200, used
    clock.shift(ABSOLUTE - used - 1)
    assert actor.read().status_code == 200
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_row_and_cookie_never_outlive_the_absolute_timeout(actor, clock):
    for _ in range(6):
        clock.shift(IDLE * 0.95)
        response = actor.read()
    assert cookie_seconds(response) == row_seconds() == ABSOLUTE - 6 * IDLE * 0.95


def test_signing_in_again_restarts_the_absolute_timeout(actor, again, clock):
    clock.shift(IDLE / 2)
    again()
    ends_at = parse_datetime(actor.request("GET", "credential/").json()["ends_at"])
    assert ends_at == timezone.now() + timedelta(seconds=ABSOLUTE)


def test_a_lifetime_limits_an_unused_session(clock, enter):
    actor = enter("session", "db", lifetime=15)
    assert row_seconds() == 15
    clock.shift(15)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_a_lifetime_limits_a_used_session_too(clock, enter):
    actor = enter("session", "db", lifetime=15)
    for _ in range(14):
        clock.shift(1)
        assert actor.read().status_code == 200
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_a_lifetime_cannot_exceed_the_servers_own_limit(clock, enter):
    actor = enter("session", "db", lifetime=3600)
    assert row_seconds() == IDLE
    clock.shift(IDLE)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_the_next_sign_in_does_not_inherit_the_lifetime(again):
    again(lifetime=15)
    again()
    assert row_seconds() == IDLE


def test_the_admin_site_has_the_same_timeouts(clock, admin_user, client):
    answer = client.post("/admin/login/", {"username": "admin", "password": "password", "next": "/admin/"})
    assert answer.status_code == 302
    row = Session.objects.get()
    assert (row.user, row_seconds()) == (admin_user, IDLE)
    stolen = client.cookies["ac_session"].value
    for _ in range(ABSOLUTE // IDLE * 2 - 1):
        clock.shift(IDLE / 2)
        assert client.get("/admin/").status_code == 200
    clock.shift(IDLE / 2)
    client.cookies["ac_session"] = stolen
    assert client.get("/admin/").status_code == 302


def test_a_sign_in_at_the_admin_site_removes_a_short_lifetime_and_restarts_the_timeouts(clock, admin_user, client):
    here = {"content_type": "application/json"}
    client.post("/sessions/api/login/", {"username": "admin", "password": "password", "lifetime": 15}, **here)
    assert row_seconds() == 15
    clock.shift(10)
    client.post("/admin/login/", {"username": "admin", "password": "password", "next": "/admin/"})
    assert row_seconds() == IDLE
    clock.shift(IDLE - 1)
    assert client.get("/admin/").status_code == 200
    assert Session.objects.get().created_at == timezone.now() - timedelta(seconds=IDLE - 1)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "a" * 31,
        "a" * 33,
        "A" * 32,
        "-" * 32,
        "a" * 32,
        "a" * 5000,
        "' OR 1=1 --",
        "%00" * 11,
        "None",
        "../" * 11,
    ],
)
def test_an_id_that_the_server_never_issued_is_refused_and_creates_nothing(db, key):
    response = Client().get("/sessions/api/protected/", headers={"Cookie": f"ac_session={key}"})
    assert response.status_code == 401
    assert not Session.objects.exists()


@pytest.mark.parametrize("change", ["{} ", " {}", "{}\t"])
def test_spaces_around_a_cookie_value_are_ignored(actor, change):
    assert replay(actor.variant, change.format(actor.credential)).status_code == 200


@pytest.mark.parametrize("change", ["{}a", "a{}", "{},", "{}\\", "{}%20", "{}=", "{}/"])
def test_a_changed_id_is_refused(actor, change):
    assert replay(actor.variant, change.format(actor.credential)).status_code == 401
    assert replay(actor.variant, actor.credential.upper()).status_code == 401
    assert replay(actor.variant, actor.credential[:-1]).status_code == 401
