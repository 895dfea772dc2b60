"""What is new in a class: told once, to all, and cheaply when it is nothing."""

import io
import time

import pytest
from django.utils import timezone

from authcompare.api.http_client import in_process
from authcompare.classroom.live_updates import SEEN_EVERY
from authcompare.learning.models import Classroom, Learner
from tests.people import Somebody, stops, voted_stop

STEP = voted_stop().step


def test_who_knows_it_all_is_told_nothing_and_who_does_not_is_told_all(teacher, code, anna):
    version = anna.live().json()["version"]
    nothing = anna.live(version)
    assert (nothing.status_code, nothing.content) == (204, b"")
    teacher.change(code, "move", step=STEP.slug)
    news = anna.live(version).json()
    assert news["version"] > version
    assert (news["mode"], news["step"], news["vote"]["state"], news["ended"]) == ("led", STEP.slug, "none", False)
    assert anna.live(news["version"]).status_code == 204


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("move", {"step": STEP.slug}),
        ("mode", {"mode": "free"}),
        ("vote", {"action": "open"}),
        ("vote", {"action": "run"}),
        ("hints", {"on": False}),
        ("reset", {}),
        ("end", {}),
    ],
)
def test_every_change_is_news(teacher, code, anna, what, body):
    teacher.change(code, "move", step=voted_stop(1).slug)
    version = anna.live().json()["version"]
    assert teacher.change(code, what, **body).status_code == 200
    assert anna.live(version).status_code == 200


def test_answers_are_no_news_to_learners(teacher, code, anna):
    """Three hundred answers would be three hundred times news for three hundred pages."""
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    version = anna.live().json()["version"]
    assert anna.predict(STEP).status_code == 200
    assert anna.live(version).status_code == 204


def test_who_is_in_no_class_is_told_so(db):
    alone = Somebody()
    assert alone.live().json()["code"] == "no_class"
    alone.predict(STEP)
    assert alone.live().json()["code"] == "no_class"


def test_a_version_that_is_none_is_refused(anna):
    for odd in ("x", "-1", "1.5"):
        assert anna.get(f"/classroom/api/live/?version={odd}").status_code == 400


def test_nothing_new_takes_one_query_and_no_line_in_the_log(anna, django_assert_num_queries, caplog):
    version = anna.live().json()["version"]
    caplog.clear()
    with django_assert_num_queries(1):
        assert anna.live(version).status_code == 204
    assert not caplog.records


def test_a_presence_is_written_down_now_and_then_only(anna, clock, django_assert_num_queries):
    version = anna.live().json()["version"]
    clock.shift(SEEN_EVERY.total_seconds() + 1)
    with django_assert_num_queries(2):
        anna.live(version)
    assert Learner.objects.get().last_seen_at == timezone.now()
    clock.shift(SEEN_EVERY.total_seconds() - 1)
    with django_assert_num_queries(1):
        anna.live(version)


def test_what_is_counted_is_counted_once_for_all(teacher, code, anna, django_assert_num_queries):
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    anna.predict(STEP)
    teacher.change(code, "vote", action="close")
    assert "histogram" in anna.live().json()
    with django_assert_num_queries(2):  # who is asking, twice: no answers
        assert "histogram" in anna.live().json()


def cost(path, cookie=""):
    """The CPU time that one request takes in this process, as a server hands it over: (seconds, its status)."""
    address, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json",
        "HTTP_COOKIE": cookie,
        "wsgi.url_scheme": "http",
    }
    statuses = set()

    def ask(times):
        began = time.process_time()
        for _ in range(times):
            given = environ | {"wsgi.input": io.BytesIO()}
            in_process(given, lambda status, headers: statuses.add(status)).close()
        return (time.process_time() - began) / times

    ask(20)
    return min(ask(40) for _ in range(4)), statuses  # the machine does other things, too


def test_finding_nothing_new_costs_little_more_than_the_least_that_any_request_does(anna):
    """Two hundred a second have to fit into a third of a core, with what the server itself takes for them."""
    version = anna.live().json()["version"]
    least, _statuses = cost("/healthz")
    poll, statuses = cost(f"/classroom/api/live/?version={version}", f"ac_learner={anna.client.cookies['ac_learner']}")
    assert statuses == {"204 No Content"}
    assert poll < 2.5 * least


def test_the_first_stop_is_where_a_class_begins(code):
    assert Classroom.objects.get().step == stops()[0].slug
