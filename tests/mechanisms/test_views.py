"""The side-by-side page and the pages of the mechanisms, as the server draws them."""

import re

from authcompare.api.http_client import Client
from authcompare.mechanisms.registry import mechanisms


def columns(page):
    """Return the data-* attributes of each column of the table."""
    heads = re.findall(r"<th scope=\"col\"\s+data-shape.*?>", page, re.DOTALL)
    return [dict(re.findall(r"data-([\w-]+)=\"([^\"]*)\"", head)) | {"head": head} for head in heads]


def test_the_first_page_shows_the_default_variant_of_every_mechanism(db):
    shown = columns(Client().get("/").text)
    assert [(column["mechanism"], column["variant"]) for column in shown] == [
        (mechanism.name, mechanism.default.slug) for mechanism in mechanisms()
    ]
    assert [column["title"] for column in shown] == [str(mechanism.title) for mechanism in mechanisms()]


def test_the_page_of_a_mechanism_shows_its_variants(db, mechanism):
    shown = columns(Client().get(f"/{mechanism.slug}/").text)
    assert [column["path"] for column in shown] == [variant.path for variant in mechanism.shown_variants]
    assert [column["transport"] for column in shown] == [
        variant.transport.header for variant in mechanism.shown_variants
    ]


def test_an_unknown_mechanism_is_not_found(db):
    assert Client().get("/tickets/").status_code == 404


def test_a_column_is_marked_as_signed_in_only_with_a_valid_cookie(enter):
    actor = enter("session", "db")
    session, cookie, token = columns(actor.client.get("/").text)
    assert "data-signed-in" in session["head"]
    assert "data-signed-in" not in cookie["head"]
    assert "data-signed-in" not in token["head"], "only a script can send a token from localStorage"


def test_an_invalid_credential_does_not_break_the_page(db):
    client = Client()
    client.cookies.set("ac_session", "forged", domain="localhost.local")
    response = client.get("/")
    assert response.status_code == 200
    assert "data-signed-in" not in response.text


def test_the_bands_follow_the_path_of_a_request(db):
    bands = re.findall(r"<tr data-band=\"(\w+)\">\s*<th scope=\"row\">([^<]+)</th>", Client().get("/").text)
    assert [title for _band, title in bands] == [
        "Browser stores",
        "Request",
        "Server processing",
        "Server stores",
        "Response",
        "Verdict",
        "Try it",
    ]


def test_outside_the_lab_the_page_offers_no_attack(outside_the_lab):
    page = Client().get("/").text
    assert 'data-act="read"' in page
    assert 'data-act="tamper"' not in page
    assert "no door is weak on purpose" in page
