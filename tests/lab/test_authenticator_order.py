"""The note behind several authenticators, in any order."""

import pytest
from rest_framework.exceptions import AuthenticationFailed

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actors
from authcompare.experiments.registry import find_experiment
from authcompare.mechanisms.registry import find_variant
from tests.mechanisms.test_openapi import conforms, described

ORDER = "/lab/api/order/"


def ask(address, *actors, **query):
    """Send a clean client's request with the credentials of these actors."""
    headers = {}
    for actor in actors:
        for name, value in actor.variant.transport.present(actor.credential).items():
            headers[name] = f"{headers[name]}; {value}" if name in headers else value
    return Client().get(address, params=query, headers=headers)


def test_the_first_that_finds_or_refuses_a_credential_decides(enter):
    session, token = enter("session", "db"), enter("token", "default", "bob")
    for order in ("session,token", "token,session", "cookie,session,token", "cookie,token,session"):
        response = ask(ORDER, session, token, doors=order)
        decides = order.replace("cookie,", "").partition(",")[0]
        assert response.headers["Authenticated-By"] == decides
        assert response.json()["owner"] == {"session": session, "token": token}[decides].answer["user"]["username"]


def test_an_invalid_token_decides_and_an_invalid_session_does_not(enter):
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


def test_the_first_authenticator_makes_the_refusal_a_401_or_a_403(db):
    for order, status, challenge in (
        ("session,token", 401, 'Session realm="authcompare"'),
        ("token,session", 401, 'Bearer realm="authcompare"'),
        ("token,stock", 401, 'Bearer realm="authcompare"'),
        ("stock,token", 403, None),
        ("stock", 403, None),
    ):
        response = ask(ORDER, doors=order)
        assert (response.status_code, response.headers.get("WWW-Authenticate")) == (status, challenge), order


def test_drfs_own_authenticator_accepts_the_session(enter):
    response = ask(ORDER, enter("session", "db"), doors="stock")
    assert response.status_code == 200
    assert response.headers["Authenticated-By"] == "none", "DRF sets no such header"


def test_only_the_named_authenticators_run_and_each_once(enter):
    session = enter("session", "db")
    assert ask(ORDER, session, doors="token,cookie").status_code == 401
    assert ask(ORDER, session, doors="session,session,session").status_code == 200
    assert ask(ORDER, session).status_code == 200, "all, in the order of the site"


@pytest.mark.parametrize("order", ["x", "session,x", "session,,token", ",", "Session", "stock,\x00", "session," * 50])
def test_an_unknown_name_is_refused(enter, order):
    response = ask(ORDER, enter("session", "db"), doors=order)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert set(response.json()["errors"]) == {"doors"}


def test_other_methods_are_refused(enter):
    session = enter("session", "db")
    for method in ("PATCH", "POST", "DELETE"):
        response = session.client.request(method, ORDER, headers={"X-CSRFToken": session.csrf_token()})
        assert response.status_code == 405


def test_its_responses_are_as_documented(enter):
    document, session = described(), enter("session", "db")
    for query in ({}, {"doors": "none"}, {"doors": "token"}):
        conforms(document, "GET", ORDER, ask(ORDER, session, **query))


def test_the_experiment_notices_an_invalid_token_that_counts_as_none(db, monkeypatch):
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
