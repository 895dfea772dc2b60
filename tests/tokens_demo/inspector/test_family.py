"""The tokens of one sign-in, as the family endpoint lists them."""

import pytest

from authcompare.api.http_client import Client


def family(token):
    return Client().get("/tokens/api/family/", headers={"Authorization": f"Bearer {token}"})


def refresh(token):
    return Client().post("/tokens/api/refresh/", json={"refresh": token})


def states(response):
    return [(token["token_type"], token["denied"]) for token in response.json()["tokens"]]


def test_a_new_sign_in_starts_a_family_of_one_refresh_token(enter):
    result = family(enter("token", "default").answer["access"])
    assert result.status_code == 200
    assert states(result) == [("refresh", None)]
    assert result.json()["ended_at"] is None


def test_rotation_adds_tokens_to_the_family_and_names_their_parents(enter):
    actor = enter("token", "default")
    second = refresh(actor.answer["refresh"]).json()
    third = refresh(second["refresh"]).json()
    response = family(third["access"])
    assert states(response) == [("refresh", "rotated"), ("refresh", "rotated"), ("refresh", None)]
    ids = [token["jti"] for token in response.json()["tokens"]]
    assert [token["parent"] for token in response.json()["tokens"]] == [None, ids[0], ids[1]]


def test_the_family_lists_access_tokens_that_the_server_stores(enter):
    actor = enter("token", "revocable")
    response = family(actor.credential)
    assert states(response) == [("refresh", None), ("access", None)]
    assert response.json()["tokens"][1]["parent"] == response.json()["tokens"][0]["jti"]


@pytest.mark.parametrize("door", ["default", "stateless", "revocable"])
def test_the_family_response_names_reuse_as_the_reason_of_the_end(enter, door):
    actor = enter("token", door)
    second = refresh(actor.answer["refresh"]).json()
    assert refresh(actor.answer["refresh"]).json()["code"] == "token_reused"
    response = family(second["access"])
    assert response.status_code == 200
    assert response.json()["ended_by"] == "reused"
    assert response.json()["ended_at"]
    assert ("refresh", "reused") in states(response)
    assert ("refresh", "rotated") in states(response)


def test_the_family_response_names_sign_out_as_the_reason_of_the_end(enter):
    actor = enter("token", "default")
    actor.sign_out()
    assert family(actor.credential).json()["ended_by"] == "signed_out"


def test_the_response_contains_only_the_presented_tokens_family(enter):
    mine, others = enter("token", "default"), enter("token", "default", "bob")
    shown = family(mine.credential).text
    assert family(others.credential).json()["id"] not in shown
    assert enter("token", "default").answer["access"] not in shown


def test_the_family_endpoint_requires_a_valid_access_token(enter):
    actor = enter("token", "default")
    for token in ("x", actor.answer["refresh"], f"{actor.credential}x"):
        assert family(token).status_code == 401
    assert Client().get("/tokens/api/family/").status_code == 401


def test_a_deleted_family_is_not_found(enter):
    from tokens_demo.models import Family

    actor = enter("token", "default")
    Family.objects.all().delete()
    response = family(actor.credential)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
