"""Error responses: the reason, and what to do."""

import pytest
from django.test import Client as Browser

from authcompare.api.http_client import Client


def detail(response, status):
    assert response.status_code == status
    return response.json()["detail"]


def test_a_request_without_a_credential_is_told_so(variant, db):
    assert detail(Client().get(f"{variant.path}protected/"), 401) == "No credentials were sent."


def test_a_session_that_has_ended_is_told_so(enter):
    actor = enter("session", "db")
    headers = actor.variant.transport.present(actor.credential)
    actor.sign_out()
    for path in ("/sessions/api/protected/", "/api/protected/"):
        assert detail(Client().get(path, headers=headers), 401) == "This session has ended. Sign in again."


def test_a_cookie_that_names_no_user_is_not_valid(db):
    client = Client()
    client.cookies.set("prefs", "theme=dark")
    assert detail(client.get("/cookies/api/protected/"), 401) == "The credential is not valid. Sign in again."


def test_a_view_that_refuses_the_method_explains_the_405(db):
    response = Client().get("/cookies/preferences/")
    assert response.status_code == 405
    assert "Method not allowed." in response.text
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("headers", "reason"), [({}, "missing or out of date"), ({"Origin": "http://x"}, "Another site")]
)
def test_a_form_that_the_csrf_check_refuses_gets_the_true_reason(headers, reason, db):
    browser = Browser(enforce_csrf_checks=True, headers={"Host": "localhost"} | headers)
    response = browser.post("/cookies/preferences/", {"theme": "dark"})
    assert response.status_code == 403
    assert reason in response.content.decode()
