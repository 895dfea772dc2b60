"""What has expired is forgotten, a few rows at a time, and nothing else is."""

import threading
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from authcompare import db
from authcompare.accounts.models import Sandbox, User
from authcompare.accounts.sandbox import FORGOTTEN_PER_NEW, create_sandbox, forget_expired
from authcompare.db import delete_in_batches
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note
from sessions_demo.models import Session
from tokens_demo.models import DeniedToken, Family, OutstandingToken

KEPT = [Sandbox, User, Note, Session, Family, OutstandingToken, DeniedToken]
DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(db, "PAUSE", 0)


def purge():
    said = StringIO()
    call_command("purge", stdout=said)
    return dict(line.split(": ") for line in said.getvalue().splitlines())


def a_day_of_use():
    """A sandbox whose Alice is signed in at every door, with a token refreshed and a sign-in ended."""
    _, users = create_sandbox()
    for variant in variants():
        actor = Actor(variant)
        assert actor.sign_in(users[0]["username"], users[0]["password"]).status_code == 200
        if "refresh" in actor.answer:
            actor.client.post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]})


def test_what_has_expired_is_deleted_and_counted(db, clock):
    a_day_of_use()
    before = {model: model.objects.count() for model in KEPT}
    assert all(before.values())
    clock.shift(2 * DAY)
    found = purge()
    assert found["sandboxes"] == "1"
    assert {model: model.objects.count() for model in KEPT} == dict.fromkeys(KEPT, 0)


def test_each_mechanism_says_what_it_has_forgotten(carol, clock):
    for variant in variants():
        Actor(variant).sign_in("carol", "carols password")
    clock.shift(2 * DAY)
    sessions, families, tokens = Session.objects.count(), Family.objects.count(), OutstandingToken.objects.count()
    assert purge() == {
        "classes": "0",
        "learners": "0",
        "sandboxes": "0",
        "observations": "0",
        "session": str(sessions),
        "cookie": "0",
        "token": str(families + tokens),
    }
    assert User.objects.filter(username="carol").exists()


def test_what_has_not_expired_stays(db, clock):
    a_day_of_use()
    before = {model: model.objects.count() for model in KEPT}
    assert set(purge().values()) == {"0"}
    assert {model: model.objects.count() for model in KEPT} == before


def test_the_old_goes_and_the_new_stays(db, clock):
    a_day_of_use()
    old = {model: set(model.objects.values_list("pk", flat=True)) for model in KEPT}
    clock.shift(2 * DAY)
    _, users = create_sandbox()
    Actor(variants()[0]).sign_in(users[0]["username"], users[0]["password"])
    purge()
    for model in KEPT:
        assert not model.objects.filter(pk__in=old[model]).exists()
    assert (User.objects.count(), Note.objects.count(), Session.objects.count()) == (3, 3, 1)


def test_a_sandbox_that_never_expires_stays(db, clock):
    Sandbox.objects.create(expires_at=None)
    clock.shift(1000 * DAY)
    assert forget_expired() == 0
    assert Sandbox.objects.count() == 1


def test_a_denied_token_is_remembered_as_long_as_it_could_be_used(enter, clock):
    actor = enter("token", "revocable")
    actor.sign_out()
    clock.shift(DAY - 1)
    purge()
    assert DeniedToken.objects.count() == 1  # the refresh token's, which is good for a day
    answer = actor.client.post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]})
    assert answer.status_code == 401


def test_each_new_sandbox_takes_a_few_old_ones_along_and_no_more(db, clock):
    for _ in range(FORGOTTEN_PER_NEW + 2):
        create_sandbox()
    clock.shift(DAY)
    create_sandbox()
    assert Sandbox.objects.count() == 3
    create_sandbox()
    assert Sandbox.objects.count() == 2
    assert User.objects.count() == 6


def test_while_nothing_has_expired_a_new_sandbox_costs_one_more_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert forget_expired(most=FORGOTTEN_PER_NEW) == 0


@pytest.mark.parametrize(("most", "left"), [(0, 7), (1, 6), (3, 4), (5, 2), (7, 0), (100, 0)])
def test_no_more_are_deleted_than_was_asked(db, most, left):
    Sandbox.objects.bulk_create(Sandbox(expires_at=timezone.now()) for _ in range(7))
    assert delete_in_batches(Sandbox.objects.all(), most, size=2) == 7 - left
    assert Sandbox.objects.count() == left


def test_no_statement_holds_more_than_a_batch(db, monkeypatch):
    now = timezone.now()
    DeniedToken.objects.bulk_create(DeniedToken(jti=str(n), reason="rotated", expires_at=now) for n in range(25))
    deletions = []

    def note(execute, sql, params, *args):
        if sql.startswith("DELETE"):
            deletions.append(sum(str(n) in map(str, params) for n in DeniedToken.objects.values_list("pk", flat=True)))
        return execute(sql, params, *args)

    with connection.execute_wrapper(note):
        assert delete_in_batches(DeniedToken.objects.filter(expires_at__lte=now), size=10) == 25
    assert deletions == [10, 10, 5]


def test_what_is_extended_meanwhile_is_spared(db, monkeypatch):
    """Between choosing a batch and deleting it, another process may have given a row a later end."""
    now = timezone.now()
    saved, _lost = (Sandbox.objects.create(expires_at=now) for _ in range(2))
    extended = []

    def extend(execute, sql, params, many, context):
        if sql.startswith("SELECT") and extended == []:
            extended.append(sql)
            found = execute(sql, params, many, context)
            Sandbox.objects.filter(pk=saved.pk).update(expires_at=now + timedelta(days=1))
            return found
        return execute(sql, params, many, context)

    with connection.execute_wrapper(extend):
        delete_in_batches(Sandbox.objects.filter(expires_at__lte=now))
    assert list(Sandbox.objects.all()) == [saved]


@pytest.mark.django_db(transaction=True)
def test_others_can_write_between_the_batches(monkeypatch):
    monkeypatch.setattr(db, "PAUSE", 0.05)
    now = timezone.now()
    DeniedToken.objects.bulk_create(DeniedToken(jti=f"old {n}", reason="rotated", expires_at=now) for n in range(200))
    left = []

    def write():
        try:
            with transaction.atomic():
                DeniedToken.objects.create(jti="new", reason="rotated", expires_at=now + timedelta(days=1))
                left.append(DeniedToken.objects.count() - 1)
        finally:
            connections.close_all()

    writer = threading.Timer(0.1, write)
    writer.start()
    began = time.monotonic()
    assert delete_in_batches(DeniedToken.objects.filter(expires_at__lte=now), size=20) == 200
    writer.join()
    assert time.monotonic() - began > 0.3
    assert 0 < left[0] < 200
