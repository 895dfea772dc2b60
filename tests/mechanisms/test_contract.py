"""The contract of every variant, run with each registered one. No test here names a mechanism."""

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note


def test_the_right_password_signs_in(actor, alice, variant):
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


def test_a_request_without_a_credential_is_refused(variant, sandbox):
    for endpoint in ("protected/", "credential/", "devices/"):
        response = Actor(variant).request("GET", endpoint)
        assert response.status_code == 401, endpoint
        assert response.json()["code"] == "not_authenticated"
        assert response.headers["WWW-Authenticate"]
        assert response.headers["Authenticated-By"] == "none"


def test_every_variant_returns_the_same_bytes_of_the_note(actor, sandbox, variant):
    response = actor.read()
    for other in variants():
        other_actor = Actor(other)
        other_actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
        other_response = other_actor.read()
        assert other_response.content == response.content
        assert other_response.headers["ETag"] == response.headers["ETag"]


def test_the_response_names_the_mechanism_that_authenticated_it(actor, variant):
    assert actor.read().headers["Authenticated-By"] == variant.mechanism.name


def test_an_edit_changes_the_note_and_its_etag(actor, alice):
    before = actor.read()
    response = actor.edit(title="Changed", body="by hand")
    assert response.status_code == 200
    assert response.json()["revision"] == before.json()["revision"] + 1
    assert response.headers["ETag"] != before.headers["ETag"]
    note = Note.objects.get(owner=alice)
    assert (note.title, note.body) == ("Changed", "by hand")


def test_an_edit_of_an_outdated_note_is_refused_and_loses_nothing(actor, alice):
    etag = actor.read().headers["ETag"]
    assert actor.edit({"If-Match": etag}, body="first").status_code == 200
    late = actor.edit({"If-Match": etag}, body="second")
    assert late.status_code == 412
    assert late.json()["code"] == "precondition_failed"
    assert Note.objects.get(owner=alice).body == "first"


def test_a_note_that_the_client_already_has_is_not_sent_again(actor):
    etag = actor.read().headers["ETag"]
    assert actor.read(**{"If-None-Match": etag}).status_code == 304


def test_an_edit_with_a_cookie_needs_a_csrf_token(actor, variant, alice):
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


def test_every_variant_refuses_the_credentials_of_the_other_mechanisms(actor, variant):
    for other in variants():
        if other.mechanism is not variant.mechanism:
            response = actor.client.get(f"{other.path}protected/", headers=variant.transport.present(actor.credential))
            assert response.status_code == 401, f"{other.mechanism.name} {other.slug} accepted it"


def test_a_copied_credential_works_from_another_client(actor, variant):
    assert replay(variant, actor.credential).json() == actor.read().json()


def test_sign_out_answers_204_and_the_client_is_signed_out(actor):
    assert actor.sign_out().status_code == 204
    actor.credential = None
    assert actor.read().status_code == 401


def test_the_credential_endpoint_describes_the_credential(actor, variant):
    description = actor.request("GET", "credential/").json()
    assert description["mechanism"] == variant.mechanism.name
    assert description["carrier"] == variant.transport.header
    assert description["length"] == len(actor.credential)
    if not variant.transport.readable:
        assert actor.credential not in str(description)


def test_the_list_shows_the_active_sign_ins_and_can_end_the_others(actor, variant, sandbox):
    other = Actor(variant)
    other.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    sign_ins = actor.request("GET", "devices/").json()
    has_state = actor.request("GET", "credential/").json()["server_state"] is not None
    assert [each["current"] for each in sign_ins] == ([False, True] if has_state else [])
    assert actor.request("DELETE", "devices/").json() == {"ended": 1 if has_state else 0}
    assert [each["current"] for each in actor.request("GET", "devices/").json()] == [True] * has_state
    assert actor.read().status_code == 200


def test_another_users_sign_ins_cannot_be_ended(actor, variant, sandbox):
    bob = Actor(variant)
    bob.sign_in(sandbox["bob"]["username"], sandbox["bob"]["password"])
    for sign_in in bob.request("GET", "devices/").json():
        assert actor.request("DELETE", f"devices/{sign_in['id']}/").status_code == 404
    assert bob.read().status_code == 200


def test_an_invalid_lifetime_is_refused(variant, sandbox):
    actor = Actor(variant)
    alice = sandbox["alice"]
    for bad in (0, -1, 3601, "soon", 1.5, True, None, [15]):
        response = actor.request(
            "POST", "login/", json={**{k: alice[k] for k in ("username", "password")}, "lifetime": bad}
        )
        assert response.status_code == 400, bad
        assert "lifetime" in response.json()["errors"]


def test_no_cache_may_store_a_response(actor):
    assert actor.read().headers["Cache-Control"] == "no-store"
