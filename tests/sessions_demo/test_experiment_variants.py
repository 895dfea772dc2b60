"""The two doors that serve experiments alone: one that keeps a planted id, and one whose id travels in a header."""

import time

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant, mechanisms
from authcompare.note.models import Note
from sessions_demo.models import Session, SessionStore

arms = pytest.mark.parametrize("slug", ["unrotated", "header"])


@pytest.fixture
def actor(enter):
    """Alice, with her session id in a header."""
    return enter("session", "header")


@arms
def test_it_has_no_column_on_any_page(slug):
    door = find_variant("session", slug)
    assert door in door.mechanism.available_variants
    assert not [mechanism for mechanism in mechanisms() if door in mechanism.columns]


@arms
def test_it_is_shut_to_whoever_is_in_no_sandbox(carol, slug):
    hardened = Actor(find_variant("session", "db"))
    assert hardened.sign_in("carol", "carols password").status_code == 200
    door = find_variant("session", slug)
    assert replay(door, hardened.credential).status_code == 401
    refused = Actor(door).sign_in("carol", "carols password")
    assert (refused.status_code, refused.json()["code"]) == (403, "lab_only")
    assert Session.objects.count() == 1


@arms
def test_it_is_not_there_outside_the_lab(enter, outside_the_lab, slug):
    actor = enter("session", "db")
    assert actor.client.get(f"/sessions/api/{slug}/protected/").status_code == 404


# The id that is kept


def test_a_planted_session_becomes_the_victims_and_stays_the_planters(enter, alice, sandbox):
    mallory = enter("session", "unrotated", "mallory")
    victim = Actor(mallory.variant)
    victim.client.cookies.set("ac_session", mallory.credential, domain="localhost.local")
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential == mallory.credential
    assert Session.objects.get().user == alice
    assert mallory.read().json()["owner"] == alice.username


def test_an_id_that_the_server_never_gave_out_is_not_taken_even_here(sandbox):
    victim = Actor(find_variant("session", "unrotated"))
    victim.client.cookies.set("ac_session", "a" * 32, domain="localhost.local")
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential != "a" * 32


def test_in_all_else_it_is_the_hardened_door(enter, clock, alice):
    for changed in ({"lifetime": 5}, {}):
        actor = enter("session", "unrotated", **changed)
        assert actor.request("GET", "credential/").json()["server_state"]["data"]["began"] == time.time()
        clock.shift(6)
        assert actor.read().status_code == (401 if changed else 200)
    assert actor.edit({"X-CSRFToken": ""}, body="forged").json()["code"] == "csrf_failed"
    alice.set_password("another password")
    alice.save()
    assert actor.read().status_code == 401


# The id in a header


def test_sign_in_answers_the_id_and_sets_no_cookie(sandbox):
    actor = Actor(find_variant("session", "header"))
    response = actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert response.json()["access"] == Session.objects.get().session_key == actor.credential
    assert "Set-Cookie" not in response.headers
    assert "Set-Cookie" not in actor.read().headers
    assert not list(actor.client.cookies.jar)


def test_it_needs_no_csrf_token_since_no_browser_sends_it_by_itself(actor, alice):
    response = actor.edit({"Origin": "http://evil.example"}, body="by a script that holds the id")
    assert response.status_code == 200
    assert Note.objects.get(owner=alice).revision == 2


def test_the_same_id_in_a_cookie_is_not_looked_at_here_and_opens_the_door_that_reads_cookies(actor):
    cookie = {"Cookie": f"ac_session={actor.credential}"}
    assert Client().get(f"{actor.variant.path}protected/", headers=cookie).status_code == 401
    assert replay(find_variant("session", "db"), actor.credential).status_code == 200


def test_an_id_that_is_presented_at_sign_in_is_not_kept(enter, sandbox):
    mallory = enter("session", "header", "mallory")
    victim = Actor(mallory.variant)
    victim.credential = mallory.credential
    victim.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert victim.credential != mallory.credential
    assert mallory.read().json()["owner"] == sandbox["mallory"]["username"]


def test_it_idles_out_unless_it_is_used(enter, clock, settings):
    used, idle = enter("session", "header"), enter("session", "header")
    for _n in range(3):
        clock.shift(settings.SESSION_IDLE_LIFETIME - 1)
        assert used.read().status_code == 200
    assert idle.read().status_code == 401


def test_it_ends_however_much_it_is_used(actor, clock, settings):
    for _n in range(settings.SESSION_ABSOLUTE_LIFETIME // 1000):
        clock.shift(1000)
        assert actor.read().status_code == 200
    clock.shift(1000)
    assert actor.read().status_code == 401


def test_reading_writes_nothing_until_the_end_is_worth_moving(actor):
    before = Session.objects.values().get()
    assert actor.read().status_code == 200
    assert Session.objects.values().get() == before


def test_sign_out_deletes_the_row_and_again_is_harmless(actor, enter):
    elsewhere = enter("session", "header")
    for _n in range(2):
        assert actor.sign_out().status_code == 204
        assert Session.objects.get().session_key == elsewhere.credential
    assert actor.read().status_code == 401
    assert elsewhere.read().status_code == 200


def test_signed_out_by_another_request_at_this_very_moment_it_opens_nothing(actor, monkeypatch):
    def meanwhile(session):
        return Session.objects.all().delete()[0] > 0

    monkeypatch.setattr(SessionStore, "needs_extension", property(meanwhile))
    assert actor.read().status_code == 401
    assert not Session.objects.exists()


def test_ending_the_device_in_my_hand_signs_me_out_and_no_other(actor, enter):
    other = enter("session", "header")
    device = next(device for device in actor.request("GET", "devices/").json() if device["current"])
    assert actor.request("DELETE", f"devices/{device['id']}/").json() == {"ended": 1}
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


def test_the_wire_shows_the_row_behind_it(actor):
    exchange = actor.client.get(f"/wire/{actor.read().headers['Exchange-Id']}/").json()
    assert {line["field"] for line in exchange["state"]} >= {"session_key", "expire_date", "user_id"}
