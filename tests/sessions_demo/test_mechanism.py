"""Signing in and out with a session, and the list of active sign-ins."""

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from sessions_demo.models import Session
from tests.headers import cookie_set


@pytest.fixture
def actor(enter):
    return enter("session", "db")


@pytest.fixture
def visitor(sandbox):
    """Return alice before she signs in."""
    return Actor(find_variant("session", "db"))


def test_an_id_planted_before_sign_in_is_invalid_after_it(visitor, sandbox):
    visitor.client.cookies.set("ac_session", "a" * 32, domain="localhost.local")
    visitor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert visitor.credential != "a" * 32
    assert replay(visitor.variant, "a" * 32).status_code == 401


def test_a_valid_session_planted_before_sign_in_does_not_become_the_victims(visitor, enter, sandbox):
    mallory = enter("session", "db", "mallory")
    visitor.client.cookies.set("ac_session", mallory.credential, domain="localhost.local")
    visitor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert visitor.credential != mallory.credential
    assert visitor.read().json()["owner"] == sandbox["alice"]["username"]
    assert mallory.read().status_code == 401


def test_signing_in_again_changes_the_id_and_ends_the_old_session(actor, sandbox):
    old = actor.credential
    actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert actor.credential != old
    assert replay(actor.variant, old).status_code == 401
    assert Session.objects.count() == 1


def test_sign_out_deletes_the_row_so_a_copy_of_the_id_is_refused(actor):
    assert actor.sign_out().status_code == 204
    assert not Session.objects.exists()
    assert "ac_session" not in actor.client.cookies
    assert replay(actor.variant, actor.credential).status_code == 401


def test_sign_out_ends_this_session_and_no_other(actor, enter):
    other = enter("session", "db")
    actor.sign_out()
    assert other.read().status_code == 200


def test_signing_out_without_a_session_is_harmless(visitor):
    assert visitor.sign_out().status_code == 204
    assert not Session.objects.exists()


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(visitor, sandbox):
    response = visitor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    cookie = cookie_set(response, "ac_session")
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_a_refused_sign_in_creates_no_session(visitor, sandbox):
    assert visitor.sign_in(sandbox["alice"]["username"], "wrong").status_code == 401
    assert not Session.objects.exists()
    assert "ac_session" not in visitor.client.cookies


def test_a_visit_creates_no_session(db):
    client = Client()
    for address in ("/", "/sessions/", "/api/", "/sessions/api/protected/"):
        client.get(address)
    assert not Session.objects.exists()
    assert "ac_session" not in client.cookies


def test_the_row_stores_the_user_the_user_agent_and_the_time(sandbox, alice, clock):
    client = Client()
    client.headers["User-Agent"] = "Firefox on the sofa"
    Actor(find_variant("session", "db"), client).sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    row = Session.objects.get()
    assert row.user == alice
    assert row.user_agent == "Firefox on the sofa"
    assert row.created_at == row.last_seen_at
    assert row.expire_date > row.created_at


def test_the_active_sign_ins_show_the_user_agent_and_never_the_key(sandbox):
    client = Client()
    client.headers["User-Agent"] = "Firefox " + "x" * 300
    actor = Actor(find_variant("session", "db"), client)
    actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    response = actor.request("GET", "devices/")
    assert response.json()[0]["user_agent"] == ("Firefox " + "x" * 300)[:200]
    assert actor.credential not in response.text
    assert actor.credential not in actor.request("GET", "credential/").text


def test_a_sign_in_can_be_ended_by_its_id(actor, enter):
    other = enter("session", "db")
    sign_in = next(each for each in actor.request("GET", "devices/").json() if not each["current"])
    assert actor.request("DELETE", f"devices/{sign_in['id']}/").json() == {"ended": 1}
    assert other.read().status_code == 401
    assert actor.read().status_code == 200


def test_ending_the_current_sign_in_signs_out(actor):
    sign_in = actor.request("GET", "devices/").json()[0]
    assert actor.request("DELETE", f"devices/{sign_in['id']}/").json() == {"ended": 1}
    assert actor.read().status_code == 401
    assert not Session.objects.exists()


def test_an_expired_session_is_not_an_active_sign_in(enter, clock):
    enter("session", "db", lifetime=5)
    clock.shift(6)
    actor = enter("session", "db")
    assert len(actor.request("GET", "devices/").json()) == 1


def test_the_id_of_a_sign_in_is_not_a_credential(actor):
    sign_in = actor.request("GET", "devices/").json()[0]
    assert replay(actor.variant, sign_in["id"]).status_code == 401


def test_delete_expired_deletes_expired_rows_only(enter, clock):
    enter("session", "db", lifetime=5)
    clock.shift(6)
    unexpired = enter("session", "db")
    assert unexpired.variant.mechanism.delete_expired() == 1
    assert Session.objects.count() == 1
    assert unexpired.read().status_code == 200
