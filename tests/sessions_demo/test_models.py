"""When a session ends: unused for too long, or used for too long."""

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
    """Signs Alice in once more, at the same client."""
    return lambda **kwargs: actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"], **kwargs)


def lasts(response):
    """Seconds until the browser forgets the session cookie that this response sets; None when it sets none."""
    cookie = cookie_set(response, "ac_session")
    return cookie and int(cookie["max-age"])


def left():
    """Seconds until the row ends."""
    return round((Session.objects.get().expire_date - timezone.now()).total_seconds())


def test_a_session_that_nobody_uses_ends_after_the_idle_timeout(actor, clock):
    clock.shift(IDLE - 1)
    assert Session.objects.get().expire_date > timezone.now()
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_the_cookie_ends_with_the_row(again):
    assert lasts(again()) == IDLE == left()


def test_every_use_extends_the_row_and_the_cookie(actor, clock):
    for _ in range(4):
        clock.shift(IDLE * 0.6)
        response = actor.read()
        assert response.status_code == 200
        assert lasts(response) == left() == IDLE


def test_a_use_right_after_another_writes_nothing(actor, clock):
    clock.shift(IDLE * 0.04)
    response = actor.read()
    assert lasts(response) is None
    assert left() == IDLE * 0.96


def test_a_refused_request_extends_it_too_since_it_is_used(actor, clock):
    clock.shift(IDLE / 2)
    assert actor.edit({"X-CSRFToken": ""}, body="forged").status_code == 403
    assert left() == IDLE


def test_the_last_use_is_remembered(actor, clock):
    clock.shift(IDLE / 2)
    actor.read()
    assert Session.objects.get().last_seen_at == timezone.now()


def test_a_session_in_constant_use_ends_after_the_absolute_timeout(actor, clock):
    used = 0
    while used + IDLE / 2 < ABSOLUTE:
        clock.shift(IDLE / 2)
        used += IDLE / 2
        assert actor.read().status_code == 200, used
    clock.shift(ABSOLUTE - used - 1)
    assert actor.read().status_code == 200
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_neither_row_nor_cookie_is_promised_beyond_the_absolute_end(actor, clock):
    for _ in range(6):
        clock.shift(IDLE * 0.95)
        response = actor.read()
    assert lasts(response) == left() == ABSOLUTE - 6 * IDLE * 0.95


def test_signing_in_again_starts_the_absolute_timeout_anew(actor, again, clock):
    clock.shift(IDLE / 2)
    again()
    ends_at = parse_datetime(actor.request("GET", "credential/").json()["ends_at"])
    assert ends_at == timezone.now() + timedelta(seconds=ABSOLUTE)


def test_a_lifetime_ends_an_unused_session(clock, enter):
    actor = enter("session", "db", lifetime=15)
    assert left() == 15
    clock.shift(15)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_a_lifetime_ends_a_used_session_all_the_same(clock, enter):
    actor = enter("session", "db", lifetime=15)
    for _ in range(14):
        clock.shift(1)
        assert actor.read().status_code == 200
    clock.shift(1)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_a_lifetime_can_not_outlive_what_the_server_grants(clock, enter):
    actor = enter("session", "db", lifetime=3600)
    assert left() == IDLE
    clock.shift(IDLE)
    assert replay(actor.variant, actor.credential).status_code == 401


def test_the_lifetime_of_one_sign_in_is_not_inherited_by_the_next(again):
    again(lifetime=15)
    again()
    assert left() == IDLE


def test_the_admin_site_has_the_same_timeouts(clock, admin_user, client):
    answer = client.post("/admin/login/", {"username": "admin", "password": "password", "next": "/admin/"})
    assert answer.status_code == 302
    row = Session.objects.get()
    assert (row.user, left()) == (admin_user, IDLE)
    stolen = client.cookies["ac_session"].value
    for _ in range(ABSOLUTE // IDLE * 2 - 1):
        clock.shift(IDLE / 2)
        assert client.get("/admin/").status_code == 200
    clock.shift(IDLE / 2)
    client.cookies["ac_session"] = stolen
    assert client.get("/admin/").status_code == 302


def test_signing_in_at_the_admin_site_forgets_a_short_lifetime_and_counts_from_then(clock, admin_user, client):
    here = {"content_type": "application/json"}
    client.post("/sessions/api/login/", {"username": "admin", "password": "password", "lifetime": 15}, **here)
    assert left() == 15
    clock.shift(10)
    client.post("/admin/login/", {"username": "admin", "password": "password", "next": "/admin/"})
    assert left() == IDLE
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
def test_an_id_that_the_server_never_gave_is_nobody_and_leaves_nothing(db, key):
    response = Client().get("/sessions/api/protected/", headers={"Cookie": f"ac_session={key}"})
    assert response.status_code == 401
    assert not Session.objects.exists()


@pytest.mark.parametrize("change", ["{} ", " {}", "{}\t"])
def test_spaces_around_a_cookie_are_no_part_of_it(actor, change):
    assert replay(actor.variant, change.format(actor.credential)).status_code == 200


@pytest.mark.parametrize("change", ["{}a", "a{}", "{},", "{}\\", "{}%20", "{}=", "{}/"])
def test_what_is_not_exactly_the_id_is_nobody(actor, change):
    assert replay(actor.variant, change.format(actor.credential)).status_code == 401
    assert replay(actor.variant, actor.credential.upper()).status_code == 401
    assert replay(actor.variant, actor.credential[:-1]).status_code == 401
