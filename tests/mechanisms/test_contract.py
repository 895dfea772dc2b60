"""What every door promises, run at every registered mechanism and variant. No test here names one."""

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note


def test_the_right_password_opens_the_door(actor, alice, variant):
    answer = actor.answer
    assert answer["user"] == {"id": alice.pk, "username": alice.username}
    assert answer["mechanism"] == variant.mechanism.name
    assert answer["variant"] == variant.slug
    assert "expires_at" in answer
    assert actor.read().status_code == 200


def test_the_wrong_password_is_refused_with_401_and_a_challenge(variant, sandbox):
    response = Actor(variant).sign_in(sandbox["alice"]["username"], "wrong")
    assert response.status_code == 401
    assert response.json()["code"] == "wrong_credentials"
    assert response.headers["WWW-Authenticate"]
    assert "Set-Cookie" not in response.headers or "ac_session" not in response.headers["Set-Cookie"]


def test_nobody_is_let_in_without_a_credential(variant, sandbox):
    for endpoint in ("protected/", "credential/", "devices/"):
        response = Actor(variant).request("GET", endpoint)
        assert response.status_code == 401, endpoint
        assert response.json()["code"] == "not_authenticated"
        assert response.headers["WWW-Authenticate"]
        assert response.headers["Authenticated-By"] == "none"


def test_the_note_is_the_same_bytes_behind_every_door(actor, sandbox, variant):
    mine = actor.read()
    for other in variants():
        them = Actor(other)
        them.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
        theirs = them.read()
        assert theirs.content == mine.content
        assert theirs.headers["ETag"] == mine.headers["ETag"]


def test_the_answer_names_the_mechanism_that_decided(actor, variant):
    assert actor.read().headers["Authenticated-By"] == variant.mechanism.name


def test_an_edit_changes_the_note_and_its_etag(actor, alice):
    before = actor.read()
    response = actor.edit(title="Changed", body="by hand")
    assert response.status_code == 200
    assert response.json()["revision"] == before.json()["revision"] + 1
    assert response.headers["ETag"] != before.headers["ETag"]
    note = Note.objects.get(owner=alice)
    assert (note.title, note.body) == ("Changed", "by hand")


def test_an_edit_of_what_has_changed_meanwhile_is_refused_and_loses_nothing(actor, alice):
    etag = actor.read().headers["ETag"]
    assert actor.edit({"If-Match": etag}, body="first").status_code == 200
    late = actor.edit({"If-Match": etag}, body="second")
    assert late.status_code == 412
    assert late.json()["code"] == "precondition_failed"
    assert Note.objects.get(owner=alice).body == "first"


def test_a_note_that_is_already_known_is_not_sent_again(actor):
    etag = actor.read().headers["ETag"]
    assert actor.read(**{"If-None-Match": etag}).status_code == 304


def test_a_credential_the_browser_sends_by_itself_needs_a_csrf_token_to_change_anything(actor, variant, alice):
    response = actor.edit({"X-CSRFToken": ""}, body="forged")
    if variant.transport.sent_automatically and variant.authentication.csrf:
        assert response.status_code == 403
        assert response.json()["code"] == "csrf_failed"
        assert Note.objects.get(owner=alice).revision == 1
    else:
        assert response.status_code == 200


def test_a_sign_in_that_sets_a_cookie_needs_a_csrf_token(variant, sandbox):
    response = Client().post(
        f"{variant.path}login/",
        json={key: sandbox["alice"][key] for key in ("username", "password")},
    )
    protected = variant.transport.sent_automatically and variant.authentication.csrf
    assert response.status_code == (403 if protected else 200)


def test_every_door_refuses_the_credentials_of_the_other_mechanisms(actor, variant):
    for other in variants():
        if other.mechanism is not variant.mechanism:
            response = actor.client.get(f"{other.path}protected/", headers=variant.transport.present(actor.credential))
            assert response.status_code == 401, f"{other.mechanism.name} {other.slug} believed it"


def test_a_credential_works_from_a_clean_client_because_it_is_all_there_is(actor, variant):
    assert replay(variant, actor.credential).json() == actor.read().json()


def test_sign_out_answers_204_and_the_client_is_out(actor):
    assert actor.sign_out().status_code == 204
    actor.credential = None
    assert actor.read().status_code == 401


def test_the_server_tells_what_it_knows_of_the_credential(actor, variant):
    known = actor.request("GET", "credential/").json()
    assert known["mechanism"] == variant.mechanism.name
    assert known["carrier"] == variant.transport.header
    assert known["length"] == len(actor.credential)
    if not variant.transport.readable:
        assert actor.credential not in str(known)


def test_devices_lists_this_sign_in_and_ends_the_others(actor, variant, sandbox):
    elsewhere = Actor(variant)
    elsewhere.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    known = actor.request("GET", "devices/").json()
    remembers = actor.request("GET", "credential/").json()["server_state"] is not None
    assert [device["current"] for device in known] == ([False, True] if remembers else [])
    assert actor.request("DELETE", "devices/").json() == {"ended": 1 if remembers else 0}
    assert [device["current"] for device in actor.request("GET", "devices/").json()] == [True] * remembers
    assert actor.read().status_code == 200


def test_the_devices_of_another_user_can_not_be_ended(actor, variant, sandbox):
    bob = Actor(variant)
    bob.sign_in(sandbox["bob"]["username"], sandbox["bob"]["password"])
    for device in bob.request("GET", "devices/").json():
        assert actor.request("DELETE", f"devices/{device['id']}/").status_code == 404
    assert bob.read().status_code == 200


def test_a_lifetime_is_honoured_or_refused(variant, sandbox):
    actor = Actor(variant)
    alice = sandbox["alice"]
    for bad in (0, -1, 3601, "soon", 1.5, True, None, [15]):
        response = actor.request(
            "POST", "login/", json={**{k: alice[k] for k in ("username", "password")}, "lifetime": bad}
        )
        assert response.status_code == 400, bad
        assert "lifetime" in response.json()["errors"]


def test_answers_are_kept_by_no_cache(actor):
    assert actor.read().headers["Cache-Control"] == "no-store"
