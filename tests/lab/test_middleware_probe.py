"""The user in middleware and view, and a middleware that does not call the next handler."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import MiddlewareNotUsed

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.lab import middleware_probe
from authcompare.lab.middleware_probe import PATH
from authcompare.mechanisms.registry import find_variant, mechanisms
from tests.lab.test_authenticator_order import ORDER, ask
from tests.mechanisms.test_openapi import conforms, described


def names(variant):
    return {"mechanism": variant.mechanism.name, "variant": variant.slug}


def test_the_view_finds_every_signed_in_user_and_the_middleware_only_the_sessions(actor, variant):
    me = actor.answer["user"]["username"]
    found = ask(PATH, actor, **names(variant)).json()
    assert found == {"middleware": me if variant.promises.known_to_middleware else None, "view": me}


def test_no_user_is_found_without_a_valid_credential(db, variant):
    nobody = {"middleware": None, "view": None}
    assert ask(PATH, **names(variant)).json() == nobody
    bad = Client().get(PATH, params=names(variant), headers=variant.transport.present("x" * 32))
    assert bad.json() == nobody


def test_the_first_variant_is_the_default_and_an_unknown_name_is_404(enter):
    first = enter(mechanisms()[0].name, mechanisms()[0].default.slug)
    assert ask(PATH, first).json()["view"] == first.answer["user"]["username"]
    for query in ({"mechanism": "none", "variant": "none"}, {"mechanism": "token"}, {"variant": "db"}):
        response = ask(PATH, first, **query)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_middleware_that_returns_nothing_causes_a_500_at_once(db):
    began = time.perf_counter()
    response = ask(PATH, forgotten="1")
    assert time.perf_counter() - began < 5
    assert (response.status_code, response.json()["code"]) == (500, "error")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["forgotten=0", "forgotten=11", "forgotten=true", "forgotten=%31%00"])
def test_any_other_value_of_the_query_is_refused(db, query):
    assert Client().get(f"{PATH}?{query}").status_code == 400


def test_other_requests_are_passed_on(db):
    assert Client().get(f"{PATH}?forgotten=1&forgotten=1").status_code == 200
    assert Client().get("/api/?forgotten=1").status_code == 200
    assert Client().head(f"{PATH}?forgotten=1").status_code == 200
    for method in ("POST", "DELETE", "PUT"):
        assert Client().request(method, f"{PATH}?forgotten=1").status_code == 405


def test_the_outer_middleware_fails_on_the_missing_response(db, caplog):
    ask(PATH, forgotten="1")
    (failed,) = [record.exc_info[1] for record in caplog.records if record.levelname == "ERROR"]
    assert isinstance(failed, AttributeError)
    assert failed.obj is None


def test_outside_the_lab_the_middleware_is_not_used(settings):
    settings.LAB = False
    with pytest.raises(MiddlewareNotUsed):
        middleware_probe.middleware(lambda request: None)


def test_outside_the_lab_the_urls_do_not_exist(outside_the_lab, db):
    assert ask(PATH).status_code == ask(ORDER).status_code == 404


def test_its_responses_are_as_documented(enter):
    document, session = described(), enter("session", "db")
    for query in ({}, {"mechanism": "none", "variant": "none"}, {"forgotten": "2"}):
        conforms(document, "GET", PATH, ask(PATH, session, **query))
    names = {parameter["name"] for parameter in document["paths"][PATH]["get"]["parameters"]}
    assert names >= {"mechanism", "variant", "forgotten"}


def test_the_experiment_notices_a_middleware_that_finds_no_user(db, monkeypatch):
    tried, session = find_experiment("middleware-and-next"), find_variant("session", "db")
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: AnonymousUser())
    with Actors() as actors:
        assert tried.run(actors, session).outcome == "known only in the view" != tried.expected(session)
