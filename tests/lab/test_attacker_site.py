"""The attacker's page, the form that it attacks, receipts, and credentials that a script has read."""

import pytest

from authcompare.api.http_client import Client
from authcompare.experiments.cast import Actor
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note
from tests.headers import cookie_set

RECEIPT = "a-receipt-of-my-own"


def form(actor, **fields):
    """Post an edit of the note as a form does, with what a browser adds by itself, and a receipt."""
    headers = actor.variant.transport.present(actor.credential) if actor.variant.transport.sent_automatically else {}
    variant = actor.variant
    path = f"/lab/form/{variant.mechanism.name}/{variant.slug}/?receipt={RECEIPT}"
    with Client() as browser:
        return browser.post(path, data=fields, headers=headers | {"Origin": "http://127.0.0.1"})


def came():
    return Client().get(f"/lab/api/receipt/{RECEIPT}/").json()["came"]


def test_a_forged_form_changes_the_note_only_without_a_csrf_check(actor, variant):
    answer = form(actor, body="Forged")
    believed = variant.transport.sent_automatically and not variant.authentication.csrf
    assert answer.status_code == (200 if believed else 403 if variant.transport.sent_automatically else 401)
    assert Note.objects.filter(body="Forged").exists() == believed


def test_a_form_of_this_site_changes_the_note_where_the_browser_sends_the_credential(actor, variant):
    if not variant.transport.sent_automatically:
        return
    token = actor.csrf_token()
    path = f"/lab/form/{variant.mechanism.name}/{variant.slug}/"
    assert actor.client.post(path, data={"body": "Mine", "csrfmiddlewaretoken": token}).status_code == 200
    assert actor.read().json()["body"] == "Mine"


def test_a_receipt_contains_names_and_sizes_and_no_value(actor, variant):
    form(actor, body="Forged")
    receipt = came()
    assert receipt["method"] == "POST"
    name = variant.transport.name
    if variant.transport.sent_automatically:
        assert receipt["cookies"] == {name: len(name) + len(actor.credential)}
    assert actor.credential not in str(receipt)


def test_a_receipt_needs_a_request_and_a_long_name(db):
    assert came() is None
    client = Client()
    client.get("/lab/form/session/db/?receipt=short")
    assert client.get("/lab/api/receipt/short/").json() == {"came": None}
    assert client.get("/lab/api/receipt/%00/").json() == {"came": None}


def test_an_unknown_variant_has_no_form(db):
    assert Client().get("/lab/form/session/none/").status_code == 404


def test_only_the_attackers_page_may_send_anywhere(db):
    def policy(path):
        rules = Client().get(path).headers["Content-Security-Policy"].split("; ")
        return {name: allowed for name, _, allowed in (rule.partition(" ") for rule in rules)}

    attacker, site = policy("/lab/elsewhere/"), policy("/")
    assert (attacker["connect-src"], attacker["form-action"], attacker["script-src"]) == ("*", "*", "'self'")
    assert (site["connect-src"], site["form-action"]) == ("'self'", "'self'")


def test_another_origin_can_control_only_windows_of_these_experiments(db):
    def opener(path):
        return Client().get(path).headers["Cross-Origin-Opener-Policy"]

    assert opener("/lab/elsewhere/") == opener("/lab/form/session/db/") == "unsafe-none"
    assert opener("/experiments/cross-site/") == "same-origin-allow-popups"
    assert opener("/") == opener("/experiments/tamper/") == "same-origin"


def test_outside_the_lab_the_urls_do_not_exist(outside_the_lab, db):
    client = Client()
    for path in ("/lab/elsewhere/", "/lab/form/session/db/", f"/lab/api/receipt/{RECEIPT}/", "/lab/api/present/"):
        assert client.get(path).status_code == 404


# Presenting a stolen credential


def present(variant, credential):
    body = {"mechanism": variant.mechanism.name, "variant": variant.slug, "credential": credential}
    return Client().post("/lab/api/present/", json=body)


def test_a_clean_client_reads_the_note_with_a_stolen_credential(actor, variant):
    answer = present(variant, actor.credential).json()
    assert answer["status"] == 200
    assert present(variant, "x" * 32).json()["status"] == 401


@pytest.mark.parametrize("credential", ["", "two words", "a\r\nCookie: b", "ä", "x" * 8193])
def test_a_credential_that_no_header_can_contain_is_refused(credential, db):
    assert present(variants()[0], credential).status_code == 400


# The cookie that is sent cross-site


def test_only_a_variant_that_promises_it_sends_its_cookie_cross_site(variant, sandbox):
    alice = sandbox["alice"]
    cookie = cookie_set(Actor(variant).sign_in(alice["username"], alice["password"]), variant.transport.name)
    if variant.transport.sent_automatically:
        assert cookie["samesite"] == ("" if variant.promises.sent_cross_site else "Lax")
    else:
        assert cookie is None


def test_one_variant_sends_its_cookie_cross_site_and_it_is_weak(db):
    assert [variant.lab for variant in variants() if variant.promises.sent_cross_site] == [True]
