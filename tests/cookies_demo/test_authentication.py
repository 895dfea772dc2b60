"""Whom a cookie opens for: the plain one for whoever writes a name in it, the signed one for whom the server signed."""

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


def test_whoever_writes_a_name_into_the_plain_cookie_is_somebody_else(enter, sandbox, plain):
    mallory = enter("cookie", "plain", "mallory")
    assert mallory.read().json()["owner"] == sandbox["mallory"]["username"]
    edited = mallory.credential.replace(sandbox["mallory"]["username"], sandbox["alice"]["username"])
    assert replay(plain, edited).json()["owner"] == sandbox["alice"]["username"]


def test_not_even_a_sign_in_is_needed(sandbox, plain):
    assert replay(plain, named(sandbox["bob"]["username"])).json()["owner"] == sandbox["bob"]["username"]


def test_the_name_of_an_account_outside_every_sandbox_opens_nothing(carol, admin_user, plain):
    for name in ("carol", "admin"):
        assert replay(plain, named(name)).status_code == 401


@pytest.mark.parametrize("name", ["nobody", "", "alice", "%", "*", "' OR 1=1 --", "é", "\U0001f600", "a" * 150])
def test_a_name_that_nobody_has_opens_nothing(sandbox, plain, name):
    response = replay(plain, named(name))
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_a_deactivated_user_is_refused(enter, alice):
    doors = [enter("cookie", "plain"), enter("cookie", "signed")]
    alice.is_active = False
    alice.save()
    assert [door.read().status_code for door in doors] == [401, 401]


def test_even_the_plain_cookie_needs_a_csrf_token_to_change_anything(enter, alice):
    assert enter("cookie", "plain").edit({"X-CSRFToken": ""}, body="forged").status_code == 403
    assert Note.objects.get(owner=alice).revision == 1


def test_outside_the_lab_a_preference_cookie_opens_nothing(sandbox, carol, plain, outside_the_lab):
    for name in (sandbox["alice"]["username"], "carol"):
        assert replay(plain, named(name)).status_code == 401


def test_outside_the_lab_nobody_can_sign_in_at_the_plain_door(sandbox, carol, plain, outside_the_lab):
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


def test_outside_the_lab_the_signed_cookie_still_opens(carol, signed, outside_the_lab):
    actor = Actor(signed)
    assert actor.sign_in("carol", "carols password").status_code == 200
    assert actor.read().json()["owner"] == "carol"


def test_in_the_lab_the_plain_door_is_for_sandbox_accounts_only(carol, plain):
    response = Actor(plain).sign_in("carol", "carols password")
    assert (response.status_code, response.json()["code"]) == (403, "lab_only")


def test_no_letter_of_a_signed_cookie_can_be_changed(enter, signed):
    actor = enter("cookie", "signed")
    whole = unquote(actor.credential)
    assert replay(signed, whole).status_code == 200
    for place, letter in enumerate(whole):
        changed = whole[:place] + ("A" if letter != "A" else "B") + whole[place + 1 :]
        response = replay(signed, changed)
        assert (response.status_code, response.json()["code"]) == (401, "bad_signature"), changed


def test_nothing_can_be_added_to_a_signed_cookie_or_taken_away(enter, signed, alice):
    statement, stamp, signature = unquote(enter("cookie", "signed").credential).split(":")
    for forged in (
        f"{statement}:{stamp}",
        f"{statement}:{stamp}:",
        f"{statement}::{signature}",
        f":{stamp}:{signature}",
        f"{statement}%26lifetime=999999:{stamp}:{signature}",
        f"{statement}:zzzzzz:{signature}",
        f"{statement}:{stamp}:{signature}:{signature}",
        f"{statement}:{stamp}:{signature}A",
        signature,
        f"id={alice.pk}",
        "::",
        ":",
    ):
        assert replay(signed, forged).json()["code"] == "bad_signature", forged


def test_what_was_signed_for_another_purpose_is_refused(alice, signed):
    statement = unquote(sign(alice, 60)).split(":")[0]
    assert replay(signed, signing.TimestampSigner(salt=SALT).sign(statement)).status_code == 200
    elsewhere = signing.TimestampSigner(salt="another purpose").sign(statement)
    assert replay(signed, elsewhere).json()["code"] == "bad_signature"


def test_a_new_secret_key_ends_all_signed_cookies(enter, settings):
    actor = enter("cookie", "signed")
    settings.SECRET_KEY = "another secret key, long enough to be one"
    assert actor.read().json()["code"] == "bad_signature"


def test_a_copy_ends_when_the_original_does_since_the_server_looks(clock, enter, signed):
    actor = enter("cookie", "signed", lifetime=15)
    clock.shift(15)
    assert replay(signed, actor.credential).status_code == 200
    clock.shift(1)
    response = replay(signed, actor.credential)
    assert (response.status_code, response.json()["code"]) == (401, "credential_expired")


def test_a_copy_of_the_plain_cookie_never_ends(clock, enter, plain):
    actor = enter("cookie", "plain", lifetime=15)
    clock.shift(10 * 365 * 24 * 60 * 60)
    assert "prefs" not in [cookie.name for cookie in actor.client.cookies.jar if not cookie.is_expired()]
    assert replay(plain, actor.credential).status_code == 200


def test_signing_out_does_not_end_a_copy_of_either(enter):
    for variant in ("plain", "signed"):
        actor = enter("cookie", variant)
        assert actor.sign_out().status_code == 204
        assert actor.read().status_code == 401
        assert replay(actor.variant, actor.credential).status_code == 200


def test_a_changed_password_does_not_end_a_signed_cookie(enter, alice):
    actor = enter("cookie", "signed")
    alice.set_password("another password")
    alice.save()
    assert actor.read().status_code == 200


def test_the_signed_cookie_of_a_deleted_user_is_refused(enter, alice):
    actor = enter("cookie", "signed")
    alice.delete()
    response = actor.read()
    assert (response.status_code, response.json()["code"]) == (401, "user_inactive")


def test_a_cookie_with_letters_that_no_server_wrote_is_believed_but_not_copied(sandbox, plain):
    cookie = f"prefs={named(sandbox['alice']['username'])}%26x%3D\xe9"
    body = json.dumps({"mechanism": "cookie", "variant": "plain"})
    raw = RawClient(raise_request_exception=False, headers={"Cookie": cookie})
    assert raw.get("/cookies/api/protected/").status_code == 200
    assert raw.post("/lab/api/copy/", body, content_type="application/json").json()["code"] == "parse_error"
