"""Authentication by a session: CSRF, deactivated users, changed passwords and roles."""

import pytest

from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from authcompare.note.models import Note
from sessions_demo.models import Session


@pytest.fixture
def actor(enter):
    return enter("session", "db")


def test_sign_in_needs_the_csrf_token_of_a_page(sandbox):
    actor = Actor(find_variant("session", "db"))
    alice = {name: sandbox["alice"][name] for name in ("username", "password")}
    refused = actor.request("POST", "login/", json=alice, headers={"X-CSRFToken": ""})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert not Session.objects.exists()
    assert actor.request("POST", "login/", json=alice).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "a" * 64, "a" * 5000])
def test_a_guessed_csrf_token_changes_nothing(actor, alice, token):
    response = actor.edit({"X-CSRFToken": token}, body="forged")
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert Note.objects.get(owner=alice).revision == 1


def test_a_valid_csrf_token_from_another_sites_page_changes_nothing(actor, alice):
    response = actor.edit({"Origin": "http://evil.example"}, body="forged")
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert "Origin http://evil.example is not trusted" in response.json()["detail"]
    assert Note.objects.get(owner=alice).revision == 1


def test_the_csrf_token_changes_at_sign_in(sandbox):
    actor = Actor(find_variant("session", "db"))
    before = actor.csrf_token()
    actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert actor.csrf_token() != before


def test_sign_out_needs_the_csrf_token_too(actor):
    assert actor.request("POST", "logout/", headers={"X-CSRFToken": ""}).status_code == 403
    assert actor.read().status_code == 200


def test_without_the_csrf_check_a_forged_request_succeeds(enter, alice):
    actor = enter("session", "unprotected")
    response = actor.edit({"X-CSRFToken": "", "Origin": "http://evil.example"}, body="forged")
    assert response.status_code == 200
    assert Note.objects.get(owner=alice).body == "forged"


def test_the_unprotected_variant_refuses_accounts_outside_a_sandbox(carol):
    hardened = Actor(find_variant("session", "db"))
    assert hardened.sign_in("carol", "carols password").status_code == 200
    assert hardened.read().status_code == 200
    weak = find_variant("session", "unprotected")
    assert replay(weak, hardened.credential).status_code == 401
    refused = Actor(weak).sign_in("carol", "carols password")
    assert (refused.status_code, refused.json()["code"]) == (403, "lab_only")
    assert Session.objects.count() == 1


def test_the_unprotected_variant_does_not_exist_outside_the_lab(enter, outside_the_lab):
    actor = enter("session", "db")
    assert actor.read().status_code == 200
    assert actor.client.get("/sessions/api/unprotected/protected/").status_code == 404


def test_a_changed_password_ends_all_sessions_of_the_user(enter, alice):
    laptop, phone, bob = enter("session", "db"), enter("session", "db"), enter("session", "db", "bob")
    alice.set_password("another password")
    alice.save()
    assert laptop.read().status_code == 401
    assert phone.read().status_code == 401
    assert bob.read().status_code == 200


def test_deactivating_a_user_ends_the_session_at_once(actor, alice):
    alice.is_active = False
    alice.save()
    assert actor.read().status_code == 401


def test_deleting_a_user_deletes_the_session(actor, alice):
    alice.delete()
    assert actor.read().status_code == 401
    assert not Session.objects.exists()


def test_a_removed_role_has_no_effect_at_the_next_request(actor, alice):
    alice.role = alice.Role.READER
    alice.save()
    refused = actor.edit(body="too late")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    assert actor.read().status_code == 200
