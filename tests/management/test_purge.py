"""`manage.py purge` deletes expired rows, a few at a time, and nothing else."""

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
from authcompare.accounts.sandbox import DELETED_PER_NEW, create_sandbox, delete_expired
from authcompare.db import delete_in_batches
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note
from sessions_demo.models import Session
from tokens_demo.models import DeniedToken, Family, OutstandingToken

STORED_MODELS = [Sandbox, User, Note, Session, Family, OutstandingToken, DeniedToken]
DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(db, "PAUSE", 0)


def purge():
    output = StringIO()
    call_command("purge", stdout=output)
    return dict(line.split(": ") for line in output.getvalue().splitlines())


def a_day_of_use():
    """Create a sandbox, and sign its Alice in at every variant, with one token refreshed."""
    _, users = create_sandbox()
    for variant in variants():
        actor = Actor(variant)
        assert actor.sign_in(users[0]["username"], users[0]["password"]).status_code == 200
        if "refresh" in actor.answer:
            actor.client.post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]})


def test_purge_deletes_and_counts_expired_rows(db, clock):
    a_day_of_use()
    before = {model: model.objects.count() for model in STORED_MODELS}
    assert all(before.values())
    clock.shift(2 * DAY)
    counts = purge()
    assert counts["sandboxes"] == "1"
    assert {model: model.objects.count() for model in STORED_MODELS} == dict.fromkeys(STORED_MODELS, 0)


def test_each_mechanism_reports_its_deleted_rows(carol, clock):
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


def test_purge_keeps_unexpired_rows(db, clock):
    a_day_of_use()
    before = {model: model.objects.count() for model in STORED_MODELS}
    assert set(purge().values()) == {"0"}
    assert {model: model.objects.count() for model in STORED_MODELS} == before


def test_purge_deletes_old_rows_and_keeps_new_ones(db, clock):
    a_day_of_use()
    old = {model: set(model.objects.values_list("pk", flat=True)) for model in STORED_MODELS}
    clock.shift(2 * DAY)
    _, users = create_sandbox()
    Actor(variants()[0]).sign_in(users[0]["username"], users[0]["password"])
    purge()
    for model in STORED_MODELS:
        assert not model.objects.filter(pk__in=old[model]).exists()
    assert (User.objects.count(), Note.objects.count(), Session.objects.count()) == (3, 3, 1)


def test_a_sandbox_that_never_expires_stays(db, clock):
    Sandbox.objects.create(expires_at=None)
    clock.shift(1000 * DAY)
    assert delete_expired() == 0
    assert Sandbox.objects.count() == 1


def test_a_denied_token_is_stored_until_it_expires(enter, clock):
    actor = enter("token", "revocable")
    actor.sign_out()
    clock.shift(DAY - 1)
    purge()
    assert DeniedToken.objects.count() == 1  # the refresh token's, which expires after a day
    answer = actor.client.post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]})
    assert answer.status_code == 401


def test_each_new_sandbox_deletes_a_few_old_ones(db, clock):
    for _ in range(DELETED_PER_NEW + 2):
        create_sandbox()
    clock.shift(DAY)
    create_sandbox()
    assert Sandbox.objects.count() == 3
    create_sandbox()
    assert Sandbox.objects.count() == 2
    assert User.objects.count() == 6


def test_looking_for_expired_sandboxes_takes_one_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert delete_expired(most=DELETED_PER_NEW) == 0


@pytest.mark.parametrize(("most", "left"), [(0, 7), (1, 6), (3, 4), (5, 2), (7, 0), (100, 0)])
def test_a_deletion_respects_its_limit(db, most, left):
    Sandbox.objects.bulk_create(Sandbox(expires_at=timezone.now()) for _ in range(7))
    assert delete_in_batches(Sandbox.objects.all(), most, size=2) == 7 - left
    assert Sandbox.objects.count() == left


def test_no_statement_deletes_more_than_a_batch(db, monkeypatch):
    now = timezone.now()
    DeniedToken.objects.bulk_create(DeniedToken(jti=str(n), reason="rotated", expires_at=now) for n in range(25))
    deletions = []

    def record(execute, sql, params, *args):
        if sql.startswith("DELETE"):
            deletions.append(sum(str(n) in map(str, params) for n in DeniedToken.objects.values_list("pk", flat=True)))
        return execute(sql, params, *args)

    with connection.execute_wrapper(record):
        assert delete_in_batches(DeniedToken.objects.filter(expires_at__lte=now), size=10) == 25
    assert deletions == [10, 10, 5]


def test_a_row_that_is_extended_meanwhile_stays(db, monkeypatch):
    """Another process may extend a row between the choice of a batch and its deletion."""
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
def test_other_processes_can_write_between_batches(monkeypatch):
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
    start = time.monotonic()
    assert delete_in_batches(DeniedToken.objects.filter(expires_at__lte=now), size=20) == 200
    writer.join()
    assert time.monotonic() - start > 0.3
    assert 0 < left[0] < 200
