"""What stands behind the experiments of the browser: another site's page, a form's way to the note, receipts."""

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note
from tests.headers import cookie_set

RECEIPT = "a-receipt-of-my-own"


def form(actor, **fields):
    """The note's edit as a form posts it, with whatever a browser would add by itself, and a receipt."""
    headers = actor.variant.transport.present(actor.credential) if actor.variant.transport.sent_automatically else {}
    variant = actor.variant
    path = f"/lab/form/{variant.mechanism.name}/{variant.slug}/?receipt={RECEIPT}"
    with Client() as browser:
        return browser.post(path, data=fields, headers=headers | {"Origin": "http://127.0.0.1"})


def came():
    return Client().get(f"/lab/api/receipt/{RECEIPT}/").json()["came"]


def test_a_forged_form_changes_the_note_only_where_nobody_asks_who_wrote_it(actor, variant):
    answer = form(actor, body="Forged")
    believed = variant.transport.sent_automatically and not variant.authentication.csrf
    assert answer.status_code == (200 if believed else 403 if variant.transport.sent_automatically else 401)
    assert Note.objects.filter(body="Forged").exists() == believed


def test_a_form_of_ours_changes_it_at_every_door_that_a_browser_opens_by_itself(actor, variant):
    if not variant.transport.sent_automatically:
        return
    token = actor.csrf_token()
    path = f"/lab/form/{variant.mechanism.name}/{variant.slug}/"
    assert actor.client.post(path, data={"body": "Mine", "csrfmiddlewaretoken": token}).status_code == 200
    assert actor.read().json()["body"] == "Mine"


def test_a_receipt_tells_what_came_and_no_value(actor, variant):
    form(actor, body="Forged")
    told = came()
    assert told["method"] == "POST"
    name = variant.transport.name
    if variant.transport.sent_automatically:
        assert told["cookies"] == {name: len(name) + len(actor.credential)}
    assert actor.credential not in str(told)


def test_there_is_a_receipt_only_of_what_came_and_only_under_a_name_that_nobody_guesses(db):
    assert came() is None
    client = Client()
    client.get("/lab/form/session/db/?receipt=short")
    assert client.get("/lab/api/receipt/short/").json() == {"came": None}
    assert client.get("/lab/api/receipt/%00/").json() == {"came": None}


def test_where_there_is_no_door_there_is_no_form(db):
    assert Client().get("/lab/form/session/none/").status_code == 404


def test_the_other_sites_page_may_send_anywhere_and_no_other_page_may(db):
    def policy(path):
        rules = Client().get(path).headers["Content-Security-Policy"].split("; ")
        return {name: allowed for name, _, allowed in (rule.partition(" ") for rule in rules)}

    there, ours = policy("/lab/elsewhere/"), policy("/")
    assert (there["connect-src"], there["form-action"], there["script-src"]) == ("*", "*", "'self'")
    assert (ours["connect-src"], ours["form-action"]) == ("'self'", "'self'")


def test_only_windows_of_these_experiments_can_be_steered_by_another_origin(db):
    def opener(path):
        return Client().get(path).headers["Cross-Origin-Opener-Policy"]

    assert opener("/lab/elsewhere/") == opener("/lab/form/session/db/") == "unsafe-none"
    assert opener("/experiments/cross-site/") == "same-origin-allow-popups"
    assert opener("/") == opener("/experiments/tamper/") == "same-origin"


def test_outside_the_lab_there_is_none_of_it(outside_the_lab, db):
    client = Client()
    for path in ("/lab/elsewhere/", "/lab/form/session/db/", f"/lab/api/receipt/{RECEIPT}/", "/lab/api/present/"):
        assert client.get(path).status_code == 404


# Presenting what a script has read


def present(variant, credential):
    body = {"mechanism": variant.mechanism.name, "variant": variant.slug, "credential": credential}
    return Client().post("/lab/api/present/", json=body)


def test_a_credential_that_was_read_opens_its_door_from_a_clean_client(actor, variant):
    answer = present(variant, actor.credential).json()
    assert answer["status"] == 200
    assert present(variant, "x" * 32).json()["status"] == 401


@pytest.mark.parametrize("credential", ["", "two words", "a\r\nCookie: b", "ä", "x" * 8193])
def test_what_no_header_can_hold_is_not_presented(credential, db):
    assert present(variants()[0], credential).status_code == 400


# The cookie that crosses sites


def test_only_a_door_that_says_so_lets_its_cookie_cross_sites(variant, sandbox):
    alice = sandbox["alice"]
    cookie = cookie_set(Actor(variant).sign_in(alice["username"], alice["password"]), variant.transport.name)
    if variant.transport.sent_automatically:
        assert cookie["samesite"] == ("" if variant.promises.sent_cross_site else "Lax")
    else:
        assert cookie is None


def test_some_door_lets_its_cookie_cross_sites_and_it_is_weak(db):
    assert [variant.lab for variant in variants() if variant.promises.sent_cross_site] == [True]
