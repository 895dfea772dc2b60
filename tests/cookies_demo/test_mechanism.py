"""Signing in and out with a cookie, and the description of the credential."""

from urllib.parse import unquote

import pytest

from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import find_variant
from cookies_demo.preferences import Preferences
from tests.headers import cookie_set


@pytest.fixture
def visitor(sandbox):
    """Return alice before she signs in, with her theme already chosen."""
    actor = Actor(find_variant("cookie", "plain"))
    actor.client.cookies.set("prefs", Preferences(theme="dark", language="zh-hans").value, domain="localhost.local")
    return actor


def test_sign_in_adds_the_name_and_keeps_theme_and_language(visitor, sandbox):
    name = sandbox["alice"]["username"]
    visitor.sign_in(name, sandbox["alice"]["password"])
    assert Preferences.from_cookie(visitor.credential) == Preferences(theme="dark", language="zh-hans", name=name)


def test_sign_out_removes_the_name_and_keeps_theme_and_language(visitor, sandbox):
    visitor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    assert visitor.sign_out().status_code == 204
    assert Preferences.from_cookie(visitor.client.cookies["prefs"]) == Preferences(theme="dark", language="zh-hans")


def test_scripts_can_read_the_plain_cookie_and_not_the_signed_one(sandbox):
    alice = sandbox["alice"]["username"], sandbox["alice"]["password"]
    plain = cookie_set(Actor(find_variant("cookie", "plain")).sign_in(*alice), "prefs")
    signed = cookie_set(Actor(find_variant("cookie", "signed")).sign_in(*alice), "prefs_signed")
    assert not plain["httponly"]
    assert signed["httponly"] is True
    assert plain["samesite"] == signed["samesite"] == "Lax"


def test_the_lifetime_is_the_max_age_of_the_cookie(sandbox):
    alice = sandbox["alice"]["username"], sandbox["alice"]["password"]
    for variant, name in (("plain", "prefs"), ("signed", "prefs_signed")):
        response = Actor(find_variant("cookie", variant)).sign_in(*alice, lifetime=15)
        assert cookie_set(response, name)["max-age"] == "15"


def test_the_signed_cookie_shows_the_user_and_the_lifetime_in_clear_text(enter, alice):
    value = unquote(enter("cookie", "signed", lifetime=60).credential)
    assert value.startswith(f"id={alice.pk}&name={alice.username}&lifetime=60:")


def test_the_server_knows_nothing_beyond_the_cookie(enter, sandbox):
    plain = enter("cookie", "plain").request("GET", "credential/").json()
    assert plain["parts"]["name"] == sandbox["alice"]["username"]
    assert plain["server_state"] is plain["expires_at"] is None
    signed = enter("cookie", "signed", lifetime=60).request("GET", "credential/").json()
    assert signed["server_state"] is None
    assert signed["issued_at"] < signed["expires_at"]


def test_there_is_no_list_of_active_sign_ins(enter):
    for variant in ("plain", "signed"):
        actor = enter("cookie", variant)
        assert actor.request("GET", "devices/").json() == []
        assert actor.request("DELETE", "devices/1/").status_code == 404
