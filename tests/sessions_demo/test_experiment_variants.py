"""The two variants for experiments only: one keeps a planted id, the other sends its id in a header."""

import time

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from authcompare.note.models import Note
from sessions_demo.models import Session, SessionStore

each_variant = pytest.mark.parametrize("slug", ["unrotated", "header"])


@pytest.fixture
def actor(enter):
    """Return alice, with her session id in a header."""
    return enter("session", "header")


@each_variant
def test_it_is_not_a_column_on_any_page(slug):
    variant = find_variant("session", slug)
    assert variant in variant.mechanism.available_variants
    assert variant not in variant.mechanism.shown_variants


@each_variant
def test_it_refuses_accounts_outside_a_sandbox(carol, slug):
    hardened = Actor(find_variant("session", "db"))
    assert hardened.sign_in("carol", "carols password").status_code == 200
    variant = find_variant("session", slug)
    assert replay(variant, hardened.credential).status_code == 401
    refused = Actor(variant).sign_in("carol", "carols password")
    assert (refused.status_code, refused.json()["code"]) == (403, "lab_only")
    assert Session.objects.count() == 1


@each_variant
def test_it_does_not_exist_outside_the_lab(enter, outside_the_lab, slug):
    actor = enter("session", "db")
    assert actor.client.get(f"/sessions/api/{slug}/protected/").status_code == 404


# The variant that keeps the id


def test_a_planted_session_becomes_the_victims_and_stays_the_attackers(enter, alice, sandbox):
    mallory = enter("session", "unrotated", "mallory")
    victim = Actor(mallory.variant)
    victim.client.cookies.set("ac_session", mallory.credential, domain="localhost.local")
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential == mallory.credential
    assert Session.objects.get().user == alice
    assert mallory.read().json()["owner"] == alice.username


def test_an_id_that_the_server_never_issued_is_not_accepted_even_here(sandbox):
    victim = Actor(find_variant("session", "unrotated"))
    victim.client.cookies.set("ac_session", "a" * 32, domain="localhost.local")
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential != "a" * 32


def test_otherwise_it_equals_the_hardened_variant(enter, clock, alice):
    for changed in ({"lifetime": 5}, {}):
        actor = enter("session", "unrotated", **changed)
        assert actor.request("GET", "credential/").json()["server_state"]["data"]["began"] == time.time()
        clock.shift(6)
        assert actor.read().status_code == (401 if changed else 200)
    assert actor.edit({"X-CSRFToken": ""}, body="forged").json()["code"] == "csrf_failed"
    alice.set_password("another password")
    alice.save()
    assert actor.read().status_code == 401


# The variant with the id in a header


def test_sign_in_returns_the_id_and_sets_no_cookie(sandbox):
    actor = Actor(find_variant("session", "header"))
    response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert response.json()["access"] == Session.objects.get().session_key == actor.credential
    assert "Set-Cookie" not in response.headers
    assert "Set-Cookie" not in actor.read().headers
    assert not list(actor.client.cookies.jar)


def test_it_needs_no_csrf_token_because_no_browser_sends_the_header_by_itself(actor, alice):
    response = actor.edit({"Origin": "http://evil.example"}, body="by a script that holds the id")
    assert response.status_code == 200
    assert Note.objects.get(owner=alice).revision == 2


def test_the_same_id_in_a_cookie_is_ignored_here_and_accepted_by_the_cookie_variant(actor):
    cookie = {"Cookie": f"ac_session={actor.credential}"}
    assert Client().get(f"{actor.variant.path}protected/", headers=cookie).status_code == 401
    assert replay(find_variant("session", "db"), actor.credential).status_code == 200


def test_sign_in_does_not_keep_a_presented_id(enter, sandbox):
    mallory = enter("session", "header", "mallory")
    victim = Actor(mallory.variant)
    victim.credential = mallory.credential
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential != mallory.credential
    assert mallory.read().json()["owner"] == sandbox["mallory"]["username"]


def test_it_expires_after_the_idle_timeout_unless_it_is_used(enter, clock, settings):
    used, idle = enter("session", "header"), enter("session", "header")
    for _n in range(3):
        clock.shift(settings.SESSION_IDLE_LIFETIME - 1)
        assert used.read().status_code == 200
    assert idle.read().status_code == 401


def test_it_expires_after_the_absolute_timeout_although_it_is_used(actor, clock, settings):
    for _n in range(settings.SESSION_ABSOLUTE_LIFETIME // 1000):
        clock.shift(1000)
        assert actor.read().status_code == 200
    clock.shift(1000)
    assert actor.read().status_code == 401


def test_a_read_writes_nothing_shortly_after_sign_in(actor):
    before = Session.objects.values().get()
    assert actor.read().status_code == 200
    assert Session.objects.values().get() == before


def test_sign_out_deletes_the_row_and_can_be_repeated(actor, enter):
    other = enter("session", "header")
    for _n in range(2):
        assert actor.sign_out().status_code == 204
        assert Session.objects.get().session_key == other.credential
    assert actor.read().status_code == 401
    assert other.read().status_code == 200


def test_a_session_that_another_request_signs_out_meanwhile_is_refused(actor, monkeypatch):
    def delete_row(session):
        return Session.objects.all().delete()[0] > 0

    monkeypatch.setattr(SessionStore, "needs_extension", property(delete_row))
    assert actor.read().status_code == 401
    assert not Session.objects.exists()


def test_ending_the_current_sign_in_signs_out_this_client_only(actor, enter):
    other = enter("session", "header")
    sign_in = next(each for each in actor.request("GET", "devices/").json() if each["current"])
    assert actor.request("DELETE", f"devices/{sign_in['id']}/").json() == {"ended": 1}
    assert actor.read().status_code == 401
    assert other.read().status_code == 200


def test_a_changed_password_or_a_deactivated_user_ends_it(enter, alice):
    actor, bob = enter("session", "header"), enter("session", "header", "bob")
    alice.set_password("another password")
    alice.save()
    assert actor.read().status_code == 401
    assert bob.read().status_code == 200
    again = Actor(actor.variant)
    again.sign_in(alice.username, "another password")
    alice.is_active = False
    alice.save()
    assert again.read().status_code == 401


def test_the_exchange_shows_the_row(actor):
    exchange = actor.client.get(f"/wire/{actor.read().headers['Exchange-Id']}/").json()
    assert {change["field"] for change in exchange["state"]} >= {"session_key", "expire_date", "user_id"}
