"""The experiments' API: running one, and reporting what a browser observed."""

from contextlib import ExitStack

import pytest
from django.conf import settings
from django.utils import timezone

from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.experiments.api import SLOTS, slot
from authcompare.experiments.models import RETENTION, BrowserObservation, Evidence
from authcompare.experiments.observations import delete_expired
from authcompare.experiments.registry import all_experiments, find_experiment
from authcompare.mechanisms.registry import variants


@pytest.fixture
def full():
    """Take all slots for experiments that do not wait."""
    with ExitStack() as stack:
        while SLOTS[False].acquire(blocking=False):
            stack.callback(SLOTS[False].release)
        yield


def first_variant(slug):
    return next(each for each in variants() if find_experiment(slug).concerns(each))


def body(slug, **more):
    variant = first_variant(slug)
    return {"experiment": slug, "mechanism": variant.mechanism.name, "variant": variant.slug} | more


def run(slug, **more):
    return Client().post("/lab/api/run/", json=body(slug, **more))


@pytest.mark.usefixtures("full", "db")
def test_a_busy_server_says_when_to_try_again_and_starts_nothing():
    refused = run("read-it")
    assert refused.status_code == 429
    assert refused.json()["code"] == "busy"
    assert int(refused.headers["Retry-After"]) >= 1
    assert not Evidence.objects.exists()


@pytest.mark.usefixtures("full")
def test_waiting_experiments_have_slots_of_their_own():
    waiting = next(each for each in all_experiments() if each.waits)
    with slot(waiting):
        pass


def test_a_slot_is_free_again_after_an_error(db):
    for _n in range(SLOTS[False]._value + 1):
        with pytest.raises(ZeroDivisionError), slot(find_experiment("read-it")):
            1 / 0  # noqa: B018
    assert run("read-it").status_code == 200


# ---- judging


def test_a_run_judges_the_prediction_that_was_sent_with_it(db):
    right = run("read-it", prediction="says nothing").json()
    assert (right["outcome"], right["right"], right["misconception"]) == ("says nothing", True, "")
    wrong = run("read-it", prediction="says whose it is").json()
    assert not wrong["right"]
    assert wrong["misconception"] == "Every credential contains the user's name or id."


def test_a_run_without_a_prediction_is_not_judged(db):
    assert not {"right", "misconception"} & set(run("read-it").json())


def test_a_run_at_a_weak_variant_names_a_hardened_one_to_compare_with(db):
    with Client() as client:
        weak = client.post("/lab/api/run/", json={"experiment": "tamper", "mechanism": "cookie", "variant": "plain"})
    assert (weak.json()["weak"], weak.json()["counterpart"]) == (True, "cookie signed")
    hardened = run("tamper").json()
    assert (hardened["weak"], hardened["counterpart"]) == (False, "")


# ---- what a browser observed


class Visitor:
    """A browser with cookies, without scripts."""

    def __init__(self):
        self.client = Client()
        self.client.get("/experiments/")

    def report(self, slug="size", outcome="a cookie stops at about 4 KB, silently", csrf=True, **more):
        token = self.client.cookies.get(settings.CSRF_COOKIE_NAME, "") if csrf else ""
        return self.client.post(
            "/lab/api/observed/", json=body(slug, outcome=outcome, **more), headers={CSRF_HEADER: token}
        )

    def page(self, address):
        return self.client.get(address, headers={"Accept": "text/html"}).text


def test_a_report_is_stored_for_its_visitor_alone_and_judged(db):
    visitor, other = Visitor(), Visitor()
    response = visitor.report(mechanism="cookie", variant="plain", facts=[["tried", 3]], prediction="nowhere")
    assert response.status_code == 200, response.text
    assert response.json()["agrees"]
    assert response.json()["misconception"] == "A request can be of any size."
    for address in ("/experiments/", "/comparison/"):
        assert "seen in your browser" in visitor.page(address)
        assert "seen in your browser" not in other.page(address)
    assert not Evidence.objects.exists(), "a visitor's observation is no evidence of this server"


def test_a_visitor_who_reports_too_sees_no_report_of_another_visitor(db):
    for variant in ("plain", "signed"):
        visitor = Visitor()
        visitor.report(mechanism="cookie", variant=variant)
        assert visitor.page("/experiments/").count("seen in your browser") == 1


def test_a_second_report_replaces_the_first(db):
    visitor = Visitor()
    visitor.report()
    visitor.report(outcome="nowhere")
    assert [each.outcome for each in BrowserObservation.objects.all()] == ["nowhere"]
    assert "NOT as expected" in visitor.page("/experiments/?row=size")


def test_the_visitors_cookie_is_hidden_from_scripts_and_cannot_be_forged(db):
    visitor = Visitor()
    cookie = visitor.report().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    name = settings.VISITOR_COOKIE_NAME
    forged = visitor.client.cookies[name].replace(BrowserObservation.objects.get().visitor, "0" * 32)
    visitor.client.cookies.clear()
    visitor.client.cookies.set(name, forged)
    assert "seen in your browser" not in visitor.page("/experiments/")


def test_a_report_needs_the_csrf_token(db):
    response = Visitor().report(csrf=False)
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert not BrowserObservation.objects.exists()


@pytest.mark.parametrize(
    ("slug", "more", "status"),
    [
        ("read-it", {}, 400),
        ("size", {"outcome": "x" * 81}, 400),
        ("size", {"facts": [["label", 1]] * 21}, 400),
        ("size", {"facts": [["x" * 201, 1]]}, 400),
        ("size", {"facts": [["label", {}]]}, 400),
        ("size", {"facts": [["label"]]}, 400),
        ("size", {"mechanism": "nonsense"}, 404),
    ],
)
def test_a_report_is_limited_in_form_and_size(slug, more, status, db):
    assert Visitor().report(slug, **more).status_code == status
    assert not BrowserObservation.objects.exists()


def test_old_reports_are_deleted(db):
    Visitor().report()
    assert delete_expired() == 0
    BrowserObservation.objects.update(at=timezone.now() - RETENTION)
    assert delete_expired() == 1


def test_outside_the_lab_there_is_nothing_to_report_to(outside_the_lab, db):
    assert Visitor().report().status_code == 404
