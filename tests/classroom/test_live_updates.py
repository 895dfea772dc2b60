"""The live updates of a class: complete after a change, and cheap without one."""

import io
import time

import pytest
from django.utils import timezone

from authcompare.api.http_client import in_process
from authcompare.classroom.live_updates import PRESENCE_INTERVAL
from authcompare.learning.models import Classroom, Learner
from tests.people import Somebody, stops, voted_stop

STEP = voted_stop().step


def test_a_current_version_gets_204_and_an_old_one_gets_the_state(teacher, code, anna):
    version = anna.live().json()["version"]
    current = anna.live(version)
    assert (current.status_code, current.content) == (204, b"")
    teacher.change(code, "move", step=STEP.slug)
    state = anna.live(version).json()
    assert state["version"] > version
    assert (state["mode"], state["step"], state["vote"]["state"], state["ended"]) == ("led", STEP.slug, "none", False)
    assert anna.live(state["version"]).status_code == 204


@pytest.mark.parametrize(
    ("action", "body"),
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
def test_every_change_raises_the_version(teacher, code, anna, action, body):
    teacher.change(code, "move", step=voted_stop(1).slug)
    version = anna.live().json()["version"]
    assert teacher.change(code, action, **body).status_code == 200
    assert anna.live(version).status_code == 200


def test_the_state_counts_learners_and_answers_at_each_version(teacher, code, anna):
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    assert anna.predict(STEP).status_code == 200
    teacher.change(code, "vote", action="close")
    state = anna.live().json()
    assert (state["joined"], state["answered"]) == (1, 1)


def test_a_prediction_does_not_raise_the_version(teacher, code, anna):
    """Three hundred predictions would be three hundred updates for three hundred pages."""
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    version = anna.live().json()["version"]
    assert anna.predict(STEP).status_code == 200
    assert anna.live(version).status_code == 204


def test_a_learner_outside_a_class_gets_404(db):
    alone = Somebody()
    assert alone.live().json()["code"] == "no_class"
    alone.predict(STEP)
    assert alone.live().json()["code"] == "no_class"


def test_an_invalid_version_is_rejected(anna):
    for invalid in ("x", "-1", "1.5"):
        assert anna.get(f"/classroom/api/live/?version={invalid}").status_code == 400


def test_a_current_version_takes_one_query_and_no_log_line(anna, django_assert_num_queries, caplog):
    version = anna.live().json()["version"]
    caplog.clear()
    with django_assert_num_queries(1):
        assert anna.live(version).status_code == 204
    assert not caplog.records


def test_a_presence_is_stored_at_intervals(anna, clock, django_assert_num_queries):
    version = anna.live().json()["version"]
    clock.shift(PRESENCE_INTERVAL.total_seconds() + 1)
    with django_assert_num_queries(2):
        anna.live(version)
    assert Learner.objects.get().last_seen_at == timezone.now()
    clock.shift(PRESENCE_INTERVAL.total_seconds() - 1)
    with django_assert_num_queries(1):
        anna.live(version)


def test_the_histogram_is_counted_once_for_all_learners(teacher, code, anna, django_assert_num_queries):
    teacher.change(code, "move", step=STEP.slug)
    teacher.change(code, "vote", action="open")
    anna.predict(STEP)
    teacher.change(code, "vote", action="close")
    assert "histogram" in anna.live().json()
    with django_assert_num_queries(2):  # for the learner, twice; none for predictions
        assert "histogram" in anna.live().json()


def cost(path, cookie=""):
    """Return the CPU seconds of one request in this process, as a server would pass it on, and its status."""
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

    def measure(times):
        start = time.process_time()
        for _ in range(times):
            request = environ | {"wsgi.input": io.BytesIO()}
            in_process(request, lambda status, headers: statuses.add(status)).close()
        return (time.process_time() - start) / times

    measure(20)
    return min(measure(40) for _ in range(4)), statuses  # the least disturbed measurement


def test_a_poll_costs_little_more_than_the_cheapest_request(anna):
    """Two hundred polls a second must fit into a third of a core, with the server's own work."""
    version = anna.live().json()["version"]
    least, _statuses = cost("/healthz")
    poll, statuses = cost(f"/classroom/api/live/?version={version}", f"ac_learner={anna.client.cookies['ac_learner']}")
    assert statuses == {"204 No Content"}
    assert poll < 2.5 * least


def test_a_class_starts_at_the_first_stop(code):
    assert Classroom.objects.get().step == stops()[0].slug
