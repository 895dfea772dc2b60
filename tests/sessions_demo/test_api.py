"""What only sessions have: what a view can do to one, found out by experiment, and the row taken apart."""

import pytest
from django.contrib.sessions.backends.base import SessionBase

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import find_variant
from sessions_demo import api, session_decoder
from sessions_demo.models import Session

ALL = [
    *(("POST", act.slug) for act in api.ACTS),
    ("POST", "elsewhere"),
    ("GET", "look"),
    ("POST", "size"),
    ("GET", "size"),
]
every = pytest.mark.parametrize(("method", "slug"), ALL)


@pytest.fixture
def actor(enter):
    return enter("session", "db")


def act(actor, slug):
    response = actor.request("POST", f"lab/{slug}/")
    assert response.status_code == 200, response.text
    return response


def next_finds(actor):
    """The session as the next request finds it."""
    return actor.request("GET", "lab/look/").json()


def sent(response):
    """Did the session cookie come with this answer?"""
    return "ac_session=" in response.headers.get("Set-Cookie", "")


def test_a_value_that_is_set_is_saved_and_the_cookie_sent_again(actor):
    response = act(actor, "put")
    assert response.json()["modified"] is True
    assert sent(response)
    assert next_finds(actor)["data"]["basket"] == {"apples": 1}


def test_a_change_inside_a_value_is_seen_by_its_own_request_and_lost_to_the_next(actor):
    act(actor, "put")
    response = act(actor, "nested")
    assert response.json()["data"]["basket"] == {"apples": 2}
    assert response.json()["modified"] is False
    assert not sent(response)
    assert next_finds(actor)["data"]["basket"] == {"apples": 1}


def test_the_same_change_is_kept_when_the_session_is_told(actor):
    act(actor, "put")
    response = act(actor, "modified")
    assert response.json()["modified"] is True
    assert sent(response)
    assert next_finds(actor)["data"]["basket"] == {"apples": 2}


def test_the_change_is_kept_by_luck_when_the_idle_timeout_saves_in_the_same_request(enter, clock):
    actor = enter("session", "db")
    act(actor, "put")
    clock.shift(5 * 60)  # long enough for the row's end to be pushed back
    response = act(actor, "nested")
    assert response.json()["modified"] is False, "the view itself said nothing"
    assert sent(response)
    assert next_finds(actor)["data"]["basket"] == {"apples": 2}


def test_a_look_before_it_takes_that_luck_away(enter, clock):
    actor = enter("session", "db")
    act(actor, "put")
    clock.shift(5 * 60)
    next_finds(actor)
    act(actor, "nested")
    assert next_finds(actor)["data"]["basket"] == {"apples": 1}


def test_saving_without_a_change_writes_the_row_and_sends_no_cookie(enter, clock):
    actor = enter("session", "db")
    before = Session.objects.get()
    clock.shift(2)
    response = act(actor, "save")
    after = Session.objects.get()
    assert not sent(response)
    assert after.session_data != before.session_data
    assert after.get_decoded() == before.get_decoded()
    assert (after.session_key, after.last_seen_at > before.last_seen_at) == (before.session_key, True)


def test_looking_writes_nothing(actor):
    before = Session.objects.values().get()
    actor.request("GET", "lab/look/")
    assert Session.objects.values().get() == before


def test_another_id_keeps_the_data_and_makes_the_old_id_worthless(actor):
    act(actor, "put")
    old, data = actor.credential, Session.objects.get().get_decoded()
    act(actor, "cycle")
    row = Session.objects.get()
    assert row.session_key != old
    assert row.get_decoded() == data
    assert actor.read().status_code == 200
    assert replay(actor.variant, old).status_code == 401


def test_flush_leaves_neither_row_nor_cookie(actor):
    response = act(actor, "flush")
    assert response.json() == {"id": None, "data": {}, "modified": True}
    assert not Session.objects.exists()
    assert "ac_session" not in actor.client.cookies
    assert replay(actor.variant, actor.credential).status_code == 401


@pytest.mark.parametrize("slug", ["nested", "modified"])
def test_there_is_nothing_to_change_before_something_is_put_in(actor, slug):
    response = actor.request("POST", f"lab/{slug}/")
    assert response.status_code == 409
    assert response.json()["code"] == "no_basket"


def test_no_answer_tells_the_id(actor):
    for method, slug in ALL:
        assert actor.credential not in actor.request(method, f"lab/{slug}/").text


def test_every_act_is_put_on_the_wire_with_the_row_before_and_after(actor):
    exchange = actor.client.get(f"/wire/{act(actor, 'put').headers['Exchange-Id']}/").json()
    change = next(line for line in exchange["state"] if line["field"] == "data.basket")
    assert (change["before"], change["after"]) == (None, "{'apples': 1}")


# More and more


def size(actor):
    return actor.request("GET", "lab/size/").json()


def test_what_is_put_in_makes_the_row_longer_and_the_id_no_longer(actor):
    before = size(actor)
    assert actor.request("POST", "lab/size/", json={"characters": 5000}).status_code == 204
    after = size(actor)
    assert after["row"] - before["row"] > 5000
    assert after["row"] == len(Session.objects.get().session_data)
    assert before["id"] == after["id"] == len(actor.credential) == len(actor.client.cookies["ac_session"])


def test_it_can_be_filled_up_to_a_limit_and_emptied(actor):
    empty = size(actor)["row"]
    for characters in (api.LARGEST, 0):
        assert actor.request("POST", "lab/size/", json={"characters": characters}).status_code == 204
        assert size(actor)["row"] >= characters
    assert size(actor)["row"] < empty + 100
    for wrong in (api.LARGEST + 1, -1, "x", 1.5, True, None):
        assert actor.request("POST", "lab/size/", json={"characters": wrong}).status_code == 400
    assert size(actor)["row"] < empty + 100


def test_the_wire_shows_the_beginning_of_what_is_long(actor):
    response = actor.request("POST", "lab/size/", json={"characters": 5000})
    exchange = actor.client.get(f"/wire/{response.headers['Exchange-Id']}/").json()
    filler = next(line for line in exchange["state"] if line["field"] == "data.filler")
    assert filler["before"] is None
    assert 100 < len(filler["after"]) < 1000


# Who may


@pytest.mark.parametrize("slug", [slug for method, slug in ALL if method == "POST"])
def test_a_form_of_another_site_does_nothing_to_the_session(actor, slug):
    before = Session.objects.values().get()
    response = actor.request("POST", f"lab/{slug}/", headers={"X-CSRFToken": ""})
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert Session.objects.values().get() == before


@every
def test_an_account_outside_the_sandboxes_is_left_alone(carol, method, slug):
    actor = Actor(find_variant("session", "db"))
    actor.sign_in("carol", "carols password")
    before = Session.objects.values().get()
    response = actor.request(method, f"lab/{slug}/", **({"json": {"password": "x"}} if slug == "elsewhere" else {}))
    assert (response.status_code, response.json()["code"]) == (403, "lab_only")
    assert Session.objects.values().get() == before


@every
def test_nobody_can_do_it_without_a_session(sandbox, method, slug):
    actor = Actor(find_variant("session", "db"))
    assert actor.request(method, f"lab/{slug}/").status_code == 401
    assert not Session.objects.exists()


@every
def test_none_of_it_exists_outside_the_lab(actor, outside_the_lab, method, slug):
    assert actor.request(method, f"lab/{slug}/").status_code == 404


# Another login


def test_the_clean_client_signs_in_as_the_same_user_with_a_session_of_its_own(actor, sandbox):
    response = actor.request("POST", "lab/elsewhere/", json={"password": sandbox["alice"]["password"]})
    assert response.status_code == 201
    elsewhere = next(device for device in actor.request("GET", "devices/").json() if not device["current"])
    assert elsewhere["user_agent"] == response.json()["user_agent"]
    assert "ac_session" not in response.headers.get("Set-Cookie", ""), "this browser's own login stays what it is"


def test_the_clean_client_needs_the_right_password(actor):
    response = actor.request("POST", "lab/elsewhere/", json={"password": "wrong"})
    assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials")
    assert Session.objects.count() == 1


# The page


def page(actor):
    return actor.client.get("/sessions/").text


def test_the_page_shows_the_row_and_never_the_whole_id(actor):
    shown, row = page(actor), Session.objects.get()
    assert row.public_id in shown
    assert session_decoder.masked(row.session_key) in shown
    assert row.session_key not in shown


def test_the_page_of_a_visitor_shows_no_row_and_makes_none(db):
    assert "session-data" not in Client().get("/sessions/").text
    assert not Session.objects.exists()


def test_the_page_shows_each_act_by_the_source_that_runs(actor):
    shown = page(actor)
    for each in api.ACTS:
        file, line = "sessions_demo/api.py", each.act.__code__.co_firstlineno
        assert f"{file}:{line}" in shown


def test_outside_the_lab_the_page_lists_the_logins_and_offers_nothing_weak(actor, outside_the_lab):
    shown = page(actor)
    assert 'data-end="' in shown
    assert "/lab/" not in shown


# The row, taken apart


def test_the_layers_lead_to_what_django_reads(actor):
    row = Session.objects.get()
    layers = session_decoder.layers(row)
    assert {entry["name"]: entry["value"] for entry in layers["entries"]} == row.get_decoded()
    assert ":".join((layers["payload"], layers["stamp"], layers["signature"])) == row.session_data
    assert layers["compressed"]
    assert layers["genuine"]


def test_data_that_is_too_short_to_compress_is_read_too(actor):
    row = Session.objects.get()
    row.session_data = Session.get_session_store_class()().encode({"a": 1})
    layers = session_decoder.layers(row)
    assert not layers["compressed"]
    assert layers["json"] == '{"a":1}'


def test_a_forged_letter_is_noticed_by_us_and_by_django(actor, caplog):
    row = Session.objects.get()
    assert not session_decoder.layers(row)["forged_is_genuine"]
    assert session_decoder.forged(row.session_data) != row.session_data
    assert SessionBase.decode(row.get_session_store_class()(), session_decoder.forged(row.session_data)) == {}


def test_every_column_of_the_row_is_explained(actor):
    assert {column["name"] for column in session_decoder.columns(Session.objects.get())} == {
        field.attname for field in Session._meta.fields
    }


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/150.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari", "iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1", "Safari", "macOS"),
        ("curl/8.5.0", "curl", ""),
        ("<b>anything</b>", "<b>anything</b>", ""),
        ("", "", ""),
    ],
)
def test_a_user_agent_in_plain_words(user_agent, browser, system):
    assert session_decoder.in_plain_words(user_agent) == (browser, system)
