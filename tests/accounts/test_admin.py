"""The admin site: administrators can view every row and end sign-ins, and see no credential."""

import pytest
from django.apps import apps
from django.conf import settings as current
from django.contrib import admin
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authcompare.accounts.models import Sandbox, User
from authcompare.experiments.cast import replay
from authcompare.mechanisms.registry import variants
from authcompare.note.models import Note
from sessions_demo.models import Session
from tokens_demo.models import DeniedToken, Family, OutstandingToken

OURS = [Family, OutstandingToken, DeniedToken, Session, User, Note, Sandbox]
each_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)


@pytest.fixture
def office(admin_user):
    """Return the administrator's browser."""
    office = Client()
    office.force_login(admin_user)
    return office


@pytest.fixture
def signed_in(enter):
    """Return alice signed in with every variant, and bob with the first."""
    actors = [enter(variant.mechanism.name, variant.slug) for variant in variants()]
    rotated = next(actor for actor in actors if actor.variant.promises.refreshable)
    rotated.client.post("/tokens/api/refresh/", json={"refresh": rotated.answer["refresh"]})
    return [*actors, enter("session", "db", "bob")]


def listing(model, query=""):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + query


def page(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def act(office, model, action, rows):
    """Run an action of a list on these rows; return the list afterwards."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return office.post(listing(model), chosen, follow=True)


def test_every_model_has_an_admin_page():
    assert set(OURS) <= set(admin.site._registry)


@each_model
def test_every_list_and_every_row_can_be_viewed(office, signed_in, model):
    response = office.get(listing(model))
    assert response.status_code == 200
    assert model.objects.exists()
    for row in model.objects.all():
        assert office.get(page(row)).status_code == 200


@each_model
def test_every_filter_and_search_works(office, signed_in, model):
    registered = admin.site._registry[model]
    request = office.get(listing(model)).wsgi_request
    changelist = registered.get_changelist_instance(request)
    queries = [choice["query_string"] for spec in changelist.filter_specs for choice in spec.choices(changelist)]
    assert len(queries) >= 2 or model is Note
    for query in [*queries, "?q=alice", "?q=%00", "?q=" + "x" * 999]:
        assert office.get(listing(model, query)).status_code == 200, query
    assert len(office.get(listing(model, "?q=alice")).context["cl"].queryset) >= 1
    assert len(office.get(listing(model, "?q=nobody-at-all")).context["cl"].queryset) == 0


@pytest.mark.parametrize(
    "model", [Family, OutstandingToken, DeniedToken, Session, Sandbox], ids=lambda model: model.__name__
)
def test_the_expired_filter_separates_expired_rows(office, signed_in, model):
    mine = {office.session.session_key}  # otherwise the administrator would be signed out
    assert set(office.get(listing(model, "?expired=0")).context["cl"].queryset) == set(model.objects.all())
    expired = set(model.objects.exclude(session_key__in=mine) if model is Session else model.objects.all())
    for row in expired:
        model.objects.filter(pk=row.pk).update(**{admin.site._registry[model].expires: timezone.now()})
    unexpired = set(model.objects.all()) - expired
    for flag, rows in (("1", expired), ("0", unexpired)):
        assert set(office.get(listing(model, f"?expired={flag}")).context["cl"].queryset) == rows


def test_no_page_shows_a_credential_or_a_secret(office, signed_in, admin_user):
    secrets = [current.SECRET_KEY, current.JWT_SIGNING_KEY, office.cookies["ac_session"].value]
    for actor in signed_in:
        if not actor.variant.transport.readable or actor.answer.get("refresh"):
            secrets += [actor.credential, *filter(None, [actor.answer.get("refresh")])]
    secrets += User.objects.values_list("password", flat=True)
    secrets += Session.objects.values_list("session_key", flat=True)
    secrets += Session.objects.values_list("session_data", flat=True)
    addresses = [reverse("admin:index"), listing(User, "?o=1")]
    for model in OURS:
        addresses += [listing(model), *(page(row) for row in model.objects.all())]
    alice = User.objects.get(username__startswith="alice")
    addresses += [reverse("admin:accounts_user_delete", args=[alice.pk]), page(alice).replace("change", "history")]
    for address in addresses:
        response = office.get(address)
        assert response.status_code == 200, address
        for secret in secrets:
            assert secret not in response.text, address


@each_model
def test_every_page_has_the_strict_policy(office, signed_in, model):
    for address in (listing(model), page(model.objects.first())):
        response = office.get(address)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert " style=" not in response.text


@pytest.mark.parametrize("model", OURS[:4], ids=lambda model: model.__name__)
def test_server_state_cannot_be_added_changed_or_deleted_by_hand(office, signed_in, model):
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    assert office.get(listing(model) + "add/").status_code == 403
    assert office.post(page(row), {"user_agent": "x", "reason": "x"}).status_code == 403
    assert office.post(page(row).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in office.get(listing(model)).text
    assert list(model.objects.order_by("pk").values()) == before


def test_ending_sessions_spares_the_administrators_own(office, signed_in):
    response = act(office, Session, "end", Session.objects.all())
    assert "sessions were ended" in response.text
    assert {actor.read().status_code for actor in signed_in if actor.variant.mechanism.name == "session"} == {401}
    assert office.get(reverse("admin:index")).status_code == 200


def test_ending_a_token_family_denies_its_tokens(office, signed_in):
    revocable = next(actor for actor in signed_in if actor.variant.slug == "revocable")
    response = act(office, Family, "end", Family.objects.all())
    assert response.status_code == 200
    assert replay(revocable.variant, revocable.credential).json()["code"] == "token_denied"
    assert not Family.objects.filter(ended_at=None).exists()
    for actor in signed_in:
        if "refresh" in actor.answer:
            answer = actor.client.post("/tokens/api/refresh/", json={"refresh": actor.answer["refresh"]})
            assert answer.status_code == 401


def test_denying_tokens_revokes_these_tokens_only(office, enter):
    lost, other = enter("token", "revocable"), enter("token", "revocable")
    family = Family.objects.order_by("created_at").first()
    act(office, OutstandingToken, "deny", OutstandingToken.objects.filter(family=family))
    assert lost.read().json()["code"] == "token_denied"
    answer = lost.client.post("/tokens/api/refresh/", json={"refresh": lost.answer["refresh"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert other.read().status_code == 200
    assert set(DeniedToken.objects.values_list("reason", flat=True)) == {DeniedToken.Reason.ADMIN}


def test_the_lists_show_the_status_of_a_token(office, enter, clock):
    actor = enter("token", "revocable")
    assert office.get(listing(OutstandingToken)).text.count(">valid<") == 2
    actor.sign_out()
    assert office.get(listing(OutstandingToken)).text.count(">denied<") == 2
    assert office.get(listing(Family)).text.count(">ended<") == 1
    OutstandingToken.objects.update(expires_at=timezone.now())
    assert office.get(listing(OutstandingToken)).text.count(">expired<") == 2


def test_ending_all_sign_ins_of_a_user_ends_those_that_the_server_stores(office, signed_in, alice):
    response = act(office, User, "end_sign_ins", [alice])
    assert "sign-ins were ended" in response.text
    statuses = {actor.variant.key: actor.read().status_code for actor in signed_in[:-1]}
    stored = {"session db", "session unprotected", "session unrotated", "session header", "token revocable"}
    assert statuses == {key: 401 if key in stored else 200 for key in statuses}
    assert signed_in[-1].read().status_code == 200
    assert not Family.objects.filter(user=alice, ended_at=None).exists()


def test_deactivated_users_are_refused_and_the_administrator_is_spared(office, signed_in, alice, admin_user):
    act(office, User, "deactivate", [alice, admin_user])
    alice.refresh_from_db()
    admin_user.refresh_from_db()
    assert (alice.is_active, admin_user.is_active) == (False, True)
    assert {actor.variant.slug for actor in signed_in[:-1] if actor.read().status_code == 200} == {"stateless"}


def test_an_edit_on_the_admin_site_changes_the_revision(office, enter, alice):
    actor = enter("session", "db")
    etag = actor.read().headers["ETag"]
    response = office.post(page(alice.note), {"title": "By the administrator", "body": "seen"})
    assert response.status_code == 302
    assert actor.read().json()["revision"] == 2
    assert actor.edit({"If-Match": etag}, body="late").status_code == 412


def test_a_note_is_not_added_or_deleted_without_its_owner(office, alice):
    assert office.get(listing(Note) + "add/").status_code == 403
    assert office.post(page(alice.note).replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_deleting_a_user_deletes_everything_that_belongs_to_the_user(office, signed_in, alice):
    response = office.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"})
    assert response.status_code == 302
    for model, owner in ((User, "pk"), (Note, "owner"), (Session, "user"), (Family, "user")):
        assert not model.objects.filter(**{owner: alice.pk}).exists()


def test_deleting_a_sandbox_deletes_its_accounts(office, sandbox):
    act(office, Sandbox, "delete_selected", Sandbox.objects.all())
    assert Sandbox.objects.exists()  # the site asks for confirmation first
    chosen = {"action": "delete_selected", "_selected_action": [sandbox["id"]], "post": "yes"}
    assert office.post(listing(Sandbox), chosen).status_code == 302
    assert not User.objects.filter(sandbox__isnull=False).exists()
    assert not Sandbox.objects.exists()


def test_a_new_user_has_a_note_and_a_password_that_works(office, db):
    form = {
        "username": "dora",
        "usable_password": "true",
        "password1": "a fine password",
        "password2": "a fine password",
    }
    assert office.post(listing(User) + "add/", form).status_code == 302
    dora = User.objects.get(username="dora")
    assert dora.check_password("a fine password")
    assert dora.note.revision == 1


def test_an_administrator_can_change_a_role_but_not_a_sandbox(office, alice):
    form = {"username": alice.username, "role": "reader", "is_active": "on", "sandbox": ""}
    assert office.post(page(alice), form).status_code == 302
    alice.refresh_from_db()
    assert alice.role == "reader"
    assert alice.sandbox_id


def test_staff_with_view_permission_cannot_end_anything(signed_in, carol):
    carol.is_staff = True
    carol.save()
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0)
    carol.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    desk = Client()
    desk.force_login(carol)
    assert desk.get(listing(Session)).status_code == 200
    sessions = Session.objects.count()
    act(desk, Session, "end", Session.objects.exclude(user=carol))
    act(desk, Family, "end", Family.objects.all())
    act(desk, OutstandingToken, "deny", OutstandingToken.objects.all())
    act(desk, User, "deactivate", User.objects.all())
    assert Session.objects.count() == sessions
    assert not Family.objects.exclude(ended_at=None).exists()
    assert DeniedToken.objects.count() == 1
    assert not User.objects.filter(is_active=False).exists()


def test_only_staff_can_view_the_admin_site(client, carol, enter):
    client.force_login(carol)
    for model in OURS:
        assert client.get(listing(model)).status_code == 302
    assert enter("session", "db").client.get(listing(User)).status_code == 302
