"""Rotation: each refresh token works once, and reuse ends the whole sign-in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from authcompare.accounts.sandbox import create_sandbox
from authcompare.api.http_client import Client
from authcompare.experiments.cast import replay
from authcompare.mechanisms.registry import find_variant
from tests.tokens_demo.forging import claims, forge
from tokens_demo.models import DeniedToken, Family, OutstandingToken


def refresh(token, client=None):
    return (client or Client()).post("/tokens/api/refresh/", json={"refresh": token})


def refused(token, code="token_invalid"):
    response = refresh(token)
    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    return True


def test_a_refresh_returns_new_tokens_of_both_types(actor):
    answer = refresh(actor.answer["refresh"]).json()
    assert set(answer) == {"access", "refresh", "expires_at"}
    assert answer["access"] != actor.answer["access"]
    assert answer["refresh"] != actor.answer["refresh"]
    assert replay(actor.variant, answer["access"]).status_code == 200


@pytest.mark.parametrize("door", ["default", "stateless", "revocable"])
def test_the_new_access_token_works_with_the_same_variant_as_the_old_one(enter, door):
    actor = enter("token", door)
    answer = refresh(actor.answer["refresh"]).json()
    assert replay(actor.variant, answer["access"]).status_code == 200


def test_the_new_access_token_has_the_lifetime_of_the_sign_in(enter):
    actor = enter("token", "default", lifetime=15)
    said = claims(refresh(actor.answer["refresh"]).json()["access"])
    assert said["exp"] - said["iat"] == 15


def test_no_refresh_makes_a_sign_in_last_longer(actor, clock):
    end = claims(actor.answer["refresh"])["exp"]
    clock.move_to(end - 10)
    answer = refresh(actor.answer["refresh"]).json()
    assert claims(answer["refresh"])["exp"] == end
    assert claims(answer["access"])["exp"] == end
    clock.shift(10)
    assert refused(answer["refresh"], "token_expired")


def test_a_refresh_token_works_once(actor):
    assert refresh(actor.answer["refresh"]).status_code == 200
    assert refused(actor.answer["refresh"], "token_reused")


def test_reuse_of_a_refresh_token_ends_its_whole_sign_in(actor):
    first = actor.answer["refresh"]
    second = refresh(first).json()["refresh"]
    third = refresh(second).json()["refresh"]
    assert refused(first, "token_reused")
    assert refused(third)
    assert refused(second)
    assert Family.objects.get().ended_at


def test_reuse_also_denies_the_access_tokens_of_the_revocable_variant(enter):
    actor = enter("token", "revocable")
    newer = refresh(actor.answer["refresh"]).json()["access"]
    assert replay(actor.variant, newer).status_code == 200
    refused(actor.answer["refresh"], "token_reused")
    for access in (actor.credential, newer):
        assert replay(actor.variant, access).json()["code"] == "token_denied"


def test_reuse_cannot_end_access_tokens_that_the_server_does_not_store(actor):
    newer = refresh(actor.answer["refresh"]).json()["access"]
    refused(actor.answer["refresh"], "token_reused")
    assert replay(actor.variant, newer).status_code == 200


def test_reuse_ends_one_sign_in_only(enter):
    robbed, elsewhere = enter("token", "default"), enter("token", "default")
    refresh(robbed.answer["refresh"])
    refused(robbed.answer["refresh"], "token_reused")
    assert refresh(elsewhere.answer["refresh"]).status_code == 200


def test_a_deactivated_user_cannot_refresh(actor, alice):
    alice.is_active = False
    alice.save()
    assert refused(actor.answer["refresh"])


def test_a_deleted_user_cannot_refresh(actor, alice):
    alice.delete()
    assert refused(actor.answer["refresh"])
    assert not OutstandingToken.objects.exists()


def test_a_refresh_token_of_an_unknown_sign_in_is_refused(actor, sandbox, enter):
    said = claims(actor.answer["refresh"])
    strange = "00000000-0000-4000-8000-000000000000"
    assert refused(forge(said | {"family": strange}))
    assert refused(forge({name: value for name, value in said.items() if name != "family"}))
    bob = claims(enter("token", "default", "bob").answer["refresh"])
    assert refused(forge(said | {"sub": bob["sub"]}))
    assert refresh(actor.answer["refresh"]).status_code == 200


@pytest.mark.parametrize("spelling", ["{}=", " {}=", "{}.", "{}A"])
def test_another_spelling_of_a_refresh_token_is_refused_without_side_effects(actor, spelling):
    assert refused(spelling.format(actor.answer["refresh"]))
    assert refresh(actor.answer["refresh"]).status_code == 200


def test_the_server_stores_a_chain_of_token_ids(enter):
    actor = enter("token", "revocable")
    newer = refresh(actor.answer["refresh"]).json()
    old, new = (OutstandingToken.objects.get(jti=claims(t)["jti"]) for t in (actor.answer["refresh"], newer["refresh"]))
    assert new.parent == old
    assert OutstandingToken.objects.get(jti=claims(newer["access"])["jti"]).parent == new
    assert DeniedToken.objects.get().reason == DeniedToken.Reason.ROTATED


def test_the_database_contains_no_token(enter):
    tokens = []
    for variant in ("default", "stateless", "revocable"):
        answer = enter("token", variant).answer
        newer = refresh(answer["refresh"]).json()
        tokens += [answer["access"], answer["refresh"], newer["access"], newer["refresh"]]
    tokens += [enter("token", variant).credential for variant in ("cookie", "unverified", "guessable")]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        everything = ""
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            everything += repr(cursor.fetchall())
    assert claims(tokens[1])["jti"] in everything  # it was looked for in the right place
    for token in tokens:
        for part in token.split(".")[1:]:
            assert part not in everything


def test_delete_expired_deletes_expired_rows_only(enter, clock):
    ended = enter("token", "revocable")
    refresh(ended.answer["refresh"])
    clock.move_to(claims(ended.answer["refresh"])["exp"])
    unexpired = enter("token", "revocable")
    refresh(unexpired.answer["refresh"])
    assert unexpired.variant.mechanism.delete_expired() > 0
    assert [str(family.pk) for family in Family.objects.all()] == [claims(unexpired.credential)["family"]]
    assert OutstandingToken.objects.count() == 4
    assert DeniedToken.objects.count() == 1
    assert refused(unexpired.answer["refresh"], "token_reused")


@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_many_concurrent_rotations_succeeds():
    from authcompare.experiments.cast import Actor

    _, users = create_sandbox()
    actor = Actor(find_variant("token", "default"))
    actor.sign_in(users[0]["username"], users[0]["password"])

    def one(_):
        try:
            return refresh(actor.answer["refresh"]).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        found = sorted(threads.map(one, range(20)))
    assert found == [200] + [401] * 19
    assert OutstandingToken.objects.count() == 2
    assert Family.objects.get().ended_at
