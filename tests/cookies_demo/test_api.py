"""The form on every page that changes theme and language."""

import pytest
from django.test import Client

from cookies_demo.preferences import Preferences

HERE = "/cookies/preferences/"


@pytest.fixture
def visitor(db):
    """A browser that has opened a page, so that it has a CSRF token."""
    visitor = Client(enforce_csrf_checks=True)
    visitor.get("/")
    return visitor


def send(visitor, **form):
    return visitor.post(HERE, {"csrfmiddlewaretoken": visitor.cookies["ac_csrf"].value, **form})


def chosen(visitor):
    return Preferences.from_cookie(visitor.cookies["prefs"].value)


def test_the_choice_is_kept_in_the_cookie_and_the_page_comes_back(visitor):
    response = send(visitor, theme="dark", language="zh-hans", next="/cookies/?a=1")
    assert (response.status_code, response["Location"]) == (302, "/cookies/?a=1")
    assert chosen(visitor) == Preferences(theme="dark", language="zh-hans")
    assert visitor.get("/")["Content-Language"] == "zh-hans"


def test_what_is_not_chosen_stays(visitor):
    visitor.cookies["prefs"] = Preferences(theme="dark", language="en", name="alice").value
    send(visitor, language="zh-hans")
    assert chosen(visitor) == Preferences(theme="dark", language="zh-hans", name="alice")


def test_a_name_can_not_be_set_here(visitor):
    send(visitor, name="alice", theme="light")
    assert chosen(visitor) == Preferences(theme="light")


def test_an_unknown_choice_changes_nothing(visitor):
    send(visitor, theme="dark")
    send(visitor, theme="purple", language="\x00")
    assert chosen(visitor) == Preferences(theme="dark")


def test_the_cookie_is_for_scripts_too_and_lasts(visitor):
    cookie = send(visitor, theme="dark").cookies["prefs"]
    assert not cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", 365 * 24 * 60 * 60)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "http:evil.example",
        "http://testserver@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//[",
        "",
        " //evil.example",
        "\t//evil.example",
    ],
)
def test_no_form_sends_the_visitor_elsewhere(visitor, elsewhere):
    assert send(visitor, theme="dark", next=elsewhere)["Location"] == "/"


def test_a_line_break_in_the_address_makes_no_header(visitor):
    response = send(visitor, next="/a\r\nSet-Cookie: evil=1")
    assert "evil" not in response.cookies
    assert response["Location"] in {"/", "/a%0D%0ASet-Cookie:%20evil=1"}


def test_a_form_of_another_site_changes_nothing(visitor):
    response = visitor.post(HERE, {"theme": "dark"})
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/html")
    assert "prefs" not in visitor.cookies


def test_it_can_only_be_sent(visitor):
    assert visitor.get(HERE).status_code == 405
