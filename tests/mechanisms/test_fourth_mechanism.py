"""A fourth mechanism: a variant, its authentication class, a mechanism and one settings line. The rest is derived."""

import inspect

import pytest
from django.conf import settings as current
from django.urls import reverse

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor, replay
from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import find_variant, mechanisms, variants
from tests.api import test_bad_input
from tests.mechanisms import fourth, test_contract


@pytest.fixture(autouse=True)
def _registered(project):
    project(MECHANISMS=[*current.MECHANISMS, "tests.mechanisms.fourth.TicketMechanism"])


@pytest.fixture
def variant():
    return find_variant("ticket", "signed")


@pytest.fixture
def mechanism():
    return mechanisms()[3]


# The whole contract and the bad-input battery run with this variant: the fixture above replaces the parameter.
globals().update(
    {
        name: test
        for module in (test_contract, test_bad_input)
        for name, test in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and {"actor", "variant"} & set(inspect.signature(test).parameters)
    }
)


def test_it_consists_of_three_small_classes():
    classes = [cls for _, cls in inspect.getmembers(fourth, inspect.isclass) if cls.__module__ == fourth.__name__]
    assert {cls.__name__ for cls in classes} == {"TicketMechanism", "SignedTicket", "TicketAuthentication"}
    assert len(inspect.getsource(fourth).splitlines()) < 60


def test_it_is_registered_as_a_mechanism_and_as_a_variant(mechanism, variant):
    assert mechanism.name == "ticket"
    assert mechanism.default is variant is variants()[-1]
    assert variant.path == "/tickets/api/"


def test_it_has_all_endpoints(variant, sandbox):
    for endpoint in ENDPOINTS:
        kwargs = {"device": "0"} if endpoint == "device" else {}
        address = reverse(f"tickets-signed-{endpoint}", kwargs=kwargs)
        assert address.startswith("/tickets/api/")
        assert Client().options(address).status_code in {200, 401}


def test_the_root_of_the_api_lists_it(db):
    door = Client().get("/api/").json()["doors"][-1]
    assert (door["mechanism"], door["title"]) == ("ticket", "signed ticket")
    assert door["protected"] == "http://localhost/tickets/api/protected/"


def test_the_note_at_the_shared_url_accepts_its_credential(variant, sandbox):
    actor = Actor(variant)
    actor.sign_in(sandbox["alice"]["username"], sandbox["alice"]["password"])
    response = actor.client.get("/api/protected/")
    assert (response.status_code, response.headers["Authenticated-By"]) == (200, "ticket")
    assert 'Ticket realm="authcompare"' in Client().get("/api/protected/").headers["WWW-Authenticate"]


def test_the_other_variants_refuse_its_credential_and_it_refuses_theirs(variant, sandbox):
    alice = sandbox["alice"]["username"], sandbox["alice"]["password"]
    actor = Actor(variant)
    actor.sign_in(*alice)
    for other in variants()[:-1]:
        other_actor = Actor(other)
        other_actor.sign_in(*alice)
        assert replay(variant, other_actor.credential).status_code == 401
        assert replay(other, actor.credential).status_code in {400, 401}


def test_it_has_a_page_of_its_own(db):
    page = Client().get("/tickets/")
    assert page.status_code == 200
    assert "Ticket" in page.text
    assert "/tickets/api/" in page.text


def test_the_side_by_side_page_shows_it(db):
    page = Client().get("/")
    assert "Your browser sends a ticket" in page.text
    assert "/tickets/api/" in page.text
    assert "triangle" in page.text


def test_the_documentation_of_the_api_describes_it(db):
    paths = Client().get("/api/schema/?format=json").json()["paths"]
    assert {f"/tickets/api/{address}" for address, _ in ENDPOINTS.values() if "<" not in address} <= set(paths)


def test_without_its_settings_line_it_does_not_exist(db, project):
    project(MECHANISMS=current.MECHANISMS[:3])
    assert Client().get("/tickets/").status_code == 404
    assert Client().get("/tickets/api/protected/").status_code == 404
    assert "ticket" not in Client().get("/api/").text
