"""The experiments that need sessions notice when what they look at is no longer so."""

import pytest

from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.registry import find_variant, mechanisms
from sessions_demo import api
from sessions_demo.experiments import EXPERIMENTS, GUESSES
from sessions_demo.mechanism import DatabaseSession, UnrotatedSession


@pytest.fixture
def run(db):
    def run(slug, variant="db"):
        with Actors() as actors:
            found = find_experiment(slug).run(actors, find_variant("session", variant))
        return found.outcome, {str(what): value for what, value in found.facts}

    return run


def test_they_are_tried_at_the_default_door_alone():
    doors = [door for mechanism in mechanisms() for door in mechanism.available_variants]
    for each in EXPERIMENTS:
        assert [door.slug for door in doors if each.concerns(door)] == ["db"]


def test_the_row_grows_with_what_is_put_in_and_the_cookie_is_as_long_as_before(run):
    outcome, facts = run("row-grows")
    assert outcome == "the row grows, the cookie does not"
    assert facts["characters of the row, after"] > facts["characters added"]
    assert facts["characters of the cookie, before"] == facts["characters of the cookie, after"]


def test_a_row_that_does_not_grow_is_noticed(run, monkeypatch):
    monkeypatch.setattr(api.SizeView, "get", lambda self, request: api.Response({"row": 100, "id": 32}))
    assert run("row-grows")[0] == "neither grows"


def test_a_server_that_saves_at_every_request_loses_nothing(run, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    assert run("save-or-lose")[0] == "always kept"


def test_a_change_that_is_never_kept_is_noticed(run, monkeypatch):
    monkeypatch.setattr(api.Modified, "act", api.Nested.act)
    assert run("save-or-lose")[0] == "never kept"


def test_a_session_that_opens_to_any_id_is_noticed(run, monkeypatch, sandbox):
    monkeypatch.setattr(api.LookView, "permission_classes", [])
    monkeypatch.setattr(api.LookView, "perform_authentication", lambda self, request: None)
    outcome, facts = run("guess-the-id")
    assert outcome == "let in"
    assert facts["refused"] == 1


def test_every_guess_is_counted(run):
    outcome, facts = run("guess-the-id")
    assert outcome == "refused"
    assert facts["ids tried"] == facts["refused"] == GUESSES
    assert float(facts["years until a hit is as likely as not"]) > 1e20


def test_a_sign_in_that_keeps_the_id_is_noticed(run, monkeypatch):
    assert run("fixation")[0] == "does not"
    monkeypatch.setattr(DatabaseSession, "sign_in", UnrotatedSession.sign_in)
    outcome, facts = run("fixation")
    assert outcome == "opens the victim's note"
    assert facts["did sign-in change Alice's credential?"] == "no"
    assert facts["it opens the note of"] == "alice"
