"""Authentication by a cookie: every client can edit the plain one, and the server signs the other."""

import json
from urllib.parse import unquote

import pytest
from django.core import signing
from django.test import Client as RawClient

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from authcompare.note.models import Note
from cookies_demo.authentication import SALT, sign
from cookies_demo.preferences import Preferences


@pytest.fixture
def plain():
    return find_variant("cookie", "plain")


@pytest.fixture
def signed():
    return find_variant("cookie", "signed")


def named(name):
    return Preferences(name=name).value


def test_a_client_that_edits_the_plain_cookie_becomes_another_user(enter, sandbox, plain):
    mallory = enter("cookie", "plain", "mallory")
    assert mallory.read().json()["owner"] == sandbox["mallory"]["username"]
    edited = mallory.credential.replace(sandbox["mallory"]["username"], sandbox["alice"]["username"])
    assert replay(plain, edited).json()["owner"] == sandbox["alice"]["username"]


def test_the_plain_cookie_works_without_any_sign_in(sandbox, plain):
    assert replay(plain, named(sandbox["bob"]["username"])).json()["owner"] == sandbox["bob"]["username"]


def test_the_name_of_an_account_outside_a_sandbox_is_refused(carol, admin_user, plain):
    for name in ("carol", "admin"):
        assert replay(plain, named(name)).status_code == 401


@pytest.mark.parametrize("name", ["nobody", "", "alice", "%", "*", "' OR 1=1 --", "é", "\U0001f600", "a" * 150])
def test_an_unknown_name_is_refused(sandbox, plain, name):
    response = replay(plain, named(name))
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_a_deactivated_user_is_refused(enter, alice):
    actors = [enter("cookie", "plain"), enter("cookie", "signed")]
    alice.is_active = False
    alice.save()
    assert [actor.read().status_code for actor in actors] == [401, 401]


def test_an_edit_with_the_plain_cookie_needs_a_csrf_token(enter, alice):
    assert enter("cookie", "plain").edit({"X-CSRFToken": ""}, body="forged").status_code == 403
    assert Note.objects.get(owner=alice).revision == 1


def test_outside_the_lab_the_preference_cookie_is_not_a_credential(sandbox, carol, plain, outside_the_lab):
    for name in (sandbox["alice"]["username"], "carol"):
        assert replay(plain, named(name)).status_code == 401


def test_outside_the_lab_sign_in_with_the_plain_cookie_is_refused(sandbox, carol, plain, outside_the_lab):
    for username, password in (
        ("carol", "carols password"),
        (sandbox["alice"]["username"], sandbox["alice"]["password"]),
    ):
        actor = Actor(plain)
        response = actor.sign_in(username, password)
        assert (response.status_code, response.json()["code"]) == (403, "lab_only")
        assert "prefs" not in actor.client.cookies


def test_outside_the_lab_the_preference_cookie_still_sets_the_language(db, outside_the_lab):
    response = Client().get("/", headers={"Cookie": f"prefs={Preferences(language='zh-hans').value}"})
    assert response.headers["Content-Language"] == "zh-hans"


def test_outside_the_lab_the_signed_cookie_still_works(carol, signed, outside_the_lab):
    actor = Actor(signed)
    assert actor.sign_in("carol", "carols password").status_code == 200
    assert actor.read().json()["owner"] == "carol"


def test_in_the_lab_the_plain_cookie_is_for_sandbox_accounts_only(carol, plain):
    response = Actor(plain).sign_in("carol", "carols password")
    assert (response.status_code, response.json()["code"]) == (403, "lab_only")


def test_no_character_of_a_signed_cookie_can_be_changed(enter, signed):
    actor = enter("cookie", "signed")
    value = unquote(actor.credential)
    assert replay(signed, value).status_code == 200
    for position, character in enumerate(value):
        changed = value[:position] + ("A" if character != "A" else "B") + value[position + 1 :]
        response = replay(signed, changed)
        assert (response.status_code, response.json()["code"]) == (401, "bad_signature"), changed


def test_nothing_can_be_added_to_a_signed_cookie_or_removed(enter, signed, alice):
    fields, stamp, signature = unquote(enter("cookie", "signed").credential).split(":")
    for forged in (
        f"{fields}:{stamp}",
        f"{fields}:{stamp}:",
        f"{fields}::{signature}",
        f":{stamp}:{signature}",
        f"{fields}%26lifetime=999999:{stamp}:{signature}",
        f"{fields}:zzzzzz:{signature}",
        f"{fields}:{stamp}:{signature}:{signature}",
        f"{fields}:{stamp}:{signature}A",
        signature,
        f"id={alice.pk}",
        "::",
        ":",
    ):
        assert replay(signed, forged).json()["code"] == "bad_signature", forged


def test_a_value_signed_with_another_salt_is_refused(alice, signed):
    fields = unquote(sign(alice, 60)).split(":")[0]
    assert replay(signed, signing.TimestampSigner(salt=SALT).sign(fields)).status_code == 200
    other_salt = signing.TimestampSigner(salt="another purpose").sign(fields)
    assert replay(signed, other_salt).json()["code"] == "bad_signature"


def test_a_new_secret_key_invalidates_all_signed_cookies(enter, settings):
    actor = enter("cookie", "signed")
    settings.SECRET_KEY = "another secret key, long enough to be one"
    assert actor.read().json()["code"] == "bad_signature"


def test_a_copy_expires_with_the_original_because_the_server_checks(clock, enter, signed):
    actor = enter("cookie", "signed", lifetime=15)
    clock.shift(15)
    assert replay(signed, actor.credential).status_code == 200
    clock.shift(1)
    response = replay(signed, actor.credential)
    assert (response.status_code, response.json()["code"]) == (401, "credential_expired")


def test_a_copy_of_the_plain_cookie_never_expires(clock, enter, plain):
    actor = enter("cookie", "plain", lifetime=15)
    clock.shift(10 * 365 * 24 * 60 * 60)
    assert "prefs" not in [cookie.name for cookie in actor.client.cookies.jar if not cookie.is_expired()]
    assert replay(plain, actor.credential).status_code == 200


def test_signing_out_ends_no_copy_of_either_cookie(enter):
    for variant in ("plain", "signed"):
        actor = enter("cookie", variant)
        assert actor.sign_out().status_code == 204
        assert actor.read().status_code == 401
        assert replay(actor.variant, actor.credential).status_code == 200


def test_a_changed_password_does_not_invalidate_a_signed_cookie(enter, alice):
    actor = enter("cookie", "signed")
    alice.set_password("another password")
    alice.save()
    assert actor.read().status_code == 200


def test_the_signed_cookie_of_a_deleted_user_is_refused(enter, alice):
    actor = enter("cookie", "signed")
    alice.delete()
    response = actor.read()
    assert (response.status_code, response.json()["code"]) == (401, "user_inactive")


def test_a_plain_cookie_outside_ascii_is_accepted_but_not_copied(sandbox, plain):
    cookie = f"prefs={named(sandbox['alice']['username'])}%26x%3D\xe9"
    body = json.dumps({"mechanism": "cookie", "variant": "plain"})
    raw = RawClient(raise_request_exception=False, headers={"Cookie": cookie})
    assert raw.get("/cookies/api/protected/").status_code == 200
    assert raw.post("/lab/api/copy/", body, content_type="application/json").json()["code"] == "parse_error"
