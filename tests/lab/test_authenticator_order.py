"""What a request passes through: who is known where, a middleware that forgets, and authenticators in any order."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import MiddlewareNotUsed
from rest_framework.exceptions import AuthenticationFailed

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.lab import authenticator_order
from authcompare.mechanisms.registry import find_variant, mechanisms
from tests.mechanisms.test_openapi import conforms, described

ORDER = "/lab/api/order/"


def ask(address, *shown, **query):
    """A clean client's request, with the credentials of these actors."""
    headers = {}
    for actor in shown:
        for name, value in actor.variant.transport.present(actor.credential).items():
            headers[name] = f"{headers[name]}; {value}" if name in headers else value
    return Client().get(address, params=query, headers=headers)


def door(variant):
    return {"mechanism": variant.mechanism.name, "variant": variant.slug}


# Who is known where


def test_the_view_finds_who_is_signed_in_and_the_middleware_only_whom_it_can_know(actor, variant):
    me = actor.answer["user"]["username"]
    found = ask(authenticator_order.CHAIN, actor, **door(variant)).json()
    assert found == {"middleware": me if variant.promises.known_to_middleware else None, "view": me}


def test_nobody_is_known_without_a_credential_or_with_a_bad_one(db, variant):
    nobody = {"middleware": None, "view": None}
    assert ask(authenticator_order.CHAIN, **door(variant)).json() == nobody
    bad = Client().get(authenticator_order.CHAIN, params=door(variant), headers=variant.transport.present("x" * 32))
    assert bad.json() == nobody


def test_without_a_name_it_is_the_first_door_and_a_name_that_is_none_is_not_found(enter):
    first = enter(mechanisms()[0].name, mechanisms()[0].default.slug)
    assert ask(authenticator_order.CHAIN, first).json()["view"] == first.answer["user"]["username"]
    for query in ({"mechanism": "none", "variant": "none"}, {"mechanism": "token"}, {"variant": "db"}):
        response = ask(authenticator_order.CHAIN, first, **query)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


# A middleware that forgets


def test_a_middleware_that_returns_nothing_is_an_error_at_once(db):
    began = time.perf_counter()
    response = ask(authenticator_order.CHAIN, forgotten="1")
    assert time.perf_counter() - began < 5
    assert (response.status_code, response.json()["code"]) == (500, "error")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["forgotten=0", "forgotten=11", "forgotten=true", "forgotten=%31%00"])
def test_it_forgets_only_when_it_is_asked_to_in_so_many_words(db, query):
    assert Client().get(f"{authenticator_order.CHAIN}?{query}").status_code == 400


def test_it_forgets_nothing_else(db):
    assert Client().get(f"{authenticator_order.CHAIN}?forgotten=1&forgotten=1").status_code == 200
    assert Client().get("/api/?forgotten=1").status_code == 200
    assert Client().head(f"{authenticator_order.CHAIN}?forgotten=1").status_code == 200
    for method in ("POST", "DELETE", "PUT"):
        assert Client().request(method, f"{authenticator_order.CHAIN}?forgotten=1").status_code == 405


def test_it_is_the_middleware_around_it_that_stumbles_over_nothing(db, caplog):
    ask(authenticator_order.CHAIN, forgotten="1")
    (failed,) = [record.exc_info[1] for record in caplog.records if record.levelname == "ERROR"]
    assert isinstance(failed, AttributeError)
    assert failed.obj is None


def test_outside_the_lab_the_middleware_takes_itself_out(settings):
    settings.LAB = False
    with pytest.raises(MiddlewareNotUsed):
        authenticator_order.middleware(lambda request: None)


def test_outside_the_lab_none_of_it_is_there(outside_the_lab, db):
    assert ask(authenticator_order.CHAIN).status_code == ask(ORDER).status_code == 404


# In any order


def test_the_first_that_finds_or_refuses_a_credential_decides(enter):
    session, token = enter("session", "db"), enter("token", "default", "bob")
    for order in ("session,token", "token,session", "cookie,session,token", "cookie,token,session"):
        response = ask(ORDER, session, token, doors=order)
        decides = order.replace("cookie,", "").partition(",")[0]
        assert response.headers["Authenticated-By"] == decides
        assert response.json()["owner"] == {"session": session, "token": token}[decides].answer["user"]["username"]


def test_a_bad_token_ends_the_matter_and_a_bad_session_does_not(enter):
    session, token = enter("session", "db"), enter("token", "default")
    good = session.credential
    token.credential = token.credential[:-8] + "x" * 8
    assert ask(ORDER, session, token, doors="session,token").status_code == 200
    refused = ask(ORDER, session, token, doors="token,session")
    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")
    assert refused.headers["Authenticated-By"] == "token"
    token = enter("token", "default")
    session.credential = good[::-1]
    assert ask(ORDER, session, token, doors="session,token").headers["Authenticated-By"] == "token"


def test_whoever_is_first_makes_it_a_401_with_a_challenge_or_a_403_without(db):
    for order, status, challenge in (
        ("session,token", 401, 'Session realm="authcompare"'),
        ("token,session", 401, 'Bearer realm="authcompare"'),
        ("token,stock", 401, 'Bearer realm="authcompare"'),
        ("stock,token", 403, None),
        ("stock", 403, None),
    ):
        response = ask(ORDER, doors=order)
        assert (response.status_code, response.headers.get("WWW-Authenticate")) == (status, challenge), order


def test_the_stock_authenticator_opens_for_a_session_as_it_is(enter):
    response = ask(ORDER, enter("session", "db"), doors="stock")
    assert response.status_code == 200
    assert response.headers["Authenticated-By"] == "none", "it is none of ours"


def test_only_what_is_named_is_asked_and_each_once(enter):
    session = enter("session", "db")
    assert ask(ORDER, session, doors="token,cookie").status_code == 401
    assert ask(ORDER, session, doors="session,session,session").status_code == 200
    assert ask(ORDER, session).status_code == 200, "all, in the order of the site"


@pytest.mark.parametrize("order", ["x", "session,x", "session,,token", ",", "Session", "stock,\x00", "session," * 50])
def test_a_name_that_is_none_is_refused(enter, order):
    response = ask(ORDER, enter("session", "db"), doors=order)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert set(response.json()["errors"]) == {"doors"}


def test_it_only_reads(enter):
    session = enter("session", "db")
    for method in ("PATCH", "POST", "DELETE"):
        response = session.client.request(method, ORDER, headers={"X-CSRFToken": session.csrf_token()})
        assert response.status_code == 405


def test_their_answers_are_as_described(enter):
    document = described()
    session = enter("session", "db")
    for address, query in (
        (authenticator_order.CHAIN, {}),
        (authenticator_order.CHAIN, {"mechanism": "none", "variant": "none"}),
        (authenticator_order.CHAIN, {"forgotten": "2"}),
        (ORDER, {}),
        (ORDER, {"doors": "none"}),
        (ORDER, {"doors": "token"}),
    ):
        conforms(document, "GET", address, ask(address, session, **query))
    names = {parameter["name"] for parameter in document["paths"][authenticator_order.CHAIN]["get"]["parameters"]}
    assert names >= {"mechanism", "variant", "forgotten"}


# The experiment notices


def test_a_bad_token_that_counts_as_none_is_noticed(db, monkeypatch):
    tried, session = find_experiment("whose-credential"), find_variant("session", "db")

    def seen():
        with Actors() as actors:
            return tried.run(actors, session).outcome

    assert seen() == tried.expected(session) == "a bad one before it decides"
    authentication = find_variant("token", "default").authentication
    identify = authentication.identify

    def lenient(self, request, credential):
        try:
            return identify(self, request, credential)
        except AuthenticationFailed:
            return None

    monkeypatch.setattr(authentication, "identify", lenient)
    assert seen() == "always let in"


def test_a_middleware_that_knows_nobody_is_noticed(db, monkeypatch):
    tried, session = find_experiment("middleware-and-next"), find_variant("session", "db")
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: AnonymousUser())
    with Actors() as actors:
        assert tried.run(actors, session).outcome == "known only in the view" != tried.expected(session)
