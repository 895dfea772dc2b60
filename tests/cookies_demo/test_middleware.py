"""The server applies the preference cookie to the theme and language of every response."""

import pytest
from django.http import HttpResponse
from django.utils import translation

from authcompare.api.http_client import Client
from cookies_demo.middleware import preferences
from cookies_demo.preferences import Preferences


def visit(address="/api/", accept="", **chosen):
    headers = {"Cookie": f"prefs={Preferences(**chosen).value}"} | ({"Accept-Language": accept} if accept else {})
    return Client().get(address, headers=headers)


def test_the_language_in_the_cookie_is_the_language_of_the_answer(db):
    assert visit(language="zh-hans").headers["Content-Language"] == "zh-hans"
    assert visit(language="en").headers["Content-Language"] == "en"


def test_the_cookie_has_priority_over_accept_language(db):
    assert visit(language="en", accept="zh-CN,zh;q=0.9").headers["Content-Language"] == "en"


def test_without_a_cookie_accept_language_decides(db):
    assert visit(accept="zh-CN,zh;q=0.9").headers["Content-Language"] == "zh-hans"
    assert visit().headers["Content-Language"] == "en"


def test_pages_and_errors_are_in_that_language_too(db):
    assert visit("/", language="zh-hans").headers["Content-Language"] == "zh-hans"
    assert visit("/nowhere/", language="zh-hans").headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("value", ["language%3Dtlh", "language%3D%2500", "%ff", "language%3Den%0d%0aX-Evil: 1", ""])
def test_an_unknown_language_falls_back(db, value):
    response = Client().get("/api/", headers={"Cookie": f"prefs={value}"})
    assert (response.status_code, response.headers["Content-Language"]) == (200, "en")
    assert "X-Evil" not in response.headers


def test_the_request_contains_the_preferences(rf):
    seen = []

    def view(request):
        seen.append((request.preferences.theme, request.LANGUAGE_CODE, translation.get_language()))
        return HttpResponse()

    request = rf.get("/", headers={"Cookie": "prefs=theme%3Ddark%26language%3Dzh-hans"})
    preferences(view)(request)
    assert seen == [("dark", "zh-hans", "zh-hans")]


def test_the_language_of_one_visitor_does_not_affect_the_next(rf):
    before = translation.get_language()
    preferences(lambda request: HttpResponse())(rf.get("/", headers={"Cookie": "prefs=language%3Dzh-hans"}))
    assert translation.get_language() == before


def test_the_vary_header_tells_caches_that_the_response_depends_on_the_cookie(db):
    assert {"Cookie", "Accept-Language"} <= set(visit("/").headers["Vary"].split(", "))
